// The face of the engine: keys and values as bytes, trees, batches, cursors. Upper folders import this and engine/index.ts only.
import type { ColumnLayout } from '../bytes/columns.js';
import type { EntryRun } from '../bytes/entry-run.js';
import type { KeyPart } from '../bytes/key-parts.js';
import type { ScanBounds } from '../bytes/scanned-columns.js';
import type { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { FrameState } from './cache/page-cache.js';
import type { EngineStats } from './figures.js';

export type * from './figures.js';

/** When a commit's promise resolves (and a sync call returns): after fdatasync, after at most 100 ms, or once the kernel has it. */
export type Durability = 'commit' | 'interval' | 'os';

/** What a tree is made with. */
export interface TreeOptions {
  /** Size in bytes of every key, or null where keys vary. Fixed sizes get a plain key array in their blocks. */
  readonly keySize: number | null;
  /** Where values hold numbers that scans ask for; left out: as before. Stored. Tables written later keep their ranges (zone maps). */
  readonly columns?: ColumnLayout;
  /** The parts that keys begin with; left out: as before. Stored. Tables written later tell how many values each part has. */
  readonly parts?: readonly KeyPart[];
  /** Entries are found by walking, hardly ever by their whole key; left out: as before. Stored. Tables written later have no filter. */
  readonly walked?: true;
}

/** Bounds on keys, compared as unsigned bytes; a missing bound is open. */
export interface KeyRange {
  readonly gte?: Uint8Array;
  readonly gt?: Uint8Array;
  readonly lte?: Uint8Array;
  readonly lt?: Uint8Array;
}

/**
 * A read view at one sequence number: later writes are not in it. Close it, for it keeps old versions on disk. Commits are seen
 * at once; when the disk refuses one, reads by a snapshot or cursor that saw it throw UndoneError (QDB4119) from then on.
 */
export interface Snapshot {
  readonly sequence: number;
  /** Whether it saw a commit that the disk refused. */
  readonly isUndone: boolean;
  close(): void;
}

/** A snapshot of a state that was overwritten since. */
export interface PastSnapshot extends Snapshot {
  /** When it was the present: milliseconds since the epoch. */
  readonly time: number;
}

/** What a cursor is walked for: entries outside its bounds may be left out, and runs may hold columns instead of entries. */
export interface Scan extends ScanBounds {
  /** First byte of the values that all this is about: what tables know of others says nothing. Left out: of whichever they know. */
  readonly lead?: number;
  /** Data blocks of tables that were looked into, and those that were passed over by their zone maps: the cursor counts them up. */
  blocksRead: number;
  blocksSkipped: number;
}

/**
 * Walks a range in key order (or against it). It sees the state at its creation (its own snapshot unless one was given).
 * `key` and `value` are valid until the next call on the engine. `next` and `seek` throw ClosedError once the engine is closed,
 * UndoneError as {@link Snapshot} says.
 */
export interface Cursor {
  readonly key: ByteSpan;
  readonly value: ByteSpan;
  /** Moves to the next entry; false at the end. */
  next(): boolean;
  /**
   * Moves over one entry or more and describes them all in `into`; false at the end. Much faster than `next` where many are to be
   * looked at. After it `key` and `value` are those of the last entry or of none.
   */
  nextRun(into: EntryRun): boolean;
  /** Positions so that `next` gives the first entry at or after `key` (at or before, when reverse). */
  seek(key: Uint8Array): void;
  close(): void;
}

/** What a merge leaves out or writes anew, as data: merges run in another thread. compaction/filter.ts says what each kind does. */
export type CompactionFilter =
  | {
      /** Drops entries whose value holds a date at or before the cutoff. */
      readonly kind: 'expiry';
      /** Where in a value the date stands, a little-endian float64: from the start, or from the end where negative. */
      readonly dateAt: number;
      /** Milliseconds since the epoch. */
      readonly cutoff: number;
    }
  | {
      /** As the function says that a module exports; await `loadFilters(module)` before it is set. */
      readonly kind: 'module';
      /** URL of the module. */
      readonly module: string;
      /** Name of the export: a FilterFactory. */
      readonly name: string;
      /** What it is called with; plain data, which can be sent to another thread. */
      readonly parameters: unknown;
    };

/**
 * Layouts of the values of a tree, told apart by their first byte. Values of an earlier one stay as they are on disk; reads show
 * them as they would be written today.
 */
export interface ValueLayouts {
  /** First byte of values as they are written today; earlier layouts have lower ones. */
  readonly lead: number;
  /** Appends today's form of a value that begins with another byte. Throws CodecError (QDB4070) where there is no such layout. */
  upgrade(value: ByteSpan, out: ByteWriter): void;
}

/** How a cursor walks, and which state it sees. */
export interface CursorOptions {
  /** From the last key down. */
  readonly reverse?: boolean;
  readonly at?: Snapshot;
  readonly scan?: Scan;
}

/**
 * What is known of a tree without reading its entries, for whoever chooses between ways to read it. All of it is estimated, and
 * of the tree as it is now: nothing but speed may depend on it.
 */
export interface TreeStatistics {
  /** Live entries. */
  readonly entries: number;
  /** Bytes of an entry, key and value, on average. */
  readonly entryBytes: number;
  /** Pages of 4 KiB that hold all entries. */
  readonly pages: number;
  /** Entries in the range; `equalColumns` leading parts of the key have one value throughout it. */
  entriesIn(range: KeyRange, equalColumns?: number): number;
  /** Different values of the first `columns` parts of the key together; at least 1. */
  distinct(columns: number): number;
}

/** Blocks of a tree's tables that reads found in memory, and that they had to fetch. */
export interface PageCounts {
  readonly hits: number;
  readonly misses: number;
}

/** One ordered map of byte keys to byte values. */
export interface Tree {
  readonly id: number;
  readonly name: string;
  readonly keySize: number | null;
  /**
   * Says which layouts values have; null: one, of which nothing is known. Memtables may hold today's only: flush before another one
   * becomes today's. Not stored: set it after each opening.
   */
  setLayouts(layouts: ValueLayouts | null): void;
  /** First byte of the values that are written today, where `setLayouts` has said; else null. */
  readonly lead: number | null;
  /** Whether values of earlier layouts may be left in its tables. */
  readonly holdsEarlier: boolean;
  /** The same entries, with their values as they are stored. Only to be read. */
  readonly stored: Tree;
  /** Finds `key[0, keyEnd)`; fills `into` (valid until the next call on the engine) and answers true when it is there. */
  get(key: Uint8Array, keyEnd: number, into: ByteSpan, at?: Snapshot): boolean;
  /**
   * Finds `count` keys that stand one behind the other in `keys`, key i ending at `ends[i]`; calls `visit(i, value)` in the
   * order i = 0.. for those found. Stages the work over all keys (hashes, blocks, visits), which is faster than `get` in a loop.
   */
  getMany(
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
    at?: Snapshot,
  ): void;
  cursor(range?: KeyRange, options?: CursorOptions): Cursor;
  /** Estimated number of live entries (exact after a flush with no overwrites). */
  estimateEntries(): number;
  statistics(): TreeStatistics;
  /** Since the engine was opened. */
  readonly pages: PageCounts;
}

/**
 * Changes that become visible and durable together, over any number of trees. Reusable after `clear`. A change that passes
 * MAX_KEY_BYTES, MAX_VALUE_BYTES or MAX_BATCH_BYTES throws LimitError (QDB4050) and is not in the batch.
 */
export interface WriteBatch {
  readonly count: number;
  /** Size in bytes as it will stand in the WAL. */
  readonly byteLength: number;
  put(tree: Tree, key: Uint8Array, keyEnd: number, value: Uint8Array, valueStart: number, valueEnd: number): void;
  /** Starts a put whose value the caller appends to the returned writer; `endPut` closes it. Nothing else may be called between. */
  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter;
  endPut(): void;
  delete(tree: Tree, key: Uint8Array, keyEnd: number): void;
  clear(): void;
}

/** The entries of one tree in a bulk load, numbered from 0 in the order in which they come. */
export interface BulkPart {
  readonly tree: Tree;
  readonly count: number;
  /** Where the next entry's key is appended, before `begin`: it is taken where it stands. */
  readonly keys: ByteWriter;
  /** Ends the key; the caller appends the value to the answer, then calls `end`. Throws LimitError QDB4050 on a key of the wrong size. */
  begin(): ByteWriter;
  /** Throws LimitError QDB4050 on a value over MAX_VALUE_BYTES; the entry is taken back then. */
  end(): void;
  /** Where entry `i` stands; valid until another is added. */
  read(i: number, key: ByteSpan, value: ByteSpan): void;
  /** Number of the first entry whose key the tree holds already, or -1. */
  firstStored(): number;
}

/**
 * Rows to be written as SSTables directly, past WAL and memtable. Keys arrive in any order; a key must not be given twice
 * within one load (`finish` throws LimitError QDB4051 naming the tree, and nothing is installed).
 */
export interface BulkLoad {
  /** Where the entries of `tree` are collected. */
  part(tree: Tree): BulkPart;
  /** The same by key, for callers that hold one. */
  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter;
  endPut(): void;
  /** Bytes collected so far; the caller bounds memory by finishing one load and starting the next. */
  readonly byteLength: number;
  /**
   * After sorting and before anything is written: for adjacent equal keys of `tree` calls back with the numbers of both entries.
   * Used for unique indexes.
   */
  onDuplicate(tree: Tree, found: (first: number, second: number) => void): void;
  /**
   * Does in slices of milliseconds what `finishSync` would do at a stretch: sorts, writes the tables and has the disk take them. Others may
   * commit meanwhile; nothing of the load is visible. Looks for a stored key of the parts in `fresh`. A failure leaves the load as before.
   */
  prepare(fresh?: readonly BulkPart[]): Promise<void>;
  /** Prepares what is not prepared, and installs everything by one manifest edit: all or nothing. */
  finish(): Promise<void>;
  finishSync(): void;
  abort(): void;
}

/** What becomes of trees, by one version edit. */
export interface TreeChanges {
  /** Old names to new ones; a name may pass from one tree to another. */
  readonly rename?: ReadonlyMap<string, string>;
  /** Names of trees to drop. */
  readonly drop?: readonly string[];
}

/** An open database directory. One per process and path. */
export interface Engine {
  readonly path: string;
  /** Sequence number of the last commit. */
  readonly sequence: number;
  readonly trees: ReadonlyMap<string, Tree>;
  /** The tree of that name, created durably when missing. Throws LimitError past MAX_TREES, StorageError on another keySize. */
  openTree(name: string, options: TreeOptions): Tree;
  dropTree(name: string): void;
  /**
   * Renames and drops trees by one version edit: all of it or nothing. Renaming ends the history, for earlier states would be
   * looked for under today's names. Throws StorageError (QDB4019) where a tree is missing or a name would be of two.
   */
  rearrangeTrees(changes: TreeChanges): void;
  /**
   * Takes everything out of these trees by one version edit, durably and whatever they hold: all of it or nothing. False, with nothing
   * done, where a snapshot, a cursor or the history may still ask for what is in them: delete it entry by entry then.
   */
  emptyTrees(trees: readonly Tree[]): boolean;
  /**
   * Has later merges of the tree leave out or rewrite what `current` describes, which is asked as each merge begins (null: nothing). What a snapshot or
   * cursor can see stays until it is closed; flushed tables hold everything until they are merged. Not stored: set it after each opening.
   */
  setFilter(tree: Tree, current: () => CompactionFilter | null): void;
  createBatch(): WriteBatch;
  /**
   * Visible to reads at once; resolves when durable as `durability` says. Many in flight share one sync. `'commit'` here syncs
   * also where the engine was opened for less.
   */
  write(batch: WriteBatch, durability?: 'commit'): Promise<void>;
  writeSync(batch: WriteBatch): void;
  bulkLoad(): BulkLoad;
  snapshot(): Snapshot;
  /**
   * The state after the commit of that number (as a snapshot or `stats()` gave it), or as of that date, as far back as the history
   * goes. Throws HistoryError (QDB4117) beyond that.
   */
  snapshotAt(at: number | Date): PastSnapshot;
  /** Milliseconds for which what was overwritten can be read; 0 where no history is kept. */
  readonly history: number;
  /** Memtables to tables. */
  flush(): void;
  /** Runs compaction until no level is over its size; `all` rewrites every level into the last. */
  compact(all?: boolean): Promise<void>;
  /** Rewrites these trees, memtables included, so that their filters meet every entry that nobody reads. */
  rewrite(trees: readonly Tree[]): Promise<void>;
  stats(): EngineStats;
  /** What each frame of the page cache holds, in order: a copy, for an inspector's memory map. */
  memoryMap(): readonly FrameState[];
  /** Makes `directory` a backup of the state at the call, while writes go on. See backup/backup.ts. */
  backup(directory: string, options?: BackupOptions): Promise<BackupSummary>;
  close(): Promise<void>;
  closeSync(): void;
}

/** How a backup is made. */
export interface BackupOptions {
  /** Brings an earlier backup in that directory up to date: only tables that it lacks are written. Default false. */
  readonly incremental?: boolean;
}

/** What a backup holds, and how its tables came there. */
export interface BackupSummary {
  /** Of the last commit in it. */
  readonly sequence: number;
  readonly tables: number;
  readonly bytes: number;
  /** Tables that share their blocks with the database's, as a second name of the same file. */
  readonly linked: number;
  readonly copied: number;
  /** Tables that an earlier backup had. */
  readonly kept: number;
  readonly bytesCopied: number;
}
