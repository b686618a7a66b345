// A view that notes the scans which pass through it, so that what they skipped can be told afterwards.
import type { ByteSpan } from '../bytes/writer.js';
import type { Cursor, KeyRange, Scan, Tree } from '../engine/api.js';
import type { HeldView, View } from './view.js';

export class MeasuredView implements View {
  private readonly scans: Scan[] = [];

  constructor(private readonly view: View) {}

  /** Data blocks that zone maps have spared all scans so far. */
  get blocksSkipped(): number {
    return this.scans.reduce((sum, scan) => sum + scan.blocksSkipped, 0);
  }

  get(tree: Tree, key: Uint8Array, keyEnd: number, into: ByteSpan): boolean {
    return this.view.get(tree, key, keyEnd, into);
  }

  getMany(
    tree: Tree,
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
  ): void {
    this.view.getMany(tree, keys, ends, count, visit);
  }

  cursor(tree: Tree, range: KeyRange, reverse: boolean, scan?: Scan): Cursor {
    if (scan !== undefined) this.scans.push(scan);
    return this.view.cursor(tree, range, reverse, scan);
  }

  hold(): HeldView {
    return this.view.hold();
  }
}
