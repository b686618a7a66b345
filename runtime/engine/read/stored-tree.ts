// A tree with its values as they are stored, whatever layout they have: for those who look after earlier layouts.
import { ByteSpan } from '../../bytes/writer.js';
import type {
  Cursor,
  CursorOptions,
  KeyRange,
  PageCounts,
  Snapshot,
  Tree,
  TreeStatistics,
  ValueLayouts,
} from '../api.js';

/** What a tree does before it upgrades anything. */
export interface StoredReads {
  getStored(key: Uint8Array, keyEnd: number, into: ByteSpan, at?: Snapshot): boolean;
  cursorStored(range?: KeyRange, options?: CursorOptions): Cursor;
}

export class StoredTree implements Tree {
  readonly lead = null;
  readonly holdsEarlier = false;

  constructor(private readonly tree: Tree & StoredReads) {}

  setLayouts(layouts: ValueLayouts | null): void {
    this.tree.setLayouts(layouts);
  }

  get id(): number {
    return this.tree.id;
  }

  get name(): string {
    return this.tree.name;
  }

  get keySize(): number | null {
    return this.tree.keySize;
  }

  get pages(): PageCounts {
    return this.tree.pages;
  }

  get stored(): Tree {
    return this;
  }

  get(key: Uint8Array, keyEnd: number, into: ByteSpan, at?: Snapshot): boolean {
    return this.tree.getStored(key, keyEnd, into, at);
  }

  getMany(
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
    at?: Snapshot,
  ): void {
    const value = new ByteSpan();
    for (let i = 0; i < count; i++) {
      const key = keys.subarray(i === 0 ? 0 : ends[i - 1]!, ends[i]!);
      if (this.get(key, key.length, value, at)) visit(i, value);
    }
  }

  cursor(range?: KeyRange, options?: CursorOptions): Cursor {
    return this.tree.cursorStored(range, options);
  }

  estimateEntries(): number {
    return this.tree.estimateEntries();
  }

  statistics(): TreeStatistics {
    return this.tree.statistics();
  }
}
