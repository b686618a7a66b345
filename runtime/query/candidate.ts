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
  /** In the order of the columns. */
  readonly used: ReadonlySet<Term>;
  /** Leading columns that have one value throughout each span. */
  readonly equalColumns: number;
  /** Leading columns that have one value in all the spans. */
  readonly constants: number;
  /** Whether the spans hold nothing that the used terms refuse. */
  readonly exact: boolean;
}

const NO_PREFIX: readonly Buffer[] = [Buffer.alloc(0)];

/** Most spans that several lists of values may multiply to. */
const MAX_SPANS = 10_000;

const known = new WeakMap<object, readonly Candidate<never>[]>();

/** The trees of a table, the primary one first. */
export function candidatesOf<Row, Key>(table: Table<Row, Key>): readonly Candidate<Row>[] {
  let candidates = known.get(table) as readonly Candidate<Row>[] | undefined;
  if (candidates === undefined) {
    candidates = makeCandidates(table);
    known.set(table, candidates as readonly Candidate<never>[]);
  }
  return candidates;
}

function makeCandidates<Row, Key>(table: Table<Row, Key>): readonly Candidate<Row>[] {
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
  return { candidate, spans: [span], used: new Set(), equalColumns: 0, constants: 0, exact: true };
}

/** Null when no term bounds the candidate's first column. */
export function matchTerms<Row>(candidate: Candidate<Row>, terms: readonly Term[]): Match<Row> | null {
  if (!terms.some((term) => term.kind !== 'any' && term.field === candidate.fields[0])) return null;
  const used = new Set<Term>();
  let prefixes: readonly Buffer[] = NO_PREFIX;
  let stretch: Stretch | null = null;
  let constants = 0;
  let exact = true;
  let position = 0;
  let missing = false;

  for (const field of candidate.fields) {
    const element = candidate.multiEntry && position === 0;
    const equals = equalityOn(candidate, field, element, terms);
    if (equals === null) {
      if (!element) stretch = stretchOn(candidate, position, field, terms, used);
      break;
    }
    const values = distinctBytes(candidate.writer, position, typeOfColumn(field), equals.values);
    if (prefixes.length * values.length > MAX_SPANS && position > 0) break;
    prefixes =
      prefixes === NO_PREFIX ? values : prefixes.flatMap((prefix) => values.map((value) => joined(prefix, value)));
    used.add(equals);
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
  return { candidate, spans, used, equalColumns: position, constants, exact };
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

/** All ranges and prefixes on one column, intersected; adds them to `used`. */
function stretchOn<Row>(
  candidate: Candidate<Row>,
  position: number,
  field: Field,
  terms: readonly Term[],
  used: Set<Term>,
): Stretch | null {
  let all: Stretch | null = null;
  for (const term of terms) {
    if ((term.kind !== 'range' && term.kind !== 'prefix') || term.field !== field) continue;
    const stretch = stretchOf(candidate.writer, position, term, candidate.caseInsensitive);
    if (stretch === null) continue;
    all = all === null ? stretch : intersect(all, stretch);
    used.add(term);
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
  const gte = stretch === null ? prefix : joined(prefix, stretch.gte);
  const lt = stretch === null || stretch.lt === null ? keyAfterPrefix(prefix) : joined(prefix, stretch.lt);
  return lt === undefined ? { gte } : { gte, lt };
}

function joined(prefix: Buffer, bytes: Buffer): Buffer {
  return prefix.length === 0 ? bytes : Buffer.concat([prefix, bytes]);
}

/** Ranges that contradict each other leave an end before the beginning. */
function holdsAnything({ gte, lt }: KeyRange): boolean {
  return gte === undefined || lt === undefined || compareKeys(gte, lt) < 0;
}

/** What bounds a tree, as `country = 'CH'`. */
export function showTerms(terms: Iterable<Term>): string {
  return Array.from(terms, showTerm).join(' and ');
}

function showTerm(term: Term): string {
  switch (term.kind) {
    case 'any':
      return '';
    case 'equals':
      return showEquals(term);
    case 'range':
      return `${term.field.name} ${term.op} ${show(term.value)}`;
    case 'prefix':
      return `${term.folded ? 'lower case of ' : ''}${term.field.name} starts with ${show(term.value)}`;
  }
}

function showEquals({ field, values, element, folded }: Equals): string {
  if (element) return `${field.name} includes ${values.map(show).join()}`;
  const name = folded ? `lower case of ${field.name}` : field.name;
  if (values.length === 0) return `${name} has no such value`;
  return values.length === 1 ? `${name} = ${show(values[0])}` : `${name} is one of ${values.length} values`;
}
