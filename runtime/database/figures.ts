// Figures over many rows, as `aggregate` is told of them: plain data, with the type of what each will be.
import type { LoweredSelector } from '../query/expression.js';
import type { AggregateKind } from '../query/query.js';
import { assertFunction } from '../query/selector.js';

/** A figure to be computed, whose answer is of type `Value`. */
export interface Figure<Value> {
  readonly kind: AggregateKind;
  /** Null for `count`. */
  readonly read: ((row: never) => unknown) | null;
  readonly lowered: LoweredSelector | null | undefined;
  /** Never there: it carries the type. */
  readonly answers?: Value;
}

/** What `sum` adds up. */
export type Summable = number | bigint | null | undefined;
/** What `min` and `max` compare. */
export type Comparable = number | bigint | string | boolean | Date | null | undefined;

/** bigints add up to a bigint, numbers to a number. */
export type Sum<Value> = [NonNullable<Value>] extends [bigint]
  ? bigint
  : [NonNullable<Value>] extends [number]
    ? number
    : number | bigint;
/** The mean of dates is a date, of numbers and bigints a number. */
export type Mean<Value> = ([NonNullable<Value>] extends [Date] ? Date : number) | undefined;

/**
 * The figures that there are. Values that are null or undefined count for nothing, whatever the figure.
 * `value` is a field, or anything computed of the row; the compiler plugin adds `lowered`, without which whole rows are decoded for the
 * latter.
 */
export interface Figures<Row> {
  /** The number of rows. */
  count(): Figure<number>;
  /** 0 of no values, or 0n of bigints; NaN where one value is. */
  sum<Value extends Summable>(value: (row: Row) => Value, lowered?: LoweredSelector | null): Figure<Sum<Value>>;
  /** The mean; undefined of no values, NaN where one value is. */
  avg<Value extends Summable | Date>(value: (row: Row) => Value, lowered?: LoweredSelector | null): Figure<Mean<Value>>;
  /** The first value in the order of `sortBy`, in which NaN is last; undefined of no values. */
  min<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Figure<NonNullable<Value> | undefined>;
  /** The last one, so NaN where one value is. */
  max<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Figure<NonNullable<Value> | undefined>;
}

/** Names of figures, and what each answers. */
export type Shape = Readonly<Record<string, Figure<unknown>>>;
/** An object of the answers to figures, by their names. */
export type Answers<Asked extends Shape> = {
  -readonly [Name in keyof Asked]: Asked[Name] extends Figure<infer Value> ? Value : never;
};

class FigureMaker<Row> implements Figures<Row> {
  count(): Figure<number> {
    return { kind: 'count', read: null, lowered: null };
  }

  sum<Value extends Summable>(value: (row: Row) => Value, lowered?: LoweredSelector | null): Figure<Sum<Value>> {
    return figure('sum', value, lowered);
  }

  avg<Value extends Summable | Date>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Figure<Mean<Value>> {
    return figure('avg', value, lowered);
  }

  min<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Figure<NonNullable<Value> | undefined> {
    return figure('min', value, lowered);
  }

  max<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Figure<NonNullable<Value> | undefined> {
    return figure('max', value, lowered);
  }
}

function figure<Row, Value>(
  kind: AggregateKind,
  read: (row: Row) => unknown,
  lowered: LoweredSelector | null | undefined,
): Figure<Value> {
  assertFunction(read, kind);
  return { kind, read: read as (row: never) => unknown, lowered };
}

const MAKER = new FigureMaker<never>();

/** The figures over rows of type `Row`. */
export function figuresOf<Row>(): Figures<Row> {
  return MAKER as unknown as Figures<Row>;
}
