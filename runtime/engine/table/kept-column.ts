// One column of a table: in memory, out of it, or refused for good.
import type { Column } from '../../bytes/columns.js';
import type { ColumnValues, TextCodes, TextColumn } from '../../bytes/scanned-columns.js';
import type { ColumnOwner } from '../cache/column-memory.js';
import { TextCoder } from './text-codes.js';

export abstract class KeptColumn<Values> implements ColumnOwner {
  values: Values | null = null;
  /** There never will be any: it takes more memory than all columns may, or holds too many different strings. */
  isRefused = false;

  constructor(private readonly onChange: (column: KeptColumn<unknown>) => void) {}

  /** What it takes, as far as that is known before it is read. */
  abstract readonly bytes: number;

  set(values: Values): void {
    this.values = values;
    this.onChange(this);
  }

  drop(): void {
    this.values = null;
    this.onChange(this);
  }

  refuse(): void {
    this.isRefused = true;
    this.drop();
  }
}

export class KeptNumbers extends KeptColumn<ColumnValues> {
  readonly bytes: number;
  private readonly isByte: boolean;

  constructor(
    readonly column: Column,
    private readonly entries: number,
    onChange: (column: KeptColumn<unknown>) => void,
  ) {
    super(onChange);
    this.isByte = column.kind === 'bit' || column.kind === 'u8';
    this.bytes = this.isByte ? entries : entries * Float64Array.BYTES_PER_ELEMENT;
  }

  /** Where numbers are collected. */
  room(): ColumnValues {
    return this.isByte ? new Uint8Array(this.entries) : new Float64Array(this.entries);
  }
}

export class KeptTexts extends KeptColumn<TextCodes> {
  readonly bytes: number;

  constructor(
    readonly column: TextColumn,
    private readonly entries: number,
    onChange: (column: KeptColumn<unknown>) => void,
  ) {
    super(onChange);
    this.bytes = entries * Uint16Array.BYTES_PER_ELEMENT;
  }

  room(): TextCoder {
    return new TextCoder(this.column, this.entries);
  }
}
