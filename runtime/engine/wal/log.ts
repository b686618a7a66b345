// The face of the write-ahead log: where a commit is durable first. writer.ts appends, replay.ts reads back, fragment.ts draws
// the bytes.
//
// The log is a row of numbered segments. Each stands in a preallocated file, a *slot*, that is recycled for a later segment,
// because fdatasync into blocks that a file has already costs less than into a file that grows (140 us against 190).

/** A place in the log. */
export interface WalPosition {
  /** Number of the segment, from 1. */
  readonly segment: number;
  /** Offset in bytes from the start of its file. */
  readonly offset: number;
}

/**
 * Gets a record that was replayed, in the order of the log; `bytes[start, end)` is what was appended and is valid until the
 * visitor returns.
 */
export type WalVisitor = (sequence: number, bytes: Buffer, start: number, end: number) => void;

/** What `replay` found; hand it to `WalWriter.open`, which goes on behind it. */
export interface WalRecovery {
  /** Where the log ends: behind its last whole record. Segment 0 when there is no segment at all. */
  readonly end: WalPosition;
  /** Records that were given to the visitor. */
  readonly records: number;
  /** Sequence of the last of them, 0 without any. */
  readonly lastSequence: number;
  /** Bytes behind the end that look like records but were never promised to be durable: dropped. */
  readonly tornBytes: number;
  /** Every log file in the directory. */
  readonly slots: readonly WalSlot[];
}

/** One log file. */
export interface WalSlot {
  /** The number in its name. */
  readonly slot: number;
  readonly path: string;
  /** The segment that it holds, or 0 when it may be reused: it was preallocated only, or is older than was asked for. */
  readonly segment: number;
  /** Size of the file in bytes. */
  readonly bytes: number;
}

export interface WalOptions {
  /** Files grow by this many bytes at a time, zeroed ahead of the records. Default 1 MiB. */
  readonly growBytes?: number;
  /** Files kept for reuse; more are removed as they become free. Default 3. */
  readonly keepFree?: number;
}

/** Counters of a writer since it was opened. */
export interface WalCounters {
  /** Segments that are not yet released, the current one among them. */
  readonly segments: number;
  /** Bytes written, framing included. */
  readonly bytes: number;
  readonly syncs: number;
}
