// What can't be stored, one case a file: code, position, marked text and sentence of each finding stand in golden/<case>.txt.
// And what can: the schema of each file in cases/schemas stands in golden/<name>.json.
// `UPDATE_GOLDEN=1 npx vitest run test/analyze/golden.test.ts` writes them anew; read the difference before committing it.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../../transformer/diagnostics.js';
import { analyzeFiles } from './compile.js';

const CASES = fileURLToPath(new URL('cases/', import.meta.url));
const GOLDEN = fileURLToPath(new URL('golden/', import.meta.url));

describe('what is wrong is reported where it stands', () => {
  test.each(filesIn(CASES))('%s', (file) => {
    const { diagnostics } = analyzeFiles([CASES + file]);
    expect(diagnostics.length).toBeGreaterThan(0);
    compareWithGolden(file.replace('.ts', '.txt'), diagnostics.map(print).join(''));
  });
});

describe('what can be stored becomes a schema', () => {
  test.each(filesIn(`${CASES}schemas/`))('%s', (file) => {
    const { diagnostics, schema, embeddedSources } = analyzeFiles([`${CASES}schemas/${file}`]);
    expect(diagnostics.filter(({ category }) => category === 'error').map(print)).toEqual([]);
    const embedded = [...embeddedSources.values()].map(({ className, exportName }) => ({ className, exportName }));
    compareWithGolden(file.replace('.ts', '.json'), `${JSON.stringify({ ...schema, embedded }, null, 2)}\n`);
  });
});

function filesIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.ts'));
}

/** `case.ts:7:12 error QDB1301`, the marked text, the sentence. */
function print({ fileName, start, length, category, code, message }: Diagnostic): string {
  const text = readFileSync(fileName, 'utf8');
  const before = text.slice(0, start).split('\n');
  const marked = text.slice(start, start + length).replaceAll('\n', '\n    ');
  const column = (before.at(-1)?.length ?? 0) + 1;
  const plain = message.replaceAll(CASES, '');
  return `${basename(fileName)}:${before.length}:${column} ${category} ${code}\n    ${marked}\n  ${plain}\n\n`;
}

function compareWithGolden(name: string, actual: string): void {
  if (process.env.UPDATE_GOLDEN) writeFileSync(GOLDEN + name, actual);
  expect(actual).toBe(readFileSync(GOLDEN + name, 'utf8'));
}
