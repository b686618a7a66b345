// Runs a plan: source -> predicates -> order -> first of each kind -> offset and limit -> projection, as a pipeline of pages of rows.
import type { Plan } from './access.js';
import { ColumnDecoder } from './column-row.js';
import { ValueNumbers } from './distinct.js';
import { Firsts } from './firsts.js';
import { isBehind, startBehind } from './keyset.js';
import { OrderBar } from './order-bar.js';
import { decoderFor } from './partial-row.js';
import type { Query, Selector } from './query.js';
import { layoutOf } from './row-filter.js';
import { NO_COLUMNS } from './row-source.js';
import { fieldsRead } from './selector.js';
import { comparator, TopRows } from './sort.js';
import { countEntries, openRows } from './source.js';
import type { Table } from './table.js';
import type { View } from './view.js';
import { WantedColumns } from './wanted-columns.js';

/** Rows in the first page, where no limit says how many are wanted. */
const FIRST_PAGE = 32;
/** Most rows in a page: what iteration holds in memory at a time. */
const LARGEST_PAGE = 512;

/** The answer, page by page; no page is empty. Return the generator early to release what it holds. */
export function* pages<Row, Key, Out>(
  table: Table<Row, Key>,
  plan: Plan<Row>,
  query: Query,
  view: View,
): Generator<Out[]> {
  const { limit, offset, projection } = query;
  if (limit === 0) return;
  let skip = offset;
  let left = limit ?? Number.POSITIVE_INFINITY;
  for (const page of wanted(table, plan, query, view)) {
    const from = Math.min(skip, page.length);
    skip -= from;
    const rows = from === 0 && page.length <= left ? page : page.slice(from, from + left);
    left -= rows.length;
    if (rows.length > 0)
      yield (projection === null ? rows : rows.map(projection.read as (row: Row) => unknown)) as Out[];
    if (left === 0) return;
  }
}

/** The rows that offset and limit count: in order, the first of each kind, behind the cursor. */
function wanted<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): Generator<Row[]> {
  const { after, distinctBy } = query;
  if (distinctBy === null) return ordered(table, startBehind(table, plan, query), query, view);
  // Which row is the first of its kind is a matter of all rows, those before the cursor too.
  const rows = { ...query, after: null };
  // Rows that are sorted later, or given by two plans, have other first ones than a walk meets.
  const isInOrder = plan.arrival.kind === 'ordered' && plan.otherwise === null;
  const firsts = isInOrder ? Firsts.of(table.entity, distinctBy) : null;
  const first = distinct(
    isInOrder ? matching(table, plan, rows, view, null, { firsts }) : ordered(table, plan, rows, view),
    distinctBy,
  );
  return after === null ? first : filtered(first, isBehind(plan.order, after));
}

function* filtered<Row>(rows: Generator<Row[]>, holds: (row: Row) => boolean): Generator<Row[]> {
  for (const page of rows) {
    const left = page.filter(holds);
    if (left.length > 0) yield left;
  }
}

/** All of the answer. */
export function toArray<Row, Key, Out>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): Out[] {
  let all: Out[] | null = null;
  for (const page of pages<Row, Key, Out>(table, plan, query, view)) {
    if (all === null) all = page;
    else for (const row of page) all.push(row);
  }
  return all ?? [];
}

/** A projection for answers that are only counted: no field is read for it. */
const NOTHING: Selector = Object.freeze({
  expression: { op: 'undefined' } as const,
  parameters: [],
  read: () => undefined,
});

/** The number of rows in the answer, without reading them where the index alone decides. */
export function count<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): number {
  const isPart = query.after !== null || query.distinctBy !== null;
  if (!isPart && (plan.exact || query.limit === null)) {
    const all = plan.exact ? countEntries(table, plan, view) : countAnswers(table, plan, query, view);
    const behind = Math.max(0, all - query.offset);
    return query.limit === null ? behind : Math.min(query.limit, behind);
  }
  let total = 0;
  const unordered =
    query.distinctBy === null ? { ...plan, arrival: { kind: 'ordered' } as const, otherwise: null } : plan;
  for (const page of pages(table, unordered, { ...query, projection: NOTHING }, view)) total += page.length;
  return total;
}

function countAnswers<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): number {
  const source = openRows(table, plan, query, view, { reads: NO_COLUMNS });
  try {
    return source.count();
  } finally {
    source.close();
  }
}

/** The rows in order. A walk that turns out long gives way to another plan, which goes on behind the rows that were given. */
function* ordered<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): Generator<Row[]> {
  const { otherwise } = plan;
  const walked = { left: otherwise?.entries ?? Number.POSITIVE_INFINITY };
  let given = 0;
  for (const page of byPlan(table, plan, query, view, walked)) {
    given += page.length;
    yield page;
  }
  if (otherwise === null || walked.left > 0) return;
  for (const page of byPlan(table, startBehind(table, otherwise.plan, query), query, view, UNLIMITED)) {
    const known = Math.min(given, page.length);
    given -= known;
    if (known < page.length) yield known === 0 ? page : page.slice(known);
  }
}

/** How many entries may still be looked at before a walk is given up. */
interface Walked {
  left: number;
}

const UNLIMITED: Walked = Object.freeze({ left: Number.POSITIVE_INFINITY });

function byPlan<Row, Key>(
  table: Table<Row, Key>,
  plan: Plan<Row>,
  query: Query,
  view: View,
  walked: Walked,
): Generator<Row[]> {
  const wanted = query.limit === null || query.distinctBy !== null ? null : query.offset + query.limit;
  switch (plan.arrival.kind) {
    case 'ordered':
      return matching(table, plan, query, view, wanted, { walked });
    case 'grouped':
      return sortGroups(matching(table, plan, query, view, wanted, { walked }), plan, plan.arrival.terms, walked);
    case 'unordered': {
      const bar = wanted === null ? null : OrderBar.of(layoutOf(table.entity.model), plan.order[0]!);
      return sortAll(matching(table, plan, query, view, null, { bar }), plan, wanted, bar);
    }
  }
}

/** How rows are met that are answers. */
interface Meeting<Row> {
  /** Leaves out those that come too late in the order. */
  readonly bar?: OrderBar | null;
  /** Leaves out those that are not the first of their kind, as far as it can. */
  readonly firsts?: Firsts<Row> | null;
  readonly walked?: Walked;
}

/** The rows that are answers, as they arrive. */
function* matching<Row, Key>(
  table: Table<Row, Key>,
  plan: Plan<Row>,
  query: Query,
  view: View,
  wanted: number | null,
  { bar = null, firsts = null, walked = UNLIMITED }: Meeting<Row>,
): Generator<Row[]> {
  const { entity } = table;
  const fields = fieldsWanted(plan, query);
  const columns = new WantedColumns();
  const isReadOnly = plan.arrival.kind === 'ordered' && query.after === null;
  const read = isReadOnly ? fieldsComputedOf(query) : null;
  const columnDecoder = read && ColumnDecoder.of(entity, read, columns);
  const reads = columnDecoder !== null && (firsts === null || firsts.ask(columns)) ? columns : null;
  const decoder = decoderFor(entity, fields);
  const source = openRows(table, plan, query, view, { bar, decoder, reads, columnDecoder, firsts });
  const behind = query.after === null ? null : isBehind<Row>(plan.order, query.after);
  // A bar rises from page to page, so pages stay small.
  const largest = bar === null ? LARGEST_PAGE : FIRST_PAGE;
  try {
    // The walk begins at the row of the cursor, which is left out.
    let size = Math.min(largest, (wanted ?? FIRST_PAGE) + Number(behind !== null));
    for (let more = true; more; size = Math.min(largest, size * 2)) {
      const pulled: Row[] = [];
      more = source.pull(pulled, size);
      const page = behind === null ? pulled : pulled.filter(behind);
      if (page.length > 0) yield page;
      if (walked !== UNLIMITED && more) {
        walked.left -= size;
        if (walked.left <= 0) return;
      }
    }
    if (walked !== UNLIMITED) walked.left = Number.POSITIVE_INFINITY;
  } finally {
    source.close();
  }
}

/** The paths of all that is read of rows behind the predicates; null where rows are given, or read by who knows whom. */
function fieldsWanted<Row>({ order }: Plan<Row>, query: Query): readonly (readonly string[])[] | null {
  const computed = fieldsComputedOf(query);
  return computed && [...order.map(({ path }) => path), ...computed];
}

/** The same without what their order takes. */
function fieldsComputedOf({ projection, distinctBy }: Query): readonly (readonly string[])[] | null {
  if (projection === null || projection.expression === null || distinctBy?.expression === null) return null;
  const computed = distinctBy === null ? [projection] : [projection, distinctBy];
  return computed.flatMap(({ expression }) => fieldsRead(expression!));
}

/** Leaves out rows that have what `by` reads in common with an earlier one; holds what it has read so far in memory. */
function distinct<Row>(rows: Generator<Row[]>, by: Selector): Generator<Row[]> {
  const read = by.read as (row: Row) => unknown;
  const seen = new ValueNumbers();
  return filtered(rows, (row) => {
    const known = seen.size;
    return seen.numberOf(read(row)) === known;
  });
}

/** Sorts runs of rows that tie on the first `terms` of the order; holds one run in memory. */
function* sortGroups<Row>(rows: Generator<Row[]>, plan: Plan<Row>, terms: number, walked: Walked): Generator<Row[]> {
  const sameGroup = comparator<Row>(plan.order.slice(0, terms));
  const within = comparator<Row>(plan.order.slice(terms));
  let group: Row[] = [];
  for (const page of rows) {
    const done: Row[] = [];
    for (const row of page) {
      if (group.length > 0 && sameGroup(group[0]!, row) !== 0) {
        for (const member of group.sort(within)) done.push(member);
        group = [];
      }
      group.push(row);
    }
    if (done.length > 0) yield done;
  }
  // A walk that was given up leaves a group in pieces.
  if (group.length > 0 && walked.left > 0) yield group.sort(within);
}

function* sortAll<Row>(
  rows: Generator<Row[]>,
  plan: Plan<Row>,
  wanted: number | null,
  bar: OrderBar | null,
): Generator<Row[]> {
  const compare = comparator<Row>(plan.order);
  const top = new TopRows(compare, wanted ?? Number.POSITIVE_INFINITY);
  for (const page of rows) {
    for (const row of page) top.add(row);
    if (top.last !== undefined) bar?.raise(top.last);
  }
  const sorted = top.sorted();
  if (sorted.length > 0) yield sorted;
}
