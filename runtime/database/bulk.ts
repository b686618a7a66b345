// Many new rows written as tables directly, past log and memtable. Only for rows whose keys are not stored yet: then no index
// entry has to go, and whatever a unique index already holds is a violation.
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

  constructor(table: EntityTable<Row, Key, Input>, engine: Engine, log: CommitLog) {
    this.table = table;
    this.log = log;
    this.load = engine.bulkLoad();
    const uniques = table.indexes.filter((index) => index.model.unique);
    this.sink = new LoadSink(
      this.load,
      table.tree,
      uniques.map((index) => index.tree),
    );
  }

  get isFull(): boolean {
    return this.rows.length >= BULK_CHUNK_ROWS || this.load.byteLength >= BULK_CHUNK_BYTES;
  }

  add(row: Row): void {
    const { table, sink } = this;
    const { entity, tree, key, indexes } = table;
    this.rows.push(row);
    table.writeKey(entity.keyOf(row));
    entity.row.encode(row, sink.beginPut(tree, key.bytes, key.at));
    sink.endPut();
    for (const index of indexes) {
      index.load(row, undefined);
      sink.row = this.rows.length - 1;
      index.write(sink, key);
    }
  }

  abort(): void {
    this.load.abort();
  }

  /**
   * Installs the chunk, all or nothing. False, with nothing installed, when the rows must go through the log: because one
   * replaces another, stored or in this chunk, or because a running transaction must learn of them. Throws UniqueViolationError.
   */
  finish(): boolean {
    const { load, log, table, sink } = this;
    if (log.isWatched || sink.meetsStored(table.tree)) {
      load.abort();
      return false;
    }
    for (const index of table.indexes) {
      const row = index.model.unique ? sink.storedClash(index.tree) : null;
      if (row === null) continue;
      load.abort();
      throw this.violation(index, row);
    }
    let replaced = false;
    let clash: { readonly index: IndexUpkeep<Row>; readonly row: number } | null = null;
    load.onDuplicate(table.tree, () => {
      replaced = true;
    });
    for (const index of table.indexes) {
      if (!index.model.unique) continue;
      load.onDuplicate(index.tree, (_, second) => {
        clash ??= { index, row: sink.rowOf(index.tree, second) };
      });
    }
    try {
      load.finishSync();
    } catch (error) {
      if (!(error instanceof LimitError && error.code === 'QDB4051')) throw error;
      if (replaced) return false;
      const { index, row } = clash! as { index: IndexUpkeep<Row>; row: number };
      throw this.violation(index, row);
    }
    return true;
  }

  private violation(index: IndexUpkeep<Row>, row: number): UniqueViolationError {
    return new UniqueViolationError(this.table.entity.model.name, index.model.name, index.valueOf(this.rows[row]!));
  }
}

/** Passes changes on to the load, and remembers the keys that must be looked up before it is installed. */
class LoadSink implements ChangeSink {
  /** Ordinal of the row that entries are being written for. */
  row = 0;
  private readonly load: BulkLoad;
  private readonly keys = new Map<Tree, KeyList>();
  /** For each unique index, the row of each entry. */
  private readonly rows = new Map<Tree, number[]>();

  constructor(load: BulkLoad, primary: Tree, uniques: readonly Tree[]) {
    this.load = load;
    for (const tree of [primary, ...uniques]) this.keys.set(tree, new KeyList());
    for (const tree of uniques) this.rows.set(tree, []);
  }

  beginPut(tree: Tree, key: Uint8Array, keyEnd: number) {
    this.keys.get(tree)?.add(key, 0, keyEnd);
    this.rows.get(tree)?.push(this.row);
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

  rowOf(tree: Tree, ordinal: number): number {
    return this.rows.get(tree)![ordinal]!;
  }

  meetsStored(tree: Tree): boolean {
    return this.firstStored(tree) !== null;
  }

  /** The first row that brings an entry to the unique index `tree` which is there already. */
  storedClash(tree: Tree): number | null {
    const ordinal = this.firstStored(tree);
    return ordinal === null ? null : this.rowOf(tree, ordinal);
  }

  private firstStored(tree: Tree): number | null {
    const list = this.keys.get(tree)!;
    if (isEmpty(tree)) return null;
    let first: number | null = null;
    tree.getMany(list.writer.bytes, list.ends, list.count, (ordinal) => {
      first ??= ordinal;
    });
    return first;
  }
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
