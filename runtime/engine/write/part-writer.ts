// Writes the sorted entries of one tree of a bulk load as tables.
import type { TableOutput } from './table-output.js';

/** Numbers that say where a value is: its chunk, its start, its end. */
export const SPOT_WORDS = 3;
/** Rows that are written between two looks at the table's size, unless they have more bytes than this. */
const GROUP_ROWS = 16;
const GROUP_BYTES = 16 * 1024;
const CACHE_LINE_BYTES = 64;
/** For the sequence, see staged-load.ts. */
const NOT_YET_KNOWN = 0;

export class PartWriter {
  /** Entries written so far. */
  private done = 0;
  /** What {@link fetchGroup} read, kept lest the compiler find its loads idle. */
  protected fetched = 0;

  /** `order` numbers the entries by key; key i begins at `keyStarts[i]`, and spot i says in which chunk its value stands, and where. */
  constructor(
    private readonly order: Int32Array,
    private readonly keys: Uint8Array,
    private readonly keyStarts: Int32Array,
    private readonly chunks: readonly Uint8Array[],
    private readonly spots: Int32Array,
    private readonly output: TableOutput,
  ) {}

  /** Writes about `rows` entries more; false when there are none left. */
  step(rows: number): boolean {
    const { order, output } = this;
    const end = Math.min(order.length, this.done + rows);
    while (this.done < end) {
      const groupEnd = this.fetchGroup(this.done);
      const writer = output.writerForNextKey();
      for (let i = this.done; i < groupEnd; i++) {
        const row = order[i]!;
        const spot = row * SPOT_WORDS;
        const value = this.chunks[this.spots[spot]!]!;
        writer.add(
          this.keys,
          this.keyStarts[row]!,
          this.keyStarts[row + 1]!,
          NOT_YET_KNOWN,
          false,
          value,
          this.spots[spot + 1]!,
          this.spots[spot + 2]!,
        );
      }
      this.done = groupEnd;
    }
    return end < order.length;
  }

  /**
   * Reads from every cache line of the next few rows and answers where they end. Rows lie scattered in memory when their keys came in
   * random order; loads that do not depend on each other miss the cache together, while copies would miss one after the other
   * (130 ns a row of 250 bytes instead of 270).
   */
  private fetchGroup(from: number): number {
    const { order, keys, keyStarts, spots, chunks } = this;
    const most = Math.min(order.length, from + GROUP_ROWS);
    let sum = 0;
    let bytes = 0;
    let to = from;
    for (; to < most && bytes < GROUP_BYTES; to++) {
      const row = order[to]!;
      const spot = row * SPOT_WORDS;
      const value = chunks[spots[spot]!]!;
      const end = spots[spot + 2]!;
      sum += keys[keyStarts[row]!]!;
      for (let at = spots[spot + 1]!; at < end; at += CACHE_LINE_BYTES) {
        sum += value[at]!;
        bytes += CACHE_LINE_BYTES;
      }
    }
    this.fetched = sum | 0;
    return to;
  }
}
