// Opens a database directory: whatever a crash left there becomes the state of the last commit that was promised.
import { loadXxh3 } from '../bytes/xxh3.js';
import { CorruptionError, StorageError } from '../errors.js';
import { doorTo } from '../vfs/door.js';
import { writeFailure } from '../vfs/failure.js';
import type { Vfs } from '../vfs/vfs.js';
import type { Engine } from './api.js';
import type { MergeRunner } from './compaction/runner.js';
import { SameThreadRunner } from './compaction/same-thread.js';
import { WorkerRunner } from './compaction/worker-runner.js';
import { makeDirectory, takeLock } from './directory.js';
import { tryAll } from './do-all.js';
import { LsmEngine } from './engine.js';
import { BACKUP_NAME, CURRENT_NAME, manifestNumber, tableId, tableName, walSlot } from './format.js';
import { type EngineOptions, type Settings, settle } from './options.js';
import { Manifest } from './version/manifest.js';
import type { Version } from './version/version.js';
import { replay } from './wal/replay.js';
import { WalWriter } from './wal/writer.js';

/** Whether a database was made in that directory. */
export function databaseExists(vfs: Vfs, path: string): boolean {
  return doorTo(vfs).exists(vfs.join(path, CURRENT_NAME));
}

/**
 * Opens the engine in a directory, which is made when missing. Reading the manifest and replaying the log is all it does: tables
 * are opened as they are read.
 *
 * Throws DatabaseLockedError (QDB4020) when somebody else has it open, CorruptionError (QDB4010) when the manifest or the log is
 * damaged before its torn end, LimitError (QDB4050) or StorageError (QDB4081) on blocks that cannot be written, StorageError
 * (QDB4014, QDB4032) on other options and paths that cannot be, ReadFailedError (QDB4033) when the file system fails.
 *
 * @example
 * const engine = await openEngine({ vfs: new NodeVfs(), path: './data' });
 * const users = engine.openTree('users', { keySize: 8 });
 */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  await loadXxh3();
  return openEngineSync(options);
}

/** The same at once; `loadXxh3` must have finished. `runner` runs the merges where the options are not to decide who does. */
export function openEngineSync(options: EngineOptions, runner?: MergeRunner): Engine {
  const settings = settle(options);
  const { vfs, path } = settings;
  makeDirectory(vfs, path, 'a database');
  if (vfs.exists(vfs.join(path, BACKUP_NAME))) throw isBackup(path);
  const lock = takeLock(vfs, path, 'A database');
  let manifest: Manifest | undefined;
  let engine: LsmEngine;
  try {
    manifest = Manifest.open(vfs, path);
    checkTables(vfs, path, manifest.version);
    engine = new LsmEngine(settings, manifest, lock, runner ?? runnerOf(settings));
    const { walFrom, walDurable } = manifest.version;
    const recovery = replay(vfs, path, walFrom, walDurable, (sequence, bytes, start, end) => {
      engine.replay(sequence, bytes, start, end);
    });
    engine.start(WalWriter.open(vfs, path, recovery, { growBytes: settings.logGrowBytes }), recovery);
  } catch (error) {
    tryAll(
      () => manifest?.abandon(),
      () => lock.release(),
    );
    throw openFailure(error, path);
  }
  try {
    engine.keepHistory();
    return engine;
  } catch (error) {
    tryAll(() => engine.closeSync());
    throw openFailure(error, path);
  }
}

function openFailure(error: unknown, path: string): unknown {
  return writeFailure(error, `what the opening of ${path} needs`);
}

function runnerOf({ vfs, compactionWorker }: Settings): MergeRunner {
  const here = new SameThreadRunner(vfs);
  return compactionWorker === null ? here : new WorkerRunner(compactionWorker, here);
}

/** For tools, which must not make a database where none is: throws StorageError QDB4018, or QDB4017 for a backup. */
export function requireDatabase(vfs: Vfs, path: string): void {
  const isFile = (name: string): boolean =>
    name === CURRENT_NAME || (tableId(name) ?? manifestNumber(name) ?? walSlot(name)) !== undefined;
  const names = vfs.exists(path) ? doorTo(vfs).list(path) : [];
  // A database that a stray BACKUP lies in is still one.
  if (names.includes(BACKUP_NAME) && !names.some((name) => isFile(name) && tableId(name) === undefined))
    throw isBackup(path);
  if (names.some(isFile)) return;
  throw new StorageError('QDB4018', `There is no database in ${path}. Name the directory that openDatabase was given.`);
}

function isBackup(path: string): StorageError {
  return new StorageError(
    'QDB4017',
    `${path} is a backup. Bring it to a new directory with \`quantadb restore\`, and open that.`,
  );
}

/**
 * Removes tables that no version has: of flushes, loads and merges that never came to their end. Tables are opened as they are
 * read, so that one is missing is noticed here.
 */
function checkTables(vfs: Vfs, path: string, version: Version): void {
  const present = new Set<number>();
  for (const name of vfs.list(path)) {
    const id = tableId(name);
    if (id === undefined) continue;
    if (version.tables.has(id)) present.add(id);
    else vfs.remove(vfs.join(path, name));
  }
  for (const id of version.tables.keys()) {
    if (present.has(id)) continue;
    throw new CorruptionError(vfs.join(path, tableName(id)), 0, 'it is missing, though the manifest names it');
  }
}
