// An entity with its trees open: what planner, executor and DAOs work on.
//
//   primary tree       key                      -> record
//   unique index       columns                  -> key      (columns + key -> key, where a column is null or undefined)
//   any other index    columns + key            -> nothing, where columns or key are of fixed size
//                      columns + key            -> length of the columns as a varint, where neither is
//   Where rows expire, the value of every index entry ends with 8 bytes more: the date that its row's life counts from.
import { readVarint } from '../bytes/varint.js';
import type { ByteSpan } from '../bytes/writer.js';
import type { EntityRuntime, IndexCodec } from '../codec/codec.js';
import type { Tree } from '../engine/api.js';
import type { IndexModel } from '../schema/model.js';

/** Size in bytes of the date behind the value of an index entry. */
export const DATE_SUFFIX = 8;

export interface TableIndex<Row> {
  readonly model: IndexModel;
  readonly codec: IndexCodec<Row>;
  readonly tree: Tree;
  /** Bytes behind the value proper of each entry: DATE_SUFFIX where rows expire, else 0. */
  readonly suffix: number;
}

export interface Table<Row, Key> {
  readonly entity: EntityRuntime<Row, Key, never>;
  readonly tree: Tree;
  /** In the order of the model's. */
  readonly indexes: readonly TableIndex<Row>[];
}

/** Whether entries of a non-unique index must say where their columns end. */
export function storesColumnLength(columnSize: number | null, keySize: number | null): boolean {
  return columnSize === null && keySize === null;
}

/** Offset at which the primary key starts inside the key of an entry of a non-unique index. */
export function primaryKeyStart(
  columnSize: number | null,
  keySize: number | null,
  key: ByteSpan,
  value: ByteSpan,
): number {
  if (keySize !== null) return key.end - keySize;
  if (columnSize !== null) return key.start + columnSize;
  return key.start + readVarint(value.bytes, value.start, value.end);
}
