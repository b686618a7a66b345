// Which group an entry belongs to, by the value of a selector. Values that were met before are recognised by their bytes where they are
// short: a string is made once per group instead of once per row.
import type { EntryRun } from '../../bytes/entry-run.js';
import type { EntityRuntime } from '../../codec/codec.js';
import { TextPlace } from '../../codec/field.js';
import type { FieldPlace } from '../../codec/layout.js';
import { ValueNumbers } from '../distinct.js';
import type { Evaluate } from '../evaluate.js';
import type { Selector } from '../query.js';
import { layoutOf } from '../row-filter.js';
import { type Entry, entryReader, placeOf } from './entry.js';
import { TextNumbers } from './text-numbers.js';

/** Numbers groups from 0, in the order in which they are met. */
export interface Groups<Row> {
  /** Puts the group of each entry of `selected[0, count)` into `into`. */
  assign(run: EntryRun, selected: Int32Array, count: number, into: Int32Array, entry: Entry): void;
  groupOf(row: Row): number;
  /** How many there are. */
  readonly size: number;
  /** The value that the rows of a group have in common. */
  keyOf(group: number): unknown;
}

export function groupsBy<Row, Key>(entity: EntityRuntime<Row, Key, never>, by: Selector | null): Groups<Row> {
  if (by === null) return new OneGroup();
  const layout = layoutOf(entity.model);
  const place = by.expression?.op === 'field' ? placeOf(layout, by.expression.path) : null;
  const read = entryReader(entity, by);
  const ofRow = by.read as (row: Row) => unknown;
  if (place !== null && place.missing === null) {
    if (place.place.kind === 'text') {
      return new TextGroups(ofRow, read, new TextPlace(layout, place.place.slot, entity.model.name));
    }
    if (place.place.kind === 'bit' || (place.place.kind === 'fixed' && place.place.size === 1)) {
      return new ByteGroups(ofRow, read, place);
    }
  }
  return new ValueGroups(ofRow, read);
}

/** All rows: a group even where there is none. */
class OneGroup<Row> implements Groups<Row> {
  readonly size = 1;

  assign(_run: EntryRun, _selected: Int32Array, count: number, into: Int32Array): void {
    into.fill(0, 0, count);
  }

  groupOf(): number {
    return 0;
  }

  keyOf(): unknown {
    return undefined;
  }
}

class ValueGroups<Row> implements Groups<Row> {
  protected readonly numbers = new ValueNumbers();
  protected readonly read: Evaluate<Entry>;
  private readonly ofRow: (row: Row) => unknown;

  constructor(ofRow: (row: Row) => unknown, read: Evaluate<Entry>) {
    this.ofRow = ofRow;
    this.read = read;
  }

  get size(): number {
    return this.numbers.size;
  }

  assign(run: EntryRun, selected: Int32Array, count: number, into: Int32Array, entry: Entry): void {
    const { numbers, read } = this;
    for (let i = 0; i < count; i++) {
      entry.at(run, selected[i]!);
      into[i] = numbers.numberOf(read(entry));
    }
  }

  groupOf(row: Row): number {
    return this.numbers.numberOf(this.ofRow(row));
  }

  keyOf(group: number): unknown {
    return this.numbers.values[group];
  }
}

/** By a field of one byte, or of one bit. */
class ByteGroups<Row> extends ValueGroups<Row> {
  private readonly known = new Int32Array(0x100).fill(-1);
  private readonly offset: number;
  private readonly mask: number;

  constructor(ofRow: (row: Row) => unknown, read: Evaluate<Entry>, { place }: FieldPlace) {
    super(ofRow, read);
    this.offset = place.kind === 'bit' ? place.bit.byte : place.kind === 'fixed' ? place.offset : 0;
    this.mask = place.kind === 'bit' ? place.bit.mask : 0xff;
  }

  override assign(run: EntryRun, selected: Int32Array, count: number, into: Int32Array, entry: Entry): void {
    const { known, offset, mask } = this;
    const { bytes, starts } = run;
    for (let i = 0; i < count; i++) {
      const byte = bytes[starts[selected[i]!]! + offset]! & mask;
      let group = known[byte]!;
      if (group < 0) {
        entry.at(run, selected[i]!);
        group = this.numbers.numberOf(this.read(entry));
        known[byte] = group;
      }
      into[i] = group;
    }
  }
}

/** By a string. */
class TextGroups<Row> extends ValueGroups<Row> {
  private readonly texts = new TextNumbers();
  private readonly place: TextPlace;

  constructor(ofRow: (row: Row) => unknown, read: Evaluate<Entry>, place: TextPlace) {
    super(ofRow, read);
    this.place = place;
  }

  override assign(run: EntryRun, selected: Int32Array, count: number, into: Int32Array, entry: Entry): void {
    const { texts, place, numbers } = this;
    for (let i = 0; i < count; i++) {
      entry.at(run, selected[i]!);
      place.locate(entry);
      const { start, end, mixed } = place;
      let group = texts.find(entry, start, end, mixed);
      if (group < 0) {
        // The same string may be stored in two ways, which then are one group.
        group = numbers.numberOf(this.read(entry));
        texts.add(entry.bytes, start, end, group);
      }
      into[i] = group;
    }
  }
}
