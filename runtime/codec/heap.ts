// Values of variable size in the data slots of a record, one after another:
//
//   count, length   varint (bytes/varint.ts)
//   array           count, then its elements
//   element         fixed size: its bytes (a boolean: one byte)
//                   string: length of its bytes, which stand in the text of the row
//                   bytes, bigint, msgpack: length, then its bytes
//                   array: as above; embedded object: bits, fixed-size fields, then its data in field order
//                   before each element that may be missing: 0 value, 1 null, 2 undefined
//
// Where such a value fills a whole data slot, its length is the slot's and is left out (a count stays).
import { readVarint, VARINT_END, writeVarint } from '../bytes/varint.js';
import type { ByteSpan, ByteWriter } from '../bytes/writer.js';
import { readBigInt } from './bigint.js';
import { readBytes } from './bytes.js';
import { damaged } from './damage.js';
import { taggedText } from './text.js';
import { readValue } from './value.js';

/** The bytes before an element that may be missing. */
export const PRESENT = 0;
export const NULL = 1;
export const UNDEFINED = 2;

/** Appends the mark before an element that may be missing: PRESENT, NULL or UNDEFINED. */
export function writeMark(out: ByteWriter, mark: number): void {
  out.ensure(1);
  out.bytes[out.at++] = mark;
}

/** Appends a count or length. */
export function writeLength(out: ByteWriter, length: number): void {
  if (length < 0x80) {
    out.ensure(1);
    out.bytes[out.at++] = length;
  } else {
    writeVarint(out, length);
  }
}

/** Moves the heap up to make room for a table of u32 entries at `table`, and writes that. */
export function writeWideTable(out: ByteWriter, table: number, ends: readonly number[]): void {
  const shift = 2 * ends.length;
  out.ensure(shift);
  out.bytes.copyWithin(table + 2 * shift, table + shift, out.at);
  out.at += shift;
  for (let i = 0; i < ends.length; i++) out.view.setUint32(table + 4 * i, ends[i]!, true);
}

/**
 * The strings of an array that fills the data slot `bytes[from, to)`, cut from `[textFrom, textTo)` of the row's text: `text`, or where
 * that is mixed the bytes from `textStart` on. What most rows have of arrays: by a HeapReader it takes half as long again.
 */
export function readStrings(
  bytes: Uint8Array,
  from: number,
  to: number,
  text: string,
  textFrom: number,
  textTo: number,
  mixed: boolean,
  textStart: number,
  entity: string,
): string[] {
  const count = readVarint(bytes, from, to);
  let at = VARINT_END;
  if (count > to - at) throw damaged(entity);
  const values = new Array<string>(count);
  let start = textFrom;
  for (let i = 0; i < count; i++) {
    let size = bytes[at]!;
    if (size < 0x80 && at < to) at++;
    else {
      size = readVarint(bytes, at, to);
      at = VARINT_END;
    }
    const end = start + size;
    if (end > textTo) throw damaged(entity);
    values[i] = mixed ? taggedText(bytes, textStart + start, textStart + end) : text.substring(start, end);
    start = end;
  }
  return values;
}

/** Walks the data slots of one record. Every step is checked against the slot's end. */
export class HeapReader {
  bytes: Buffer = Buffer.alloc(0);
  view: DataView = new DataView(this.bytes.buffer, 0, 0);
  /** Offset of the next byte. */
  at = 0;
  private end = 0;
  private entity = '';
  /** Text of the row, unless it is mixed. */
  private text = '';
  private mixed = false;
  private textStart = 0;
  /** Of the next string, from the start of the text. */
  private textAt = 0;
  private textEnd = 0;

  /** Begins a record of `entity` whose text, read already unless it is mixed, starts at byte `textStart`. */
  open(src: ByteSpan, entity: string, mixed: boolean, text: string, textStart: number): void {
    this.bytes = src.bytes;
    this.view = src.view;
    this.entity = entity;
    this.mixed = mixed;
    this.text = text;
    this.textStart = textStart;
  }

  /** Begins the data slot `bytes[from, to)` and its text slot. The caller has checked both against the record. */
  slot(from: number, to: number, textFrom: number, textTo: number): this {
    this.at = from;
    this.end = to;
    this.textAt = textFrom;
    this.textEnd = textTo;
    return this;
  }

  /** Passes `size` bytes; answers where they begin. */
  take(size: number): number {
    const from = this.at;
    if (size > this.end - from) throw damaged(this.entity);
    this.at = from + size;
    return from;
  }

  /** A number of elements, each of which takes at least `elementSize` bytes of the slot. */
  count(elementSize: number): number {
    const count = this.length();
    if (count * elementSize > this.end - this.at) throw damaged(this.entity);
    return count;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  string(): string {
    const size = this.length();
    const from = this.textAt;
    const to = from + size;
    if (to > this.textEnd) throw damaged(this.entity);
    this.textAt = to;
    if (this.mixed) return taggedText(this.bytes, this.textStart + from, this.textStart + to);
    return this.text.substring(from, to);
  }

  /** The mark before an element that may be missing: PRESENT, NULL or UNDEFINED. */
  mark(): number {
    const mark = this.byte();
    if (mark > UNDEFINED) throw damaged(this.entity);
    return mark;
  }

  binary(): Uint8Array {
    const from = this.take(this.length());
    return readBytes(this.bytes, from, this.at);
  }

  bigint(): bigint {
    const from = this.take(this.length());
    return readBigInt(this.view, from, this.at, this.entity);
  }

  /** A value out of MessagePack. */
  value(): unknown {
    const from = this.take(this.length());
    return readValue(this.bytes, from, this.at, this.entity);
  }

  private length(): number {
    const value = readVarint(this.bytes, this.at, this.end);
    this.at = VARINT_END;
    return value;
  }
}
