// How a query is going to be answered: where the rows come from, what order they arrive in, and what is left to check.
// Plain data; planner.ts makes it, executor.ts runs it, explain() prints it.
import type { KeyRange } from '../engine/api.js';
import type { OrderTerm } from './query.js';
import type { TableIndex } from './table.js';

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

export interface Plan<Row> {
  /** Walked one after the other; null for the whole primary tree. */
  readonly spans: readonly Span<Row>[] | null;
  /** One span, walked entry by entry in index order; otherwise keys are collected, sorted and fetched in the order of the primary key. */
  readonly walk: boolean;
  readonly reverse: boolean;
  readonly arrival: Arrival;
  /** The order asked for, completed with the primary key. */
  readonly order: readonly OrderTerm[];
  /** Whether every entry of the spans is an answer, so that counting needs no row. */
  readonly exact: boolean;
  readonly explanation: Explanation;
}

/** How a query is answered, for people and tests: `String(explanation)` is one line. */
export interface Explanation {
  readonly entity: string;
  /** `'primary key'`, `'index <name>'`, several joined by ` + `, or `'scan'`. */
  readonly access: string;
  /** What bounds the access, as `country = 'CH'`; empty for a whole tree. */
  readonly bounds: string;
  /** `'in order'`, `'sorted in groups'` or `'sorted in memory'`; empty where no order was asked for. */
  readonly order: string;
  /** Whether each row is checked by the arrow after it was read. */
  readonly recheck: boolean;
  /** Why the predicate could not be used: no compiler plugin lowered it. Null otherwise. */
  readonly reason: string | null;
  toString(): string;
}

/** Makes the printable value. */
export function explain(parts: Omit<Explanation, 'toString'>): Explanation {
  return Object.freeze({ ...parts, toString: () => line(parts) });
}

function line(parts: Omit<Explanation, 'toString'>): string {
  const { access, bounds, order, recheck, reason } = parts;
  return [
    bounds === '' ? access : `${access} (${bounds})`,
    ...(order === '' ? [] : [order]),
    ...(recheck ? ['each row checked'] : []),
    ...(reason === null ? [] : [reason]),
  ].join(', ');
}
