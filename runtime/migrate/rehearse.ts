// Runs migrations on a copy of a database that shares its tables by hard links, to see whether they work and how long they take.
import { openEngine, requireDatabase, restoreBackup } from '../engine/index.js';
import { QuantaError } from '../errors.js';
import type { Vfs } from '../vfs/vfs.js';
import { inspectEngine } from './inspect.js';
import { type MigrateOptions, migrateEngine } from './migrate.js';
import type { Direction } from './names.js';

export interface RehearsedMigration {
  readonly number: number;
  readonly name: string;
  readonly direction: Direction;
  readonly rows: number;
  readonly milliseconds: number;
}

export interface Rehearsal {
  readonly from: number;
  readonly to: number;
  readonly ran: readonly RehearsedMigration[];
  /** Why the one after those that ran failed. */
  readonly failure: QuantaError | null;
  /** Tables of the copy that are shared with the database, and those that had to be copied. */
  readonly linked: number;
  readonly copied: number;
}

export interface RehearsalPlace {
  readonly vfs: Vfs;
  /** The database; no process may have it open. */
  readonly path: string;
  /** An empty directory on the same file system. Removing it is the caller's. */
  readonly scratch: string;
  /** A clock in milliseconds, as `performance.now`. */
  readonly clock: () => number;
}

/** @throws what stands in the way before the first migration runs; what one of them runs into is in the answer */
export async function rehearse(place: RehearsalPlace, options: MigrateOptions): Promise<Rehearsal> {
  const { vfs, path, scratch, clock } = place;
  const [backup, copy] = [vfs.join(scratch, 'backup'), vfs.join(scratch, 'database')];
  requireDatabase(vfs, path);
  const original = await openEngine({ vfs, path, compaction: 'manual' });
  let linked: number;
  let copied: number;
  try {
    ({ linked, copied } = await original.backup(backup));
  } finally {
    await original.close();
  }
  await restoreBackup(vfs, backup, copy, { throwaway: true });
  const engine = await openEngine({ vfs, path: copy });
  try {
    const { from, to, legs } = inspectEngine(engine, options);
    const ran: RehearsedMigration[] = [];
    let failure: QuantaError | null = null;
    for (const [i, { entry, direction }] of legs.entries()) {
      // One at a time: a leg down ends where the next one begins.
      const next = direction === 'up' ? entry.number : (legs[i + 1]?.entry.number ?? to);
      const began = clock();
      try {
        const report = await migrateEngine(engine, { ...options, to: next }, (at) => `It would be left at ${at}.`);
        const { number, name } = entry;
        const rows = report.ran.reduce((sum, one) => sum + one.rows, 0);
        ran.push({ number, name, direction, rows, milliseconds: clock() - began });
      } catch (error) {
        if (!(error instanceof QuantaError)) throw error;
        failure = error;
        break;
      }
    }
    return { from, to, ran, failure, linked, copied };
  } finally {
    await engine.close();
  }
}
