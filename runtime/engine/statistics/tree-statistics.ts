// What is known of one tree without reading its entries: the tables' own statistics and block indexes put together with a sample
// of the memtable. Made anew when a flush or merge changes the tables, or when the memtable has grown by a good part.

import type { KeyPart } from '../../bytes/key-parts.js';
import type { KeyRange, TreeStatistics } from '../api.js';
import { FRAME_BYTES } from '../cache/page-cache.js';
import type { Memtable } from '../memtable/memtable.js';
import type { TreeView } from '../read/tree-view.js';
import { STATISTICS_TAG } from '../table/properties.js';
import { distinctIn } from '../table/statistics.js';
import type { TableHandle } from '../tables.js';
import { KeySample } from './key-sample.js';
import { together, type Values } from './values.js';

/** A sample is drawn again when the memtable has changed by more than this share. */
const STALE_SHARE = 1 / 8;
/**
 * Texts crowd together, so that a place between two separators says little: as a share of a block, no range that is not surely empty
 * counts for less.
 */
const LEAST_OF_TEXTS = 1 / 4;
/** Most tables of a level that are looked at for what all its tables have on average. */
const TABLES_LOOKED_AT = 16;

export class MergedStatistics implements TreeStatistics {
  readonly entries: number;
  readonly entryBytes: number;
  readonly pages: number;
  private readonly sample: KeySample;
  private readonly stored: number;
  private readonly hasTexts: boolean;
  private readonly different: number[] = [];

  constructor(
    readonly view: TreeView,
    readonly memtable: Memtable,
    private readonly parts: readonly KeyPart[],
  ) {
    this.sample = new KeySample(memtable);
    let stored = 0;
    let versions = 0;
    let bytes = 0;
    for (const level of view.metas) {
      for (const table of level) {
        stored += table.entries - 2 * table.tombstones;
        versions += table.entries;
        bytes += table.bytes;
      }
    }
    this.stored = Math.max(0, stored);
    this.hasTexts = parts.some(({ size }) => typeof size === 'string');
    this.entries = Math.max(0, stored + memtable.entries - 2 * memtable.tombstones);
    const allBytes = bytes + memtable.userBytes;
    this.entryBytes = allBytes / Math.max(1, versions + memtable.entries);
    this.pages = Math.ceil(allBytes / FRAME_BYTES);
  }

  /** Whether it still says what is so. */
  describes(view: TreeView, memtable: Memtable): boolean {
    const { population } = this.sample;
    return (
      view === this.view &&
      memtable === this.memtable &&
      Math.abs(memtable.entries - population) <= population * STALE_SHARE
    );
  }

  entriesIn(range: KeyRange, equalColumns = 0): number {
    const { view, sample, memtable } = this;
    const lower = range.gte ?? range.gt;
    const upper = range.lte ?? range.lt;
    const share = (all: number, position: (key: Uint8Array) => number): number =>
      (upper === undefined ? all : position(upper)) - (lower === undefined ? 0 : position(lower));
    let found = 0;
    let finest = Number.POSITIVE_INFINITY;
    const inTable = (handle: TableHandle): number => {
      const { meta } = handle;
      if (isOutside(meta.smallest, meta.largest, lower, upper)) return 0;
      const reader = view.tables.open(handle);
      finest = Math.min(finest, meta.entries / reader.blocks);
      const versions = share(meta.entries, (key) => reader.position(key, 0, key.length));
      return (versions * Math.max(0, meta.entries - 2 * meta.tombstones)) / meta.entries;
    };
    for (const handle of view.l0) found += inTable(handle);
    for (const { handles } of view.levels) for (const handle of handles) found += inTable(handle);
    if (memtable.entries > 0) {
      const live = (memtable.entries - 2 * memtable.tombstones) / memtable.entries;
      const inSample = share(sample.population, (key) => sample.position(key));
      // No key of the sample may mean some between two of them.
      found += Math.max(inSample, sample.weight > 1 ? sample.weight / 2 : 0) * live;
    }
    const resolution = this.stored > 0 ? finest : sample.weight;
    // What is smaller than a block is not seen in the index; how many entries a value has on average is known.
    if (equalColumns > 0 && found < resolution && resolution > 1) {
      found = Math.min(resolution, Math.max(found, this.entries / this.distinct(equalColumns)));
    } else if (equalColumns === 0 && found > 0 && this.hasTexts) found = Math.max(found, resolution * LEAST_OF_TEXTS);
    return Math.min(this.entries, Math.max(0, found));
  }

  distinct(columns: number): number {
    this.different[columns] ??= this.countDifferent(columns);
    return this.different[columns];
  }

  private countDifferent(columns: number): number {
    const { view, sample, memtable, parts } = this;
    if (columns > parts.length) return Math.max(1, this.entries);
    const groups: Values[] = [];
    for (const handle of view.l0) groups.push(this.valuesOf([handle], columns));
    for (const { handles } of view.levels) groups.push(this.valuesOf(handles, columns));
    if (memtable.entries > 0) groups.push({ entries: memtable.entries, different: sample.distinct(parts, columns) });
    return Math.max(1, together(groups));
  }

  /** Of tables that share no key. */
  private valuesOf(handles: readonly TableHandle[], columns: number): Values {
    const stride = Math.ceil(handles.length / TABLES_LOOKED_AT);
    let looked = 0;
    let different = 0;
    let entries = 0;
    for (const [i, handle] of handles.entries()) {
      entries += handle.meta.entries;
      if (i % stride !== 0) continue;
      const reader = this.view.tables.open(handle);
      looked += reader.entries;
      different += distinctIn(reader.section(STATISTICS_TAG), columns) ?? reader.keys;
    }
    return { entries, different: (different * entries) / looked };
  }
}

function isOutside(
  smallest: Uint8Array,
  largest: Uint8Array,
  lower: Uint8Array | undefined,
  upper: Uint8Array | undefined,
): boolean {
  return (
    (lower !== undefined && Buffer.compare(largest, lower) < 0) ||
    (upper !== undefined && Buffer.compare(smallest, upper) > 0)
  );
}
