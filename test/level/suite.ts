// abstract-level's own suite, unchanged, in a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const SUITE = fileURLToPath(new URL('./abstract-level-suite.mjs', import.meta.url));

/** How many assertions it has, of this version, and passes on LevelDB. */
export const ASSERTIONS = 5168;

/** Counts the assertions of a run by its TAP; each that fails is named with its test. */
export async function runSuite(database: 'quantadb' | 'classic-level'): Promise<{ passed: number; failed: string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'quantadb-suite-'));
  const child = spawn(process.execPath, [SUITE, database, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let tap = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    tap += text;
  });
  const [code] = await once(child, 'close');
  rmSync(directory, { recursive: true, force: true });
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
