// Encodes records by their layout, without generated code: the other half of interpret-record.ts, to the same bytes as generated
// code. layout.ts and heap.ts draw them.
import type { ByteWriter } from '../bytes/writer.js';
import type { EntityModel, FieldType, Slot } from '../schema/model.js';
import { writeBigInt, writeSizedBigInt } from './bigint.js';
import { writeSizedBytes } from './bytes.js';
import { NULL, PRESENT, UNDEFINED, writeLength, writeMark, writeWideTable } from './heap.js';
import type { PlainRow } from './interpret-record.js';
import {
  type Bit,
  FIRST_LAYOUT,
  type FieldPlace,
  fixedSize,
  layoutElement,
  layoutRecord,
  MIXED,
  NARROW_HEAP,
  type RecordLayout,
  WIDE,
} from './layout.js';
import { TextWriter } from './text.js';
import { writeSizedValue, writeValue } from './value.js';

/** Encodes rows of `entity` that have been checked (interpret-check.ts); fields of the primary key are passed over. */
export class RecordWriter {
  private readonly layout: RecordLayout;
  /** Fields with a data or text slot, by slot, embedded ones among them. */
  private readonly strings: readonly Leaf[];
  private readonly data: readonly Leaf[];
  private readonly elements = new Map<FieldType, RecordLayout>();
  private readonly text = new TextWriter();

  constructor(entity: EntityModel) {
    this.layout = layoutRecord(entity);
    const leaves = leavesOf(this.layout.fields, []);
    this.strings = leaves.filter(({ place }) => place.place.kind === 'text');
    this.data = leaves.filter(({ place }) => place.place.kind === 'data');
  }

  encode(row: PlainRow, out: ByteWriter, layout = FIRST_LAYOUT): void {
    const start = out.at;
    if (!this.write(row, out)) {
      out.at = start;
      this.write(row, out);
    }
    out.bytes[start] = layout;
  }

  /** False when the row's text was taken for latin1 and is not, or the other way round. */
  private write(row: PlainRow, out: ByteWriter): boolean {
    const { layout, text } = this;
    const start = out.at;
    const heap = layout.fixedSize + 2 * layout.tableEntries;
    out.ensure(heap);
    out.bytes.fill(0, start, start + heap);
    out.at = start + heap;
    writeFixedPart(layout.fields, row, out, start);
    if (layout.textSlots > 0) text.begin(layout.dataSlots > 0 ? null : out);
    const textEnds: number[] = [];
    const dataEnds: number[] = [];
    for (const leaf of this.strings) {
      const value = valueAt(leaf, row);
      if (isThere(leaf.place.field, value)) text.add(value as string);
      textEnds.push(text.size);
    }
    for (const leaf of this.data) {
      const value = valueAt(leaf, row);
      if (isThere(leaf.place.field, value)) this.whole(leaf.place.field.type, value, out);
      dataEnds.push(out.at - start - heap);
      if (leaf.place.place.kind === 'data' && leaf.place.place.textSlot !== null) textEnds.push(text.size);
    }
    if (layout.textSlots > 0) {
      if (text.mixed) out.bytes[start + 1]! |= MIXED;
      if (!text.flush(out)) return false;
    }
    this.table([...dataEnds, ...textEnds].slice(0, layout.tableEntries), start, heap, out);
    return true;
  }

  private table(ends: readonly number[], start: number, heap: number, out: ByteWriter): void {
    const at = start + this.layout.fixedSize;
    if (out.at - start <= heap + NARROW_HEAP) {
      for (let i = 0; i < ends.length; i++) out.view.setUint16(at + 2 * i, ends[i]!, true);
    } else if (ends.length > 0) {
      writeWideTable(out, at, ends);
      out.bytes[start + 1]! |= WIDE;
    }
  }

  /** A value that fills a data slot. */
  private whole(type: FieldType, value: unknown, out: ByteWriter): void {
    if (type.kind === 'bytes') out.append(value as Uint8Array);
    else if (type.kind === 'bigint') writeBigInt(out, value as bigint);
    else if (type.kind === 'array') this.array(type.element, value as readonly unknown[], out);
    else writeValue(out, value);
  }

  private array(element: Slot, values: readonly unknown[], out: ByteWriter): void {
    const { type, nullable, optional } = element;
    writeLength(out, values.length);
    for (const value of values) {
      if (nullable || optional) {
        writeMark(out, isThere(element, value) ? PRESENT : value === null ? NULL : UNDEFINED);
      }
      if (isThere(element, value)) this.element(type, value, out);
    }
  }

  private element(type: FieldType, value: unknown, out: ByteWriter): void {
    const size = type.kind === 'boolean' ? 1 : fixedSize(type);
    if (size !== null) {
      out.ensure(size);
      storeFixed(type, value, out, out.at);
      out.at += size;
      return;
    }
    if (type.kind === 'string') writeLength(out, this.text.add(value as string));
    else if (type.kind === 'bytes') writeSizedBytes(out, value as Uint8Array);
    else if (type.kind === 'bigint') writeSizedBigInt(out, value as bigint);
    else if (type.kind === 'array') this.array(type.element, value as readonly unknown[], out);
    else if (type.kind === 'embedded') this.embedded(type, value as PlainRow, out);
    else writeSizedValue(out, value);
  }

  private embedded(type: FieldType & { kind: 'embedded' }, value: PlainRow, out: ByteWriter): void {
    let layout = this.elements.get(type);
    if (layout === undefined) {
      layout = layoutElement(type.fields);
      this.elements.set(type, layout);
    }
    const start = out.at;
    out.ensure(layout.fixedSize);
    out.bytes.fill(0, start, start + layout.fixedSize);
    out.at += layout.fixedSize;
    writeFixedPart(layout.fields, value, out, start);
    for (const leaf of leavesOf(layout.fields, [])) {
      const inner = valueAt(leaf, value);
      if (isThere(leaf.place.field, inner)) this.element(leaf.place.field.type, inner, out);
    }
  }
}

/** A field of variable size, and the embedded objects on the way to it. */
interface Leaf {
  readonly path: readonly string[];
  readonly place: FieldPlace;
}

/** In the order of the class, which is that of the slots of each kind. */
function leavesOf(fields: readonly FieldPlace[], path: readonly string[]): Leaf[] {
  return fields.flatMap((place): Leaf[] => {
    const own = [...path, place.field.name];
    if (place.place.kind === 'embedded') return leavesOf(place.place.fields, own);
    return place.place.kind === 'text' || place.place.kind === 'data' ? [{ path: own, place }] : [];
  });
}

/** Stands for a value whose owner is missing. */
const NOWHERE = Symbol('nowhere');

function valueAt({ path }: Leaf, row: PlainRow): unknown {
  let value: unknown = row;
  for (const name of path) {
    if (value === null || value === undefined) return NOWHERE;
    value = (value as PlainRow)[name];
  }
  return value;
}

/** Whether the value is written: null and undefined are values too where the slot doesn't call them missing, as in `unknown`. */
function isThere({ nullable, optional }: Slot, value: unknown): boolean {
  return value !== NOWHERE && !(value === null && nullable) && !(value === undefined && optional);
}

/** Bits and fixed-size fields; the bytes are zero before. */
function writeFixedPart(fields: readonly FieldPlace[], row: PlainRow, out: ByteWriter, start: number): void {
  for (const { field, missing, isUndefined, place } of fields) {
    const value = row[field.name];
    if (value === null || value === undefined) {
      // A field that can't be undefined is so where the object around it is missing: then nothing tells of it.
      if (missing !== null && (value === null ? field.nullable : field.optional)) set(missing, out, start);
      if (isUndefined !== null && value === undefined) set(isUndefined, out, start);
      if (place.kind === 'embedded') writeFixedPart(place.fields, {}, out, start);
    } else if (place.kind === 'bit') {
      if (value === true) set(place.bit, out, start);
    } else if (place.kind === 'fixed') storeFixed(field.type, value, out, start + place.offset);
    else if (place.kind === 'embedded') writeFixedPart(place.fields, value as PlainRow, out, start);
  }
}

function set({ byte, mask }: Bit, out: ByteWriter, start: number): void {
  out.bytes[start + byte]! |= mask;
}

/** Writes a value of fixed size. */
export function storeFixed(type: FieldType, value: unknown, { bytes, view }: ByteWriter, at: number): void {
  switch (type.kind) {
    case 'boolean':
      bytes[at] = value === true ? 1 : 0;
      break;
    case 'float64':
      view.setFloat64(at, value as number, true);
      break;
    case 'float32':
      view.setFloat32(at, value as number, true);
      break;
    case 'int8':
    case 'uint8':
      bytes[at] = value as number;
      break;
    case 'int16':
    case 'uint16':
      view.setUint16(at, value as number, true);
      break;
    case 'int32':
    case 'uint32':
      view.setUint32(at, value as number, true);
      break;
    case 'int64':
    case 'uint64':
      view.setBigUint64(at, BigInt.asUintN(64, value as bigint), true);
      break;
    case 'date':
      view.setFloat64(at, (value as Date).getTime(), true);
      break;
    case 'enum': {
      const position = type.values.indexOf(value as string | number);
      if (type.values.length <= 0x100) bytes[at] = position;
      else view.setUint16(at, position, true);
      break;
    }
    default:
      throw new Error(`${type.kind} has no fixed size`);
  }
}
