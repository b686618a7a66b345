// What a merging cursor merges: one sorted stretch of a tree as of one sequence number.
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
  close(): void;
}
