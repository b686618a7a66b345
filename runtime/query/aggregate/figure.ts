// One aggregate while it is being computed: what it reads of entries or rows, and the accumulator that this goes to.
import { type EntryRun, MAX_RUN_ENTRIES } from '../../bytes/entry-run.js';
import type { ReadColumns } from '../../bytes/scanned-columns.js';
import type { EntityRuntime } from '../../codec/codec.js';
import type { FieldType } from '../../schema/model.js';
import type { Evaluate } from '../evaluate.js';
import type { Expression } from '../expression.js';
import type { Aggregate, AggregateKind, Selector } from '../query.js';
import { layoutOf } from '../row-filter.js';
import type { WantedColumns } from '../wanted-columns.js';
import { Extremes, type NumberAccumulator, Sums } from './accumulators.js';
import { type Entry, entryReader, placeOf } from './entry.js';
import { NumberColumn } from './number-column.js';
import { notSummable, type ValueAccumulator, valueAccumulator } from './values.js';

export interface Figure<Row> {
  /** Asks for the columns that it can be computed of; false where entries have to be seen. */
  ask(wanted: WantedColumns): boolean;
  /** Takes all entries of a run that has columns; `groups[i]` is the group of entry i. */
  takeColumns(run: EntryRun, columns: ReadColumns, groups: Int32Array): void;
  /** Makes room for groups up to that number. */
  grow(groups: number): void;
  /** Takes the entries of `run` that stand in `selected[0, count)`; `groups[i]` is the group of `selected[i]`. */
  takeEntries(run: EntryRun, selected: Int32Array, count: number, groups: Int32Array, entry: Entry): void;
  /** Takes a row. */
  takeRow(row: Row, group: number): void;
  result(group: number): unknown;
}

/** Throws QueryError QDB2109 where the type of a field can't be summed up. */
export function figureOf<Row, Key>(entity: EntityRuntime<Row, Key, never>, { kind, of }: Aggregate): Figure<Row> {
  if (kind === 'count' || of === null) return new Count();
  const type = of.expression === null ? null : typeOf(entity, of.expression);
  if (type !== null) assertSummable(kind, type);
  const column = type === null ? null : columnOf(entity, of);
  if (column === null) return new ValueFigure(entity, of, valueAccumulator(kind, zeroOf(entity, of)));
  const isDate = type?.kind === 'date';
  const accumulator = kind === 'sum' || kind === 'avg' ? new Sums(kind === 'avg') : new Extremes(kind === 'max');
  return new NumberFigure(column, of, accumulator, isDate);
}

class Count<Row> implements Figure<Row> {
  private counts = new Float64Array(0);

  ask(): boolean {
    return true;
  }

  takeColumns(run: EntryRun, _columns: ReadColumns, groups: Int32Array): void {
    this.count(run.count, groups);
  }

  grow(groups: number): void {
    if (groups <= this.counts.length) return;
    const longer = new Float64Array(groups * 2);
    longer.set(this.counts);
    this.counts = longer;
  }

  takeEntries(_run: EntryRun, _selected: Int32Array, count: number, groups: Int32Array): void {
    this.count(count, groups);
  }

  private count(count: number, groups: Int32Array): void {
    const { counts } = this;
    for (let i = 0; i < count; i++) counts[groups[i]!]!++;
  }

  takeRow(_row: Row, group: number): void {
    this.counts[group]!++;
  }

  result(group: number): number {
    return this.counts[group]!;
  }
}

class NumberFigure<Row> implements Figure<Row> {
  private readonly column: NumberColumn;
  private readonly read: (row: Row) => unknown;
  private readonly accumulator: NumberAccumulator;
  private readonly isDate: boolean;
  private readonly one = new Float64Array(1);
  private readonly group = new Int32Array(1);

  constructor(column: NumberColumn, { read }: Selector, accumulator: NumberAccumulator, isDate: boolean) {
    this.column = column;
    this.read = read as (row: Row) => unknown;
    this.accumulator = accumulator;
    this.isDate = isDate;
  }

  ask(wanted: WantedColumns): boolean {
    this.column.ask(wanted);
    return true;
  }

  takeColumns(run: EntryRun, columns: ReadColumns, groups: Int32Array): void {
    const { column, accumulator } = this;
    const present = column.loadColumns(run, columns, groups);
    accumulator.add(column.values, column.groups, present);
  }

  grow(groups: number): void {
    this.accumulator.grow(groups);
  }

  takeEntries(run: EntryRun, selected: Int32Array, count: number, groups: Int32Array): void {
    const { column, accumulator } = this;
    const present = column.load(run, selected, count, groups);
    accumulator.add(column.values, column.groups, present);
  }

  takeRow(row: Row, group: number): void {
    const value = this.read(row);
    if (value === null || value === undefined) return;
    this.one[0] = Number(value);
    this.group[0] = group;
    this.accumulator.add(this.one, this.group, 1);
  }

  result(group: number): unknown {
    const number = this.accumulator.result(group);
    return this.isDate && number !== undefined ? new Date(number) : number;
  }
}

class ValueFigure<Row, Key> implements Figure<Row> {
  private readonly readEntry: Evaluate<Entry>;
  private readonly read: (row: Row) => unknown;
  private readonly accumulator: ValueAccumulator;

  constructor(entity: EntityRuntime<Row, Key, never>, of: Selector, accumulator: ValueAccumulator) {
    this.readEntry = entryReader(entity, of);
    this.read = of.read as (row: Row) => unknown;
    this.accumulator = accumulator;
  }

  ask(): boolean {
    return false;
  }

  takeColumns(): void {}

  grow(groups: number): void {
    this.accumulator.grow(groups);
  }

  takeEntries(run: EntryRun, selected: Int32Array, count: number, groups: Int32Array, entry: Entry): void {
    for (let i = 0; i < count; i++) {
      entry.at(run, selected[i]!);
      this.accumulator.add(this.readEntry(entry), groups[i]!);
    }
  }

  takeRow(row: Row, group: number): void {
    this.accumulator.add(this.read(row), group);
  }

  result(group: number): unknown {
    return this.accumulator.result(group);
  }
}

function columnOf<Row, Key>({ model }: EntityRuntime<Row, Key, never>, { expression }: Selector): NumberColumn | null {
  if (expression?.op !== 'field') return null;
  const place = placeOf(layoutOf(model), expression.path);
  return place && NumberColumn.of(place, MAX_RUN_ENTRIES);
}

/** The type of a field; null for what is computed. */
function typeOf<Row, Key>({ model }: EntityRuntime<Row, Key, never>, expression: Expression): FieldType | null {
  if (expression.op !== 'field') return null;
  let { fields } = model;
  let type: FieldType | null = null;
  for (const name of expression.path) {
    const field = fields.find((one) => one.name === name);
    if (field === undefined) return null;
    type = field.type;
    fields = type.kind === 'embedded' ? type.fields : [];
  }
  return type;
}

function assertSummable(kind: AggregateKind, { kind: type }: FieldType): void {
  if (kind !== 'sum' && kind !== 'avg') return;
  if (
    type === 'date' ? kind === 'sum' : type === 'string' || type === 'boolean' || type === 'array' || type === 'bytes'
  ) {
    throw notSummable(kind, `a field of type ${type}`);
  }
}

/** The sum of no values: 0n of what is known to be bigints. */
function zeroOf<Row, Key>(
  entity: EntityRuntime<Row, Key, never>,
  { expression, parameters }: Selector,
): number | bigint {
  const isBigint = (part: Expression): boolean => {
    switch (part.op) {
      case 'field': {
        const kind = typeOf(entity, part)?.kind;
        return kind === 'bigint' || kind === 'int64' || kind === 'uint64';
      }
      case 'param':
        return typeof parameters[part.index] === 'bigint';
      case 'negate':
        return isBigint(part.arg);
      case '+':
      case '-':
      case '*':
      case '/':
      case '%':
      case '??':
        return isBigint(part.left) || isBigint(part.right);
      case '?:':
        return isBigint(part.yes) || isBigint(part.no);
      default:
        return false;
    }
  };
  return expression !== null && isBigint(expression) ? 0n : 0;
}
