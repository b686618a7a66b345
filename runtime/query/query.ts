// A query is a plain frozen value, before any plan is made: it can be printed, compared, cached, sent over a port or
// handed to another store. The builder (database/query-builder.ts) only makes these; the planner only reads them.
import type { Expression } from './expression.js';

export interface OrderTerm {
  readonly path: readonly string[];
  readonly direction: 'asc' | 'desc';
}

/** One `where`: lowered to an expression with its parameters, or left as the arrow alone. Several are joined by "and". */
export interface Condition {
  /** Null where no plugin has lowered the arrow: it then runs over each row. */
  readonly expression: Expression | null;
  readonly parameters: readonly unknown[];
  /** The arrow itself, for rechecks. */
  readonly predicate: (row: never) => boolean;
  /** It was given to `filter`, to be run in memory. */
  readonly inMemory?: boolean;
}

/** What is taken of a row: a field, or something computed of its fields. */
export interface Selector {
  /** Null where it is no plain field and no plugin has lowered it: the row is then decoded whole. */
  readonly expression: Expression | null;
  readonly parameters: readonly unknown[];
  /** The function itself, for rows. */
  readonly read: (row: never) => unknown;
}

/** A query as a frozen value, before any plan is made: it can be printed, compared, sent over a port. */
export interface Query {
  readonly entity: string;
  readonly where: readonly Condition[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number | null;
  readonly offset: number;
  /** Only rows behind these values in the order, that of the primary key included; null for all. */
  readonly after: readonly unknown[] | null;
  /** Of rows that have this in common only the first, before offset and limit; null for all. */
  readonly distinctBy: Selector | null;
  /** What is made of each row; null for the row itself. */
  readonly projection: Selector | null;
  /** Rows are brought together instead of being given; null where they are given. */
  readonly aggregation: Aggregation | null;
}

export type AggregateKind = 'count' | 'sum' | 'avg' | 'min' | 'max';

/** One figure over the rows of a group. */
export interface Aggregate {
  readonly name: string;
  readonly kind: AggregateKind;
  /** What it is a figure of; null for `count`. */
  readonly of: Selector | null;
}

export interface Aggregation {
  /** What the rows of a group have in common; null for one group of all rows. */
  readonly by: Selector | null;
  readonly aggregates: readonly Aggregate[];
  /** Which groups are given; they run in memory, on the finished groups. */
  readonly having: readonly ((group: never) => boolean)[];
  /** By figures of the groups, then by their keys. */
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number | null;
  readonly offset: number;
}
