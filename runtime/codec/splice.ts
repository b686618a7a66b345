// A record of one layout put together out of two records of other layouts, slot by slot, without decoding: a row that a migration
// leaves as it is but for a field or two is copied, and only what is new is encoded. layout.ts draws what is copied.
import type { ByteSpan, ByteWriter } from '../bytes/writer.js';
import { canonicalJson } from '../schema/fingerprint.js';
import type { EntityModel, Field, FieldType, Slot } from '../schema/model.js';
import { fitsNumber, isNumberKind } from '../schema/numbers.js';
import { loadFixed } from './interpret-record.js';
import { storeFixed } from './interpret-write.js';
import {
  type Bit,
  FIRST_LAYOUT,
  type FieldPlace,
  layoutRecord,
  MIXED,
  NARROW_HEAP,
  type RecordLayout,
  WIDE,
} from './layout.js';
import { typeShape } from './shape.js';

/** Where a field of the new record comes from: which of the two records, and under which property name. */
export interface Origin {
  readonly record: 0 | 1;
  readonly name: string;
}

/** Whether every value of the one slot is one of the other, and stored as it is, but for marks of what is missing and a number's width. */
export function isSpliceable(from: Slot, to: Slot): boolean {
  if ((from.nullable && !to.nullable) || (from.optional && !to.optional)) return false;
  return isSameType(from.type, to.type) || widens(from.type, to.type);
}

function isSameType(from: FieldType, to: FieldType): boolean {
  return canonicalJson(typeShape(from)) === canonicalJson(typeShape(to));
}

function widens(from: FieldType, to: FieldType): boolean {
  return isNumberKind(from.kind) && isNumberKind(to.kind) && fitsNumber(from.kind, to.kind);
}

/** Numbers a copied bit, stretch of bytes or slot takes in the lists below. */
const BIT_WORDS = 5;
const STRETCH_WORDS = 4;
const SLOT_WORDS = 2;

/** A number that gets wider. */
interface Widening {
  readonly record: 0 | 1;
  readonly from: FieldType;
  /** From the start of the records. */
  readonly at: number;
  readonly to: FieldType;
  readonly into: number;
}

/** Where the slots of one record end. */
class SlotEnds {
  private readonly fixed: number;
  private readonly slots: number;
  /** From the start of the buffer: data slots, then text slots, each beginning where the one before it ends. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;

  constructor(private readonly layout: RecordLayout) {
    this.fixed = layout.fixedSize;
    this.slots = layout.dataSlots + layout.textSlots;
    this.starts = new Int32Array(this.slots);
    this.ends = new Int32Array(this.slots);
  }

  /** False for a record with a wide table, and for one that is damaged. */
  locate({ bytes, start, end }: ByteSpan): boolean {
    const { fixed, slots, starts, ends } = this;
    const { dataSlots, textSlots, tableEntries } = this.layout;
    const table = start + fixed;
    const heap = table + 2 * tableEntries;
    if (heap > end || (bytes[start + 1]! & WIDE) !== 0) return false;
    const text = textSlots === 0 || dataSlots === 0 ? heap : heap + u16(bytes, table + 2 * (dataSlots - 1));
    let from = heap;
    for (let i = 0; i < slots; i++) {
      if (i === dataSlots) from = text;
      const base = i < dataSlots ? heap : text;
      const to = i === slots - 1 ? end : base + u16(bytes, table + 2 * i);
      if (to < from || to > end) return false;
      starts[i] = from;
      ends[i] = to;
      from = to;
    }
    return true;
  }
}

export class RecordSplicer {
  private readonly name: string;
  private readonly layout: RecordLayout;
  private readonly sources: readonly [SlotEnds, SlotEnds];
  private readonly hasText: readonly [boolean, boolean];
  private readonly least: readonly [number, number];
  /** [record, byte, mask, new byte, new mask] */
  private readonly bits: Int32Array;
  /** [record, from, size, to] */
  private readonly stretches: Int32Array;
  /** [record, slot], data slots first */
  private readonly slots: Int32Array;
  private readonly widenings: readonly Widening[];

  /**
   * @param from the models of the two records
   * @param originOf of each field of `to` that is not of its primary key; the slots must be spliceable
   * @param number of the layout that is made
   */
  constructor(
    from: readonly [EntityModel, EntityModel],
    to: EntityModel,
    originOf: (field: Field) => Origin,
    private readonly number = FIRST_LAYOUT,
  ) {
    this.name = to.name;
    this.layout = layoutRecord(to);
    const layouts = [layoutRecord(from[0]), layoutRecord(from[1])] as const;
    this.sources = [new SlotEnds(layouts[0]), new SlotEnds(layouts[1])];
    this.hasText = [layouts[0].textSlots > 0, layouts[1].textSlots > 0];
    this.least = [layouts[0].fixedSize, layouts[1].fixedSize];
    const plan = new SplicePlan(this.layout, layouts);
    for (const place of this.layout.fields) {
      const { record, name } = originOf(place.field);
      plan.copy(record, layouts[record].fields.find(({ field }) => field.name === name)!, place);
    }
    this.bits = Int32Array.from(plan.bits);
    this.stretches = Int32Array.from(plan.stretches);
    this.slots = plan.slots;
    this.widenings = plan.widenings;
  }

  /**
   * Appends the new record. False, with nothing appended, where slots can't be copied as they are: texts in two encodings, a heap
   * over 64 KiB, damage. Then the row is to be decoded and encoded.
   */
  splice(first: ByteSpan, second: ByteSpan, out: ByteWriter): boolean {
    const { layout, sources, least, hasText } = this;
    if (first.end - first.start < least[0] || second.end - second.start < least[1]) return false;
    const flags = first.bytes[first.start + 1]!;
    const otherFlags = second.bytes[second.start + 1]!;
    if (hasText[0] && hasText[1] && ((flags ^ otherFlags) & MIXED) !== 0) return false;
    if (!sources[0].locate(first) || !sources[1].locate(second)) return false;

    const start = out.at;
    const heap = layout.fixedSize + 2 * layout.tableEntries;
    out.ensure(heap + (first.end - first.start) + (second.end - second.start));
    const { bytes } = out;
    for (let i = start; i < start + layout.fixedSize; i++) bytes[i] = 0;
    bytes[start] = this.number;
    if (layout.textSlots > 0) bytes[start + 1] = (flags | otherFlags) & MIXED;
    this.copyBits(first, second, bytes, start);
    this.copyStretches(first, second, bytes, start);
    for (const { record, from, at, to, into } of this.widenings) {
      const source = record === 0 ? first : second;
      storeFixed(to, loadFixed(from, source, source.start + at, this.name), out, start + into);
    }
    out.at = this.copySlots(first, second, bytes, start, start + heap);
    if (out.at - start <= heap + NARROW_HEAP) return true;
    out.at = start;
    return false;
  }

  private copyBits(first: ByteSpan, second: ByteSpan, bytes: Buffer, start: number): void {
    const { bits } = this;
    for (let i = 0; i < bits.length; i += BIT_WORDS) {
      const from = bits[i] === 0 ? first : second;
      if ((from.bytes[from.start + bits[i + 1]!]! & bits[i + 2]!) !== 0) bytes[start + bits[i + 3]!]! |= bits[i + 4]!;
    }
  }

  private copyStretches(first: ByteSpan, second: ByteSpan, bytes: Buffer, start: number): void {
    const { stretches } = this;
    for (let i = 0; i < stretches.length; i += STRETCH_WORDS) {
      const from = stretches[i] === 0 ? first : second;
      const at = from.start + stretches[i + 1]!;
      copyBytes(from.bytes, at, at + stretches[i + 2]!, bytes, start + stretches[i + 3]!);
    }
  }

  /** Copies heap and offset table; answers the record's end. */
  private copySlots(first: ByteSpan, second: ByteSpan, bytes: Buffer, start: number, heap: number): number {
    const { slots, sources } = this;
    const { fixedSize, dataSlots, tableEntries } = this.layout;
    const table = start + fixedSize;
    let at = heap;
    let base = heap;
    for (let i = 0; i * SLOT_WORDS < slots.length; i++) {
      if (i === dataSlots) base = at;
      const record = slots[i * SLOT_WORDS]!;
      const slot = slots[i * SLOT_WORDS + 1]!;
      const source = record === 0 ? sources[0] : sources[1];
      const from = record === 0 ? first : second;
      at = copyBytes(from.bytes, source.starts[slot]!, source.ends[slot]!, bytes, at);
      if (i < tableEntries) {
        bytes[table + 2 * i] = at - base;
        bytes[table + 2 * i + 1] = (at - base) >> 8;
      }
    }
    return at;
  }
}

/** Where every bit, stretch of fixed-size fields and slot of a record comes from. */
class SplicePlan {
  readonly bits: number[] = [];
  readonly stretches: number[] = [];
  readonly widenings: Widening[] = [];
  readonly slots: Int32Array;

  constructor(
    private readonly to: RecordLayout,
    private readonly from: readonly [RecordLayout, RecordLayout],
  ) {
    this.slots = new Int32Array((to.dataSlots + to.textSlots) * SLOT_WORDS);
  }

  copy(record: 0 | 1, from: FieldPlace, to: FieldPlace): void {
    if (from.missing !== null && to.missing !== null) this.bit(record, from.missing, to.missing);
    const undefinedBit = from.isUndefined ?? (from.field.optional ? from.missing : null);
    if (undefinedBit !== null && to.isUndefined !== null) this.bit(record, undefinedBit, to.isUndefined);
    const [source, target] = [from.place, to.place];
    if (source.kind === 'bit' && target.kind === 'bit') this.bit(record, source.bit, target.bit);
    else if (source.kind === 'fixed' && target.kind === 'fixed') {
      if (isSameType(from.field.type, to.field.type)) this.stretch(record, source.offset, source.size, target.offset);
      else {
        const widening = { record, from: from.field.type, at: source.offset, to: to.field.type, into: target.offset };
        this.widenings.push(widening);
      }
    } else if (source.kind === 'embedded' && target.kind === 'embedded') {
      for (const [i, field] of source.fields.entries()) this.copy(record, field, target.fields[i]!);
    } else if (source.kind === 'text' && target.kind === 'text') this.text(record, source.slot, target.slot);
    else if (source.kind === 'data' && target.kind === 'data') {
      this.slots.set([record, source.slot], target.slot * SLOT_WORDS);
      if (source.textSlot !== null && target.textSlot !== null) this.text(record, source.textSlot, target.textSlot);
    } else throw new TypeError(`${from.field.name} and ${to.field.name} are stored in different ways`);
  }

  private bit(record: number, from: Bit, to: Bit): void {
    this.bits.push(record, from.byte, from.mask, to.byte, to.mask);
  }

  /** Fields that lie side by side in both records are one stretch. */
  private stretch(record: number, from: number, size: number, to: number): void {
    const { stretches } = this;
    const last = stretches.length - STRETCH_WORDS;
    const [lastRecord, lastFrom, lastSize, lastTo] = stretches.slice(last);
    if (last >= 0 && lastRecord === record && lastFrom! + lastSize! === from && lastTo! + lastSize! === to) {
      stretches[last + 2]! += size;
    } else stretches.push(record, from, size, to);
  }

  private text(record: 0 | 1, from: number, to: number): void {
    this.slots.set([record, this.from[record].dataSlots + from], (this.to.dataSlots + to) * SLOT_WORDS);
  }
}

/** From so many bytes on a native copy is faster than a loop. */
const LONG_COPY = 48;

/** Answers the end of what was written. */
function copyBytes(from: Buffer, start: number, end: number, to: Buffer, at: number): number {
  const size = end - start;
  if (size < LONG_COPY) for (let i = 0; i < size; i++) to[at + i] = from[start + i]!;
  else from.copy(to, at, start, end);
  return at + size;
}

function u16(bytes: Buffer, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}
