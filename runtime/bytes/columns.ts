// Numbers that stand at fixed places of encoded values, described as data: whoever knows bytes only (zone maps, scans, merges in
// another thread) reads them by this description, without a word about rows.
import { CodecError } from '../errors.js';
import { readVarint, VARINT_END, writeVarint } from './varint.js';
import type { ByteWriter } from './writer.js';

/** How a number stands there; all but `bit` little-endian. The position in this list is the code that is stored. */
export const COLUMN_KINDS = ['bit', 'u8', 'u16', 'u32', 'i8', 'i16', 'i32', 'f32', 'f64'] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

export interface Column {
  readonly kind: ColumnKind;
  /** From the start of the value. */
  readonly offset: number;
  /** Of a `bit`: which one of the byte, the column being 1 where it is set and 0 where not; 0 for other kinds. */
  readonly mask: number;
}

/** A column of which only numbers from `least` to `most` are wanted; with NaN for an end, none. */
export interface ColumnBound {
  readonly column: Column;
  readonly least: number;
  readonly most: number;
  /** NaN is wanted too. */
  readonly orNaN?: boolean;
}

/** Which values hold columns, and where. */
export interface ColumnLayout {
  /** First byte of values that are laid out so; others hold nothing that is known. */
  readonly lead: number;
  /** Fewest bytes of such a value: every column ends within them. */
  readonly bytes: number;
  readonly columns: readonly Column[];
}

/** Whether `bytes[start, end)` holds the columns of `layout`. */
export function holdsColumns(layout: ColumnLayout, bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= layout.bytes && bytes[start] === layout.lead;
}

/** The column of the value that begins at `start`. */
export function readColumn({ kind, offset, mask }: Column, view: DataView, start: number): number {
  const at = start + offset;
  switch (kind) {
    case 'bit':
      return (view.getUint8(at) & mask) === 0 ? 0 : 1;
    case 'u8':
      return view.getUint8(at);
    case 'u16':
      return view.getUint16(at, true);
    case 'u32':
      return view.getUint32(at, true);
    case 'i8':
      return view.getInt8(at);
    case 'i16':
      return view.getInt16(at, true);
    case 'i32':
      return view.getInt32(at, true);
    case 'f32':
      return view.getFloat32(at, true);
    case 'f64':
      return view.getFloat64(at, true);
  }
}

export function isSameColumn(a: Column, b: Column): boolean {
  return a.kind === b.kind && a.offset === b.offset && a.mask === b.mask;
}

export function isSameLayout(a: ColumnLayout | undefined, b: ColumnLayout | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    a.lead === b.lead &&
    a.bytes === b.bytes &&
    a.columns.length === b.columns.length &&
    a.columns.every((column, i) => isSameColumn(column, b.columns[i]!))
  );
}

/** Appends `lead u8 | bytes | columns | (kind u8, mask u8, offset) x columns`, numbers without a width being varints. */
export function writeColumnLayout(layout: ColumnLayout, out: ByteWriter): void {
  out.ensure(1);
  out.bytes[out.at++] = layout.lead;
  writeVarint(out, layout.bytes);
  writeVarint(out, layout.columns.length);
  for (const { kind, offset, mask } of layout.columns) {
    out.ensure(2);
    out.bytes[out.at++] = COLUMN_KINDS.indexOf(kind);
    out.bytes[out.at++] = mask;
    writeVarint(out, offset);
  }
}

/** Reads what {@link writeColumnLayout} wrote to `bytes[start, end)`, the offset behind it as its second answer. Throws CodecError. */
export function readColumnLayout(bytes: Uint8Array, start: number, end: number): [ColumnLayout, number] {
  let at = start;
  const number = (): number => {
    const value = readVarint(bytes, at, end);
    at = VARINT_END;
    return value;
  };
  const byte = (): number => {
    if (at >= end) throw new CodecError('QDB4070', 'A description of columns is cut.');
    return bytes[at++]!;
  };
  const lead = byte();
  const size = number();
  const columns: Column[] = [];
  for (let count = number(); count > 0; count--) {
    const kind = COLUMN_KINDS[byte()];
    if (kind === undefined) throw new CodecError('QDB4070', 'A description of columns names a kind that is unknown.');
    const mask = byte();
    columns.push({ kind, mask, offset: number() });
  }
  return [{ lead, bytes: size, columns }, at];
}
