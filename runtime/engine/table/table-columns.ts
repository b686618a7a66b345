// Columns of a table in memory: the numbers of all its entries side by side, so that a scan finds those inside its bounds without a
// look at the others' blocks. Nothing of it is on disk.
//
// They are collected once scans have walked over as many blocks as collecting costs: whoever reads a table once, or its first rows
// only, never pays for more than twice its own work (the ski rental argument).
import {
  type Column,
  type ColumnBound,
  type ColumnLayout,
  holdsColumns,
  isSameColumn,
  readColumn,
} from '../../bytes/columns.js';
import type { ColumnOwner } from '../cache/column-memory.js';
import { FRAME_BYTES } from '../cache/page-cache.js';
import { blockStart, entryCount, HEAP_END_AT, OFFSET_BYTES, OFFSET_MASK, TAIL_BYTES } from './block.js';
import type { BlockSource } from './block-source.js';

/** By entry, in the order of the table. Two kinds only: code that loops over more gets slow. */
export type ColumnValues = Float64Array | Uint8Array;

/** A bound, and the numbers that it is about. */
export interface BoundColumn {
  readonly bound: ColumnBound;
  readonly values: ColumnValues;
}

export class TableColumns implements ColumnOwner {
  /** Number of the first entry of each block in the table, and of all entries at the end; empty before columns are there. */
  ordinals = new Int32Array(0);
  private readonly values = new Map<Column, ColumnValues>();
  /** Blocks that scans have walked over for want of columns. */
  private walked = 0;
  /** Some entry is not laid out so, or there is no room: there will be no columns. */
  private isRefused = false;

  /** @param source of a table where every entry is a value, of a key of its own */
  constructor(
    private readonly source: BlockSource,
    private readonly layout: ColumnLayout,
    private readonly entries: number,
  ) {}

  noteWalked(blocks: number): void {
    this.walked += blocks;
  }

  /** The bounds with their columns; null while any is not in memory, or where the table was not told of it. */
  of(bounds: readonly ColumnBound[]): readonly BoundColumn[] | null {
    if (this.isRefused) return null;
    const wanted: [ColumnBound, Column][] = [];
    let isComplete = true;
    for (const bound of bounds) {
      const column = this.layout.columns.find((one) => isSameColumn(one, bound.column));
      if (column === undefined) return null;
      wanted.push([bound, column]);
      if (!this.values.has(column)) isComplete = false;
    }
    if (wanted.length === 0) return null;
    if (!isComplete) {
      if (this.walked < this.source.index.blocks) return null;
      this.walked = 0;
      if (!this.collect(wanted.map(([, column]) => column))) return null;
    }
    this.source.cache.columns.touch(this);
    return wanted.map(([bound, column]) => ({ bound, values: this.values.get(column)! }));
  }

  drop(): void {
    this.values.clear();
    this.source.cache.columns.release(this);
  }

  /** Reads those columns that are missing out of all blocks; false when that can't be. */
  private collect(columns: readonly Column[]): boolean {
    const missing = [...new Set(columns)].filter((column) => !this.values.has(column));
    const made = missing.map((column) =>
      isByte(column) ? new Uint8Array(this.entries) : new Float64Array(this.entries),
    );
    const bytes = made.reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (!this.source.cache.columns.reserve(this, bytes) || !this.read(missing, made)) {
      this.isRefused = true;
      this.drop();
      return false;
    }
    missing.forEach((column, i) => {
      this.values.set(column, made[i]!);
    });
    return true;
  }

  private read(columns: readonly Column[], into: readonly ColumnValues[]): boolean {
    const { source, layout } = this;
    const { blocks } = source.index;
    const ordinals = new Int32Array(blocks + 1);
    let ordinal = 0;
    for (let block = 0; block < blocks; block++) {
      const end = this.load(block);
      const { bytes, view } = source;
      const count = entryCount(view, end);
      const start = blockStart(view, end);
      const offsetsAt = end - TAIL_BYTES - OFFSET_BYTES * count;
      for (let entry = 0; entry < count; entry++) {
        const at = offsetsAt + OFFSET_BYTES * entry;
        const valueStart = start + (view.getUint16(at, true) & OFFSET_MASK);
        const isLast = entry + 1 === count;
        const next = isLast
          ? view.getUint32(end - HEAP_END_AT, true)
          : view.getUint16(at + OFFSET_BYTES, true) & OFFSET_MASK;
        if (!holdsColumns(layout, bytes, valueStart, start + next)) return false;
        for (let i = 0; i < columns.length; i++) into[i]![ordinal] = readColumn(columns[i]!, view, valueStart);
        ordinal++;
      }
      ordinals[block + 1] = ordinal;
      source.forgetAside();
    }
    this.ordinals = ordinals;
    return true;
  }

  /** Leaves the block in the source's `bytes` and `view`; answers its end. */
  private load(block: number): number {
    const { source } = this;
    const frameEnd = source.frameEnds[block]!;
    if (frameEnd === 0) {
      source.load(block, true);
      return source.end;
    }
    source.forgetAside();
    return frameEnd * FRAME_BYTES;
  }
}

function isByte({ kind }: Column): boolean {
  return kind === 'bit' || kind === 'u8';
}
