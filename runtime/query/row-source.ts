// What every way to get at rows comes down to for the executor: rows in pages, or their number.
import type { EntryRun } from '../bytes/entry-run.js';
import type { ColumnReads } from '../bytes/scanned-columns.js';
import type { Scan } from '../engine/api.js';
import type { ColumnDecoder } from './column-row.js';
import type { Firsts } from './firsts.js';
import type { OrderBar } from './order-bar.js';
import type { RowDecoder } from './partial-row.js';

export interface RowSource<Row> {
  /** Appends rows to the empty `into`, `most` at the most; false when there are no more. */
  pull(into: Row[], most: number): boolean;
  /** Counts all rows, most of them without decoding them; instead of `pull`. */
  count(): number;
  close(): void;
}

/** A source that has records. */
export interface EntrySource<Row> extends RowSource<Row> {
  /** Hands over the entries of all rows, most of them undecoded; instead of `pull`. */
  visit(visitor: EntryVisitor): void;
  /** Of a walk over the primary tree: what it looked into, and what it passed over; null for other sources. */
  readonly scan: Scan | null;
}

/**
 * Is given entries whose rows are answers: those of `run` whose numbers stand in `selected[0, count)`. Their keys are in the run too.
 * Where the run has columns instead of entries, all of it is selected.
 */
export type EntryVisitor = (run: EntryRun, selected: Int32Array, count: number) => void;

/** What is wanted of the rows of a source. */
export interface Wanted<Row, Key> {
  /** What rows must reach to be wanted at all. */
  readonly bar?: OrderBar | null;
  /** Makes the rows that are given; predicates see whole ones. */
  readonly decoder?: RowDecoder<Row, Key>;
  /** Columns that a visitor takes instead of entries, or that rows are made of by `columnDecoder`. */
  readonly reads?: ColumnReads | null;
  readonly columnDecoder?: ColumnDecoder<Row> | null;
  /** Leaves out rows that have what it reads in common with an earlier one, as far as entries tell; the rest is for others to leave out. */
  readonly firsts?: Firsts<Row> | null;
}

/** Nothing is read of rows that are counted. */
export const NO_COLUMNS: ColumnReads = Object.freeze({ numbers: [], texts: [] });
