// kill -9, 20 times at random moments, of a process that migrates a database up and down without end: it is always at one of the two
// versions, every row and index entry of it there, and the next process goes on from it.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { diagnose } from '../../runtime/database/doctor.js';
import { SchemaMismatchError } from '../../runtime/errors.js';
import { migrate } from '../../runtime/migrate/index.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { openGenerated } from '../support/database.js';
import { integer, seeded } from '../support/random.js';
import { after, before, migrations, rowOf } from './two-versions.mjs';

const KILLS = 20;
/** A turn of a migration is 2,000 rows: six turns up, six down. */
const ROWS = 12_000;
/** The longest life in turns: some processes die on their way up, some on their way down, however fast the machine is. */
const LONGEST_LIFE = 30;
/**
 * How long after its last turn a process lives, in milliseconds at the most: long enough to come to the switch behind the last turn of
 * a migration, which says nothing, and beyond.
 */
const LONGEST_DEATH = 200;
const CHILD = join(import.meta.dirname, 'killed-migration.mjs');
const vfs = new NodeVfs();

/** Lets a process migrate and kills it `delay` milliseconds after its turn number `turns`. */
function migrateAndDie(path: string, turns: number, delay: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, path], { stdio: ['ignore', 'pipe', 'pipe'] });
    let timer: NodeJS.Timeout | undefined;
    let seen = 0;
    let errors = '';
    createInterface({ input: child.stdout }).on('line', () => {
      if (++seen > turns) timer ??= setTimeout(() => child.kill('SIGKILL'), delay);
    });
    child.stderr.on('data', (text) => {
      errors += text;
    });
    child.on('close', (_, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`The migration ended by itself: ${errors}`));
    });
  });
}

/** Which version the database is at; throws unless its rows are all there. */
async function versionOf(path: string): Promise<1 | 2> {
  const { findings } = await diagnose(vfs, path);
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  try {
    await expectRows(path, 1);
    return 1;
  } catch (error) {
    if (!(error instanceof SchemaMismatchError)) throw error;
    await expectRows(path, 2);
    return 2;
  }
}

async function expectRows(path: string, version: 1 | 2): Promise<void> {
  const db = await openGenerated([version === 1 ? before : after], { path, vfs });
  try {
    const rows = await db.dao('User').all().toArray();
    expect(rows.length).toBe(ROWS);
    for (const row of rows) {
      const { nick, ...rest } = rowOf(row.id as number);
      expect({ ...row }).toEqual(version === 1 ? { ...rest, nick } : { ...rest, size: rest.email.length });
    }
  } finally {
    await db.close();
  }
}

test(`${KILLS} kills leave one version, whole`, { timeout: 600_000 }, async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'quantadb-migration-kill-')), 'db');
  const random = seeded(1);
  const db = await openGenerated([before], { path, vfs });
  await db.dao('User').putMany(Array.from({ length: ROWS }, (_, i) => rowOf(i + 1)));
  await db.close();
  await migrate(path, { migrations, to: 1 });
  const seen = { 1: 0, 2: 0 };
  for (let kill = 0; kill < KILLS; kill++) {
    await migrateAndDie(path, integer(random, LONGEST_LIFE), integer(random, LONGEST_DEATH));
    // Every other time nobody looks, so that the next process finds what this one had begun to build.
    if (kill % 2 === 1) seen[await versionOf(path)]++;
  }
  expect(Math.min(seen[1], seen[2]), 'both versions were met').toBeGreaterThan(0);
  await migrate(path, { migrations, to: 2 });
  expect(await versionOf(path)).toBe(2);
  await migrate(path, { migrations, to: 1 });
  expect(await versionOf(path)).toBe(1);
  console.log(`${KILLS} kills; seen at version 1: ${seen[1]}, at 2: ${seen[2]}`);
  rmSync(join(path, '..'), { recursive: true });
});
