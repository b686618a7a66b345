// Merges sorted sources into the one order that a reader sees, in either direction.
//
// By runs: the source with the smallest key is drained while it stays below the second smallest, so that an entry costs
// one comparison however many sources there are. Over 100,000 entries: 6.0 ms, looking at all sources each time 9.6,
// a heap 11.8, a loser tree 15.1.

import { compareBytes, compareKeys } from '../../bytes/compare.js';
import { type EntryRun, MAX_RUN_ENTRIES } from '../../bytes/entry-run.js';
import { ByteSpan } from '../../bytes/writer.js';
import { ClosedError, UndoneError } from '../../errors.js';
import type { Cursor, KeyRange, Snapshot } from '../api.js';
import type { Source } from './source.js';

const NONE = -1;
/** Entries that the first run asks for: a short range should not pay for describing a whole block. */
const FIRST_RUN_ENTRIES = 16;
/** Runs that were as long as this are worth a search for their end. */
const SIFTED_FROM = 64;

/** What a cursor asks its engine before each step: whether the tables under it are still open. */
export interface CursorHost {
  readonly closed: boolean;
}

/** See {@link Cursor}. `sources` stand newest first: of equal keys the earliest source's entry is the one that counts. */
export class MergeCursor implements Cursor {
  readonly key = new ByteSpan();
  readonly value = new ByteSpan();

  private readonly live: boolean[];
  private readonly lower: Uint8Array | undefined;
  private readonly upper: Uint8Array | undefined;
  private readonly lowerOpen: boolean;
  private readonly upperOpen: boolean;
  /** The source that the current run comes from, and the one that ends it. */
  private current = NONE;
  private rival = NONE;
  /** Entries that the next run asks for: more while runs are used whole, few where another source cuts them short. */
  private runEntries = FIRST_RUN_ENTRIES;
  private state: 'unplaced' | 'placed' | 'moving' | 'ended' | 'closed' = 'unplaced';

  /** `seen` is the state that it walks; `release` is called once, by `close`. */
  constructor(
    private readonly sources: readonly Source[],
    range: KeyRange,
    private readonly reverse: boolean,
    private readonly host: CursorHost,
    private readonly seen: Pick<Snapshot, 'isUndone'>,
    private readonly release: () => void,
  ) {
    this.live = sources.map(() => false);
    [this.lower, this.lowerOpen] = tighter(range.gte, range.gt, 1);
    [this.upper, this.upperOpen] = tighter(range.lte, range.lt, -1);
  }

  next(): boolean {
    if (this.host.closed) throw closedUnder();
    if (this.seen.isUndone) throw new UndoneError('cursor');
    if (this.state === 'ended' || this.state === 'closed') return false;
    if (this.state === 'moving') this.advance();
    else {
      if (this.state === 'unplaced') this.place(this.reverse ? this.upper : this.lower);
      this.state = 'moving';
      this.choose();
      if (this.current !== NONE && this.outsideStart()) this.skipToRange();
    }
    for (; this.current !== NONE; this.advance()) {
      const source = this.sources[this.current]!;
      if (source.deleted) continue;
      if (this.pastEnd(source.key)) break;
      assign(this.key, source.key);
      assign(this.value, source.value);
      return true;
    }
    this.state = 'ended';
    return false;
  }

  nextRun(into: EntryRun): boolean {
    while (this.next()) {
      const source = this.sources[this.current]!;
      if (this.reverse || this.runEntries < SIFTED_FROM || !this.sift(source, into)) return this.describe(source, into);
      if (into.count > 0) return true;
    }
    return false;
  }

  /** Has the source pass over entries that are not looked for, up to the other sources' next one and the end of the range. */
  private sift(source: Source, into: EntryRun): boolean {
    const { upper } = this;
    if (this.rival === NONE) {
      return source.sift(into, upper ?? null, 0, upper?.length ?? 0, !this.upperOpen);
    }
    const { bytes, start, end } = this.sources[this.rival]!.key;
    return upper !== undefined && compareBytes(upper, 0, upper.length, bytes, start, end) < 0
      ? source.sift(into, upper, 0, upper.length, !this.upperOpen)
      : source.sift(into, bytes, start, end, false);
  }

  /** Describes the entry that it stands on, and those behind it that can be told at once. */
  private describe(source: Source, into: EntryRun): boolean {
    into.setOne(this.key, this.value);
    if (this.reverse) return true;
    const described = source.describe(into, this.runEntries);
    if (described <= 1) return true;
    const used = this.entriesInSight(into, described);
    into.count = used;
    source.skip(used - 1);
    this.runEntries = Math.min(MAX_RUN_ENTRIES, 2 * (used === described ? this.runEntries : used));
    return true;
  }

  seek(key: Uint8Array): void {
    if (this.host.closed) throw closedUnder();
    if (this.seen.isUndone) throw new UndoneError('cursor');
    if (this.state === 'closed') return;
    this.place(key);
    this.state = 'placed';
  }

  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    for (const source of this.sources) source.close();
    this.release();
  }

  /** Puts every source on its first entry at `key` or behind it, in the direction of travel. */
  private place(key: Uint8Array | undefined): void {
    const { sources, live } = this;
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i]!;
      if (!this.reverse) live[i] = key === undefined ? source.first() : source.seek(key, key.length);
      else if (key === undefined || !source.seek(key, key.length)) live[i] = source.last();
      else live[i] = compareSpan(source.key, key) === 0 || source.previous();
    }
  }

  private advance(): void {
    const { current } = this;
    const source = this.sources[current]!;
    if (!(this.reverse ? source.previous() : source.next())) {
      this.live[current] = false;
      this.choose();
      return;
    }
    if (this.rival === NONE) return;
    const rival = this.sources[this.rival]!;
    const sign = compareSpans(source.key, rival.key);
    if (this.reverse ? sign <= 0 : sign >= 0) this.choose();
  }

  /** Finds the foremost source and its rival; older entries of the same key are passed over. */
  private choose(): void {
    const { sources, live } = this;
    let best = NONE;
    let second = NONE;
    for (let i = 0; i < sources.length; i++) {
      while (live[i]) {
        if (best === NONE) {
          best = i;
          break;
        }
        const sign = this.order(i, best);
        if (sign === 0) {
          this.pass(i);
          continue;
        }
        if (sign < 0) {
          second = best;
          best = i;
        } else if (second === NONE || this.order(i, second) < 0) second = i;
        break;
      }
    }
    this.current = best;
    this.rival = second;
  }

  private order(a: number, b: number): number {
    const sign = compareSpans(this.sources[a]!.key, this.sources[b]!.key);
    return this.reverse ? -sign : sign;
  }

  private pass(index: number): void {
    const source = this.sources[index]!;
    this.live[index] = this.reverse ? source.previous() : source.next();
  }

  /** Whether the first entry stands before the range: an open bound, or a seek to a key outside. */
  private outsideStart(): boolean {
    const { key } = this.sources[this.current]!;
    return this.reverse ? beyond(key, this.upper, this.upperOpen, 1) : beyond(key, this.lower, this.lowerOpen, -1);
  }

  private skipToRange(): void {
    const bound = this.reverse ? this.upper! : this.lower!;
    const outside = compareSpan(this.sources[this.current]!.key, bound) !== 0;
    if (outside) {
      this.place(bound);
      this.choose();
    }
    if (this.current !== NONE && this.outsideStart()) this.advance();
  }

  /** How many of the first entries come before the other sources' next one and before the end of the range: at least the first. */
  private entriesInSight(run: EntryRun, described: number): number {
    let entries = described;
    if (this.rival !== NONE) {
      const { bytes, start, end } = this.sources[this.rival]!.key;
      entries = countBelow(run, entries, bytes, start, end, false);
    }
    const { upper } = this;
    return upper === undefined ? entries : countBelow(run, entries, upper, 0, upper.length, !this.upperOpen);
  }

  private pastEnd(key: ByteSpan): boolean {
    return this.reverse
      ? this.lower !== undefined && beyond(key, this.lower, this.lowerOpen, -1)
      : this.upper !== undefined && beyond(key, this.upper, this.upperOpen, 1);
  }
}

function closedUnder(): ClosedError {
  return new ClosedError(
    'QDB4040',
    'The database was closed while this cursor stood in it. Open it again, then read anew.',
  );
}

/** How many of the first `entries` keys are below the bound, or equal to it where it is taken in. */
function countBelow(
  run: EntryRun,
  entries: number,
  bound: Uint8Array,
  boundStart: number,
  boundEnd: number,
  takenIn: boolean,
): number {
  const most = takenIn ? 0 : -1;
  const isBelow = (i: number): boolean =>
    compareBytes(run.keyBytes, run.keyStarts[i]!, run.keyEnds[i]!, bound, boundStart, boundEnd) <= most;
  if (isBelow(entries - 1)) return entries;
  let low = 0;
  let high = entries - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBelow(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bound that excludes more, and whether it is itself excluded. */
function tighter(
  closed: Uint8Array | undefined,
  open: Uint8Array | undefined,
  sign: 1 | -1,
): [bound: Uint8Array | undefined, open: boolean] {
  if (open === undefined) return [closed, false];
  if (closed === undefined) return [open, true];
  return compareKeys(closed, open) * sign > 0 ? [closed, false] : [open, true];
}

/** Whether `key` lies past `bound` on its outer side (`side` 1 above, -1 below). */
function beyond(key: ByteSpan, bound: Uint8Array | undefined, open: boolean, side: 1 | -1): boolean {
  if (bound === undefined) return false;
  const sign = compareSpan(key, bound) * side;
  return sign > 0 || (open && sign === 0);
}

function compareSpan(span: ByteSpan, key: Uint8Array): number {
  return compareBytes(span.bytes, span.start, span.end, key, 0, key.length);
}

function compareSpans(a: ByteSpan, b: ByteSpan): number {
  return compareBytes(a.bytes, a.start, a.end, b.bytes, b.start, b.end);
}

function assign(to: ByteSpan, from: ByteSpan): void {
  to.bytes = from.bytes;
  to.view = from.view;
  to.start = from.start;
  to.end = from.end;
}
