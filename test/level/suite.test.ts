// abstract-level's own suite, unchanged, against the built database and against LevelDB: as many assertions, and none that fails.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const SUITE = fileURLToPath(new URL('./abstract-level-suite.mjs', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'quantadb-suite-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('passes every assertion that classic-level passes', { timeout: 240_000 }, async () => {
  const [here, there] = await Promise.all(['quantadb', 'classic-level'].map(run));
  console.log(`abstract-level's suite: ${here!.passed} passed, ${here!.failed.length} failed`);
  expect(here!.failed).toEqual([]);
  expect(there!.failed).toEqual([]);
  expect(here!.passed).toBe(there!.passed);
  expect(here!.passed).toBeGreaterThanOrEqual(5168);
});

/** Counts the assertions of a run by its TAP; each that fails is named with its test. */
async function run(database: string): Promise<{ passed: number; failed: string[] }> {
  const child = spawn(process.execPath, [SUITE, database, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let tap = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    tap += text;
  });
  const [code] = await once(child, 'close');
  let test = '';
  let passed = 0;
  const failed: string[] = [];
  for (const line of tap.split('\n')) {
    if (line.startsWith('# ')) test = line;
    else if (line.startsWith('ok ')) passed++;
    else if (line.startsWith('not ok ')) failed.push(`${test}: ${line}`);
  }
  // Without its summary the run broke off.
  expect([database, code, tap.includes(`\n# tests ${passed}\n`)]).toEqual([database, 0, true]);
  return { passed, failed };
}
