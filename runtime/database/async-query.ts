// What can be asked of an entity, as every store offers it: the asynchronous half. docs/queries.md shows each form.
import type { Explanation } from '../query/explanation.js';
import type { Lowered, LoweredSelector } from '../query/expression.js';
import type { ObjectForm } from '../query/object-form.js';
import type { OrderTerm } from '../query/query.js';
import type { Answers, Comparable, Figures, Mean, Shape, Sum, Summable } from './figures.js';
import type { AsyncGroupedQuery } from './grouped-query.js';

/** One page of an answer. */
export interface Page<Out> {
  readonly rows: readonly Out[];
  /** For `after`, to get the page behind this one; null where no row follows. */
  readonly cursor: string | null;
}

/** What a query gives some rows: values of fields, or a function that makes them of a row. */
export type Patch<Row, Input> = Partial<Input> | ((row: Row) => Partial<Input>);

/**
 * A query of any store: what it gives comes through promises. Calls that give a query leave the one they are called on as it is, and
 * stand in any order: first come the conditions, then the order, `after`, `distinctBy`, `offset`, `limit` and last `select`.
 */
export interface AsyncQuery<Row, Input = Partial<Row>, Out = Row> extends AsyncIterable<Out> {
  /**
   * Only rows for which `predicate` is true; several are joined by "and". The compiler plugin adds `lowered`, which lets an
   * index answer; without it every row is looked at, with the same result.
   */
  where(predicate: (row: Row) => boolean, lowered?: Lowered | null): AsyncQuery<Row, Input, Out>;
  /**
   * The same for conditions that are data: `where({ isActive: true, score: { gt: 5 } })`. Throws QueryError QDB2110 to
   * QDB2113 for what the entity doesn't have.
   */
  where(condition: ObjectForm<Row>): AsyncQuery<Row, Input, Out>;
  /**
   * Only rows for which `predicate` is true, tested in memory, after any index: for what can't be a query. Throws QueryError QDB2104
   * for what is no function.
   */
  filter(predicate: (row: Row) => boolean): AsyncQuery<Row, Input, Out>;
  /**
   * Sorts by a field, `u => u.name` or `u => u.address.city`: undefined, null, then values; strings by code point, NaN last.
   * Rows that tie come in the order of their primary keys, as do all rows of a query that is not sorted.
   * Throws QueryError QDB2101 for a selector that is no field, and QDB2103 for a direction that is neither 'asc' nor 'desc'.
   */
  sortBy(field: (row: Row) => unknown, direction?: OrderTerm['direction']): AsyncQuery<Row, Input, Out>;
  /** Sorts what ties so far by another field. */
  thenBy(field: (row: Row) => unknown, direction?: OrderTerm['direction']): AsyncQuery<Row, Input, Out>;
  /** At most `rows` rows. Throws QueryError QDB2102 unless it is a whole number >= 0. */
  limit(rows: number): AsyncQuery<Row, Input, Out>;
  /** Leaves out the first `rows` rows. Throws QueryError QDB2102 unless it is a whole number >= 0. */
  offset(rows: number): AsyncQuery<Row, Input, Out>;
  /**
   * Only rows that come behind the row of `cursor` in the order, whether that row still exists or not. Null stands for the beginning.
   * A cursor is good for the query that gave it: the same entity, conditions with their captured values, order and `distinctBy`. When
   * the query runs, it throws QueryError QDB2105 for a text that was changed or made elsewhere, QDB2106 for another query's.
   */
  after(cursor: string | null): AsyncQuery<Row, Input, Out>;
  /**
   * Of rows for which `value` is the same only the first in the order. What it has seen stays in memory while the query runs. NaN is
   * the same as NaN; dates, arrays and objects are compared by content.
   */
  distinctBy(value: (row: Row) => unknown, lowered?: LoweredSelector | null): AsyncQuery<Row, Input, Out>;
  /**
   * Gives what `make` makes of each row instead of the row. With `lowered`, which the compiler plugin adds, only the fields that `make`
   * reads are decoded; without it, whole rows.
   */
  select<Made>(make: (row: Row) => Made, lowered?: LoweredSelector | null): AsyncQuery<Row, Input, Made>;
  toArray(): Promise<Out[]>;
  /** The first row, or undefined. */
  first(): Promise<Out | undefined>;
  /** The one row there is. Throws QueryError QDB2107 where there is none, and QDB2108 where there are more. */
  single(): Promise<Out>;
  /** As many rows as `limit` says, and the cursor of the last of them. Throws QueryError QDB2115 without a limit, or with one of 0. */
  page(): Promise<Page<Out>>;
  /** The cursor of one row of the answer (a whole one, as without `select`), for `after`. */
  cursorOf(row: Row): Promise<string>;
  /** The number of rows, within offset and limit. */
  count(): Promise<number>;
  exists(): Promise<boolean>;
  /**
   * Rows with the same `key`, as one: `groupBy((u) => u.city).aggregate((of) => ({ users: of.count() }))`. Keys are the same as for
   * `distinctBy`; without further ado, groups come in the order of their keys.
   */
  groupBy<K>(key: (row: Row) => K, lowered?: LoweredSelector | null): AsyncGroupedQuery<Row, { key: K }>;
  /**
   * Several figures over the rows, within offset and limit, in one go:
   * `aggregate((of) => ({ users: of.count(), best: of.max((u) => u.score) }))`.
   */
  aggregate<Asked extends Shape>(figures: (of: Figures<Row>) => Asked): Promise<Answers<Asked>>;
  /** One figure; see {@link Figures} for what it takes and answers. Throws QueryError QDB2109 for values that have no sum. */
  sum<Value extends Summable>(value: (row: Row) => Value, lowered?: LoweredSelector | null): Promise<Sum<Value>>;
  avg<Value extends Summable | Date>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Promise<Mean<Value>>;
  min<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Promise<NonNullable<Value> | undefined>;
  max<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Promise<NonNullable<Value> | undefined>;
  /**
   * Gives all rows of the answer the values of `patch`, or those that it makes of each; returns how many rows there were. It is one
   * write: indexes and unique checks are kept row by row, in the order of the answer, and when one row is refused, none is changed.
   * All rows are in memory at a time. Throws what `update` of a DAO throws, and LimitError (QDB4050) for more than one commit can hold.
   */
  update(patch: Patch<Row, Input>): Promise<number>;
  /** Deletes all rows of the answer, as one write; returns how many there were. For very many, `limit(10_000).delete()` until it is 0. */
  delete(): Promise<number>;
  /** How the query would be answered now: `console.log` shows it as a tree, `String(...)` in one line. Reads no row. */
  explain(options?: ExplainOptions & { readonly analyze?: false }): Explanation;
  /** The same after the query was run, with what that took. */
  explain(options: ExplainOptions & { readonly analyze: true }): Promise<Explanation>;
}

export interface ExplainOptions {
  /** Whether the rows are asked for (default) or only their number, which an index may know by itself. */
  readonly of?: 'rows' | 'count';
  readonly analyze?: boolean;
}
