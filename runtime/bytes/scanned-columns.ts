// What scans ask of the columns of tables, and what they are given of them: numbers at fixed places, and strings that stand anywhere.
import type { Column, ColumnBound } from './columns.js';
import type { ByteSpan } from './writer.js';

/** A string that values hold, found by whoever knows how they are laid out. */
export interface TextColumn {
  /** What tells it apart from other columns of values that are laid out so. */
  readonly name: string;
  /** First byte of values that are laid out so, and fewest bytes of one. */
  readonly lead: number;
  readonly bytes: number;
  /** After `locate`: where its bytes are, and whether the first of them tells how it is encoded. */
  readonly start: number;
  readonly end: number;
  readonly mixed: boolean;
  /** Throws CodecError where the value is damaged. */
  locate(value: ByteSpan): void;
  /** The string that was located. */
  read(value: ByteSpan): string;
}

/** The strings of a column, each numbered: that of entry i is `values[codes[i]]`, and no two of the values are the same. */
export interface TextCodes {
  readonly codes: Uint16Array;
  readonly values: readonly string[];
}

/** By entry of a table. Two kinds only: code that loops over more gets slow. */
export type ColumnValues = Float64Array | Uint8Array;

/** A string of which only some values are wanted. */
export interface TextBound {
  readonly column: TextColumn;
  readonly admits: (text: string) => boolean;
}

/** Columns that are wanted instead of entries. */
export interface ColumnReads {
  readonly numbers: readonly Column[];
  readonly texts: readonly TextColumn[];
}

/** What they are in one table. */
export interface ReadColumns {
  /** As {@link ColumnReads} names them, in that order. */
  readonly numbers: readonly ColumnValues[];
  readonly texts: readonly TextCodes[];
}

/** What a scan looks for. */
export interface ScanBounds {
  /** Entries of which a column lies outside its bound are not looked for. */
  readonly bounds: readonly ColumnBound[];
  /** The same of strings. A table may have no means to tell. */
  readonly texts?: readonly TextBound[];
  /** All that is wanted of entries inside all bounds; left out, or where a table doesn't have it in memory, entries themselves. */
  readonly reads?: ColumnReads | null;
}
