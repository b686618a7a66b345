// The tables of one tree at one version, laid out for lookups: which tables may hold a key, newest first.
import { compareBytes } from '../../bytes/compare.js';
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
}

export class TreeView {
  /** Newest first; their ranges may overlap. */
  readonly l0: readonly TableHandle[];
  /** Those below that hold tables, upper first. */
  readonly levels: readonly SortedLevel[];

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
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]!;
      const index = level.find(key, keyStart, keyEnd);
      if (index === level.handles.length) continue;
      const handle = level.handles[index]!;
      const reader = handle.reader ?? tables.open(handle);
      const found = reader.get(key, keyStart, keyEnd, h1, h2, maxSequence, into);
      if (found !== ABSENT) return found;
    }
    return ABSENT;
  }

  /** The newest table whose filter admits the key, or null: where to look first. */
  candidate(key: Uint8Array, keyStart: number, keyEnd: number, h1: number, h2: number): TableReader | null {
    const { tables, l0, levels } = this;
    for (let i = 0; i < l0.length; i++) {
      const reader = l0[i]!.reader ?? tables.open(l0[i]!);
      if (reader.mayContain(h1, h2)) return reader;
    }
    for (let i = 0; i < levels.length; i++) {
      const level = levels[i]!;
      const index = level.find(key, keyStart, keyEnd);
      if (index === level.handles.length) continue;
      const handle = level.handles[index]!;
      const reader = handle.reader ?? tables.open(handle);
      if (reader.mayContain(h1, h2)) return reader;
    }
    return null;
  }
}
