// From fields to the layout of their record: where each field stands, as a pure function of the schema. The emitter writes
// code from it, and queries over encoded bytes read single fields by it, so the two cannot disagree. docs/format.md draws it.
//
//   offset  size
//   0       1     number of the layout: FIRST_LAYOUT, and one more after each migration that left rows as they were (layouts.ts)
//   1       b     flags WIDE and MIXED, then one bit after another: missing marks and booleans, lowest bit first
//   1 + b   f     fixed-size fields, little-endian, each always there (zeros where its value is missing)
//   ...     t     offset table: the end of each data slot from the start of the heap, then the end of each text slot from the
//                 start of the text; u16, or u32 under WIDE; the last end of all is left out, for it is the record's end
//   ...           heap: data slots (arrays, bytes, bigints, msgpack values), then the text: all strings of the row as latin1,
//                 those that are fields first, then those in arrays; under MIXED each begins with a byte that tells its encoding
//
// An embedded object is laid out as if its fields stood in its owner. Inside an array it is one element: bits, fixed-size
// fields, then the rest inline (see heap.ts), while its strings join the text of the array.
import type { EntityModel, Field, FieldType } from '../schema/model.js';

/** First byte of the records of an entity, until a migration changes their layout and leaves the old ones as they are. */
export const FIRST_LAYOUT = 1;
/** The last number that fits the byte. */
export const LAST_LAYOUT = 0xff;
/** Bit of byte 1: the offset table has u32 entries. */
export const WIDE = 1;
/** Bit of byte 1: some string is not latin1, so each begins with a tag byte (text.ts). */
export const MIXED = 2;
/** Largest heap, in bytes, whose offsets fit u16. */
export const NARROW_HEAP = 0xffff;
/** Flags before the first field's bit. */
const FLAG_BITS = 2;

/** Where a field's value stands. */
export type Place =
  /** One bit: `bytes[byte] & mask`. */
  | { readonly kind: 'bit'; readonly bit: Bit }
  /** `size` bytes at `offset` from the start of the record (or element). */
  | { readonly kind: 'fixed'; readonly offset: number; readonly size: 1 | 2 | 4 | 8 }
  /** The whole text slot of that number. */
  | { readonly kind: 'text'; readonly slot: number }
  /** A data slot, and a text slot too where the value holds strings outside msgpack. */
  | { readonly kind: 'data'; readonly slot: number; readonly textSlot: number | null }
  /** The fields of an embedded object; `from` and `to` bound its fixed-size ones. */
  | { readonly kind: 'embedded'; readonly fields: readonly FieldPlace[]; readonly from: number; readonly to: number };

export interface Bit {
  /** Offset of the byte from the start of the record (or element). */
  readonly byte: number;
  readonly mask: number;
}

export interface FieldPlace {
  readonly field: Field;
  /** Set when the value is null or undefined; null for a field that is always there. */
  readonly missing: Bit | null;
  /** Set when the missing value is undefined; null unless the field allows both. */
  readonly isUndefined: Bit | null;
  readonly place: Place;
}

export interface RecordLayout {
  readonly fields: readonly FieldPlace[];
  /** Offsets of the bytes that hold bits, as [first, end). */
  readonly bits: readonly [number, number];
  /** Size of version, bits and fixed-size fields: where the offset table of a record begins. */
  readonly fixedSize: number;
  readonly dataSlots: number;
  readonly textSlots: number;
  /** Entries of the offset table. */
  readonly tableEntries: number;
}

/** The layout of an entity's record; the fields of the primary key are not in it. */
export function layoutRecord(entity: EntityModel): RecordLayout {
  const stored = entity.fields.filter((field) => !entity.key.fields.includes(field.name));
  return layout(stored, 1, FLAG_BITS);
}

/** The layout of an embedded object that is the element of an array: at least one byte, so that counts can be checked. */
export function layoutElement(fields: readonly Field[]): RecordLayout {
  return layout(fields, 0, 0);
}

/** Bytes of a value of this type where all values have the same size and no more than 8 bytes; else null. */
export function fixedSize(type: FieldType): 1 | 2 | 4 | 8 | null {
  switch (type.kind) {
    case 'int8':
    case 'uint8':
      return 1;
    case 'int16':
    case 'uint16':
      return 2;
    case 'int32':
    case 'uint32':
    case 'float32':
      return 4;
    case 'float64':
    case 'int64':
    case 'uint64':
    case 'date':
      return 8;
    case 'enum':
      return type.values.length <= 0x100 ? 1 : 2;
    default:
      return null;
  }
}

/** Whether values of this type put strings into the text of the row (those inside msgpack don't). */
export function hasText(type: FieldType): boolean {
  switch (type.kind) {
    case 'string':
      return true;
    case 'array':
      return hasText(type.element.type);
    case 'embedded':
      return type.fields.some((field) => hasText(field.type));
    default:
      return false;
  }
}

function layout(fields: readonly Field[], firstByte: number, flagBits: number): RecordLayout {
  const bitBytes = Math.max(1, Math.ceil((flagBits + countBits(fields)) / 8));
  const allocator = new Allocator(firstByte, flagBits, firstByte + bitBytes, countStrings(fields));
  const places = allocator.placeAll(fields);
  const { dataSlots, arrayTextSlot: textSlots } = allocator;
  return {
    fields: places,
    bits: [firstByte, firstByte + bitBytes],
    fixedSize: allocator.offset,
    dataSlots,
    textSlots,
    tableEntries: Math.max(0, dataSlots + textSlots - 1),
  };
}

/** Bits that the fields take: one for what may be missing, a second where null and undefined differ, one for a boolean. */
function countBits(fields: readonly Field[]): number {
  let bits = 0;
  for (const { nullable, optional, type } of fields) {
    bits += Number(nullable || optional) + Number(nullable && optional) + Number(type.kind === 'boolean');
    if (type.kind === 'embedded') bits += countBits(type.fields);
  }
  return bits;
}

/** Fields that are strings, those of embedded objects included. */
function countStrings(fields: readonly Field[]): number {
  let strings = 0;
  for (const { type } of fields) {
    strings += type.kind === 'embedded' ? countStrings(type.fields) : Number(type.kind === 'string');
  }
  return strings;
}

class Allocator {
  dataSlots = 0;
  private stringSlot = 0;

  constructor(
    private readonly firstByte: number,
    private nextBit: number,
    public offset: number,
    public arrayTextSlot: number,
  ) {}

  placeAll(fields: readonly Field[]): FieldPlace[] {
    return fields.map((field) => ({
      field,
      missing: field.nullable || field.optional ? this.bit() : null,
      isUndefined: field.nullable && field.optional ? this.bit() : null,
      place: this.place(field.type),
    }));
  }

  private place(type: FieldType): Place {
    if (type.kind === 'boolean') return { kind: 'bit', bit: this.bit() };
    if (type.kind === 'string') return { kind: 'text', slot: this.stringSlot++ };
    if (type.kind === 'embedded') {
      const from = this.offset;
      const fields = this.placeAll(type.fields);
      return { kind: 'embedded', fields, from, to: this.offset };
    }
    const size = fixedSize(type);
    if (size !== null) {
      const offset = this.offset;
      this.offset += size;
      return { kind: 'fixed', offset, size };
    }
    return { kind: 'data', slot: this.dataSlots++, textSlot: hasText(type) ? this.arrayTextSlot++ : null };
  }

  private bit(): Bit {
    const bit = this.nextBit++;
    return { byte: this.firstByte + (bit >> 3), mask: 1 << (bit & 7) };
  }
}
