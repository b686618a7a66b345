// Finds the entries of a table that lie inside bounds, by its columns in memory: a stretch at a time, column after column.
import type { BoundColumn, ColumnValues } from './table-columns.js';

/** Entries that are looked at together. */
const STRETCH = 2048;

/** Answers, one after the other, the entries at and behind a place that all bounds admit. */
export class Sift {
  private readonly found = new Int32Array(STRETCH);
  private count = 0;
  private at = 0;
  /** The stretch that `found` tells about. */
  private from = 0;
  private to = 0;

  /** The first entry in `[from, end)` that is admitted; -1 when there is none. */
  next(columns: readonly BoundColumn[], from: number, end: number): number {
    if (from < this.from || from >= this.to) this.cover(from, from, 0);
    for (;;) {
      const { found, count } = this;
      while (this.at < count && found[this.at]! < from) this.at++;
      if (this.at < count) return found[this.at]! < end ? found[this.at]! : -1;
      if (this.to >= end) return -1;
      this.look(columns, this.to, Math.min(end, this.to + STRETCH));
    }
  }

  private look(columns: readonly BoundColumn[], from: number, to: number): void {
    const { found } = this;
    let count = to - from;
    for (let i = 0; i < count; i++) found[i] = from + i;
    for (const { bound, values } of columns) {
      const { least, most } = bound;
      count = narrow(values, found, count, least, most, bound.orNaN === true ? 1 : 0);
    }
    this.cover(from, to, count);
  }

  private cover(from: number, to: number, count: number): void {
    this.from = from;
    this.to = to;
    this.count = count;
    this.at = 0;
  }
}

/** Keeps those of `found[0, count)` whose value lies inside; returns how many. No branch depends on the values. */
function narrow(
  values: ColumnValues,
  found: Int32Array,
  count: number,
  least: number,
  most: number,
  orNaN: number,
): number {
  return values instanceof Float64Array
    ? narrowDoubles(values, found, count, least, most, orNaN)
    : narrowBytes(values, found, count, least, most);
}

function narrowDoubles(
  values: Float64Array,
  found: Int32Array,
  count: number,
  least: number,
  most: number,
  orNaN: number,
): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const entry = found[i]!;
    const value = values[entry]!;
    found[kept] = entry;
    kept += (Number(value >= least) & Number(value <= most)) | (Number(Number.isNaN(value)) & orNaN);
  }
  return kept;
}

function narrowBytes(values: Uint8Array, found: Int32Array, count: number, least: number, most: number): number {
  let kept = 0;
  for (let i = 0; i < count; i++) {
    const entry = found[i]!;
    const value = values[entry]!;
    found[kept] = entry;
    kept += Number(value >= least) & Number(value <= most);
  }
  return kept;
}
