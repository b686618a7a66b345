// Opens a database: the engine under a path, and the tables of the entities that the code knows. Or its past, only to be read.
import type { Engine } from '../engine/api.js';
import { openEngine, requireDatabase } from '../engine/index.js';
import { assertMoment } from './arguments.js';
import { type OpenOptions, type OpenPastOptions, optionsOf, settle } from './open-options.js';
import { DirectSession } from './session.js';
import { SnapshotSession } from './snapshot.js';
import { type AnyEntity, Store } from './store.js';

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
  const { vfs, history, surroundings, ...rest } = settle(optionsOf(options));
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
  options: OpenPastOptions,
  entities: readonly AnyEntity[],
  create: (session: SnapshotSession) => Snapshot,
): Promise<Snapshot> {
  const { at, vfs, history: _, surroundings, ...rest } = settle(optionsOf(options) as OpenPastOptions);
  assertMoment(at);
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
