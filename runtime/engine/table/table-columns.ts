// Columns of a table in memory: the numbers and strings of all its entries side by side, so that a scan finds those inside its bounds
// without a look at the others' blocks, and reads of them what it needs without a look at their own. Nothing of it is on disk.
//
// They are collected once scans have walked over as many blocks as collecting costs: whoever reads a table once, or its first rows
// only, never pays for more than twice its own work (the ski rental argument).
import { type Column, type ColumnBound, type ColumnLayout, isSameColumn } from '../../bytes/columns.js';
import type {
  ColumnValues,
  ReadColumns,
  ScanBounds,
  TextBound,
  TextCodes,
  TextColumn,
} from '../../bytes/scanned-columns.js';
import type { BlockSource } from './block-source.js';
import { collectColumns } from './collect-columns.js';
import { type KeptColumn, KeptNumbers, KeptTexts } from './kept-column.js';

/** A bound, and the numbers that it is about. */
export interface BoundColumn {
  readonly bound: ColumnBound;
  readonly values: ColumnValues;
}

/** The same of strings. */
export interface BoundText {
  readonly bound: TextBound;
  readonly column: TextCodes;
  /** By code: whether the bound admits it, 0 or 1; UNASKED before that is known. */
  readonly admits: Uint8Array;
}

export const UNASKED = 2;

/** What there is in memory of what a scan asks for. */
export interface ScannedColumns {
  /** All bounds of numbers. */
  readonly bounds: readonly BoundColumn[];
  /** Those of the bounds of strings that can be told. */
  readonly texts: readonly BoundText[];
  /** Whether they are all. */
  readonly isTested: boolean;
  /** What is read instead of entries; null where entries have to be seen. */
  readonly reads: ReadColumns | null;
  /** Whether another walk may bring more into memory. */
  readonly isPartial: boolean;
}

export class TableColumns {
  /** Number of the first entry of each block in the table, and of all entries at the end; empty before columns are there. */
  ordinals: Int32Array = new Int32Array(0);
  /** Counts how often columns came or went: an answer of `of` holds while it stands still. */
  generation = 0;
  private readonly numbers: KeptNumbers[] = [];
  private readonly texts: KeptTexts[] = [];
  /** Blocks that scans have walked over for want of columns. */
  private walked = 0;
  /** Some entry is not laid out so: there will be no columns. */
  private isRefused = false;

  /** @param source of a table where every entry is a value, of a key of its own */
  constructor(
    private readonly source: BlockSource,
    private readonly layout: ColumnLayout,
    private readonly entries: number,
  ) {}

  /** Whether scans have walked over enough for what they lack. */
  get mayCollect(): boolean {
    return this.walked >= this.source.index.blocks;
  }

  noteWalked(blocks: number): void {
    this.walked += blocks;
  }

  /** Null while there is nothing in memory that helps the scan. */
  of({ bounds, texts = [], reads = null }: ScanBounds): ScannedColumns | null {
    if (this.isRefused) return null;
    const bounding = bounds.map(({ column }) => this.numbersOf(column));
    if (bounding.includes(null)) return null;
    const tested = texts.map(({ column }) => this.textsOf(column));
    const readNumbers = (reads?.numbers ?? []).map((column) => this.numbersOf(column));
    const readTexts = (reads?.texts ?? []).map((column) => this.textsOf(column));
    const wanted = [...new Set([...bounding, ...tested, ...readNumbers, ...readTexts])].filter((one) => one !== null);
    if (this.mayCollect && wanted.some(isMissing)) {
      this.walked = 0;
      this.collect(wanted);
    }
    // Even who reads no column at all needs to know which entries there are.
    if (this.isRefused || this.ordinals.length === 0 || bounding.some((one) => one!.values === null)) return null;
    for (const one of wanted) this.source.cache.columns.touch(one);
    const isTested = tested.every((one) => one !== null && one.values !== null);
    const isRead = reads !== null && isTested && [...readNumbers, ...readTexts].every((one) => one?.values);
    if (bounds.length === 0 && !isRead && tested.every((one) => one === null || one.values === null)) return null;
    return {
      bounds: bounds.map((bound, i) => ({ bound, values: bounding[i]!.values! })),
      texts: texts.flatMap((bound, i) => boundText(bound, tested[i]?.values ?? null)),
      isTested,
      reads: isRead
        ? { numbers: readNumbers.map((one) => one!.values!), texts: readTexts.map((one) => one!.values!) }
        : null,
      isPartial: wanted.some(isMissing),
    };
  }

  drop(): void {
    for (const one of [...this.numbers, ...this.texts]) one.drop();
  }

  /** Null for a column that the table was not told of. */
  private numbersOf(column: Column): KeptNumbers | null {
    const kept = this.numbers.find((one) => isSameColumn(one.column, column));
    if (kept !== undefined) return kept;
    const { layout } = this;
    // Bits are no more than bytes, which all values have.
    const isKnown =
      layout.columns.some((one) => isSameColumn(one, column)) ||
      (column.kind === 'bit' && column.offset > 0 && column.offset < layout.bytes);
    return isKnown ? this.keep(this.numbers, new KeptNumbers(column, this.entries, this.onChange)) : null;
  }

  /** Null for a string of values that are laid out otherwise. */
  private textsOf(column: TextColumn): KeptTexts | null {
    if (column.lead !== this.layout.lead || column.bytes !== this.layout.bytes) return null;
    const kept = this.texts.find((one) => one.column.name === column.name);
    return kept ?? this.keep(this.texts, new KeptTexts(column, this.entries, this.onChange));
  }

  private keep<Kept>(list: Kept[], one: Kept): Kept {
    list.push(one);
    return one;
  }

  private readonly onChange = (one: KeptColumn<unknown>): void => {
    this.generation++;
    if (one.values === null) this.source.cache.columns.release(one);
  };

  /** Reads those columns that are missing out of all blocks, as far as there is room beside the others that are wanted. */
  private collect(wanted: readonly (KeptNumbers | KeptTexts)[]): void {
    const memory = this.source.cache.columns;
    for (const one of wanted) memory.touch(one);
    let taken = 0;
    for (const one of wanted) if (one.values !== null) taken += memory.of(one);
    const numbers: KeptNumbers[] = [];
    const texts: KeptTexts[] = [];
    for (const one of wanted) {
      if (!isMissing(one)) continue;
      const { bytes } = one;
      if (bytes > memory.budget) one.refuse();
      else if (taken + bytes <= memory.budget && memory.reserve(one, bytes)) {
        taken += bytes;
        if (one instanceof KeptNumbers) numbers.push(one);
        else texts.push(one);
      }
    }
    if (numbers.length + texts.length === 0) return;
    const ordinals = collectColumns(this.source, this.layout, numbers, texts);
    if (ordinals === null) {
      this.isRefused = true;
      this.drop();
      return;
    }
    this.ordinals = ordinals;
  }
}

/** Not in memory, though it may come. */
function isMissing({ values, isRefused }: KeptColumn<unknown>): boolean {
  return values === null && !isRefused;
}

function boundText(bound: TextBound, column: TextCodes | null): BoundText[] {
  return column === null ? [] : [{ bound, column, admits: new Uint8Array(column.values.length).fill(UNASKED) }];
}
