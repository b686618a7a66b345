// Finds the entries of a table that lie inside bounds, by its columns in memory: a stretch at a time, column after column.
import type { EntryRun } from '../../bytes/entry-run.js';
import { MAX_RUN_ENTRIES } from '../../bytes/entry-run.js';
import type { ColumnValues } from '../../bytes/scanned-columns.js';
import { type BoundText, type ScannedColumns, UNASKED } from './table-columns.js';

/** Entries that are looked at together. */
const STRETCH = 2048;
/** A run with less room than this is full: another stretch would be too short to be worth its calls. */
const LEAST_ROOM = 64;

/** Answers, one after the other, the entries at and behind a place that all bounds admit. */
export class Sift {
  private readonly found = new Int32Array(STRETCH);
  private columns: ScannedColumns | null = null;
  private count = 0;
  private at = 0;
  /** The stretch that `found` tells about. */
  private from = 0;
  private to = 0;

  /** The first entry in `[from, end)` that is admitted; -1 when there is none. */
  next(columns: ScannedColumns, from: number, end: number): number {
    if (columns !== this.columns || from < this.from || from >= this.to) {
      this.columns = columns;
      this.cover(from, from, 0);
    }
    for (;;) {
      const { found, count } = this;
      while (this.at < count && found[this.at]! < from) this.at++;
      if (this.at < count) return found[this.at]! < end ? found[this.at]! : -1;
      if (this.to >= end) return -1;
      const to = Math.min(end, this.to + STRETCH);
      this.cover(this.to, to, admitted(columns, this.to, to, found, 0));
    }
  }

  private cover(from: number, to: number, count: number): void {
    this.from = from;
    this.to = to;
    this.count = count;
    this.at = 0;
  }
}

/** Makes a run of the columns of entries in `[from, end)` that are admitted; answers the last one that was looked at. */
export function fillColumns(into: EntryRun, columns: ScannedColumns, from: number, end: number): number {
  let count = 0;
  let at = from;
  while (at < end && MAX_RUN_ENTRIES - count >= LEAST_ROOM) {
    const to = Math.min(end, at + MAX_RUN_ENTRIES - count);
    count = admitted(columns, at, to, into.ordinals, count);
    at = to;
  }
  into.count = count;
  into.sifted = true;
  into.tested = true;
  into.columns = columns.reads;
  return at - 1;
}

/** Appends the admitted entries of `[from, to)` to `found[0, first)`; answers how many there are then. */
function admitted(
  { bounds, texts }: ScannedColumns,
  from: number,
  to: number,
  found: Int32Array,
  first: number,
): number {
  let count = first + to - from;
  for (let i = first, entry = from; i < count; i++, entry++) found[i] = entry;
  for (const { bound, values } of bounds) {
    const { least, most } = bound;
    count = narrow(values, found, first, count, least, most, bound.orNaN === true ? 1 : 0);
  }
  for (const text of texts) count = narrowTexts(text, found, first, count);
  return count;
}

/** Keeps those of `found[first, count)` whose value lies inside; returns where they end. No branch depends on the values. */
function narrow(
  values: ColumnValues,
  found: Int32Array,
  first: number,
  count: number,
  least: number,
  most: number,
  orNaN: number,
): number {
  return values instanceof Float64Array
    ? narrowDoubles(values, found, first, count, least, most, orNaN)
    : narrowBytes(values, found, first, count, least, most);
}

function narrowDoubles(
  values: Float64Array,
  found: Int32Array,
  first: number,
  count: number,
  least: number,
  most: number,
  orNaN: number,
): number {
  let kept = first;
  for (let i = first; i < count; i++) {
    const entry = found[i]!;
    const value = values[entry]!;
    found[kept] = entry;
    kept += (Number(value >= least) & Number(value <= most)) | (Number(Number.isNaN(value)) & orNaN);
  }
  return kept;
}

function narrowBytes(
  values: Uint8Array,
  found: Int32Array,
  first: number,
  count: number,
  least: number,
  most: number,
): number {
  let kept = first;
  for (let i = first; i < count; i++) {
    const entry = found[i]!;
    const value = values[entry]!;
    found[kept] = entry;
    kept += Number(value >= least) & Number(value <= most);
  }
  return kept;
}

/** Each value is asked about once: the one branch here is nearly always the same. */
function narrowTexts({ bound, column, admits }: BoundText, found: Int32Array, first: number, count: number): number {
  const { codes, values } = column;
  let kept = first;
  for (let i = first; i < count; i++) {
    const entry = found[i]!;
    const code = codes[entry]!;
    let isAdmitted = admits[code]!;
    if (isAdmitted === UNASKED) {
      isAdmitted = Number(bound.admits(values[code]!));
      admits[code] = isAdmitted;
    }
    found[kept] = entry;
    kept += isAdmitted;
  }
  return kept;
}
