// Decodes records by their layout, without generated code: for tools that know a schema only from the database itself. Slower than
// generated code, and to the same values, but for classes: rows and embedded objects are plain objects.
import type { ByteSpan } from '../bytes/writer.js';
import type { EntityModel, Field, FieldType, Slot } from '../schema/model.js';
import { readBigInt } from './bigint.js';
import { readBytes } from './bytes.js';
import { damaged, enumValue } from './damage.js';
import { HeapReader, NULL, PRESENT } from './heap.js';
import {
  type Bit,
  FIRST_LAYOUT,
  type FieldPlace,
  fixedSize,
  layoutElement,
  layoutRecord,
  MIXED,
  type Place,
  type RecordLayout,
  WIDE,
} from './layout.js';
import { latin1, taggedText } from './text.js';
import { readValue } from './value.js';

export type PlainRow = Record<string, unknown>;

/** Reads a value that is neither a bit nor of fixed size. */
type ReadVariable = (type: FieldType, place: Place & { kind: 'text' | 'data' }) => unknown;

/** Decodes records of `entity`; the fields of its primary key are not in them. Throws CodecError (QDB4070). */
export class RecordInterpreter {
  private readonly layout: RecordLayout;
  private readonly name: string;
  private readonly heap = new HeapReader();

  constructor(entity: EntityModel) {
    this.layout = layoutRecord(entity);
    this.name = entity.name;
  }

  /**
   * @param row what the fields are put into
   * @param layout number that the record must begin with
   */
  decode(src: ByteSpan, row: PlainRow = {}, layout = FIRST_LAYOUT): PlainRow {
    const { bytes, view, start, end } = src;
    const { fixedSize: fixed, tableEntries, dataSlots, textSlots, fields } = this.layout;
    if (end - start < fixed + 2 * tableEntries || bytes[start] !== layout) throw damaged(this.name);
    const flags = bytes[start + 1]!;
    const width = (flags & WIDE) === 0 ? 2 : 4;
    const heapStart = start + fixed + width * tableEntries;
    if (heapStart > end) throw damaged(this.name);
    const table: number[] = [];
    for (let i = 0, at = start + fixed; i < tableEntries; i++, at += width) {
      table.push(width === 2 ? view.getUint16(at, true) : view.getUint32(at, true));
    }
    const textStart = heapStart + (textSlots > 0 && dataSlots > 0 ? table[dataSlots - 1]! : 0);
    const dataEnds = table.slice(0, dataSlots);
    const textEnds = table.slice(dataSlots);
    if (textSlots > 0) textEnds.push(end - textStart);
    else if (dataSlots > 0) dataEnds.push(end - heapStart);
    for (const ends of [dataEnds, textEnds]) {
      for (let i = 1; i < ends.length; i++) if (ends[i]! < ends[i - 1]!) throw damaged(this.name);
    }
    const mixed = (flags & MIXED) !== 0;
    const text = mixed || textSlots === 0 ? '' : latin1(bytes, textStart, end);
    this.heap.open(src, this.name, mixed, text, textStart);
    const startOf = (ends: readonly number[], slot: number): number => (slot === 0 ? 0 : ends[slot - 1]!);
    return this.fieldsInto(row, fields, src, start, (type, place) => {
      if (place.kind === 'text') {
        const [from, to] = [startOf(textEnds, place.slot), textEnds[place.slot]!];
        return mixed ? taggedText(bytes, textStart + from, textStart + to) : text.substring(from, to);
      }
      const [from, to] = [heapStart + startOf(dataEnds, place.slot), heapStart + dataEnds[place.slot]!];
      switch (type.kind) {
        case 'bytes':
          return readBytes(bytes, from, to);
        case 'bigint':
          return readBigInt(view, from, to, this.name);
        case 'array': {
          const { textSlot } = place;
          const texts =
            textSlot === null ? ([0, 0] as const) : ([startOf(textEnds, textSlot), textEnds[textSlot]!] as const);
          this.heap.slot(from, to, ...texts);
          return this.array(type.element);
        }
        default:
          return readValue(bytes, from, to, this.name);
      }
    });
  }

  private fieldsInto(
    row: PlainRow,
    fields: readonly FieldPlace[],
    src: Pick<ByteSpan, 'bytes' | 'view'>,
    start: number,
    read: ReadVariable,
  ): PlainRow {
    const isSet = ({ byte, mask }: Bit): boolean => (src.bytes[start + byte]! & mask) !== 0;
    for (const { field, missing, isUndefined, place } of fields) {
      let value: unknown;
      if (missing !== null && isSet(missing))
        value = isNull(field, isUndefined !== null && isSet(isUndefined)) ? null : undefined;
      else if (place.kind === 'bit') value = isSet(place.bit);
      else if (place.kind === 'fixed') value = loadFixed(field.type, src, start + place.offset, this.name);
      else if (place.kind === 'embedded') value = this.fieldsInto({}, place.fields, src, start, read);
      else value = read(field.type, place);
      setField(row, field.name, value);
    }
    return row;
  }

  private array({ type, nullable, optional }: Slot): unknown[] {
    const mayBeMissing = nullable || optional;
    const size = type.kind === 'boolean' ? 1 : fixedSize(type);
    const count = this.heap.count(mayBeMissing ? 1 : (size ?? 1));
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) {
      const mark = mayBeMissing ? this.heap.mark() : PRESENT;
      if (mark !== PRESENT) values.push(mark === NULL ? null : undefined);
      else if (size === null) values.push(this.inline(type));
      else values.push(loadFixed(type, this.heap, this.heap.take(size), this.name));
    }
    return values;
  }

  private inline(type: FieldType): unknown {
    const { heap } = this;
    switch (type.kind) {
      case 'string':
        return heap.string();
      case 'bytes':
        return heap.binary();
      case 'bigint':
        return heap.bigint();
      case 'array':
        return this.array(type.element);
      case 'embedded': {
        const layout = layoutElement(type.fields);
        return this.fieldsInto({}, layout.fields, heap, heap.take(layout.fixedSize), (inner) => this.inline(inner));
      }
      default:
        return heap.value();
    }
  }
}

/** Not by assignment alone, which would set the prototype where a field is called __proto__. */
export function setField(row: PlainRow, name: string, value: unknown): void {
  if (name !== '__proto__') row[name] = value;
  else Object.defineProperty(row, name, { value, writable: true, enumerable: true, configurable: true });
}

function isNull({ nullable, optional }: Field, isUndefined: boolean): boolean {
  return nullable && !(optional && isUndefined);
}

/** Reads a value of fixed size. */
export function loadFixed(
  type: FieldType,
  { bytes, view }: Pick<ByteSpan, 'bytes' | 'view'>,
  at: number,
  entity: string,
): unknown {
  switch (type.kind) {
    case 'boolean':
      return bytes[at] !== 0;
    case 'float64':
      return view.getFloat64(at, true);
    case 'float32':
      return view.getFloat32(at, true);
    case 'int8':
      return view.getInt8(at);
    case 'int16':
      return view.getInt16(at, true);
    case 'int32':
      return view.getInt32(at, true);
    case 'uint8':
      return bytes[at];
    case 'uint16':
      return view.getUint16(at, true);
    case 'uint32':
      return view.getUint32(at, true);
    case 'int64':
      return view.getBigInt64(at, true);
    case 'uint64':
      return view.getBigUint64(at, true);
    case 'date':
      return new Date(view.getFloat64(at, true));
    case 'enum':
      return enumValue(type.values, type.values.length <= 0x100 ? bytes[at]! : view.getUint16(at, true), entity);
    default:
      throw new Error(`${type.kind} has no fixed size`);
  }
}
