// How a query is going to be answered: where the rows come from, what order they arrive in, and what is left to check.
// Plain data; planner.ts makes it, executor.ts runs it, explain.ts prints it.
import type { KeyRange } from '../engine/api.js';
import type { Field } from '../schema/model.js';
import type { OrderTerm } from './query.js';
import type { TableIndex } from './table.js';
import type { Term } from './terms.js';

/** A stretch of one tree. */
export interface Span<Row> {
  /** Null for the primary tree. */
  readonly index: TableIndex<Row> | null;
  readonly range: KeyRange;
  /** The one key of `range`, where at most one entry can be in it: a lookup instead of a walk. */
  readonly point: Uint8Array | null;
}

/** What remains of `orderBy` for the rows as they arrive. Every order ends with the primary key, so it is total. */
export type Arrival =
  /** They arrive in the order that was asked for. */
  | { readonly kind: 'ordered' }
  /** The first `terms` of the order are kept; rows that tie on them must still be sorted among themselves. */
  | { readonly kind: 'grouped'; readonly terms: number }
  /** All must be collected and sorted. */
  | { readonly kind: 'unordered' };

/** An index whose entries hold all that a query needs. */
export interface CoveringIndex {
  /** Its columns. */
  readonly fields: readonly Field[];
}

/** What whoever asks makes of the rows. */
export interface Wanted {
  /** Names of the fields that are read of each row, or null where whole rows are wanted. */
  readonly fields: readonly string[] | null;
  /** Only their number matters, whatever their order, offset and limit. */
  readonly counting: boolean;
}

export const WHOLE_ROWS: Wanted = { fields: null, counting: false };
export const NUMBER_OF_ROWS: Wanted = { fields: [], counting: true };

/** One tree that a path reads. */
export interface PathPart {
  /** `'scan'`, `'primary key'` or `'index <name>'`. */
  readonly access: string;
  /** What bounds it, in the order of its columns; none for a whole tree. */
  readonly terms: Iterable<Term>;
  /** Entries, or records, that are looked at if no limit ends it early. */
  readonly entries: number;
}

/** A way to get at the rows of a query, and what it is expected to take. */
export interface Path<Row> {
  /** One, or several for a union or, with `also`, an intersection. */
  readonly parts: readonly PathPart[];
  /** Walked one after the other; null for the whole primary tree. */
  readonly spans: readonly Span<Row>[] | null;
  /** Whether one row may have entries in several of the spans. */
  readonly overlapping: boolean;
  /** More lists of spans: of the primary keys in `spans` only those that are in each of these, too. */
  readonly also: readonly (readonly Span<Row>[])[];
  /** One span, walked entry by entry in its tree's order; otherwise keys are collected, sorted and fetched in the order of the primary key. */
  readonly walk: boolean;
  readonly reverse: boolean;
  /** Where entries of the index hold all that is asked for: rows are made of them, without the fields that nobody reads. */
  readonly covering: CoveringIndex | null;
  readonly arrival: Arrival;
  /** Whether every entry of the spans is an answer, so that counting needs no row. */
  readonly exact: boolean;
  /** Entries of all parts. */
  readonly entries: number;
  /** Rows that are looked up by their primary keys if no limit ends it early. */
  readonly fetched: number;
  /** Nanoseconds; see cost.ts. */
  readonly cost: number;
}

/** The path that is taken. */
export interface Plan<Row> extends Path<Row> {
  /** The order asked for, completed with the primary key. */
  readonly order: readonly OrderTerm[];
  /** When more keys than this are collected, they are given up for a scan, which is cheaper then. */
  readonly mostKeys: number;
  /** Where a walk was chosen because a limit should end it early: what is done when it does not. */
  readonly otherwise: Otherwise<Row> | null;
}

/** The way out of a walk that turns out long. */
export interface Otherwise<Row> {
  /** Entries after which the walk is given up. */
  readonly entries: number;
  readonly plan: Plan<Row>;
}
