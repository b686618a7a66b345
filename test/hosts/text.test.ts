// Source files as text hosts hand them on: markers blanked at equal length, lowered queries inserted, a map that leads back.
import { SourceMap } from 'node:module';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { analyzeProgram } from '../../transformer/analyze/index.js';
import { editText } from '../../transformer/hosts/text.js';
import { programOf } from '../analyze/compile.js';

function blanked(source: string): string {
  const program = programOf({ '/src/models.ts': source });
  return editText('/src/models.ts', source, analyzeProgram(ts, program).markers, []).code;
}

test('what is left stands where it stood', () => {
  const source = `import { QuantaEntity, Index as I, PrimaryKey } from 'quantadb';\r
import { QuantaError, Ignore } from 'quantadb';\r
@QuantaEntity({ accessor: 'people' }) export class User {
  /** The key. */ @PrimaryKey() id!: number; @I({
    unique: true, // once
  }) @I() email!: string;
  @Ignore() error = new QuantaError('QDB0', '');
}
`;
  const code = blanked(source);
  expect(code).toHaveLength(source.length);
  expect(code.split('\n').map((line) => line.trim())).toEqual([
    '',
    "import { QuantaError,        } from 'quantadb';",
    'export class User {',
    '/** The key. */               id!: number;',
    '',
    'email!: string;',
    "error = new QuantaError('QDB0', '');",
    '}',
    '',
  ]);
  for (const kept of ['QuantaError,', 'class User', 'id!', 'email!', "error = new QuantaError('QDB0'"]) {
    expect(code.indexOf(kept)).toBe(source.indexOf(kept));
  }
});

test('a decorator that kept two members apart leaves a semicolon', () => {
  const source = `import { Index, PrimaryKey, QuantaEntity } from 'quantadb';
@QuantaEntity()
export class Odd {
  @PrimaryKey() id = 'a'
  @Index() ['b']: string
  @Index() /* operator? */ in: string
  @Index() instance: string
}
`;
  const code = blanked(source);
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, useDefineForClassFields: true },
  });
  expect(outputText).toMatch(/class Odd \{\s+id = 'a';\s+\['b'\];[^;]*\bin;\s+instance;\s+\}/);
});

test('the map leads from behind an insertion to where the text stood', () => {
  const source = 'const rows = db.user.where((u) => u.id === 1).first();\n';
  const position = source.indexOf(').first');
  const { code, map } = editText('/src/main.ts', source, [], [{ fileName: '/src/main.ts', position, text: ', null' }]);
  expect(code).toBe('const rows = db.user.where((u) => u.id === 1, null).first();\n');
  const entry = new SourceMap(JSON.parse(map.toString())).findEntry(0, code.indexOf('first'));
  expect(entry).toMatchObject({ originalLine: 0, originalColumn: source.indexOf('first') });
});
