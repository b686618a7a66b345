// What a merging cursor merges: one sorted stretch of a tree as of one sequence number.
import type { EntryRun } from '../../bytes/entry-run.js';
import type { ByteSpan } from '../../bytes/writer.js';

/**
 * Walks one sorted stretch both ways; each key occurs once, with its newest version visible at the source's sequence
 * number, deletions included. Every move answers whether it ended on an entry; after a false the next move must be
 * `first`, `last` or `seek`. `key` and `value` stay as they are until this source moves again.
 */
export interface Source {
  readonly key: ByteSpan;
  readonly value: ByteSpan;
  readonly deleted: boolean;
  first(): boolean;
  last(): boolean;
  /** To the first entry at or after `key[0, keyEnd)`. */
  seek(key: Uint8Array, keyEnd: number): boolean;
  next(): boolean;
  previous(): boolean;
  /**
   * Describes in `into` the entry it stands on, which is no deletion, and up to `most - 1` of those behind it, as far as that can be
   * told at once: none deleted, all in the same buffers. Moves nowhere. 0 where a source can't.
   */
  describe(into: EntryRun, most: number): number;
  /** As TableCursor.sift; false where a source can't. */
  sift(into: EntryRun, until: Uint8Array | null, start: number, end: number, takenIn: boolean): boolean;
  /** Moves over as many entries, which `describe` has shown to be there. */
  skip(entries: number): void;
  close(): void;
}
