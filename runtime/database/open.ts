// Opens a database: the engine under a path, and the tables of the entities that the code knows.
import type { Durability } from '../engine/api.js';
import { openEngine } from '../engine/index.js';
import { NodeVfs } from '../vfs/node.js';
import type { Vfs } from '../vfs/vfs.js';
import type { Clock } from './expiry.js';
import type { RandomSource } from './key-generator.js';
import type { WarningReporter } from './open-snapshots.js';
import { DirectSession } from './session.js';
import { type AnyEntity, Store } from './store.js';

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
  /** Told of snapshots that nobody closed; `process.emitWarning` unless given. */
  readonly warn?: WarningReporter;
}

/**
 * Opens the database and makes its face; generated code exports this as `openDatabase`, with its entities filled in.
 * Throws DatabaseLockedError, SchemaMismatchError (QDB3001), CorruptionError and other StorageErrors.
 */
export async function openStore<Database>(
  options: string | OpenOptions,
  entities: readonly AnyEntity[],
  create: (session: DirectSession) => Database,
): Promise<Database> {
  const { clock, random, warn, vfs, ...rest } =
    typeof options === 'string' ? ({ path: options } as OpenOptions) : { ...options };
  const engine = await openEngine({ ...rest, vfs: vfs ?? new NodeVfs() });
  try {
    const surroundings = { clock: clock ?? Date.now, random: random ?? secureRandom, warn: warn ?? emitWarning };
    return create(new DirectSession(new Store(engine, entities, surroundings)));
  } catch (error) {
    engine.closeSync();
    throw error;
  }
}

function secureRandom(into: Uint8Array): void {
  globalThis.crypto.getRandomValues(into);
}

function emitWarning(message: string, code: string): void {
  process.emitWarning(message, { type: 'QuantaWarning', code });
}
