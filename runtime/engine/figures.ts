// What an open database counts: the shapes that stats() gives, under names that stay (docs/stats.md).

/** The figures of an open database (docs/stats.md): counted since it was opened; sizes in bytes, times in milliseconds. */
export interface EngineStats {
  readonly sequence: number;
  /** In bytes. `columns` is what columns of scanned tables take besides the budget: at most a quarter of it. */
  readonly memory: {
    readonly budget: number;
    readonly used: number;
    readonly columns: number;
    readonly hits: number;
    readonly misses: number;
  };
  readonly wal: {
    readonly segments: number;
    readonly bytes: number;
    readonly syncs: number;
    readonly tornBytesDropped: number;
  };
  /** Commits that were held up because merges could not keep pace, and for how long in all. */
  readonly stalls: { readonly count: number; readonly milliseconds: number };
  readonly compactions: {
    readonly running: boolean;
    readonly count: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
  };
  /** Which past can be read, where a history is kept. */
  readonly history: HistoryStats | null;
  readonly trees: readonly TreeStats[];
}

/** How far back the database can be read. */
export interface HistoryStats {
  /** How long it is to be. */
  readonly milliseconds: number;
  /** The first commit whose state can be read, and the earliest date that can be asked for. */
  readonly oldestSequence: number;
  readonly oldest: Date;
}

/** What is counted begins with the opening of the database. */
export interface TreeStats {
  readonly name: string;
  readonly id: number;
  readonly memtableBytes: number;
  readonly memtableEntries: number;
  /** Live entries, estimated. */
  readonly entries: number;
  /** Bytes of table files. */
  readonly bytes: number;
  readonly levels: readonly LevelStats[];
  /** Lookups of a key. */
  readonly reads: number;
  /** Blocks that reads of any kind found in memory, and that they had to fetch. */
  readonly hits: number;
  readonly misses: number;
  /** Bytes written to tables over bytes of user data flushed or loaded; 0 before the first. */
  readonly writeAmplification: number;
  /** Blocks that a lookup of a key looked into on average: 1 is best, and less means that memtables or filters answered; 0 before the first. */
  readonly readAmplification: number;
  /**
   * Bytes of tables over those that live entries need, at most: what lies above others in the same range of keys is taken for newer
   * versions of them, as far as they may be. 1 after `compact(true)`, 0 without tables.
   */
  readonly spaceAmplification: number;
}

/** One level of a tree. */
export interface LevelStats {
  readonly level: number;
  readonly tables: number;
  /** Bytes of its table files. */
  readonly bytes: number;
  /** All that stands in its tables: older versions of a key too, and the deletions. */
  readonly entries: number;
  readonly tombstones: number;
  /** Blocks that lookups of a key looked into here. */
  readonly reads: number;
  /** Blocks that reads of any kind found in memory here, and that they had to fetch. */
  readonly hits: number;
  readonly misses: number;
  /** Bytes of tables that flushes, loads and merges wrote here. */
  readonly bytesWritten: number;
}
