// Which group an entry belongs to, by the value of a selector. Values that were met before are recognised by their bytes where they are
// short: a string is made once per group instead of once per row.
import { type Column, readColumn } from '../../bytes/columns.js';
import type { EntryRun } from '../../bytes/entry-run.js';
import type { ReadColumns, TextCodes } from '../../bytes/scanned-columns.js';
import { TextNumbers } from '../../bytes/text-numbers.js';
import { type EntityRuntime, layoutNumber } from '../../codec/codec.js';
import { columnOf, valueAt } from '../../codec/columns.js';
import { TextPlace } from '../../codec/field.js';
import type { Field } from '../../schema/model.js';
import { ValueNumbers } from '../distinct.js';
import type { Evaluate } from '../evaluate.js';
import type { Selector } from '../query.js';
import { layoutOf } from '../row-filter.js';
import type { WantedColumns } from '../wanted-columns.js';
import { type Entry, entryReader, placeOf } from './entry.js';

/** Numbers groups from 0, in the order in which they are met. */
export interface Groups<Row> {
  /** Asks for the columns that tell groups apart; false where entries have to be seen. */
  ask(wanted: WantedColumns): boolean;
  /** Puts the group of each entry of a run that has columns into `into`. */
  assignColumns(run: EntryRun, columns: ReadColumns, into: Int32Array): void;
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
      return new TextGroups(
        ofRow,
        read,
        new TextPlace(layout, place.place.slot, entity.model.name, layoutNumber(entity)),
      );
    }
    const column = columnOf(place);
    if (column !== null) {
      const Groups = column.kind === 'bit' || column.kind === 'u8' ? ByteGroups : NumberGroups;
      return new Groups(ofRow, read, column, place.field, entity.model.name);
    }
  }
  return new ValueGroups(ofRow, read);
}

/** All rows: a group even where there is none. */
class OneGroup<Row> implements Groups<Row> {
  readonly size = 1;

  ask(): boolean {
    return true;
  }

  assignColumns(run: EntryRun, _columns: ReadColumns, into: Int32Array): void {
    into.fill(0, 0, run.count);
  }

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

  ask(_wanted: WantedColumns): boolean {
    return false;
  }

  assignColumns(_run: EntryRun, _columns: ReadColumns, _into: Int32Array): void {}

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

/** By a number, date or enum at a fixed place: values are made once per group. */
class NumberGroups<Row> extends ValueGroups<Row> {
  private readonly known = new Map<number, number>();
  protected readonly column: Column;
  private readonly field: Field;
  private readonly entity: string;
  /** Its number among the columns of a run. */
  protected inRun = -1;

  constructor(ofRow: (row: Row) => unknown, read: Evaluate<Entry>, column: Column, field: Field, entity: string) {
    super(ofRow, read);
    this.column = column;
    this.field = field;
    this.entity = entity;
  }

  override ask(wanted: WantedColumns): boolean {
    this.inRun = wanted.number(this.column);
    return true;
  }

  override assign({ view, starts }: EntryRun, selected: Int32Array, count: number, into: Int32Array): void {
    const { column } = this;
    for (let i = 0; i < count; i++) into[i] = this.groupAt(readColumn(column, view, starts[selected[i]!]!));
  }

  override assignColumns({ ordinals, count }: EntryRun, { numbers }: ReadColumns, into: Int32Array): void {
    const values = numbers[this.inRun]!;
    for (let i = 0; i < count; i++) into[i] = this.groupAt(values[ordinals[i]!]!);
  }

  private groupAt(number: number): number {
    let group = this.known.get(number);
    if (group === undefined) {
      group = this.newGroup(number);
      this.known.set(number, group);
    }
    return group;
  }

  protected newGroup(number: number): number {
    return this.numbers.numberOf(valueAt(this.field, number, this.entity));
  }
}

/** The same by no more than 256 numbers: a bit, or a byte. */
class ByteGroups<Row> extends NumberGroups<Row> {
  private readonly groups = new Int32Array(0x100).fill(-1);

  override assign({ bytes, starts }: EntryRun, selected: Int32Array, count: number, into: Int32Array): void {
    const { groups, column } = this;
    const { offset } = column;
    const [mask, shift] = column.kind === 'bit' ? [column.mask, Math.log2(column.mask)] : [0xff, 0];
    for (let i = 0; i < count; i++) {
      const byte = (bytes[starts[selected[i]!]! + offset]! & mask) >> shift;
      let group = groups[byte]!;
      if (group < 0) {
        group = this.newGroup(byte);
        groups[byte] = group;
      }
      into[i] = group;
    }
  }

  override assignColumns({ ordinals, count }: EntryRun, { numbers }: ReadColumns, into: Int32Array): void {
    const { groups } = this;
    const bytes = numbers[this.inRun]!;
    for (let i = 0; i < count; i++) {
      const byte = bytes[ordinals[i]!]!;
      let group = groups[byte]!;
      if (group < 0) {
        group = this.newGroup(byte);
        groups[byte] = group;
      }
      into[i] = group;
    }
  }
}

/** By a string. */
class TextGroups<Row> extends ValueGroups<Row> {
  private readonly texts = new TextNumbers();
  private readonly place: TextPlace;
  /** Its number among the columns of a run. */
  private inRun = -1;
  /** Groups by code: each table numbers strings for itself. */
  private readonly byCode = new Map<TextCodes, Int32Array>();

  constructor(ofRow: (row: Row) => unknown, read: Evaluate<Entry>, place: TextPlace) {
    super(ofRow, read);
    this.place = place;
  }

  override ask(wanted: WantedColumns): boolean {
    this.inRun = wanted.text(this.place);
    return true;
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

  override assignColumns({ ordinals, count }: EntryRun, { texts }: ReadColumns, into: Int32Array): void {
    const column = texts[this.inRun]!;
    const { codes, values } = column;
    let groups = this.byCode.get(column);
    if (groups === undefined) {
      groups = new Int32Array(values.length).fill(-1);
      this.byCode.set(column, groups);
    }
    for (let i = 0; i < count; i++) {
      const code = codes[ordinals[i]!]!;
      let group = groups[code]!;
      if (group < 0) {
        group = this.numbers.numberOf(values[code]!);
        groups[code] = group;
      }
      into[i] = group;
    }
  }
}
