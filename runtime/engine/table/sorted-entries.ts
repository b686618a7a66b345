// Many entries at once, for a table that gets them from a bulk load. Blocks are filled by one loop per kind then: a writer that is
// called for each entry is a dozen functions to the compiler, which in a process that has just begun took longer to compile than to run.

/** Numbers that say where a value is: its chunk, its start, its end. */
export const SPOT_WORDS = 3;

/** Entries in the order of `order`: each a value with a key of its own. */
export interface SortedEntries {
  /** Numbers of the entries, by key. */
  readonly order: Int32Array;
  readonly keys: Uint8Array;
  /** Key i stands in `keys[keyStarts[i], keyStarts[i + 1])`. */
  readonly keyStarts: Int32Array;
  readonly chunks: readonly Uint8Array[];
  /** {@link SPOT_WORDS} for each value. */
  readonly spots: Int32Array;
}
