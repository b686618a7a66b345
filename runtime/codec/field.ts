// Single fields out of encoded rows, so that a predicate is evaluated without decoding the row. Driven by the layout, not
// generated: made once per query, called once per row.
import type { TextColumn } from '../bytes/scanned-columns.js';
import type { ByteSpan } from '../bytes/writer.js';
import type { FieldType } from '../schema/model.js';
import { damaged, enumValue } from './damage.js';
import { type Bit, FIRST_LAYOUT, type FieldPlace, MIXED, type RecordLayout, WIDE } from './layout.js';
import { shortLatin1, taggedText } from './text.js';

/** The field's value in the record `src.bytes[src.start, src.end)`. Throws CodecError on damaged bytes. */
export type ReadField = (src: ByteSpan) => unknown;

/**
 * A reader of the field at `path` (through embedded objects), or null where only decoding the row gives the value: the
 * fields of the primary key, embedded objects as a whole, arrays, bytes, bigints of any size, records and `unknown`.
 *
 * @example
 * const score = fieldReader(layoutRecord(entity), ['score'], entity.name)!;
 * if ((score(cursor.value) as number) > 10) count++;
 */
export function fieldReader(layout: RecordLayout, path: readonly string[], entity: string): ReadField | null {
  const missing: FieldPlace[] = [];
  let { fields } = layout;
  for (const [i, name] of path.entries()) {
    const found = fields.find(({ field }) => field.name === name);
    if (found === undefined) return null;
    if (found.missing !== null) missing.push(found);
    if (i === path.length - 1) {
      const read = valueReader(layout, found, entity);
      if (read === null) return null;
      return missing.reduceRight((inner, place) => orMissing(inner, place, layout, entity), read);
    }
    if (found.place.kind !== 'embedded') return null;
    fields = found.place.fields;
  }
  return null;
}

function valueReader(layout: RecordLayout, { field, place }: FieldPlace, entity: string): ReadField | null {
  switch (place.kind) {
    case 'bit':
      return bitReader(place.bit, layout, entity);
    case 'fixed':
      return fixedReader(field.type, place.offset, layout, entity);
    case 'text':
      return textReader(layout, place.slot, entity);
    default:
      return null;
  }
}

/** `read`, unless the field is missing. */
function orMissing(
  read: ReadField,
  { missing, isUndefined, field }: FieldPlace,
  layout: RecordLayout,
  entity: string,
): ReadField {
  if (missing === null) return read;
  const isMissing = bitReader(missing, layout, entity);
  if (isUndefined === null) {
    const nothing = field.nullable ? null : undefined;
    return (src) => (isMissing(src) ? nothing : read(src));
  }
  const isUndefinedIn = bitReader(isUndefined, layout, entity);
  return (src) => (isMissing(src) ? (isUndefinedIn(src) ? undefined : null) : read(src));
}

function bitReader({ byte, mask }: Bit, { fixedSize }: RecordLayout, entity: string): (src: ByteSpan) => boolean {
  return (src) => (src.bytes[fixedPart(src, fixedSize, entity) + byte]! & mask) !== 0;
}

/** Where the record begins, once it is known to hold the part of fixed size, where bits and fixed-size fields stand. */
function fixedPart({ start, end }: ByteSpan, fixedSize: number, entity: string): number {
  if (end - start < fixedSize) throw damaged(entity);
  return start;
}

function fixedReader(type: FieldType, offset: number, { fixedSize }: RecordLayout, entity: string): ReadField {
  const at = (src: ByteSpan): number => fixedPart(src, fixedSize, entity) + offset;
  switch (type.kind) {
    case 'float64':
      return (src) => src.view.getFloat64(at(src), true);
    case 'float32':
      return (src) => src.view.getFloat32(at(src), true);
    case 'int8':
      return (src) => src.view.getInt8(at(src));
    case 'int16':
      return (src) => src.view.getInt16(at(src), true);
    case 'int32':
      return (src) => src.view.getInt32(at(src), true);
    case 'uint8':
      return (src) => src.bytes[at(src)];
    case 'uint16':
      return (src) => src.view.getUint16(at(src), true);
    case 'uint32':
      return (src) => src.view.getUint32(at(src), true);
    case 'int64':
      return (src) => src.view.getBigInt64(at(src), true);
    case 'uint64':
      return (src) => src.view.getBigUint64(at(src), true);
    case 'date':
      return (src) => new Date(src.view.getFloat64(at(src), true));
    case 'enum':
      return type.values.length <= 0x100
        ? (src) => enumValue(type.values, src.bytes[at(src)]!, entity)
        : (src) => enumValue(type.values, src.view.getUint16(at(src), true), entity);
    default:
      throw new Error(`${type.kind} has no fixed size`);
  }
}

function textReader(layout: RecordLayout, slot: number, entity: string): ReadField {
  const place = new TextPlace(layout, slot, entity);
  return (src) => {
    place.locate(src);
    return place.read(src);
  };
}

/** Where the text of one string field stands: made once per query, asked once per row, for tests that need no string. */
export class TextPlace implements TextColumn {
  readonly name: string;
  readonly bytes: number;
  /** After `locate`: the field's bytes are `src.bytes[start, end)`, latin1 unless `mixed`, in which case a tag byte comes first. */
  start = 0;
  end = 0;
  mixed = false;
  private readonly heap: number;
  /** Offsets of the entries that bound the slot; -1 where it is bounded by the text's start or the record's end. */
  private readonly textEntry: number;
  private readonly fromEntry: number;
  private readonly toEntry: number;

  constructor(
    private readonly layout: RecordLayout,
    private readonly slot: number,
    private readonly entity: string,
    /** Number of the layout. */
    readonly lead = FIRST_LAYOUT,
  ) {
    const { fixedSize, tableEntries, dataSlots, textSlots } = layout;
    this.name = `text ${slot}`;
    this.bytes = fixedSize;
    this.heap = fixedSize + 2 * tableEntries;
    this.textEntry = dataSlots === 0 ? -1 : fixedSize + 2 * (dataSlots - 1);
    this.fromEntry = slot === 0 ? -1 : fixedSize + 2 * (dataSlots + slot - 1);
    this.toEntry = slot === textSlots - 1 ? -1 : fixedSize + 2 * (dataSlots + slot);
  }

  /** Throws CodecError on damaged bytes. */
  locate(src: ByteSpan): void {
    const { heap, textEntry, fromEntry, toEntry } = this;
    const { view, end } = src;
    const start = fixedPart(src, heap, this.entity);
    const flags = src.bytes[start + 1]!;
    this.mixed = (flags & MIXED) !== 0;
    if ((flags & WIDE) !== 0) this.locateWide(src);
    else {
      const text = start + heap + (textEntry < 0 ? 0 : view.getUint16(start + textEntry, true));
      this.start = fromEntry < 0 ? text : text + view.getUint16(start + fromEntry, true);
      this.end = toEntry < 0 ? end : text + view.getUint16(start + toEntry, true);
    }
    if (this.start > this.end || this.end > end) throw damaged(this.entity);
  }

  /** The string, once it is located. */
  read({ bytes }: ByteSpan): string {
    return this.mixed ? taggedText(bytes, this.start, this.end) : shortLatin1(bytes, this.start, this.end);
  }

  /** The same where the offset table is of u32. */
  private locateWide({ view, start, end }: ByteSpan): void {
    const { layout, slot } = this;
    const table = start + layout.fixedSize;
    const heap = table + 4 * layout.tableEntries;
    if (heap > end) throw damaged(this.entity);
    const endOf = (entry: number): number => view.getUint32(table + 4 * entry, true);
    const text = heap + (layout.dataSlots === 0 ? 0 : endOf(layout.dataSlots - 1));
    this.start = slot === 0 ? text : text + endOf(layout.dataSlots + slot - 1);
    this.end = slot === layout.textSlots - 1 ? end : text + endOf(layout.dataSlots + slot);
  }
}
