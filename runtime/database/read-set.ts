// What a transaction has read, and whether commits since then have changed any of it: backward validation of optimistic
// concurrency control (Kung and Robinson 1981), with ranges beside keys, so that phantoms are conflicts too.
import type { ByteSpan } from '../bytes/writer.js';
import type { Cursor, KeyRange, Scan, Tree } from '../engine/api.js';
import type { HeldView, View } from '../query/view.js';
import { BorrowedView } from '../query/view.js';
import { within } from './overlay.js';
import { keyText, type WriteSet } from './write-set.js';

interface TreeReads {
  readonly keys: Set<string>;
  readonly ranges: ((key: string) => boolean)[];
}

export class ReadSet {
  private readonly trees = new Map<Tree, TreeReads>();

  key(tree: Tree, key: string): void {
    this.of(tree).keys.add(key);
  }

  range(tree: Tree, range: KeyRange): void {
    this.of(tree).ranges.push(within(range));
  }

  /** Whether `writes` touches a key that was looked up (found or not), or one inside a range that was walked. */
  meets(writes: WriteSet): boolean {
    for (const [tree, { keys, ranges }] of this.trees) {
      const written = writes.trees.get(tree);
      if (written === undefined) continue;
      for (const key of written.keys()) {
        if (keys.has(key) || ranges.some((inside) => inside(key))) return true;
      }
    }
    return false;
  }

  private of(tree: Tree): TreeReads {
    let reads = this.trees.get(tree);
    if (reads === undefined) {
      reads = { keys: new Set(), ranges: [] };
      this.trees.set(tree, reads);
    }
    return reads;
  }
}

/** A view that notes what is read through it. A cursor counts as having read its whole range. */
export class RecordingView implements View {
  private readonly base: View;
  private readonly reads: ReadSet;

  constructor(base: View, reads: ReadSet) {
    this.base = base;
    this.reads = reads;
  }

  get(tree: Tree, key: Uint8Array, keyEnd: number, into: ByteSpan): boolean {
    this.reads.key(tree, keyText(key, 0, keyEnd));
    return this.base.get(tree, key, keyEnd, into);
  }

  getMany(
    tree: Tree,
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
  ): void {
    for (let i = 0; i < count; i++) this.reads.key(tree, keyText(keys, i === 0 ? 0 : ends[i - 1]!, ends[i]!));
    this.base.getMany(tree, keys, ends, count, visit);
  }

  cursor(tree: Tree, range: KeyRange, reverse: boolean, scan?: Scan): Cursor {
    this.reads.range(tree, range);
    return this.base.cursor(tree, range, reverse, scan);
  }

  hold(): HeldView {
    return new BorrowedView(this);
  }
}
