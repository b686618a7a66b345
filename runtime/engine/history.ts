// The history of a database: for so long, every state that there was can be read again. Versions stay because the readers
// (readers.ts) are told of the first state that is kept; a tree of marks tells which state was there when.
//
//   $history   time (ordered float64)  ->  sequence (f64 le) | time (f64 le)
//
// A mark stands in a commit of its own before the first user's commit of a second, whose sequence it gives: that one was made at
// the mark's time, what follows it then or later, what is before it earlier. So a date is good to a second, and never shows what
// was committed after it. The time is repeated at the end of the value, where the compaction filter that removes old marks looks.
// The very first mark, with which a history begins, gives its own sequence.
import { readKeyFloat64, writeKeyFloat64 } from '../bytes/key.js';
import { ByteWriter } from '../bytes/writer.js';
import { HistoryError } from '../errors.js';
import type { CompactionFilter, Cursor, Engine, HistoryStats, PastSnapshot } from './api.js';
import type { Settings } from './options.js';
import { EngineSnapshot } from './snapshot.js';
import type { EngineTree, TreeHost } from './tree.js';
import type { HistoryMeta } from './version/edit.js';
import { Batch } from './write/batch.js';

/** Name of the tree that holds the marks. */
export const HISTORY_TREE = '$history';
const HISTORY_KEY_BYTES = 8;
/** Commits of one such span of time, in milliseconds, share a mark. */
const RESOLUTION_MILLISECONDS = 1000;

interface Mark {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Of the first commit at that time. */
  readonly sequence: number;
}

export class History {
  private last: Mark | null = null;
  private latest = Number.NEGATIVE_INFINITY;
  private readonly batch = new Batch();
  private readonly key = new ByteWriter(HISTORY_KEY_BYTES);

  /**
   * @param milliseconds how far back states are kept, which is more than 0
   * @param from the first of them that is whole
   */
  constructor(
    private readonly host: TreeHost,
    private readonly tree: EngineTree,
    readonly milliseconds: number,
    from: number,
    private readonly date: () => number,
  ) {
    host.readers.history = from;
    tree.filter = () => this.filter();
    this.refresh();
    this.advance();
  }

  /** The first commit whose state is kept. */
  get from(): number {
    return this.host.readers.history;
  }

  /** Whether the next commit must come after a new mark. */
  get isDue(): boolean {
    return this.last === null || this.now() >= this.last.time + RESOLUTION_MILLISECONDS;
  }

  /** What to commit before the commit `sequence` that is due, or as `sequence` itself where the history begins. */
  mark(sequence: number): Batch {
    const { batch } = this;
    const time = this.now();
    batch.clear();
    const { bytes } = this.keyOf(time);
    const value = batch.beginPut(this.tree, bytes, HISTORY_KEY_BYTES);
    value.ensure(16);
    value.view.setFloat64(value.at, sequence, true);
    value.view.setFloat64(value.at + 8, time, true);
    value.at += 16;
    batch.endPut();
    this.last = { time, sequence };
    this.advance();
    return batch;
  }

  /** After marks were taken back, because the disk had no room for them. */
  refresh(): void {
    this.last = this.markBefore(Number.POSITIVE_INFINITY);
    this.latest = Math.max(this.latest, this.last?.time ?? Number.NEGATIVE_INFINITY);
  }

  /** Lets go of the states that are too old by now. Never comes back: a clock that is set back changes nothing. */
  advance(): void {
    const { readers } = this.host;
    readers.history = Math.max(readers.history, this.sequenceAt(this.now() - this.milliseconds));
  }

  open(at: number | Date): PastSnapshot {
    const { host } = this;
    this.advance();
    const now = this.now();
    const isPresent = typeof at === 'number' ? at === host.sequence : at.getTime() === now;
    const isPast = typeof at === 'number' ? at < host.sequence : at.getTime() < now;
    const sequence = isPresent ? host.sequence : typeof at === 'number' ? at : this.sequenceAt(at.getTime());
    if (!(isPresent || (isPast && sequence >= host.readers.history))) throw this.beyond(at);
    const time = isPresent ? now : typeof at === 'number' ? this.timeOf(at) : at.getTime();
    return new EngineSnapshot(sequence, host.readers, time);
  }

  stats(): HistoryStats {
    this.advance();
    const { milliseconds } = this;
    return { milliseconds, oldestSequence: this.host.readers.history, oldest: new Date(this.oldest()) };
  }

  /** Never earlier than it was. */
  now(): number {
    this.latest = Math.max(this.latest, this.date());
    return this.latest;
  }

  /** The last state of which it is sure that it was there at `time`. */
  private sequenceAt(time: number): number {
    const next = this.markFrom(time, 'gt');
    // The mark's own commit lies between, and changes nothing that anybody asks for.
    const newest = next === null ? this.host.sequence : next.sequence - 2;
    const mark = this.markBefore(time);
    if (mark === null || time >= mark.time + RESOLUTION_MILLISECONDS) return newest;
    return Math.min(mark.sequence, newest);
  }

  /**
   * When the state after that commit was the present, by a second too late rather than too early: whatever the commit took to have
   * expired has expired then too, as a row whose unique value it gave to another. By bisection, for marks are ordered by time.
   */
  private timeOf(sequence: number): number {
    let low = this.markFrom(Number.NEGATIVE_INFINITY, 'gte')?.time ?? this.now();
    let high = this.last?.time ?? low;
    while (high - low > RESOLUTION_MILLISECONDS) {
      const middle = low + (high - low) / 2;
      if (this.markBefore(middle)!.sequence <= sequence) low = middle;
      else high = middle;
    }
    const newest = this.markBefore(high)!;
    const mark = newest.sequence <= sequence ? newest : this.markBefore(low)!;
    const next = this.markFrom(mark.time, 'gt');
    return Math.min(mark.time + RESOLUTION_MILLISECONDS, next?.time ?? this.now());
  }

  /** The earliest date whose state is kept. */
  private oldest(): number {
    const from = this.host.readers.history;
    let time = this.now() - this.milliseconds;
    while (this.sequenceAt(time) < from) {
      const next = this.markFrom(time, 'gt');
      if (next === null) return this.now();
      if (this.sequenceAt(next.time) >= from) return next.time;
      time = next.time + RESOLUTION_MILLISECONDS;
    }
    return time;
  }

  private beyond(at: number | Date): HistoryError {
    const oldest = new Date(this.oldest());
    const { history } = this.host.readers;
    return new HistoryError(
      `${describe(at)} is beyond the history: it reaches from ${oldest.toISOString()} (commit ${history}) to now (commit ${this.host.sequence}).`,
      oldest,
      history,
    );
  }

  /** The last mark that is old enough for every state that is kept; those before it may go. */
  private filter(): CompactionFilter {
    const mark = this.markBefore(this.now() - this.milliseconds);
    return { kind: 'expiry', dateAt: -8, cutoff: mark === null ? Number.NEGATIVE_INFINITY : mark.time - 1 };
  }

  /** The last mark at that time or before it. */
  private markBefore(time: number): Mark | null {
    return readMark(this.tree.cursor({ lte: this.copyOfKey(time) }, { reverse: true }));
  }

  private markFrom(time: number, bound: 'gt' | 'gte'): Mark | null {
    return readMark(this.tree.cursor({ [bound]: this.copyOfKey(time) }));
  }

  private copyOfKey(time: number): Uint8Array {
    return Buffer.from(this.keyOf(time).bytes.subarray(0, HISTORY_KEY_BYTES));
  }

  private keyOf(time: number): ByteWriter {
    const { key } = this;
    key.at = 0;
    writeKeyFloat64(key, time);
    return key;
  }
}

/** How a history is written down. */
interface Recording {
  install(history: HistoryMeta): void;
  /** Durably. */
  commit(batch: Batch): void;
}

/**
 * Begins, goes on with or gives up the history: `kept` is what the database says of it, the options what is asked for. Null where
 * there is none.
 */
export function establishHistory(
  host: TreeHost & Pick<Engine, 'openTree' | 'dropTree'>,
  kept: HistoryMeta,
  { history, date }: Settings,
  recording: Recording,
): History | null {
  const wanted = history ?? kept.milliseconds;
  if (wanted === 0) {
    host.readers.history = Number.POSITIVE_INFINITY;
    if (kept.milliseconds > 0) recording.install({ milliseconds: 0, from: 0 });
    host.dropTree(HISTORY_TREE);
    return null;
  }
  const tree = host.openTree(HISTORY_TREE, { keySize: HISTORY_KEY_BYTES }) as EngineTree;
  if (kept.milliseconds === wanted) return new History(host, tree, wanted, kept.from, date);
  let from = host.sequence + 1;
  // What has gone under a shorter span does not come back with a longer one.
  if (kept.milliseconds > 0) from = new History(host, tree, kept.milliseconds, kept.from, date).from;
  const past = new History(host, tree, wanted, from, date);
  // A new history begins at its first mark.
  if (kept.milliseconds === 0) recording.commit(past.mark(from));
  recording.install({ milliseconds: wanted, from: past.from });
  return past;
}

/** Where no history is kept: only the present can be read. */
export function withoutHistory(at: number | Date, { sequence, readers }: TreeHost, now: number): PastSnapshot {
  if (at === sequence || (at instanceof Date && at.getTime() === now))
    return new EngineSnapshot(sequence, readers, now);
  throw new HistoryError(`${describe(at)} can't be read: no history is kept. Open the database with history: '7d'.`);
}

function describe(at: number | Date): string {
  if (typeof at === 'number') return `The state after commit ${at}`;
  return Number.isNaN(at.getTime()) ? 'An invalid date' : `The state of ${at.toISOString()}`;
}

function readMark(cursor: Cursor): Mark | null {
  try {
    if (!cursor.next()) return null;
    const { key, value } = cursor;
    return { time: readKeyFloat64(key.bytes, key.start, key.end), sequence: value.view.getFloat64(value.start, true) };
  } finally {
    cursor.close();
  }
}
