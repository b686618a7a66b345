// Numbers and dates of many records at a time, straight from where they stand in them: a loop without a call per record for float64 and
// dates, and with one for the narrower kinds.
import type { EntryRun } from '../../bytes/entry-run.js';
import type { Bit, FieldPlace } from '../../codec/layout.js';
import type { FieldType } from '../../schema/model.js';

type Load = (view: DataView, at: number) => number;

const LOADS: Partial<Readonly<Record<FieldType['kind'], Load>>> = {
  float64: (view, at) => view.getFloat64(at, true),
  date: (view, at) => view.getFloat64(at, true),
  float32: (view, at) => view.getFloat32(at, true),
  int8: (view, at) => view.getInt8(at),
  int16: (view, at) => view.getInt16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  uint8: (view, at) => view.getUint8(at),
  uint16: (view, at) => view.getUint16(at, true),
  uint32: (view, at) => view.getUint32(at, true),
};

export class NumberColumn {
  /** After `load`: the values that are there. */
  readonly values: Float64Array;
  /** After `load`: the groups that they belong to. */
  groups: Int32Array;
  private readonly present: Int32Array;
  private readonly offset: number;
  private readonly missing: Bit | null;
  private readonly isDouble: boolean;
  private readonly loadOne: Load;

  private constructor(offset: number, missing: Bit | null, kind: FieldType['kind'], loadOne: Load, capacity: number) {
    this.offset = offset;
    this.missing = missing;
    this.isDouble = kind === 'float64' || kind === 'date';
    this.loadOne = loadOne;
    this.values = new Float64Array(capacity);
    this.present = new Int32Array(capacity);
    this.groups = this.present;
  }

  /** Null where the place holds no number or date. @param capacity most entries of a run */
  static of({ field, missing, place }: FieldPlace, capacity: number): NumberColumn | null {
    const { kind } = field.type;
    const load = LOADS[kind];
    return place.kind !== 'fixed' || load === undefined
      ? null
      : new NumberColumn(place.offset, missing, kind, load, capacity);
  }

  /** Reads the entries of `selected[0, count)`, which are readable; returns how many have a value. */
  load({ bytes, view, starts }: EntryRun, selected: Int32Array, count: number, groups: Int32Array): number {
    const { values, offset, missing, loadOne, present } = this;
    if (missing !== null) {
      let kept = 0;
      for (let i = 0; i < count; i++) {
        const start = starts[selected[i]!]!;
        if ((bytes[start + missing.byte]! & missing.mask) !== 0) continue;
        present[kept] = groups[i]!;
        values[kept++] = loadOne(view, start + offset);
      }
      this.groups = present;
      return kept;
    }
    this.groups = groups;
    if (this.isDouble) {
      for (let i = 0; i < count; i++) values[i] = view.getFloat64(starts[selected[i]!]! + offset, true);
    } else {
      for (let i = 0; i < count; i++) values[i] = loadOne(view, starts[selected[i]!]! + offset);
    }
    return count;
  }
}
