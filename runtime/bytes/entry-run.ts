// Entries that stand one behind the other in the same buffers, handed over together: what scans are made of, because a call per
// entry through every layer of a cursor costs more than looking at the entry.
import type { ReadColumns } from './scanned-columns.js';
import { ByteSpan } from './writer.js';

/** Most entries of one run. */
export const MAX_RUN_ENTRIES = 512;
/** Bytes of a number for each of them. */
const RUN_BYTES = 4 * MAX_RUN_ENTRIES;

/**
 * Entry i: `keyBytes[keyStarts[i], keyEnds[i])` and `bytes[starts[i], ends[i])`; or its columns alone, where these are all that a scan
 * reads and a table has them in memory. Valid until its cursor's next call.
 */
export class EntryRun {
  count = 0;
  /** Whether all entries lie inside the bounds of the scan, by columns that tell; those on strings are told of by `tested`. */
  sifted = false;
  /** Whether all entries have strings that the scan admits. */
  tested = false;
  /** The columns that the scan reads: those of entry i stand at `ordinals[i]`, and it is not told where the entry is. Null as a rule. */
  columns: ReadColumns | null = null;
  readonly ordinals: Int32Array;
  keyBytes: Buffer;
  /** Of the values. */
  bytes: Buffer;
  view: DataView;
  readonly keyStarts: Int32Array;
  readonly keyEnds: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;

  constructor() {
    // One piece of memory, for each is asked of the system: a short query would feel five.
    const words = new ArrayBuffer(5 * RUN_BYTES);
    this.keyStarts = new Int32Array(words, 0, MAX_RUN_ENTRIES);
    this.keyEnds = new Int32Array(words, RUN_BYTES, MAX_RUN_ENTRIES);
    this.starts = new Int32Array(words, 2 * RUN_BYTES, MAX_RUN_ENTRIES);
    this.ends = new Int32Array(words, 3 * RUN_BYTES, MAX_RUN_ENTRIES);
    this.ordinals = new Int32Array(words, 4 * RUN_BYTES, MAX_RUN_ENTRIES);
    const nowhere = new ByteSpan();
    this.keyBytes = nowhere.bytes;
    this.bytes = nowhere.bytes;
    this.view = nowhere.view;
  }

  /** Makes it a run of one entry. */
  setOne(key: ByteSpan, value: ByteSpan): void {
    this.count = 1;
    this.sifted = false;
    this.tested = false;
    this.columns = null;
    this.keyBytes = key.bytes;
    this.keyStarts[0] = key.start;
    this.keyEnds[0] = key.end;
    this.bytes = value.bytes;
    this.view = value.view;
    this.starts[0] = value.start;
    this.ends[0] = value.end;
  }
}
