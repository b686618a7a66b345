// What users of the level face may say, beyond what every abstract-level database understands.
import type {
  AbstractBatchOptions,
  AbstractDatabaseOptions,
  AbstractDelOptions,
  AbstractOpenOptions,
  AbstractPutOptions,
} from 'abstract-level';
import type { Durability, EngineOptions } from '../engine/index.js';
import type { WriteOptions } from './operations.js';

interface StorageOptions {
  /**
   * When a write is done: `'os'` (default, as level databases do) once the kernel has it, so that it survives the process but
   * perhaps not the machine; `'interval'` the same, synced within 100 ms; `'commit'` after fdatasync. `sync: true` on a single
   * write asks for fdatasync there.
   */
  readonly durability?: Durability | undefined;
  /** Bytes of table blocks to hold in memory. */
  readonly memory?: number | undefined;
  /** How blocks on disk are packed; the default is `'none'`. */
  readonly compression?: EngineOptions['compression'] | undefined;
}

/** Options of `new QuantaLevel(location, options)`. */
export interface QuantaLevelOptions<K, V> extends AbstractDatabaseOptions<K, V>, StorageOptions {}

/** Options of `level.open`. */
export interface QuantaOpenOptions extends AbstractOpenOptions, StorageOptions {}

/** Options of `level.put`: `{ sync: true }` waits until the disk has it. */
export interface QuantaPutOptions<K, V> extends AbstractPutOptions<K, V>, WriteOptions {}

/** Options of `level.del`, as of `put`. */
export interface QuantaDelOptions<K> extends AbstractDelOptions<K>, WriteOptions {}

/** Options of `level.batch`, as of `put`. */
export interface QuantaBatchOptions<K, V> extends AbstractBatchOptions<K, V>, WriteOptions {}
