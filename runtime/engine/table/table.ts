// The face of sorted tables (SSTables): what a writer takes, what a reader and its cursor answer. docs/format.md draws the file.
import type { EntryRun } from '../../bytes/entry-run.js';
import type { ByteSpan } from '../../bytes/writer.js';
import type { Scan } from '../api.js';
import type { CacheCounters } from '../cache/page-cache.js';
import type { SortedEntries } from './sorted-entries.js';

/**
 * How the blocks of a table are packed. `zlib` is raw deflate, level 1, and works on every Node; `zstd` wants a Node whose
 * `node:zlib` has it (22.15 and up). `none` only leaves out what every block repeats (dense-block.ts). A block that does not shrink is stored
 * plain.
 */
export type Compression = 'none' | 'zlib' | 'zstd';

/** A table as its file names itself. */
export interface TableIdentity {
  readonly id: number;
  readonly treeId: number;
}

export interface TableOptions {
  /** Target size in bytes of a block in memory: a multiple of 4096, at most 32768. Default 4096. */
  readonly blockBytes?: number;
  /** Size of the Bloom filter in bits a key: 32, 16 or 8 by level; 0 writes none. */
  readonly bitsPerKey: number;
  /** Default 'none'. */
  readonly compression?: Compression;
  /**
   * Syncs whenever this many bytes were written, so that a put which waits for the same disk never waits long (256 KiB held the
   * p99.9 of puts during a compaction at 2.4 ms, one sync at the end 4 ms). Default 0: one sync at the end.
   */
  readonly syncBytes?: number;
}

/** What `finish` knows of the table it wrote; keys are copies. */
export interface TableSummary {
  /** Size of the file in bytes. */
  readonly bytes: number;
  /** Versions, deletions included. */
  readonly entries: number;
  readonly tombstones: number;
  readonly smallest: Buffer;
  readonly largest: Buffer;
  readonly minSequence: number;
  readonly maxSequence: number;
  /** See TableMeta. */
  readonly leastLead?: number;
}

/** Writes one table, entry by entry. Create it with `createTable`. */
export interface TableWriter {
  /**
   * Appends the version `sequence` of `key[keyStart, keyEnd)`. Entries come in internal order: key ascending, then sequence
   * descending (one key may come several times). A deleted entry's value is ignored.
   * Throws StorageError QDB4080 when out of order, LimitError QDB4050 when the key is longer than MAX_TABLE_KEY_BYTES.
   */
  add(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    sequence: number,
    deleted: boolean,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void;
  /**
   * Appends `order[from]` to `order[to - 1]` of entries whose sequence is to be told by `finish`; a table takes either these or `add`.
   * Throws StorageError QDB4080 when out of order. Their keys are known to have lengths that the tree takes.
   */
  addSorted(entries: SortedEntries, from: number, to: number): void;
  readonly entries: number;
  /** Bytes that the file would have if it were finished now (nearly). */
  readonly estimatedBytes: number;
  /**
   * Writes all but the properties and lets the disk begin with it, so that `finish` waits for less. At least one entry is needed;
   * nothing can be added any more.
   */
  complete(): void;
  /** Syncs what was written so far, off the thread. */
  syncAsync(): Promise<void>;
  /**
   * Completes the table, syncs and closes the file. The directory entry is the caller's to sync.
   * @param sequence the one of all entries, if they were added with 0 because it was not known yet
   */
  finish(sequence?: number): TableSummary;
  /** Closes and removes the file. */
  abort(): void;
}

/** The key has no version in the table that is old enough. */
export const ABSENT = 0;
/** The newest version in sight is a value. */
export const FOUND = 1;
/** The newest version in sight is a deletion. */
export const DELETED = 2;
export type Lookup = typeof ABSENT | typeof FOUND | typeof DELETED;

/** An open table: immutable, so any number of cursors may stand in it. Open it with `openTable`. */
export interface TableReader {
  readonly id: number;
  readonly path: string;
  readonly keySize: number | null;
  /** Size of the file in bytes. */
  readonly bytes: number;
  readonly entries: number;
  readonly tombstones: number;
  /** Different keys: as many as entries when no key has an older version here. */
  readonly keys: number;
  readonly smallest: Buffer;
  readonly largest: Buffer;
  readonly minSequence: number;
  readonly maxSequence: number;
  /** Number of data blocks. */
  readonly blocks: number;
  readonly treeId: number;
  /** Name that the tree had when the table was written. */
  readonly treeName: string;

  /** The bytes that a collector (collector.ts) left under that tag, or null. */
  section(tag: number): Buffer | null;

  /** Asks the Bloom filter, with the halves of `hashKey`: false means that no version of the key is here. */
  mayContain(h1: number, h2: number): boolean;
  /**
   * The newest version of `key[keyStart, keyEnd)` with a sequence <= `maxSequence`. Fills `into` when FOUND; it is valid until the
   * next call on any table of the cache. `h1`, `h2` are the halves of `hashKey` over the key. Allocates nothing on a warm block.
   * Throws CorruptionError when a block does not match its checksum.
   */
  get(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h1: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup;
  /**
   * As `get`, where the key is likely to be here, as in the lowest level: asks the filter only when it may save reading a block, or
   * when the last lookups found nothing. Looking into a block in memory costs little more than the filter, which would be one cache miss
   * more for nothing.
   */
  getLikely(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h1: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup;
  /** About how many entries stand before `key[keyStart, keyEnd)`, from the block index alone: right to within a block's entries. */
  position(key: Uint8Array, keyStart: number, keyEnd: number): number;
  /** First half of `get`, for staging many: the block where the key's versions begin if they are here, or -1. Asks no filter. */
  locate(key: Uint8Array, keyStart: number, keyEnd: number): number;
  /** First half of `getLikely`: also -1 when the filter was asked and denies the key. */
  locateLikely(key: Uint8Array, keyStart: number, keyEnd: number, h1: number, h2: number): number;
  /**
   * Reads a few bytes of the block's end, where its arrays stand, so that they are in the processor's cache when `getCached` comes; answers
   * their sum, which means nothing. A block that is not in memory is loaded.
   */
  touch(block: number): number;
  /**
   * As `getAt`, but for a block in the cache that answers alone: ABSENT also when it is not there, or the next one may go on with the key.
   */
  getCached(
    block: number,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup;
  /** Second half of `get`: looks in the block that `locate` named. The block may have been evicted in between: it is read again. */
  getAt(
    block: number,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h2: number,
    maxSequence: number,
    into: ByteSpan,
  ): Lookup;
  /**
   * A new cursor, standing nowhere. Close it: it pins the block it stands on. It counts the blocks it reads into `scan`; where
   * `leavesOut` is set, it walks as if those that its bounds exclude were not there.
   */
  cursor(scan?: Scan, leavesOut?: boolean): TableCursor;
  /** Reads the whole file past the cache and checks every checksum, the order of entries and the counts; throws CorruptionError. */
  verify(): void;
  /** Where its reads are counted from now on, as when it came to another level. */
  countInto(counters: CacheCounters): void;
  /** Gives its frames back and closes the file. Its cursors must have been closed. */
  close(): void;
}

/**
 * Walks all versions of all keys in internal order, both ways. `key` and `value` stay valid until this cursor moves or closes,
 * whatever other tables do meanwhile (the block is pinned). The moving methods answer whether the cursor stands on an entry;
 * past either end it stands nowhere, and only seeking helps.
 */
export interface TableCursor {
  readonly valid: boolean;
  readonly key: ByteSpan;
  readonly value: ByteSpan;
  readonly sequence: number;
  readonly deleted: boolean;
  seekToFirst(): boolean;
  seekToLast(): boolean;
  /** To the first (newest) version of the first key at or after `key[keyStart, keyEnd)`. */
  seek(key: Uint8Array, keyStart: number, keyEnd: number): boolean;
  next(): boolean;
  prev(): boolean;
  /**
   * Describes in `into` the entry it stands on and up to `most - 1` of those behind it, up to the first deletion and as far as their
   * blocks are in the cache; returns how many. Moves nowhere; the blocks stay until the next call. 0 where keys vary: they stand in
   * no buffer until they are put together.
   */
  describe(into: EntryRun, most: number): number;
  /**
   * Moves over all entries before `until[start, end)` (and over that one too where it is `takenIn`), or to the end where it is null,
   * and describes in `into` those of them that the scan looks for, or their columns where these are all that it reads, from the one
   * that it stands on; or over fewer when the run is full.
   * Stands on the last one it moved over then. False, and nothing is done, when the columns to tell by are not in memory.
   */
  sift(into: EntryRun, until: Uint8Array | null, start: number, end: number, takenIn: boolean): boolean;
  /** Moves over as many entries, which were described. */
  skip(entries: number): void;
  close(): void;
}
