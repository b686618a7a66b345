// Numbers and dates of many records at a time, straight from where they stand in them: a loop without a call per record for float64 and
// dates, and with one for the narrower kinds.
import type { Column } from '../../bytes/columns.js';
import type { EntryRun } from '../../bytes/entry-run.js';
import type { ColumnValues, ReadColumns } from '../../bytes/scanned-columns.js';
import { columnOf } from '../../codec/columns.js';
import type { Bit, FieldPlace } from '../../codec/layout.js';
import type { FieldType } from '../../schema/model.js';
import type { WantedColumns } from '../wanted-columns.js';

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
  private readonly column: Column;
  /** Their numbers among the columns of a run; -1 where no value is missing. */
  private inRun = -1;
  private missingInRun = -1;

  private constructor(
    column: Column,
    offset: number,
    missing: Bit | null,
    kind: FieldType['kind'],
    loadOne: Load,
    capacity: number,
  ) {
    this.column = column;
    this.offset = offset;
    this.missing = missing;
    this.isDouble = kind === 'float64' || kind === 'date';
    this.loadOne = loadOne;
    this.values = new Float64Array(capacity);
    this.present = new Int32Array(capacity);
    this.groups = this.present;
  }

  /** Null where the place holds no number or date. @param capacity most entries of a run */
  static of(of: FieldPlace, capacity: number): NumberColumn | null {
    const { field, missing, place } = of;
    const { kind } = field.type;
    const load = LOADS[kind];
    return place.kind !== 'fixed' || load === undefined
      ? null
      : new NumberColumn(columnOf(of)!, place.offset, missing, kind, load, capacity);
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

  ask(wanted: WantedColumns): void {
    const { missing } = this;
    this.inRun = wanted.number(this.column);
    if (missing !== null) this.missingInRun = wanted.number({ kind: 'bit', offset: missing.byte, mask: missing.mask });
  }

  /** As `load`, of all entries of a run that has columns. */
  loadColumns({ ordinals, count }: EntryRun, { numbers }: ReadColumns, groups: Int32Array): number {
    const { values, present } = this;
    const column = numbers[this.inRun]!;
    if (this.missingInRun < 0) {
      this.groups = groups;
      gather(column, ordinals, count, values);
      return count;
    }
    const isMissing = numbers[this.missingInRun]!;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const entry = ordinals[i]!;
      present[kept] = groups[i]!;
      values[kept] = column[entry]!;
      kept += 1 - isMissing[entry]!;
    }
    this.groups = present;
    return kept;
  }
}

/** Loops of one kind of array each. */
function gather(column: ColumnValues, ordinals: Int32Array, count: number, into: Float64Array): void {
  if (column instanceof Float64Array) for (let i = 0; i < count; i++) into[i] = column[ordinals[i]!]!;
  else for (let i = 0; i < count; i++) into[i] = column[ordinals[i]!]!;
}
