// The engine as an abstract-level database. The base class does encodings, sublevels, hooks, events and deferred opening, and
// calls the underscored methods here with encoded keys and values. Each of them works at once; an answer that is no promise
// costs the base class one turn of the microtask queue.
import { type AbstractBatchOperation, AbstractLevel } from 'abstract-level';
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { Engine, Tree } from '../engine/index.js';
import { QuantaChainedBatch } from './chained-batch.js';
import { appendData, type Data, type DataRange, type Format, keyRange, readData } from './data.js';
import { QuantaIterator, QuantaKeyIterator, QuantaValueIterator } from './iterators.js';
import { openLocation } from './opening.js';
import { type Operation, Operations, type WriteOptions } from './operations.js';
import type {
  QuantaBatchOptions,
  QuantaDelOptions,
  QuantaLevelOptions,
  QuantaOpenOptions,
  QuantaPutOptions,
} from './options.js';
import { QuantaSnapshot } from './snapshot.js';
import type { WalkOptions } from './walk.js';

/** The one tree that holds all keys, as the encodings give them; the empty key is a key like any other. */
const TREE_NAME = 'level';
/** `clear` deletes in commits of about so many bytes: it is not atomic, like that of other level databases. */
const CLEAR_BYTES = 1024 * 1024;

/** What this database can do. The base class adds what it brings: deferred opening, seeking, events. */
const MANIFEST = {
  encodings: { buffer: true, utf8: true, view: true },
  has: true,
  getSync: true,
  createIfMissing: true,
  errorIfExists: true,
  permanence: true,
  implicitSnapshots: true,
  explicitSnapshots: true,
  signals: { iterators: true },
};

interface ReadOptions {
  readonly valueEncoding: Format;
  readonly snapshot?: QuantaSnapshot | undefined;
}

interface ClearOptions extends DataRange {
  readonly reverse: boolean;
  readonly limit: number;
  readonly snapshot?: QuantaSnapshot | undefined;
}

/** All that exists while the database is open. */
interface Opened {
  readonly engine: Engine;
  readonly tree: Tree;
  readonly operations: Operations;
}

/**
 * An [abstract-level](https://github.com/Level/abstract-level) database in the directory `location`.
 *
 * @example
 * const db = new QuantaLevel('./data', { valueEncoding: 'json' });
 * await db.put('ann', { score: 9 }, { sync: true });
 * db.getSync('ann'); // { score: 9 }
 * for await (const [key, value] of db.iterator({ gte: 'a', lt: 'b' })) console.log(key, value);
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: each of the merged methods is inherited, so none can be missing.
export class QuantaLevel<KDefault = string, VDefault = string> extends AbstractLevel<Data, KDefault, VDefault> {
  readonly location: string;
  #opened: Opened | null = null;
  readonly #keys = new ByteWriter(256);
  readonly #value = new ByteSpan();

  constructor(location: string, options?: QuantaLevelOptions<KDefault, VDefault>) {
    if (typeof location !== 'string' || location === '') {
      throw new TypeError('A QuantaLevel needs a location: the path of its directory, a string that is not empty.');
    }
    super(MANIFEST, options);
    this.location = location;
  }

  /** @internal */
  async _open(options: QuantaOpenOptions): Promise<void> {
    const engine = await openLocation(this.location, options);
    try {
      const tree = engine.openTree(TREE_NAME, { keySize: null });
      this.#opened = { engine, tree, operations: new Operations(engine, tree) };
    } catch (error) {
      engine.closeSync();
      throw error;
    }
  }

  /** @internal */
  async _close(): Promise<void> {
    await this.#open.engine.close();
    this.#opened = null;
  }

  /** @internal */
  _get(key: Data, options: ReadOptions): Data | undefined {
    return this._getSync(key, options);
  }

  /** @internal */
  _getSync(key: Data, options: ReadOptions): Data | undefined {
    return this.#find(key, options) ? readData(this.#value, options.valueEncoding) : undefined;
  }

  /** @internal */
  _getMany(keys: readonly Data[], options: ReadOptions): (Data | undefined)[] {
    const values = new Array<Data | undefined>(keys.length).fill(undefined);
    this.#findMany(keys, options, (index, value) => {
      values[index] = readData(value, options.valueEncoding);
    });
    return values;
  }

  /** @internal */
  _has(key: Data, options: ReadOptions): boolean {
    return this.#find(key, options);
  }

  /** @internal */
  _hasMany(keys: readonly Data[], options: ReadOptions): boolean[] {
    const found = new Array<boolean>(keys.length).fill(false);
    this.#findMany(keys, options, (index) => {
      found[index] = true;
    });
    return found;
  }

  /** @internal */
  _put(key: Data, value: Data, options: WriteOptions): Promise<void> {
    const operations = this.#emptyOperations();
    operations.put(key, value);
    return operations.write(options);
  }

  /** @internal */
  _del(key: Data, options: WriteOptions): Promise<void> {
    const operations = this.#emptyOperations();
    operations.del(key);
    return operations.write(options);
  }

  /** @internal */
  _batch(list: readonly Operation[], options: WriteOptions): Promise<void> {
    const operations = this.#emptyOperations();
    for (const { type, key, value } of list) {
      if (type === 'put') operations.put(key, value);
      else operations.del(key);
    }
    return operations.write(options);
  }

  /** @internal */
  _chainedBatch(): QuantaChainedBatch<this, KDefault, VDefault> {
    const { engine, tree } = this.#open;
    return new QuantaChainedBatch(this, new Operations(engine, tree));
  }

  /** @internal */
  async _clear(options: ClearOptions & WriteOptions): Promise<void> {
    const { engine, tree } = this.#open;
    const { reverse, snapshot } = options;
    const operations = new Operations(engine, tree);
    const cursor = tree.cursor(keyRange(options), {
      reverse,
      ...(snapshot === undefined ? {} : { at: snapshot.view }),
    });
    try {
      for (let left = options.limit; left !== 0 && cursor.next(); left--) {
        const { bytes, start, end } = cursor.key;
        operations.delBytes(bytes, start, end);
        if (operations.byteLength >= CLEAR_BYTES) await operations.write(options);
      }
      await operations.write(options);
    } finally {
      cursor.close();
    }
  }

  /** @internal */
  _iterator(options: WalkOptions): QuantaIterator<this, KDefault, VDefault> {
    return new QuantaIterator(this, options, this.#open.tree);
  }

  /** @internal */
  _keys(options: WalkOptions): QuantaKeyIterator<this, KDefault> {
    return new QuantaKeyIterator(this, options, this.#open.tree);
  }

  /** @internal */
  _values(options: WalkOptions): QuantaValueIterator<this, KDefault, VDefault> {
    return new QuantaValueIterator(this, options, this.#open.tree);
  }

  /** @internal */
  _snapshot(options: object): QuantaSnapshot {
    return new QuantaSnapshot(options, this.#open.engine.snapshot());
  }

  /** The base class calls nothing of the above before `_open` or after `_close`. */
  get #open(): Opened {
    return this.#opened!;
  }

  /** The shared batch, empty even if the last one broke off half-way. */
  #emptyOperations(): Operations {
    const { operations } = this.#open;
    operations.clear();
    return operations;
  }

  #find(key: Data, { snapshot }: ReadOptions): boolean {
    const keys = this.#keys;
    keys.at = 0;
    appendData(keys, key);
    return this.#open.tree.get(keys.bytes, keys.at, this.#value, snapshot?.view);
  }

  #findMany(list: readonly Data[], { snapshot }: ReadOptions, visit: (index: number, value: ByteSpan) => void): void {
    const keys = this.#keys;
    keys.at = 0;
    const ends = new Int32Array(list.length);
    for (let i = 0; i < list.length; i++) {
      appendData(keys, list[i]!);
      ends[i] = keys.at;
    }
    this.#open.tree.getMany(keys.bytes, ends, list.length, visit, snapshot?.view);
  }
}

/** Types only: methods of the base class, which hands their options down as they are. */
export interface QuantaLevel<KDefault = string, VDefault = string> extends AbstractLevel<Data, KDefault, VDefault> {
  open(options?: QuantaOpenOptions): Promise<void>;

  put(key: KDefault, value: VDefault): Promise<void>;
  put<K = KDefault, V = VDefault>(key: K, value: V, options: QuantaPutOptions<K, V>): Promise<void>;

  del(key: KDefault): Promise<void>;
  del<K = KDefault>(key: K, options: QuantaDelOptions<K>): Promise<void>;

  batch(operations: BatchOperations<this, KDefault, VDefault>): Promise<void>;
  batch<K = KDefault, V = VDefault>(
    operations: BatchOperations<this, K, V>,
    options: QuantaBatchOptions<K, V>,
  ): Promise<void>;
  batch(): QuantaChainedBatch<this, KDefault, VDefault>;
}

type BatchOperations<Db, K, V> = AbstractBatchOperation<Db, K, V>[];
