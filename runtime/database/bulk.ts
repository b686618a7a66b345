// Many new rows written as tables directly, past log and memtable. Only for rows whose keys are not stored yet: then no index
// entry has to go, and whatever a unique index already holds is a violation.

import type { ByteWriter } from '../bytes/writer.js';
import type { BulkLoad, Engine, Tree } from '../engine/api.js';
import { LimitError, UniqueViolationError } from '../errors.js';
import { KeyList } from '../query/key-list.js';
import type { CommitLog } from './commit-log.js';
import type { IndexUpkeep } from './index-upkeep.js';
import type { EntityTable } from './table.js';
import type { ChangeSink } from './write-set.js';

/** Encoded bytes at which a chunk is full. */
export const BULK_CHUNK_BYTES = 64 * 1024 * 1024;
/** Rows at which a chunk is full. */
export const BULK_CHUNK_ROWS = 100_000;

export class BulkChunk<Row, Key, Input> {
  /** Rows taken in so far, in case they must go another way. */
  readonly rows: Row[] = [];
  private readonly table: EntityTable<Row, Key, Input>;
  private readonly log: CommitLog;
  private readonly load: BulkLoad;
  private readonly sink: LoadSink;
  private readonly primary: FreshKeys;
  private readonly uniques: readonly { readonly index: IndexUpkeep<Row>; readonly fresh: FreshKeys }[];

  constructor(table: EntityTable<Row, Key, Input>, engine: Engine, log: CommitLog) {
    this.table = table;
    this.log = log;
    this.load = engine.bulkLoad();
    this.primary = new FreshKeys(table.tree);
    this.uniques = table.indexes
      .filter((index) => index.model.unique)
      .map((index) => ({ index, fresh: new FreshKeys(index.tree) }));
    this.sink = new LoadSink(this.load, [this.primary, ...this.uniques.map(({ fresh }) => fresh)]);
  }

  get isFull(): boolean {
    return this.rows.length >= BULK_CHUNK_ROWS || this.load.byteLength >= BULK_CHUNK_BYTES;
  }

  add(row: Row): void {
    const { table, sink } = this;
    const { entity, tree, key, indexes } = table;
    sink.row = this.rows.push(row) - 1;
    table.writeKey(entity.keyOf(row));
    entity.row.encode(row, sink.beginPut(tree, key.bytes, key.at));
    sink.endPut();
    for (const index of indexes) {
      index.load(row, undefined);
      index.write(sink, key);
    }
  }

  abort(): void {
    this.load.abort();
  }

  /**
   * Installs the chunk, all or nothing. False, with nothing installed, when the rows must go through the log: because one
   * replaces another, stored or in this chunk, because a running transaction must learn of them, or because rows expire. Throws UniqueViolationError.
   */
  finish(): boolean {
    const { load, log, primary, uniques } = this;
    if (log.isWatched || primary.firstStored() !== null) {
      load.abort();
      return false;
    }
    for (const { index, fresh } of uniques) {
      const row = fresh.firstStored();
      if (row === null) continue;
      load.abort();
      // The entry may have expired: the log's way looks.
      if (this.table.entity.model.ttl !== undefined) return false;
      throw this.violation(index, row);
    }
    let replaced = false;
    let clash: UniqueViolationError | null = null;
    load.onDuplicate(primary.tree, () => {
      replaced = true;
    });
    for (const { index, fresh } of uniques) {
      load.onDuplicate(fresh.tree, (_, second) => {
        clash ??= this.violation(index, fresh.rowOf(second));
      });
    }
    try {
      load.finishSync();
    } catch (error) {
      if (!(error instanceof LimitError && error.code === 'QDB4051')) throw error;
      if (replaced) return false;
      throw clash ?? error;
    }
    return true;
  }

  private violation(index: IndexUpkeep<Row>, row: number): UniqueViolationError {
    return new UniqueViolationError(this.table.entity.model.name, index.model.name, index.valueOf(this.rows[row]!));
  }
}

/** A tree in which the chunk's keys must be new, and the keys that it brings. */
class FreshKeys {
  readonly tree: Tree;
  private readonly keys = new KeyList();
  /** The row of each key. */
  private readonly rows: number[] = [];

  constructor(tree: Tree) {
    this.tree = tree;
  }

  add(key: Uint8Array, keyEnd: number, row: number): void {
    this.keys.add(key, 0, keyEnd);
    this.rows.push(row);
  }

  rowOf(ordinal: number): number {
    return this.rows[ordinal]!;
  }

  /** The first row with a key that is stored already, or null. */
  firstStored(): number | null {
    if (isEmpty(this.tree)) return null;
    const { keys, rows } = this;
    let first: number | null = null;
    this.tree.getMany(keys.writer.bytes, keys.ends, keys.count, (ordinal) => {
      first ??= rows[ordinal]!;
    });
    return first;
  }
}

/** Passes changes on to the load, and notes the keys that must be new. */
class LoadSink implements ChangeSink {
  /** Ordinal of the row that entries are being written for. */
  row = 0;
  private readonly load: BulkLoad;
  private readonly watched: readonly FreshKeys[];

  constructor(load: BulkLoad, watched: readonly FreshKeys[]) {
    this.load = load;
    this.watched = watched;
  }

  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter {
    for (const fresh of this.watched) if (fresh.tree === tree) fresh.add(key, keyEnd, this.row);
    return this.load.beginPut(tree, key, keyEnd);
  }

  endPut(): void {
    this.load.endPut();
  }

  put(tree: Tree, key: Uint8Array, keyEnd: number, value: Uint8Array, valueStart: number, valueEnd: number): void {
    this.beginPut(tree, key, keyEnd).append(value, valueStart, valueEnd);
    this.load.endPut();
  }

  /** New rows leave nothing to delete. */
  delete(): void {}
}

/** Exactly, where an estimate would not do. */
function isEmpty(tree: Tree): boolean {
  const cursor = tree.cursor();
  try {
    return !cursor.next();
  } finally {
    cursor.close();
  }
}
