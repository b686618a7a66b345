// A view with a write set laid over it: reading your own writes, also through cursors and indexes.
import type { EntryRun } from '../bytes/entry-run.js';
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { Cursor, KeyRange, Scan, Tree } from '../engine/api.js';
import { BorrowedView, type HeldView, type View } from '../query/view.js';
import { keyText, type TreeWrites, type WriteSet } from './write-set.js';

export class OverlayView implements View {
  private readonly base: View;
  private readonly writes: WriteSet;

  constructor(base: View, writes: WriteSet) {
    this.base = base;
    this.writes = writes;
  }

  get(tree: Tree, key: Uint8Array, keyEnd: number, into: ByteSpan): boolean {
    const own = this.writes.trees.get(tree)?.read(keyText(key, 0, keyEnd), into);
    return own ?? this.base.get(tree, key, keyEnd, into);
  }

  getMany(
    tree: Tree,
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
  ): void {
    if (!this.writes.trees.has(tree)) {
      this.base.getMany(tree, keys, ends, count, visit);
      return;
    }
    const value = new ByteSpan();
    for (let i = 0; i < count; i++) {
      const key = keys.subarray(i === 0 ? 0 : ends[i - 1]!, ends[i]!);
      if (this.get(tree, key, key.length, value)) visit(i, value);
    }
  }

  cursor(tree: Tree, range: KeyRange, reverse: boolean, scan?: Scan): Cursor {
    const base = this.base.cursor(tree, range, reverse, scan);
    const writes = this.writes.trees.get(tree);
    return writes === undefined ? base : new OverlayCursor(base, writes, range, reverse);
  }

  /** What is held is the transaction, which lives as long as whoever reads in it. */
  hold(): HeldView {
    return new BorrowedView(this);
  }
}

/** Merges a cursor with written keys, which win. Keys written after its creation are not in it. */
class OverlayCursor implements Cursor {
  readonly key = new ByteSpan();
  readonly value = new ByteSpan();
  private readonly base: Cursor;
  private readonly writes: TreeWrites;
  private readonly reverse: boolean;
  /** Written keys inside the range, in the cursor's direction. */
  private readonly keys: readonly string[];
  private at = 0;
  /** The base's entry that is next, copied, for the base's own spans die with any other call on the engine. Null at its end. */
  private ahead: string | null = null;
  private readonly aheadValue = new ByteWriter(256);
  private readonly ownKey = new ByteWriter(64);
  private loaded = false;

  constructor(base: Cursor, writes: TreeWrites, range: KeyRange, reverse: boolean) {
    this.base = base;
    this.writes = writes;
    this.reverse = reverse;
    const inside = writes.keys().filter(within(range));
    this.keys = reverse ? inside.reverse() : inside;
  }

  next(): boolean {
    if (!this.loaded) {
      this.loaded = true;
      this.advanceBase();
    }
    for (;;) {
      const own = this.keys[this.at];
      if (own === undefined || (this.ahead !== null && this.precedes(this.ahead, own))) {
        if (this.ahead === null) return false;
        this.show(this.ahead);
        this.value.bytes = this.aheadValue.bytes;
        this.value.view = this.aheadValue.view;
        this.value.start = 0;
        this.value.end = this.aheadValue.at;
        // The copy is what the caller looks at until the next call, so the base moves on only then.
        this.loaded = false;
        return true;
      }
      this.at++;
      if (this.ahead === own) this.advanceBase();
      if (this.writes.read(own, this.value)) {
        this.show(own);
        return true;
      }
    }
  }

  nextRun(into: EntryRun): boolean {
    if (!this.next()) return false;
    into.setOne(this.key, this.value);
    return true;
  }

  seek(key: Uint8Array): void {
    this.base.seek(key);
    this.loaded = false;
    const text = keyText(key, 0, key.length);
    this.at = this.keys.findIndex((own) => own === text || this.precedes(text, own));
    if (this.at < 0) this.at = this.keys.length;
  }

  close(): void {
    this.base.close();
  }

  private precedes(a: string, b: string): boolean {
    return this.reverse ? a > b : a < b;
  }

  private advanceBase(): void {
    if (!this.base.next()) {
      this.ahead = null;
      return;
    }
    const { key, value } = this.base;
    this.ahead = keyText(key.bytes, key.start, key.end);
    this.aheadValue.at = 0;
    this.aheadValue.append(value.bytes, value.start, value.end);
  }

  private show(key: string): void {
    const { ownKey } = this;
    ownKey.at = 0;
    ownKey.ensure(key.length);
    this.key.end = ownKey.bytes.write(key, 0, 'latin1');
    this.key.bytes = ownKey.bytes;
    this.key.view = ownKey.view;
  }
}

/** A test whether a key, as a latin1 string, is in `range`. */
export function within(range: KeyRange): (key: string) => boolean {
  const [gte, gt, lte, lt] = [range.gte, range.gt, range.lte, range.lt].map(
    (bytes) => bytes && keyText(bytes, 0, bytes.length),
  );
  return (key) =>
    (gte === undefined || key >= gte) &&
    (gt === undefined || key > gt) &&
    (lte === undefined || key <= lte) &&
    (lt === undefined || key < lt);
}
