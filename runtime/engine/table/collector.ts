// What is gathered about a table while it is written, for a section of its own among the properties (properties.ts).
import type { SortedEntries } from './sorted-entries.js';

/** Sees every entry of one table, in order. It runs wherever tables are written, also in the compaction's thread. */
export interface SectionCollector {
  /** Of its section. */
  readonly tag: number;
  /** The next entry; a deletion has no value (`valueEnd` = `valueStart`). */
  add(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    deleted: boolean,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void;
  /** The next ones, `order[from]` to `order[to - 1]`. */
  addSorted(entries: SortedEntries, from: number, to: number): void;
  /** The entries since the last call make a block. */
  endBlock(): void;
  /** The bytes of the section, or null where there is nothing to tell. */
  finish(): Uint8Array | null;
}
