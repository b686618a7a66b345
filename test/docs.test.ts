// The documentation says what is: the samples of entities.md compile and can be stored, and errors.md knows every code.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { analyzeProgram } from '../transformer/analyze/index.js';
import { programOf } from './analyze/compile.js';
import * as markers from './analyze/quantadb.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TYPES = ['Int8', 'Int16', 'Int32', 'UInt8', 'UInt16', 'UInt32', 'Float32', 'Int64', 'UInt64'];
const IMPORTS = `import { ${Object.keys(markers).join(', ')}, type ${TYPES.join(', type ')} } from 'quantadb';\n`;

test('every sample of entities.md compiles and gives a schema', () => {
  const text = readFileSync(join(ROOT, 'docs/entities.md'), 'utf8');
  const samples = [...text.matchAll(/```ts\n(.*?)```/gs)].map(([, sample = '']) => sample);
  expect(samples.length).toBeGreaterThan(6);
  const sources = samples.map((sample, i): [string, string] => [
    `/docs/sample${i}.ts`,
    sample.startsWith('import') ? sample : IMPORTS + sample,
  ]);
  const program = programOf(Object.fromEntries(sources));
  const messages = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
  expect(messages).toEqual([]);
  const { diagnostics, schema } = analyzeProgram(ts, program);
  expect(diagnostics).toEqual([]);
  expect(schema.entities.length).toBeGreaterThanOrEqual(samples.length);
});

test('errors.md has every code that is thrown or reported, and no other', () => {
  const text = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
  const documented = [...text.matchAll(/^\| (QDB\d{4}) /gm)].map(([, code]) => code).sort();
  const used = ['runtime', 'transformer', 'cli'].flatMap(codesIn);
  expect(documented).toEqual([...new Set(used)].sort());
});

/** What package.json exports with types of its own; generated code alone imports `quantadb/runtime`. */
const ENTRIES = [
  'runtime/database/index.ts',
  'runtime/engine/index.ts',
  'runtime/level/index.ts',
  'runtime/migrate/index.ts',
  'runtime/migrate/testing.ts',
  'transformer/config.ts',
];

test.each(ENTRIES)('every name that %s exports says what it is', (entry) => {
  const exported = exportsOf(join(ROOT, entry));
  expect(exported.size).toBeGreaterThan(0);
  const silent = [...exported].filter(([, declaration]) => !hasDocstring(declaration)).map(([name]) => name);
  expect(silent).toEqual([]);
});

/** Exported names and where each is declared. Only files on the way are parsed. */
function exportsOf(path: string): Map<string, ts.Node> {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const found = new Map<string, ts.Node>();
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined) {
      const from = (statement.moduleSpecifier as ts.StringLiteral).text;
      const inner = exportsOf(join(path, '..', from.replace(/\.js$/, '.ts')));
      const { exportClause } = statement;
      if (exportClause === undefined) for (const [name, node] of inner) found.set(name, node);
      else if (ts.isNamedExports(exportClause)) {
        for (const { name, propertyName } of exportClause.elements) {
          found.set(name.text, inner.get((propertyName ?? name).text) ?? statement);
        }
      }
    } else if (ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(isExport)) {
      for (const name of namesOf(statement)) found.set(name, found.get(name) ?? statement);
    }
  }
  return found;
}

function isExport({ kind }: ts.Modifier): boolean {
  return kind === ts.SyntaxKind.ExportKeyword;
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.text];
}

function hasDocstring(declaration: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(declaration).length > 0;
}

/** Codes as they are handed to an error or a finding: quoted. */
function codesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return codesIn(path);
    const text = entry.name.endsWith('.ts') ? readFileSync(join(ROOT, path), 'utf8') : '';
    return [...text.matchAll(/'(QDB\d{4})'/g)].flatMap(([, code]) => code ?? []);
  });
}
