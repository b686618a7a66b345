// Marker spans: once they are blanked, the text holds no marker and no import of one, and still means the same.
import ts from 'typescript';
import { expect, test } from 'vitest';
import { analyzeProgram } from '../../transformer/analyze/index.js';
import { programOf } from './compile.js';

const FILE = '/project/model.ts';

/** The source with every span blanked, lines trimmed and empty ones dropped. */
function blank(source: string): string[] {
  const { markers } = analyzeProgram(ts, programOf({ [FILE]: source }));
  let text = source;
  for (const { start, end } of markers) {
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
  }
  expect(text.length).toBe(source.length);
  return text
    .split('\n')
    .map((line) => line.trim().replace(/ +/g, ' '))
    .filter((line) => line !== '');
}

const CLASS = `@QuantaEntity() export class A { @PrimaryKey() id!: number; }`;
const BLANKED = 'export class A { id!: number; }';

test('decorators and an import of markers only are gone', () => {
  expect(blank(`import { PrimaryKey, QuantaEntity } from 'quantadb';\n${CLASS}`)).toEqual([BLANKED]);
});

test('what else is imported stays, with commas that parse', () => {
  const source = `import { PrimaryKey, RESERVED, QuantaEntity } from 'quantadb';\n${CLASS}\nRESERVED;`;
  expect(blank(source)).toEqual(["import { RESERVED, } from 'quantadb';", BLANKED, 'RESERVED;']);
});

test('types need no import at run time, so they go with the markers', () => {
  const source = `import { type Int32, Int8, PrimaryKey, QuantaEntity } from 'quantadb';
@QuantaEntity() export class A { @PrimaryKey() id!: Int32; b!: Int8 }`;
  expect(blank(source)).toEqual(['export class A { id!: Int32; b!: Int8 }']);
});

test('an import of types only has nothing to blank', () => {
  const source = `import type { Int32 } from 'quantadb';\nimport * as q from 'quantadb';
@q.QuantaEntity() export class A { @q.PrimaryKey() id!: Int32 }`;
  expect(blank(source)).toEqual(["import type { Int32 } from 'quantadb';", 'export class A { id!: Int32 }']);
});

test('a marker that is used as a value keeps its import', () => {
  const source = `import { AES256, Encrypted, PrimaryKey, QuantaEntity } from 'quantadb';
${CLASS}
export class B { @Encrypted({ algorithm: AES256 }) x = ''; }
export const algorithms = { AES256 };
export { Encrypted };`;
  expect(blank(source)).toEqual([
    "import { AES256, Encrypted, } from 'quantadb';",
    BLANKED,
    "export class B { x = ''; }",
    'export const algorithms = { AES256 };',
    'export { Encrypted };',
  ]);
});

test('a property of the same name is no use of a marker', () => {
  const source = `import { Index, PrimaryKey, QuantaEntity } from 'quantadb';
@QuantaEntity() export class A { @PrimaryKey() Index!: number; get x() { return this.Index; } }`;
  expect(blank(source)).toEqual(['export class A { Index!: number; get x() { return this.Index; } }']);
});

test('other decorators, other imports and files without markers are left alone', () => {
  const source = `import { readFileSync } from 'node:fs';
function Index(): (target: undefined, context: unknown) => void { return () => undefined; }
export class A { @Index() x = readFileSync; }`;
  expect(blank(source)).toEqual(source.split('\n'));
});

test('markers are found while the package is not installed', () => {
  const program = programOf(
    {
      [FILE]: `import { PrimaryKey as Key, QuantaEntity, type Int8 } from 'quantadb';
@QuantaEntity() export class A { @Key() id!: Int8; }`,
    },
    { paths: {} },
  );
  const { schema, markers } = analyzeProgram(ts, program);
  expect(schema.entities[0]?.fields[0]?.type).toEqual({ kind: 'int8' });
  expect(markers).toHaveLength(3);
});
