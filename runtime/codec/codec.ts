// What generated code offers to the runtime for each entity. `transformer/emit` writes implementations of these;
// the database calls nothing else of a generated module.
import type { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { EntityModel } from '../schema/model.js';
import type { Problem } from './check.js';
import { FIRST_LAYOUT } from './layout.js';

/** Turns rows into record bytes and back. The primary key's fields are not in the record: they stand in the key. */
export interface RowCodec<Row, Key> {
  /** Number of the layout that records have where no other is given; 1 where this is left out. Databases differ in it, code does not. */
  readonly layout?: number;
  /** Appends the record of `row`, which has passed the validator. */
  encode(row: Row, out: ByteWriter, layout?: number): void;
  /** Builds the row out of `src.bytes[src.start, src.end)` and its key. Throws CodecError on damaged bytes, and on another layout. */
  decode(src: ByteSpan, key: Key, layout?: number): Row;
}

/** Order-preserving bytes of a key, see bytes/key.ts. */
export interface KeyCodec<Key> {
  /** Bytes of every key, or null where they vary. */
  readonly size: number | null;
  write(key: Key, out: ByteWriter): void;
  read(bytes: Uint8Array, start: number, end: number): Key;
  /**
   * Appends the bytes of one column's value, as `write` would; returns false, with nothing appended, for a value that
   * cannot stand in that column (so that the planner knows that no key equals it). `write` is `writeColumn` of each column
   * in order, so a prefix of the columns is a prefix of the bytes.
   */
  writeColumn(position: number, value: unknown, out: ByteWriter): boolean;
}

/** How one index gets its entries. */
export interface IndexCodec<Row> {
  readonly name: string;
  readonly unique: boolean;
  /** Size of the column part where fixed, else null. */
  readonly size: number | null;
  /**
   * Appends the column part of each index entry of `row` to `out` and its end offset to `ends` (one, or one per distinct
   * element of a multi-entry array). Returns false for an entry that is exempt from uniqueness (a null or undefined column).
   */
  write(row: Row, out: ByteWriter, ends: number[]): boolean;
  /**
   * Appends the bytes of one column's value, as `write` would (an element, for a multi-entry column); returns false, with
   * nothing appended, for a value that cannot stand in that column (the planner then knows that nothing equals it).
   */
  writeColumn(position: number, value: unknown, out: ByteWriter): boolean;
}

/** Number of the layout of an entity's records. */
export function layoutNumber({ row }: { readonly row: Pick<RowCodec<never, never>, 'layout'> }): number {
  return row.layout ?? FIRST_LAYOUT;
}

/** The entity with records of the layout of that number. */
export function withLayout<Row, Key, Input>(
  entity: EntityRuntime<Row, Key, Input>,
  layout: number,
): EntityRuntime<Row, Key, Input> {
  // The generated codec itself wherever possible: it is on the way of every row.
  if (layout === layoutNumber(entity)) return entity;
  const { row } = entity;
  return {
    ...entity,
    row: {
      layout,
      encode: (values, out) => row.encode(values, out, layout),
      decode: (src, key) => row.decode(src, key, layout),
    },
  };
}

/** All that the runtime needs to know of one entity: the default export of nothing, the `xEntity` constant of each generated module. */
export interface EntityRuntime<Row, Key, Input> {
  readonly model: EntityModel;
  readonly fingerprint: string;
  readonly row: RowCodec<Row, Key>;
  readonly key: KeyCodec<Key>;
  readonly indexes: readonly IndexCodec<Row>[];
  keyOf(row: Row): Key;
  /**
   * Checks every field and returns a new row of the class with defaults filled in (`now` is epoch milliseconds), or throws
   * ValidationError at the first field that doesn't fit. `generated` takes the place of a missing generated key.
   */
  create(input: Input, now: number, generated?: Key): Row;
  /** The first field that doesn't fit, without throwing; null when `create` would succeed. */
  check(input: Input): Problem | null;
}
