// Values of earlier layouts, shown as they would be written today: what reads of a tree go through while its tables may hold some.
import type { EntryRun } from '../../bytes/entry-run.js';
import { ByteSpan, ByteWriter } from '../../bytes/writer.js';
import type { Cursor, ValueLayouts } from '../api.js';

/** What it makes stands in one buffer, valid until it makes the next. */
export class Upgrader {
  private readonly made = new ByteWriter(1024);
  private readonly entry = new ByteSpan();

  constructor(private readonly layouts: ValueLayouts) {}

  /** Points `into` at today's form of `value`, which may be the same span. */
  show(value: ByteSpan, into: ByteSpan): void {
    const { made } = this;
    let from: Pick<ByteSpan, 'bytes' | 'view' | 'start' | 'end'> = value;
    if (!this.isCurrent(value.bytes, value.start, value.end)) {
      made.at = 0;
      this.layouts.upgrade(value, made);
      from = { bytes: made.bytes, view: made.view, start: 0, end: made.at };
    }
    into.bytes = from.bytes;
    into.view = from.view;
    into.start = from.start;
    into.end = from.end;
  }

  /** The same for all values of a run: together in the buffer, where one of them is of an earlier layout. */
  showRun(run: EntryRun): void {
    const { made, entry } = this;
    const { starts, ends, count } = run;
    let current = 0;
    while (current < count && this.isCurrent(run.bytes, starts[current]!, ends[current]!)) current++;
    if (current === count) return;
    made.at = 0;
    entry.bytes = run.bytes;
    entry.view = run.view;
    for (let i = 0; i < count; i++) {
      entry.start = starts[i]!;
      entry.end = ends[i]!;
      starts[i] = made.at;
      if (this.isCurrent(entry.bytes, entry.start, entry.end)) made.append(entry.bytes, entry.start, entry.end);
      else this.layouts.upgrade(entry, made);
      ends[i] = made.at;
    }
    run.bytes = made.bytes;
    run.view = made.view;
  }

  private isCurrent(bytes: Buffer, start: number, end: number): boolean {
    return start < end && bytes[start] === this.layouts.lead;
  }
}

export class UpgradingCursor implements Cursor {
  readonly key: ByteSpan;
  readonly value = new ByteSpan();
  private readonly upgrader: Upgrader;

  constructor(
    private readonly base: Cursor,
    layouts: ValueLayouts,
  ) {
    this.key = base.key;
    this.upgrader = new Upgrader(layouts);
  }

  next(): boolean {
    if (!this.base.next()) return false;
    this.upgrader.show(this.base.value, this.value);
    return true;
  }

  nextRun(into: EntryRun): boolean {
    if (!this.base.nextRun(into)) return false;
    // Columns tell of today's layout only, so what they have sifted, or stand for, is of that.
    if (!into.sifted && into.columns === null) this.upgrader.showRun(into);
    return true;
  }

  seek(key: Uint8Array): void {
    this.base.seek(key);
  }

  close(): void {
    this.base.close();
  }
}
