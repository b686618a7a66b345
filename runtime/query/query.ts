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

export interface Query {
  readonly entity: string;
  readonly where: readonly Condition[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number | null;
  readonly offset: number;
}
