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

/** Codes as they are handed to an error or a finding: quoted. */
function codesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return codesIn(path);
    const text = entry.name.endsWith('.ts') ? readFileSync(join(ROOT, path), 'utf8') : '';
    return [...text.matchAll(/'(QDB\d{4})'/g)].flatMap(([, code]) => code ?? []);
  });
}
