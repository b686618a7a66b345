// The figures of an engine, gathered when they are asked for.
import type { EngineStats, LevelStats, TreeStats } from './api.js';
import { totalBytes } from './compaction/choose.js';
import type { Compactor } from './compaction/compactor.js';
import type { TreeView } from './read/tree-view.js';
import type { Store } from './store.js';
import type { EngineTree } from './tree.js';
import type { TableMeta } from './version/edit.js';
import type { WalCounters } from './wal/log.js';

export interface StatsSources {
  readonly sequence: number;
  readonly history: EngineStats['history'];
  readonly store: Store;
  readonly trees: Iterable<EngineTree>;
  readonly wal: WalCounters;
  readonly tornBytesDropped: number;
  readonly stalls: EngineStats['stalls'];
  readonly compactor: Compactor;
}

export function gatherStats(sources: StatsSources): EngineStats {
  const { store, compactor, wal } = sources;
  const trees = [...sources.trees].map((tree) => treeStats(tree, store));
  let hits = 0;
  let misses = 0;
  for (const tree of trees) {
    hits += tree.hits;
    misses += tree.misses;
  }
  return {
    sequence: sources.sequence,
    history: sources.history,
    memory: { budget: store.cache.budget, used: store.cache.used, columns: store.cache.columns.used, hits, misses },
    wal: { ...wal, tornBytesDropped: sources.tornBytesDropped },
    stalls: { ...sources.stalls },
    compactions: {
      running: compactor.running,
      count: compactor.count,
      bytesIn: compactor.bytesIn,
      bytesOut: compactor.bytesOut,
    },
    trees,
  };
}

function treeStats(tree: EngineTree, store: Store): TreeStats {
  const { memtable, view, reads } = tree;
  const counters = store.tables.countersOf(tree.id);
  const levels = view.metas.map((tables, level): LevelStats => {
    const { lookups, hits, misses } = counters[level]!;
    return {
      level,
      tables: tables.length,
      bytes: totalBytes(tables),
      entries: sum(tables, ({ entries }) => entries),
      tombstones: sum(tables, ({ tombstones }) => tombstones),
      reads: lookups,
      hits,
      misses,
      bytesWritten: tree.written[level]!,
    };
  });
  const bytes = sum(levels, (level) => level.bytes);
  return {
    name: tree.name,
    id: tree.id,
    memtableBytes: memtable.entries === 0 ? 0 : memtable.byteLength,
    memtableEntries: memtable.entries,
    entries: tree.estimateEntries(),
    bytes,
    levels,
    reads,
    hits: sum(levels, ({ hits }) => hits),
    misses: sum(levels, ({ misses }) => misses),
    writeAmplification: ratio(
      sum(tree.written, (written) => written),
      tree.userBytes,
    ),
    readAmplification: ratio(
      sum(levels, (level) => level.reads),
      reads,
    ),
    spaceAmplification: ratio(bytes, liveBytes(view)),
  };
}

/**
 * Bytes that live entries need, at least. Tables with nothing older in their range hold all there is of it (RocksDB estimates live data
 * so); and a level below L0, as any table of L0, holds a key once, unless somebody reads its past.
 */
function liveBytes(view: TreeView): number {
  const sources = [...view.l0.map(({ meta }) => [meta]), ...view.metas.slice(1)];
  const lowest = [
    ...view.l0.filter((_, place) => view.isLowestInL0(place)),
    ...view.levels.flatMap(({ handles }, place) => handles.filter(({ meta }) => view.isLowest(meta, place + 1))),
  ];
  const withoutOlder = sum(lowest, ({ meta }) => valueBytes(meta));
  return Math.max(withoutOlder, ...sources.map((tables) => sum(tables, valueBytes)));
}

function valueBytes({ bytes, entries, tombstones }: TableMeta): number {
  return bytes * (1 - tombstones / entries);
}

function sum<T>(all: readonly T[], figure: (one: T) => number): number {
  return all.reduce((total, one) => total + figure(one), 0);
}

function ratio(of: number, to: number): number {
  return to === 0 ? 0 : of / to;
}
