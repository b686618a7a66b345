// One tree that could serve a query, and the spans of it that a set of terms leaves: equalities on leading columns, then a
// range on the next one.
import { compareKeys, keyAfterPrefix } from '../bytes/compare.js';
import type { KeyRange } from '../engine/api.js';
import type { Field, FieldType } from '../schema/model.js';
import type { Span } from './access.js';
import { type ColumnWriter, columnBytes, intersect, type Stretch, stretchOf } from './bounds.js';
import { show } from './show.js';
import type { Table, TableIndex } from './table.js';
import type { Equals, Term } from './terms.js';

export interface Candidate<Row> {
  /** `'primary key'` or `'index <name>'`. */
  readonly name: string;
  /** Null for the primary tree. */
  readonly index: TableIndex<Row> | null;
  readonly fields: readonly Field[];
  /** Names of `fields`. */
  readonly columns: readonly string[];
  /** Names of the columns in whose order entries stand: those of the tree, then the primary key's. */
  readonly order: readonly string[];
  readonly writer: ColumnWriter;
  readonly unique: boolean;
  readonly caseInsensitive: boolean;
  readonly multiEntry: boolean;
  /** Whether entries stand in the order of the columns' values. */
  readonly sortable: boolean;
  /** Whether each row has exactly one entry. */
  readonly holdsEveryRow: boolean;
}

/** What the terms leave of a candidate. */
export interface Match<Row> {
  readonly candidate: Candidate<Row>;
  readonly spans: readonly Span<Row>[];
  readonly used: ReadonlySet<Term>;
  /** Leading columns that have one value throughout each span. */
  readonly equalColumns: number;
  /** Leading columns that have one value in all the spans. */
  readonly constants: number;
  /** Whether the spans hold nothing that the used terms refuse. */
  readonly exact: boolean;
  readonly bounds: string;
}

/** Most spans that several lists of values may multiply to. */
const MAX_SPANS = 10_000;

export function candidatesOf<Row, Key>(table: Table<Row, Key>): readonly Candidate<Row>[] {
  const { model, key } = table.entity;
  const fieldsOf = (names: readonly string[]) =>
    names.map((name) => model.fields.find((field) => field.name === name)!);
  const primary: Candidate<Row> = {
    name: 'primary key',
    index: null,
    fields: fieldsOf(model.key.fields),
    columns: model.key.fields,
    order: model.key.fields,
    writer: key,
    unique: true,
    caseInsensitive: false,
    multiEntry: false,
    sortable: true,
    holdsEveryRow: true,
  };
  return [
    primary,
    ...table.indexes.map((index): Candidate<Row> => {
      const { name, fields, unique, caseInsensitive, multiEntry } = index.model;
      return {
        name: `index ${name}`,
        index,
        fields: fieldsOf(fields),
        columns: fields,
        order: [...fields, ...model.key.fields],
        writer: index.codec,
        unique,
        caseInsensitive,
        multiEntry,
        sortable: !caseInsensitive && !multiEntry,
        holdsEveryRow: !multiEntry,
      };
    }),
  ];
}

/** The whole tree, for its order. */
export function wholeTree<Row>(candidate: Candidate<Row>): Match<Row> {
  const span = { index: candidate.index, range: {}, point: null };
  return { candidate, spans: [span], used: new Set(), equalColumns: 0, constants: 0, exact: true, bounds: '' };
}

/** Null when no term bounds the candidate's first column. */
export function matchTerms<Row>(candidate: Candidate<Row>, terms: readonly Term[]): Match<Row> | null {
  const used = new Set<Term>();
  const shown: string[] = [];
  let prefixes: readonly Buffer[] = [Buffer.alloc(0)];
  let stretch: Stretch | null = null;
  let constants = 0;
  let exact = true;
  let position = 0;
  let missing = false;

  for (const field of candidate.fields) {
    const element = candidate.multiEntry && position === 0;
    const equals = equalityOn(candidate, field, element, terms);
    if (equals === null) {
      if (!element) stretch = stretchOn(candidate, position, field, terms, used, shown);
      break;
    }
    const values = distinctBytes(candidate.writer, position, typeOfColumn(field), equals.values);
    if (prefixes.length * values.length > MAX_SPANS && position > 0) break;
    prefixes = prefixes.flatMap((prefix) => values.map((value) => Buffer.concat([prefix, value])));
    used.add(equals);
    shown.push(showEquals(field, equals));
    if (values.length === 1 && constants === position) constants++;
    missing ||= equals.values.some((value) => value === null || value === undefined);
    if (candidate.caseInsensitive && !equals.folded && typeOfColumn(field).kind === 'string') exact = false;
    position++;
  }
  if (position === 0 && stretch === null) return null;

  const full = position === candidate.fields.length;
  const point = full && candidate.unique && !missing;
  if (stretch !== null) exact &&= stretch.exact;
  const spans: Span<Row>[] = [];
  for (const prefix of prefixes) {
    const range = rangeOf(prefix, stretch);
    if (holdsAnything(range)) spans.push({ index: candidate.index, range, point: point ? prefix : null });
  }
  return { candidate, spans, used, equalColumns: position, constants, exact, bounds: shown.join(' and ') };
}

function equalityOn<Row>(
  { caseInsensitive }: Candidate<Row>,
  field: Field,
  element: boolean,
  terms: readonly Term[],
): Equals | null {
  let best: Equals | null = null;
  for (const term of terms) {
    if (term.kind !== 'equals' || term.field !== field || term.element !== element) continue;
    if (term.folded && !caseInsensitive) continue;
    if (best === null || term.values.length < best.values.length) best = term;
  }
  return best;
}

/** All ranges and prefixes on one column, intersected; adds them to `used` and to `shown`. */
function stretchOn<Row>(
  candidate: Candidate<Row>,
  position: number,
  field: Field,
  terms: readonly Term[],
  used: Set<Term>,
  shown: string[],
): Stretch | null {
  let all: Stretch | null = null;
  for (const term of terms) {
    if ((term.kind !== 'range' && term.kind !== 'prefix') || term.field !== field) continue;
    const stretch = stretchOf(candidate.writer, position, term, candidate.caseInsensitive);
    if (stretch === null) continue;
    all = all === null ? stretch : intersect(all, stretch);
    used.add(term);
    shown.push(
      term.kind === 'range'
        ? `${field.name} ${term.op} ${show(term.value)}`
        : `${term.folded ? 'lower case of ' : ''}${field.name} starts with ${show(term.value)}`,
    );
  }
  return all;
}

function distinctBytes(
  writer: ColumnWriter,
  position: number,
  type: FieldType,
  values: readonly unknown[],
): readonly Buffer[] {
  const found = new Map<string, Buffer>();
  for (const value of values) {
    // The column would round the value onto one that it does not equal.
    if (type.kind === 'float32' && typeof value === 'number' && !Object.is(Math.fround(value), value)) continue;
    const bytes = columnBytes(writer, position, value);
    if (bytes !== null) found.set(bytes.toString('latin1'), bytes);
  }
  return [...found.values()];
}

function typeOfColumn({ type }: Field): FieldType {
  return type.kind === 'array' ? type.element.type : type;
}

function rangeOf(prefix: Buffer, stretch: Stretch | null): KeyRange {
  const gte = stretch === null ? prefix : Buffer.concat([prefix, stretch.gte]);
  const lt = stretch === null || stretch.lt === null ? keyAfterPrefix(prefix) : Buffer.concat([prefix, stretch.lt]);
  return { gte, ...(lt === undefined ? {} : { lt }) };
}

/** Ranges that contradict each other leave an end before the beginning. */
function holdsAnything({ gte, lt }: KeyRange): boolean {
  return gte === undefined || lt === undefined || compareKeys(gte, lt) < 0;
}

function showEquals(field: Field, { values, element, folded }: Equals): string {
  if (element) return `${field.name} includes ${values.map(show).join()}`;
  const name = folded ? `lower case of ${field.name}` : field.name;
  if (values.length === 0) return `${name} has no such value`;
  return values.length === 1 ? `${name} = ${show(values[0])}` : `${name} is one of ${values.length} values`;
}
