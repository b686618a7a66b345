// Analysis depends on the classes alone: not on the compiler that is handed in, its decorators, or the order of files.
import { fileURLToPath } from 'node:url';
import { ts as bundled, Project } from 'ts-morph';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { schemaFingerprint } from '../../runtime/schema/index.js';
import { analyzeProgram } from '../../transformer/analyze/index.js';
import { toTsDiagnostic } from '../../transformer/diagnostics.js';
import { analyzeFiles, createProgram, OPTIONS, programOf } from './compile.js';

const schemas = fileURLToPath(new URL('cases/schemas/', import.meta.url));
const FILES = ['all-types', 'defaults', 'indexes', 'inheritance', 'keys', 'user'].map((name) => `${schemas}${name}.ts`);

test('the fixtures themselves compile, with standard and with experimental decorators', () => {
  for (const experimentalDecorators of [false, true]) {
    const program = createProgram(FILES, { experimentalDecorators });
    const messages = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(messages).toEqual([]);
  }
});

test('the order of files makes no difference', () => {
  const forward = analyzeFiles(FILES);
  const backward = analyzeFiles([...FILES].reverse());
  expect(backward.schema).toEqual(forward.schema);
  expect(schemaFingerprint(backward.schema)).toBe(schemaFingerprint(forward.schema));
});

test('standard and experimental decorators give the same', () => {
  const standard = analyzeProgram(ts, createProgram(FILES));
  const experimental = analyzeProgram(ts, createProgram(FILES, { experimentalDecorators: true }));
  expect(experimental).toEqual(standard);
});

test('another compiler gives the same: analysis has no `ts` of its own', () => {
  const own = analyzeFiles(FILES);
  // ts-morph declares the same API under its own name.
  const api = bundled as unknown as typeof ts;
  expect(api).not.toBe(ts);
  const project = new Project({ compilerOptions: OPTIONS as bundled.CompilerOptions });
  project.addSourceFilesAtPaths(FILES);
  project.resolveSourceFileDependencies();
  const other = analyzeProgram(api, project.getProgram().compilerObject as unknown as ts.Program);
  expect(other.schema).toEqual(own.schema);
  expect(other.markers).toEqual(own.markers);
  expect(other.diagnostics).toEqual(own.diagnostics);
});

test('only included files give entities, but types are followed everywhere', () => {
  const model = `import { PrimaryKey, QuantaEntity } from 'quantadb';
import { Money } from './money.js';
@QuantaEntity() export class Sale { @PrimaryKey() id!: number; price!: Money; }`;
  const money = `import { Embedded, PrimaryKey, QuantaEntity } from 'quantadb';
@Embedded() export class Money { cents!: number; }
@QuantaEntity() export class Ignored { @PrimaryKey() id!: number; }`;
  const program = programOf({ '/project/sale.ts': model, '/project/money.ts': money });
  const analysis = analyzeProgram(ts, program, { include: (fileName) => fileName.endsWith('sale.ts') });
  expect(analysis.schema.entities.map(({ name }) => name)).toEqual(['Sale']);
  expect(analysis.embeddedSources.get('Money')?.fileName).toBe('/project/money.ts');
});

test('an entity with an error is left out, the others stay', () => {
  const source = `import { PrimaryKey, QuantaEntity } from 'quantadb';
@QuantaEntity() export class Good { @PrimaryKey() id!: number; }
@QuantaEntity() export class Bad { @PrimaryKey() id!: number; f!: () => void; }`;
  const { schema, sources } = analyzeProgram(ts, programOf({ '/project/a.ts': source }));
  expect(schema.entities.map(({ name }) => name)).toEqual(['Good']);
  expect([...sources.keys()]).toEqual(['Good']);
});

test('a finding in a shared base class or embedded class counts once', () => {
  const source = `import { Embedded, PrimaryKey, QuantaEntity } from 'quantadb';
abstract class Base { @PrimaryKey() id!: number; f!: () => void; }
@QuantaEntity() export class A extends Base {}
@QuantaEntity() export class B extends Base {}
@Embedded() export class Part { f!: () => void; }
@QuantaEntity() export class C { @PrimaryKey() id!: number; part!: Part; }
@QuantaEntity() export class D { @PrimaryKey() id!: number; part!: Part; }`;
  const { schema, diagnostics } = analyzeProgram(ts, programOf({ '/project/a.ts': source }));
  expect(diagnostics.map(({ code }) => code)).toEqual(['QDB1301', 'QDB1301']);
  expect(schema.entities).toEqual([]);
});

test("of the runtime's own types it says what to use instead", () => {
  const program = programOf({
    '/project/node.d.ts': 'declare class Buffer extends Uint8Array {}\ninterface URL { href: string }',
    '/project/a.ts': `import { PrimaryKey, QuantaEntity } from 'quantadb';
@QuantaEntity() export class File { @PrimaryKey() id!: number; content!: Buffer; origin!: URL; }`,
  });
  const { diagnostics } = analyzeProgram(ts, program);
  expect(diagnostics.map(({ message }) => message)).toEqual([
    "Buffer can't be stored: use a Uint8Array.",
    "URL can't be stored: use a string.",
  ]);
});

test("a diagnostic prints as one of the compiler's own", () => {
  const source = `import { QuantaEntity } from 'quantadb';\n@QuantaEntity() export class Note { x = 1 }`;
  const program = programOf({ '/project/a.ts': source });
  const [found] = analyzeProgram(ts, program).diagnostics.map((diagnostic) => toTsDiagnostic(ts, program, diagnostic));
  const host = { getCanonicalFileName: String, getCurrentDirectory: () => '/project', getNewLine: () => '\n' };
  expect(found && ts.formatDiagnostic(found, host)).toBe(
    'a.ts(2,30): error TS901401: QDB1401: Mark one field of Note with @PrimaryKey(): every row needs an identity.\n',
  );
});
