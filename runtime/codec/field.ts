// Single fields out of encoded rows, so that a predicate is evaluated without decoding the row. Driven by the layout, not
// generated: made once per query, called once per row.
import type { ByteSpan } from '../bytes/writer.js';
import type { FieldType } from '../schema/model.js';
import { damaged, enumValue } from './damage.js';
import { type Bit, type FieldPlace, MIXED, type RecordLayout, WIDE } from './layout.js';
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
      return checked(missing.reduceRight(orMissing, read), layout, entity);
    }
    if (found.place.kind !== 'embedded') return null;
    fields = found.place.fields;
  }
  return null;
}

function valueReader(layout: RecordLayout, { field, place }: FieldPlace, entity: string): ReadField | null {
  switch (place.kind) {
    case 'bit':
      return (src) => isSet(src, place.bit);
    case 'fixed':
      return fixedReader(field.type, place.offset, entity);
    case 'text':
      return textReader(layout, place.slot, entity);
    default:
      return null;
  }
}

/** `read`, unless the field is missing. */
function orMissing(read: ReadField, { missing, isUndefined, field }: FieldPlace): ReadField {
  if (missing === null) return read;
  if (isUndefined !== null) {
    return (src) => (isSet(src, missing) ? (isSet(src, isUndefined) ? undefined : null) : read(src));
  }
  const nothing = field.nullable ? null : undefined;
  return (src) => (isSet(src, missing) ? nothing : read(src));
}

/** Bits and fixed-size fields stand before `fixedSize`: one check is enough for all of them. */
function checked(read: ReadField, { fixedSize }: RecordLayout, entity: string): ReadField {
  return (src) => {
    if (src.end - src.start < fixedSize) throw damaged(entity);
    return read(src);
  };
}

function isSet(src: ByteSpan, { byte, mask }: Bit): boolean {
  return (src.bytes[src.start + byte]! & mask) !== 0;
}

function fixedReader(type: FieldType, offset: number, entity: string): ReadField {
  switch (type.kind) {
    case 'float64':
      return (src) => src.view.getFloat64(src.start + offset, true);
    case 'float32':
      return (src) => src.view.getFloat32(src.start + offset, true);
    case 'int8':
      return (src) => src.view.getInt8(src.start + offset);
    case 'int16':
      return (src) => src.view.getInt16(src.start + offset, true);
    case 'int32':
      return (src) => src.view.getInt32(src.start + offset, true);
    case 'uint8':
      return (src) => src.bytes[src.start + offset];
    case 'uint16':
      return (src) => src.view.getUint16(src.start + offset, true);
    case 'uint32':
      return (src) => src.view.getUint32(src.start + offset, true);
    case 'int64':
      return (src) => src.view.getBigInt64(src.start + offset, true);
    case 'uint64':
      return (src) => src.view.getBigUint64(src.start + offset, true);
    case 'date':
      return (src) => new Date(src.view.getFloat64(src.start + offset, true));
    case 'enum':
      return type.values.length <= 0x100
        ? (src) => enumValue(type.values, src.bytes[src.start + offset]!, entity)
        : (src) => enumValue(type.values, src.view.getUint16(src.start + offset, true), entity);
    default:
      throw new Error(`${type.kind} has no fixed size`);
  }
}

function textReader(layout: RecordLayout, slot: number, entity: string): ReadField {
  const { fixedSize, tableEntries, dataSlots, textSlots } = layout;
  const last = slot === textSlots - 1;
  return (src) => {
    const { bytes, view, start, end } = src;
    const flags = bytes[start + 1]!;
    const size = (flags & WIDE) === 0 ? 2 : 4;
    const table = start + fixedSize;
    const heap = table + size * tableEntries;
    if (heap > end) throw damaged(entity);
    const endOf = (entry: number): number =>
      size === 2 ? view.getUint16(table + 2 * entry, true) : view.getUint32(table + 4 * entry, true);
    const text = dataSlots === 0 ? heap : heap + endOf(dataSlots - 1);
    const from = slot === 0 ? text : text + endOf(dataSlots + slot - 1);
    const to = last ? end : text + endOf(dataSlots + slot);
    if (from > to || to > end) throw damaged(entity);
    return (flags & MIXED) === 0 ? shortLatin1(bytes, from, to) : taggedText(bytes, from, to);
  };
}
