// What every way to get at rows comes down to for the executor: rows in pages, or their number.

export interface RowSource<Row> {
  /** Appends rows to the empty `into`, `most` at the most; false when there are no more. */
  pull(into: Row[], most: number): boolean;
  /** Counts all rows, most of them without decoding them; instead of `pull`. */
  count(): number;
  close(): void;
}
