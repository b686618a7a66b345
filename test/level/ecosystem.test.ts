// fixtures/level-ecosystem: a package that knows abstract-level only finds the same on this database as on LevelDB.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const SEARCH = fileURLToPath(new URL('../../fixtures/level-ecosystem/search.mjs', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'quantadb-ecosystem-'));

afterAll(() => rmSync(directory, { recursive: true, force: true }));

it('search-index indexes, finds and deletes', async () => {
  const [here, there] = await Promise.all(['quantadb', 'classic-level'].map(search));
  expect(here).toBe(there);
  expect(here).toContain(
    'as indexed: 8 books\nby Jane Austen: Emma, Persuasion\nof the 1830s: Le Père Goriot, Евгений Онегин',
  );
  expect(here).toContain('reopened: 7 books\nby Jane Austen: Persuasion\n');
});

async function search(database: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [SEARCH, database, join(directory, database)]);
  return stdout;
}
