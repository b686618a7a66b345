// Runs a plan: source -> predicates -> order -> offset and limit, as a pipeline of pages of rows.
import type { Plan } from './access.js';
import { OrderBar } from './order-bar.js';
import type { Query } from './query.js';
import { layoutOf } from './row-filter.js';
import { comparator, TopRows } from './sort.js';
import { countEntries, openSource } from './source.js';
import type { Table } from './table.js';
import type { View } from './view.js';

/** Rows in the first page, where no limit says how many are wanted. */
const FIRST_PAGE = 32;
/** Most rows in a page: what iteration holds in memory at a time. */
const LARGEST_PAGE = 512;

/** The rows of the answer, page by page; no page is empty. Return the generator early to release what it holds. */
export function* pages<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): Generator<Row[]> {
  const { limit, offset } = query;
  if (limit === 0) return;
  let skip = offset;
  let left = limit ?? Number.POSITIVE_INFINITY;
  for (const page of ordered(table, plan, query, view)) {
    const from = Math.min(skip, page.length);
    skip -= from;
    const rows = from === 0 && page.length <= left ? page : page.slice(from, from + left);
    left -= rows.length;
    if (rows.length > 0) yield rows;
    if (left === 0) return;
  }
}

/** All rows of the answer. */
export function toArray<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): Row[] {
  let all: Row[] | null = null;
  for (const page of pages(table, plan, query, view)) {
    if (all === null) all = page;
    else for (const row of page) all.push(row);
  }
  return all ?? [];
}

/** The number of rows in the answer, without reading them where the index alone decides. */
export function count<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): number {
  if (plan.exact || query.limit === null) {
    const all = plan.exact ? countEntries(table, plan.spans, view) : countAnswers(table, plan, query, view);
    const behind = Math.max(0, all - query.offset);
    return query.limit === null ? behind : Math.min(query.limit, behind);
  }
  let total = 0;
  for (const page of pages(table, { ...plan, arrival: { kind: 'ordered' } }, query, view)) total += page.length;
  return total;
}

function countAnswers<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): number {
  const source = openSource(table, plan, query, view);
  try {
    return source.count();
  } finally {
    source.close();
  }
}

function ordered<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, query: Query, view: View): Generator<Row[]> {
  const wanted = query.limit === null ? null : query.offset + query.limit;
  switch (plan.arrival.kind) {
    case 'ordered':
      return matching(table, plan, query, view, wanted);
    case 'grouped':
      return sortGroups(matching(table, plan, query, view, wanted), plan, plan.arrival.terms);
    case 'unordered': {
      const bar = wanted === null ? null : OrderBar.of(layoutOf(table.entity.model), plan.order[0]!);
      return sortAll(matching(table, plan, query, view, null, bar), plan, wanted, bar);
    }
  }
}

/** The rows that are answers, as they arrive; those that `bar` excludes are left out. */
function* matching<Row, Key>(
  table: Table<Row, Key>,
  plan: Plan<Row>,
  query: Query,
  view: View,
  wanted: number | null,
  bar: OrderBar | null = null,
): Generator<Row[]> {
  const source = openSource(table, plan, query, view, bar);
  // A bar rises from page to page, so pages stay small.
  const largest = bar === null ? LARGEST_PAGE : FIRST_PAGE;
  try {
    let size = Math.min(largest, wanted ?? FIRST_PAGE);
    for (let more = true; more; size = Math.min(largest, size * 2)) {
      const page: Row[] = [];
      more = source.pull(page, size);
      if (page.length > 0) yield page;
    }
  } finally {
    source.close();
  }
}

/** Sorts runs of rows that tie on the first `terms` of the order; holds one run in memory. */
function* sortGroups<Row>(rows: Generator<Row[]>, plan: Plan<Row>, terms: number): Generator<Row[]> {
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
  if (group.length > 0) yield group.sort(within);
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
