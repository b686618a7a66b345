// Opens the engine under a level database, or says why not in the words that the level ecosystem looks for.
import { type Durability, databaseExists, type Engine, openEngine } from '../engine/index.js';
import { DatabaseLockedError, StorageError } from '../errors.js';
import { NodeVfs } from '../vfs/node.js';
import type { QuantaOpenOptions } from './options.js';

/** What level databases promise when nothing is said. */
const LEVEL_DURABILITY: Durability = 'os';

/** abstract-level databases name this code when another one has the location; packages that share a database wait for it. */
class LockedError extends Error {
  readonly code = 'LEVEL_LOCKED';
}

/** Throws StorageError QDB4021 or QDB4022 as `createIfMissing` and `errorIfExists` say, and what `openEngine` throws. */
export async function openLocation(path: string, options: QuantaOpenOptions): Promise<Engine> {
  const vfs = new NodeVfs();
  const exists = databaseExists(vfs, path);
  if (!exists && options.createIfMissing === false) {
    throw new StorageError('QDB4021', `The database ${path} does not exist. Open it with createIfMissing: true.`);
  }
  if (exists && options.errorIfExists === true) {
    throw new StorageError('QDB4022', `The database ${path} exists already. Open it with errorIfExists: false.`);
  }
  const { durability = LEVEL_DURABILITY, memory, compression } = options;
  try {
    return await openEngine({
      vfs,
      path,
      durability,
      ...(memory === undefined ? {} : { memory }),
      ...(compression === undefined ? {} : { compression }),
    });
  } catch (cause) {
    if (cause instanceof DatabaseLockedError) throw new LockedError(cause.message, { cause });
    throw cause;
  }
}
