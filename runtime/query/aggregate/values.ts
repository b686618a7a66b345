// The same figures over values of any type, one by one: bigints, strings, what is computed, and what could not be read as a number.
import { QueryError } from '../../errors.js';
import { compareValues } from '../order.js';
import type { AggregateKind } from '../query.js';
import { Sums } from './accumulators.js';

/** Takes values as a row gives them; null and undefined count for nothing. */
export interface ValueAccumulator {
  grow(groups: number): void;
  add(value: unknown, group: number): void;
  /** Undefined for a group without values, but for a sum. */
  result(group: number): unknown;
}

/** @param zero the sum of no values */
export function valueAccumulator(kind: Exclude<AggregateKind, 'count'>, zero: number | bigint): ValueAccumulator {
  return kind === 'sum' || kind === 'avg' ? new ValueSums(kind, zero) : new ValueExtremes(kind === 'max');
}

/** What the values of a group are, none so far. */
type Kind = 'number' | 'bigint' | 'date' | undefined;

class ValueSums implements ValueAccumulator {
  private readonly kind: 'sum' | 'avg';
  private readonly zero: number | bigint;
  private readonly numbers: Sums;
  private readonly kinds: Kind[] = [];
  private readonly totals: bigint[] = [];
  private readonly counts: number[] = [];
  private readonly one = new Float64Array(1);
  private readonly group = new Int32Array(1);

  constructor(kind: 'sum' | 'avg', zero: number | bigint) {
    this.kind = kind;
    this.zero = zero;
    this.numbers = new Sums(kind === 'avg');
  }

  grow(groups: number): void {
    this.numbers.grow(groups);
  }

  add(value: unknown, group: number): void {
    if (value === null || value === undefined) return;
    const kind = typeof value === 'bigint' ? 'bigint' : typeof value === 'number' ? 'number' : this.timeKind(value);
    if ((this.kinds[group] ?? kind) !== kind) throw this.refused('values of several types');
    this.kinds[group] = kind;
    if (typeof value === 'bigint') {
      this.totals[group] = (this.totals[group] ?? 0n) + value;
      this.counts[group] = (this.counts[group] ?? 0) + 1;
      return;
    }
    this.one[0] = Number(value);
    this.group[0] = group;
    this.numbers.add(this.one, this.group, 1);
  }

  private timeKind(value: unknown): Kind {
    if (value instanceof Date && this.kind === 'avg') return 'date';
    throw this.refused(
      value instanceof Date ? 'dates' : Array.isArray(value) ? 'arrays' : `values of type ${typeof value}`,
    );
  }

  private refused(what: string): QueryError {
    return notSummable(this.kind, what);
  }

  result(group: number): unknown {
    const kind = this.kinds[group];
    if (kind === undefined) return this.kind === 'sum' ? this.zero : undefined;
    if (kind === 'bigint') {
      const total = this.totals[group]!;
      return this.kind === 'sum' ? total : Number(total) / this.counts[group]!;
    }
    const number = this.numbers.result(group)!;
    return kind === 'date' ? new Date(number) : number;
  }
}

class ValueExtremes implements ValueAccumulator {
  private readonly best: unknown[] = [];
  private readonly sign: number;

  constructor(isMax: boolean) {
    this.sign = isMax ? -1 : 1;
  }

  grow(): void {}

  add(value: unknown, group: number): void {
    if (value === null || value === undefined) return;
    const so = this.best[group];
    if (so === undefined || compareValues(value, so) * this.sign < 0) this.best[group] = value === 0 ? 0 : value;
  }

  result(group: number): unknown {
    return this.best[group];
  }
}

/** The error of a sum or mean over `what`. */
export function notSummable(kind: 'sum' | 'avg', what: string): QueryError {
  const taken = kind === 'sum' ? 'numbers or bigints' : 'numbers, bigints or dates';
  return new QueryError('QDB2109', `${kind} takes ${taken}, and met ${what}. Select a field of those, or compute one.`);
}
