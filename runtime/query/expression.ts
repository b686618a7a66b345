// What the compiler hands to queries beside their arrows: the expression (schema/expression.ts) and what it captured.
import type { Expression } from '../schema/expression.js';

export type * from '../schema/expression.js';

/** What the compiler hands to `where` beside the arrow. */
export interface Lowered {
  readonly expression: Expression;
  /** Evaluates the captured expressions, in parameter order, when the query runs. */
  readonly parameters: () => readonly unknown[];
}

/**
 * What the compiler hands to `select`, `sum` and other calls that compute something of a row, beside the arrow. A type of its own,
 * for here the value matters, and in a predicate only its truth.
 */
export interface LoweredSelector {
  readonly expression: Expression;
  /** As those of {@link Lowered}. */
  readonly parameters: () => readonly unknown[];
}
