// Runs a query whose rows are brought together: source -> groups -> figures -> having -> order -> offset and limit. Entries are read as
// they lie, unless only a part of the rows counts (a limit, a cursor), which is a matter of whole rows in their order.
import { MAX_RUN_ENTRIES } from '../../bytes/entry-run.js';
import { layoutNumber } from '../../codec/codec.js';
import { pages } from '../executor.js';
import { compareValues } from '../order.js';
import { plan } from '../planner.js';
import type { Aggregation, OrderTerm, Query } from '../query.js';
import { layoutOf } from '../row-filter.js';
import { comparator } from '../sort.js';
import { openSource } from '../source.js';
import type { Table } from '../table.js';
import type { View } from '../view.js';
import { WantedColumns } from '../wanted-columns.js';
import { areReadable, Entry, rowOf } from './entry.js';
import { type Figure, figureOf } from './figure.js';
import { type Groups, groupsBy } from './groups.js';

/** A finished group: its figures by name, and what its rows have in common as `key` where they were grouped. */
export type Group = Record<string, unknown>;

/** The groups of the answer. Throws QueryError QDB2109 for values that have no sum. */
export function aggregate<Row, Key>(table: Table<Row, Key>, query: Query, view: View): Group[] {
  const { entity } = table;
  const aggregation = query.aggregation!;
  const groups = groupsBy(entity, aggregation.by);
  const figures = aggregation.aggregates.map((one) => figureOf(entity, one));
  const isPart = query.limit !== null || query.offset > 0 || query.after !== null || query.distinctBy !== null;
  grow(figures, groups.size);
  if (isPart) foldRows(table, query, view, groups, figures);
  else foldEntries(table, query, view, groups, figures);
  return shaped(aggregation, groups, figures);
}

function grow<Row>(figures: readonly Figure<Row>[], groups: number): void {
  for (const figure of figures) figure.grow(groups);
}

function foldRows<Row, Key>(
  table: Table<Row, Key>,
  query: Query,
  view: View,
  groups: Groups<Row>,
  figures: readonly Figure<Row>[],
): void {
  const whole = { ...query, projection: null };
  for (const page of pages<Row, Key, Row>(table, plan(table, whole), whole, view)) {
    for (const row of page) foldRow(row, groups, figures);
  }
}

function foldRow<Row>(row: Row, groups: Groups<Row>, figures: readonly Figure<Row>[]): void {
  const group = groups.groupOf(row);
  for (const figure of figures) {
    figure.grow(groups.size);
    figure.takeRow(row, group);
  }
}

function foldEntries<Row, Key>(
  table: Table<Row, Key>,
  query: Query,
  view: View,
  groups: Groups<Row>,
  figures: readonly Figure<Row>[],
): void {
  const { entity } = table;
  const layout = layoutOf(entity.model);
  const number = layoutNumber(entity);
  // In which order rows come makes no difference here.
  const unordered = { ...query, orderBy: [], projection: null };
  const wanted = new WantedColumns();
  const areColumns = [groups, ...figures].every((one) => one.ask(wanted));
  const source = openSource(table, plan(table, unordered), unordered, view, { reads: areColumns ? wanted : null });
  const entry = new Entry();
  const ofEntries = new Int32Array(MAX_RUN_ENTRIES);
  try {
    source.visit((run, selected, count) => {
      if (run.columns !== null) {
        groups.assignColumns(run, run.columns, ofEntries);
        for (const figure of figures) {
          figure.grow(groups.size);
          figure.takeColumns(run, run.columns, ofEntries);
        }
        return;
      }
      entry.open(run);
      if (areReadable(run, selected, count, layout, number)) {
        groups.assign(run, selected, count, ofEntries, entry);
        for (const figure of figures) {
          figure.grow(groups.size);
          figure.takeEntries(run, selected, count, ofEntries, entry);
        }
        return;
      }
      for (let i = 0; i < count; i++) {
        entry.at(run, selected[i]!);
        foldRow(rowOf(entity, entry), groups, figures);
      }
    });
  } finally {
    source.close();
  }
}

function shaped<Row>(
  { by, aggregates, having, orderBy, limit, offset }: Aggregation,
  groups: Groups<Row>,
  figures: readonly Figure<Row>[],
): Group[] {
  const finished: Group[] = [];
  for (let number = 0; number < groups.size; number++) {
    const group: Group = by === null ? {} : { key: groups.keyOf(number) };
    aggregates.forEach(({ name }, i) => {
      group[name] = figures[i]!.result(number);
    });
    if (having.every((holds) => (holds as (group: Group) => boolean)(group))) finished.push(group);
  }
  if (by !== null) finished.sort(inOrder(orderBy));
  return finished.slice(offset, limit === null ? undefined : offset + limit);
}

/** By the terms, then by the keys, which differ from group to group. */
function inOrder(orderBy: readonly OrderTerm[]): (a: Group, b: Group) => number {
  const compare = comparator<Group>(orderBy);
  return (a, b) => compare(a, b) || compareValues(sortable(a.key), sortable(b.key));
}

/** Objects as arrays of their values, which have an order. */
function sortable(key: unknown): unknown {
  const isPlain = typeof key !== 'object' || key === null || key instanceof Date || key instanceof Uint8Array;
  if (isPlain) return key;
  return (Array.isArray(key) ? key : Object.values(key)).map(sortable);
}
