// The figures of an engine, gathered when they are asked for.
import type { EngineStats, TreeStats } from './api.js';
import { totalBytes } from './compaction/choose.js';
import type { Compactor } from './compaction/compactor.js';
import type { Store } from './store.js';
import type { EngineTree } from './tree.js';
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
  const { hits, misses } = store.tables.countersOf(tree.id);
  return {
    name: tree.name,
    id: tree.id,
    memtableBytes: tree.memtable.entries === 0 ? 0 : tree.memtable.byteLength,
    memtableEntries: tree.memtable.entries,
    levels: tree.view.metas.map((tables, level) => ({
      level,
      tables: tables.length,
      bytes: totalBytes(tables),
      entries: tables.reduce((entries, table) => entries + table.entries, 0),
    })),
    reads: tree.reads,
    hits,
    misses,
    writeAmplification: tree.userBytes === 0 ? 0 : tree.tableBytes / tree.userBytes,
  };
}
