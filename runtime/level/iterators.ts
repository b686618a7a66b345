// The three iterators of abstract-level over the one walk. abstract-level takes care of limits, states and decoding.
import { AbstractIterator, AbstractKeyIterator, AbstractValueIterator } from 'abstract-level';
import type { Tree } from '../engine/index.js';
import { type Data, readData } from './data.js';
import { Walk, type WalkOptions } from './walk.js';

type Entry = [key: Data | undefined, value: Data | undefined];

/** What abstract-level calls to read; each may answer at once. */
interface Reads<Item> {
  _next(): Item | undefined | Promise<Item | undefined>;
  _nextv(size: number): Item[] | Promise<Item[]>;
  _seek(target: Data): void;
  _close(): Promise<void>;
}

export class QuantaIterator<Db, K, V> extends AbstractIterator<Db, K, V> implements Reads<Entry> {
  private readonly walk: Walk<Entry>;

  constructor(db: Db, options: WalkOptions, tree: Tree) {
    super(db, options as object);
    const { keys, values, keyEncoding, valueEncoding } = options;
    this.walk = new Walk(tree, options, (key, value) => [
      keys === false ? undefined : readData(key, keyEncoding),
      values === false ? undefined : readData(value, valueEncoding),
    ]);
  }

  /** @internal */
  _next(): Entry | undefined | Promise<Entry | undefined> {
    return this.walk.one();
  }

  /** @internal */
  _nextv(size: number): Entry[] | Promise<Entry[]> {
    return this.walk.many(size);
  }

  /** @internal */
  _seek(target: Data): void {
    this.walk.seek(target);
  }

  /** @internal */
  async _close(): Promise<void> {
    this.walk.close();
  }
}

export class QuantaKeyIterator<Db, K> extends AbstractKeyIterator<Db, K> implements Reads<Data> {
  private readonly walk: Walk<Data>;

  constructor(db: Db, options: WalkOptions, tree: Tree) {
    super(db, options as object);
    const { keyEncoding } = options;
    this.walk = new Walk(tree, options, (key) => readData(key, keyEncoding));
  }

  /** @internal */
  _next(): Data | undefined | Promise<Data | undefined> {
    return this.walk.one();
  }

  /** @internal */
  _nextv(size: number): Data[] | Promise<Data[]> {
    return this.walk.many(size);
  }

  /** @internal */
  _seek(target: Data): void {
    this.walk.seek(target);
  }

  /** @internal */
  async _close(): Promise<void> {
    this.walk.close();
  }
}

export class QuantaValueIterator<Db, K, V> extends AbstractValueIterator<Db, K, V> implements Reads<Data> {
  private readonly walk: Walk<Data>;

  constructor(db: Db, options: WalkOptions, tree: Tree) {
    super(db, options as object);
    const { valueEncoding } = options;
    this.walk = new Walk(tree, options, (_, value) => readData(value, valueEncoding));
  }

  /** @internal */
  _next(): Data | undefined | Promise<Data | undefined> {
    return this.walk.one();
  }

  /** @internal */
  _nextv(size: number): Data[] | Promise<Data[]> {
    return this.walk.many(size);
  }

  /** @internal */
  _seek(target: Data): void {
    this.walk.seek(target);
  }

  /** @internal */
  async _close(): Promise<void> {
    this.walk.close();
  }
}
