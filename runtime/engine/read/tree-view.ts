// The tables of one tree at one version, laid out for lookups: which tables may hold a key, newest first.
import { compareBytes, compareKeys } from '../../bytes/compare.js';
import type { ByteSpan } from '../../bytes/writer.js';
import { ABSENT, type Lookup, type TableReader } from '../table/table.js';
import type { TableHandle, TableSet } from '../tables.js';
import type { TableMeta } from '../version/edit.js';
import { keyPrefix } from './key-prefix.js';

/** One level below L0: disjoint tables in key order. */
export class SortedLevel {
  private readonly prefixes: Float64Array;

  constructor(readonly handles: readonly TableHandle[]) {
    this.prefixes = Float64Array.from(handles, ({ meta }) => keyPrefix(meta.largest, 0, meta.largest.length));
  }

  /** Index of the one table whose range may hold the key: the first that does not end before it; `handles.length` if none. */
  find(key: Uint8Array, keyStart: number, keyEnd: number): number {
    const { handles, prefixes } = this;
    let low = 0;
    let high = handles.length;
    if (high > 1) {
      const prefix = keyPrefix(key, keyStart, keyEnd);
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (prefixes[middle]! < prefix) low = middle + 1;
        else high = middle;
      }
      if (low < handles.length && prefixes[low]! > prefix) return low;
    }
    for (; low < handles.length; low++) {
      const { largest } = handles[low]!.meta;
      if (compareBytes(largest, 0, largest.length, key, keyStart, keyEnd) >= 0) break;
    }
    return low;
  }

  /** Whether some table's range meets that of `meta`. */
  meets({ smallest, largest }: TableMeta): boolean {
    const handle = this.handles[this.find(smallest, 0, smallest.length)];
    return handle !== undefined && compareKeys(handle.meta.smallest, largest) <= 0;
  }
}

export class TreeView {
  /** Newest first; their ranges may overlap. */
  readonly l0: readonly TableHandle[];
  /** Those below that hold tables, upper first. */
  readonly levels: readonly SortedLevel[];
  /** The table of the block that {@link TreeView.locate} answered last. */
  candidate: TableReader | null = null;

  constructor(
    readonly tables: TableSet,
    readonly metas: readonly (readonly TableMeta[])[],
  ) {
    const handles = metas.map((level) => level.map((meta) => tables.handle(meta)));
    this.l0 = handles[0] ?? [];
    this.levels = handles
      .slice(1)
      .filter((level) => level.length > 0)
      .map((level) => new SortedLevel(level));
  }

  /** Whether no table older than that of `l0[place]` has keys in its range. */
  isLowestInL0(place: number): boolean {
    const { meta } = this.l0[place]!;
    return !this.l0.slice(place + 1).some((older) => meet(older.meta, meta)) && this.isLowest(meta, 0);
  }

  /** Whether no table of `levels[from]` and below has keys in the range of `meta`. */
  isLowest(meta: TableMeta, from: number): boolean {
    return !this.levels.slice(from).some((level) => level.meets(meta));
  }

  /** As TableReader.get, over all tables: the newest version in sight decides. */
  get(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h1: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup {
    const { tables, l0, levels } = this;
    for (let i = 0; i < l0.length; i++) {
      const reader = l0[i]!.reader ?? tables.open(l0[i]!);
      const found = reader.get(key, keyStart, keyEnd, h1, h2, maxSequence, into);
      if (found !== ABSENT) return found;
    }
    const lowest = levels.length - 1;
    for (let i = 0; i <= lowest; i++) {
      const reader = this.readerIn(levels[i]!, key, keyStart, keyEnd);
      if (reader === null) continue;
      // Nearly all keys are in the lowest level, so that its filter would nearly always say yes.
      if (i === lowest) return reader.getLikely(key, keyStart, keyEnd, h1, h2, maxSequence, into);
      const found = reader.get(key, keyStart, keyEnd, h1, h2, maxSequence, into);
      if (found !== ABSENT) return found;
    }
    return ABSENT;
  }

  /**
   * Where to look first: the number of a block of the newest table that may hold the key, which is left in {@link TreeView.candidate}; -1
   * when no table has the key.
   */
  locate(key: Uint8Array, keyStart: number, keyEnd: number, h1: number, h2: number): number {
    const { tables, l0, levels } = this;
    for (let i = 0; i < l0.length; i++) {
      const reader = l0[i]!.reader ?? tables.open(l0[i]!);
      if (!reader.mayContain(h1, h2)) continue;
      const block = reader.locate(key, keyStart, keyEnd);
      if (block >= 0) return this.nominate(reader, block);
    }
    const lowest = levels.length - 1;
    for (let i = 0; i <= lowest; i++) {
      const reader = this.readerIn(levels[i]!, key, keyStart, keyEnd);
      if (reader === null || (i < lowest && !reader.mayContain(h1, h2))) continue;
      const block =
        i < lowest ? reader.locate(key, keyStart, keyEnd) : reader.locateLikely(key, keyStart, keyEnd, h1, h2);
      if (block >= 0) return this.nominate(reader, block);
    }
    return -1;
  }

  private nominate(reader: TableReader, block: number): number {
    this.candidate = reader;
    return block;
  }

  /** The one table of a level that may hold the key, or null. */
  private readerIn(level: SortedLevel, key: Uint8Array, keyStart: number, keyEnd: number): TableReader | null {
    const index = level.find(key, keyStart, keyEnd);
    if (index === level.handles.length) return null;
    const handle = level.handles[index]!;
    return handle.reader ?? this.tables.open(handle);
  }
}

function meet(a: TableMeta, b: TableMeta): boolean {
  return compareKeys(a.smallest, b.largest) <= 0 && compareKeys(b.smallest, a.largest) <= 0;
}
