// Opens a database: the engine under a path, and the tables of the entities that the code knows. Or its past, only to be read.
import type { Durability, Engine } from '../engine/api.js';
import { openEngine, requireDatabase } from '../engine/index.js';
import { StorageError } from '../errors.js';
import { parseDuration } from '../schema/duration.js';
import type { Duration } from '../schema/markers.js';
import { NodeVfs } from '../vfs/node.js';
import type { Vfs } from '../vfs/vfs.js';
import type { Clock } from './expiry.js';
import type { RandomSource } from './key-generator.js';
import type { WarningReporter } from './open-snapshots.js';
import { DirectSession } from './session.js';
import { SnapshotSession } from './snapshot.js';
import { type AnyEntity, Store, type Surroundings } from './store.js';

export interface OpenOptions {
  /** The database's directory, created when missing. */
  readonly path: string;
  /** When a write is done: `'commit'` (default) after fdatasync, `'interval'` within 100 ms of it, `'os'` once the kernel has it. */
  readonly durability?: Durability;
  /** Bytes of table blocks to hold in memory. */
  readonly memory?: number;
  /** The files; the default is the disk. `MemoryVfs` keeps everything in memory. */
  readonly vfs?: Vfs;
  /** Milliseconds since the epoch, for generated keys and `now` defaults; `Date.now` unless given. */
  readonly clock?: Clock;
  /** Random bytes for generated keys; the platform's secure source unless given. */
  readonly random?: RandomSource;
  /**
   * How long what was overwritten or deleted can be read again, by `db.at` and `openDatabase({ path, at })`: `'7d'`; `'0d'` ends
   * it. Kept with the database: an opening that leaves it out goes on with what the last one asked for.
   */
  readonly history?: Duration;
  /** Told of snapshots that nobody closed; `process.emitWarning` unless given. */
  readonly warn?: WarningReporter;
}

export interface OpenPastOptions extends OpenOptions {
  /** Which past: a date, or what `sequence` of a snapshot or of `stats()` was. */
  readonly at: number | Date;
}

/**
 * Opens the database and makes its face; generated code exports this as `openDatabase`, with its entities filled in.
 * Throws DatabaseLockedError, SchemaMismatchError (QDB3001), CorruptionError and other StorageErrors.
 *
 * @param prepare is given the engine before anything of the database is looked at
 */
export async function openStore<Database>(
  options: string | OpenOptions,
  entities: readonly AnyEntity[],
  create: (session: DirectSession) => Database,
  prepare: (engine: Engine) => Promise<void> = async () => {},
): Promise<Database> {
  const { vfs, history, surroundings, ...rest } = settle(typeof options === 'string' ? { path: options } : options);
  const engine = await openEngine({ ...rest, vfs, date: surroundings.clock, history });
  try {
    await prepare(engine);
    return create(new DirectSession(new Store(engine, entities, surroundings)));
  } catch (error) {
    engine.closeSync();
    throw error;
  }
}

/**
 * Opens the database as it was, only to be read, and makes that face; generated code exports this as `openDatabase` with `at`.
 * Like any opening it takes the lock, until the snapshot is closed. Throws as `openStore`, HistoryError (QDB4117) when the history
 * doesn't reach so far, and StorageError QDB4018 where there is no database.
 */
export async function openPast<Snapshot>(
  { at, ...options }: OpenPastOptions,
  entities: readonly AnyEntity[],
  create: (session: SnapshotSession) => Snapshot,
): Promise<Snapshot> {
  const { vfs, history: _, surroundings, ...rest } = settle(options);
  requireDatabase(vfs, rest.path);
  const engine = await openEngine({ ...rest, vfs, date: surroundings.clock, compaction: 'manual' });
  try {
    const store = new Store(engine, entities, surroundings, true);
    return create(new SnapshotSession(store, openPast, { at, closesStore: true }));
  } catch (error) {
    engine.closeSync();
    throw error;
  }
}

function settle({ clock, random, warn, vfs, history, ...rest }: OpenOptions) {
  const surroundings: Surroundings = {
    clock: clock ?? Date.now,
    random: random ?? secureRandom,
    warn: warn ?? emitWarning,
  };
  return {
    ...rest,
    vfs: vfs ?? new NodeVfs(),
    history: history === undefined ? null : millisecondsOf(history),
    surroundings,
  };
}

function millisecondsOf(history: Duration): number {
  const milliseconds = parseDuration(history);
  if (milliseconds !== undefined) return milliseconds;
  throw new StorageError(
    'QDB4014',
    `history is "${history}". Give a whole number and a unit, s, m, h, d or w, as '7d'.`,
  );
}

function secureRandom(into: Uint8Array): void {
  globalThis.crypto.getRandomValues(into);
}

function emitWarning(message: string, code: string): void {
  process.emitWarning(message, { type: 'QuantaWarning', code });
}
