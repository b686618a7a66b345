// Makes the explanation of a query out of the plans that it has.
import type { Plan, Wanted } from './access.js';
import { showTerms } from './candidate.js';
import { count, toArray } from './executor.js';
import { type BeatenPlan, Explanation, type Measured, type PlanStep } from './explanation.js';
import { MeasuredView } from './measured-view.js';
import { plans } from './planner.js';
import { printExpression } from './print-expression.js';
import type { Condition, OrderTerm, Query } from './query.js';
import { showCount } from './show.js';
import type { Table } from './table.js';
import type { View } from './view.js';

/** Ways beaten that are shown. */
const MOST_BEATEN = 8;
const ORDER_TEXT = { ordered: 'in order', grouped: 'sorted in groups', unordered: 'sorted in memory' } as const;

/** How the query would be answered now. */
export function explain<Row, Key>(table: Table<Row, Key>, query: Query, wanted: Wanted): Explanation {
  return describe(table, query, wanted, null);
}

/** The same, and what it takes: the query is run for it. */
export function analyze<Row, Key>(table: Table<Row, Key>, query: Query, view: View, wanted: Wanted): Explanation {
  const [plan] = plans(table, query, wanted).plans;
  const trees = [table.tree, ...table.indexes.map(({ tree }) => tree)];
  const pages = (): { hits: number; misses: number } => ({
    hits: trees.reduce((sum, tree) => sum + tree.pages.hits, 0),
    misses: trees.reduce((sum, tree) => sum + tree.pages.misses, 0),
  });
  const measured = new MeasuredView(view);
  const before = pages();
  const started = process.hrtime.bigint();
  const rows = wanted.counting ? count(table, plan!, query, measured) : toArray(table, plan!, query, measured).length;
  const nanoseconds = Number(process.hrtime.bigint() - started);
  const after = pages();
  return describe(table, query, wanted, {
    rows,
    nanoseconds,
    pagesInMemory: after.hits - before.hits,
    pagesRead: after.misses - before.misses,
    blocksSkipped: measured.blocksSkipped,
  });
}

function describe<Row, Key>(
  table: Table<Row, Key>,
  query: Query,
  wanted: Wanted,
  measured: Measured | null,
): Explanation {
  const { plans: all, finder } = plans(table, query, wanted);
  const [chosen, ...others] = all;
  const plan = chosen!;
  const lowered = query.where.filter(({ expression }) => expression !== null);
  const notLowered = query.where.filter(({ expression }) => expression === null);
  const isOrdered = query.orderBy.length > 0 && !wanted.counting;
  return new Explanation({
    entity: table.entity.model.name,
    ...nameOf(plan),
    order: isOrdered ? ORDER_TEXT[plan.arrival.kind] : '',
    indexOnly: plan.covering !== null,
    recheck: !plan.exact,
    reason: reasonOf(notLowered),
    rows: expectedRows(query, finder.rows * finder.assumedShare, wanted),
    rowsInTable: table.tree.statistics().entries,
    isAssumed: finder.assumedShare !== 1,
    cost: plan.cost,
    steps: stepsOf(query, plan, finder, wanted),
    beaten: others.slice(0, MOST_BEATEN).map(
      (other): BeatenPlan => ({
        ...nameOf(other),
        order: isOrdered ? ORDER_TEXT[other.arrival.kind] : '',
        cost: other.cost,
        times: other.cost / plan.cost,
      }),
    ),
    lowered: lowered.map(({ expression, parameters, predicate }) =>
      printExpression(expression!, parameters, rowNameOf(predicate)),
    ),
    notLowered: notLowered.map(({ predicate }) => String(predicate)),
    measured,
  });
}

function nameOf<Row>({ parts, also }: Plan<Row>): { access: string; bounds: string } {
  const [sign, word] = also.length > 0 ? [' & ', ' and '] : [' + ', ' or '];
  const access = [...new Set(parts.map((part) => part.access))].join(sign);
  return { access, bounds: parts.map((part) => showTerms(part.terms)).join(word) };
}

function reasonOf(notLowered: readonly Condition[]): string | null {
  if (notLowered.length === 0) return null;
  return notLowered.every(({ inMemory }) => inMemory)
    ? 'a filter runs in memory, after the index'
    : 'a predicate was not lowered by the compiler plugin';
}

function expectedRows({ limit, offset }: Query, rows: number, { counting }: Wanted): number {
  if (counting) return rows;
  return Math.min(limit ?? Number.POSITIVE_INFINITY, Math.max(0, rows - offset));
}

/** From the last step to the first. */
function stepsOf<Row>(
  query: Query,
  plan: Plan<Row>,
  { rows: expected, assumedShare }: { readonly rows: number; readonly assumedShare: number },
  wanted: Wanted,
): PlanStep {
  const { limit, offset } = query;
  const rows = expected * assumedShare;
  let step = sourceOf(plan, assumedShare, wanted.counting && plan.exact);
  if (!plan.exact) step = { text: 'check each row', rows, inputs: [step] };
  if (wanted.counting) return { text: 'count', rows: 1, inputs: [step] };
  if (plan.arrival.kind === 'grouped') {
    const [kept, rest] = [plan.order.slice(0, plan.arrival.terms), plan.order.slice(plan.arrival.terms)];
    step = { text: `sort by ${terms(rest)} among equal ${terms(kept)}`, rows: step.rows, inputs: [step] };
  } else if (plan.arrival.kind === 'unordered') {
    const text = `sort in memory by ${terms(plan.order)}`;
    step = {
      text: limit === null ? text : `${text}, keeping ${showCount(offset + limit)}`,
      rows: step.rows,
      inputs: [step],
    };
  }
  if (limit === null && offset === 0) return step;
  const texts = [
    ...(offset === 0 ? [] : [`leave out ${showCount(offset)}`]),
    ...(limit === null ? [] : [`first ${showCount(limit)}`]),
  ];
  return { text: texts.join(', '), rows: expectedRows(query, rows, wanted), inputs: [step] };
}

function sourceOf<Row>(plan: Plan<Row>, assumedShare: number, isCounted: boolean): PlanStep {
  const { parts, also, walk, reverse, covering, spans } = plan;
  const backwards = reverse ? ', backwards' : '';
  const inputs = parts.map(({ access, terms: bounding, entries }) => {
    const bounds = showTerms(bounding);
    return {
      text: `${bounds === '' ? access : `${access} (${bounds})`}${backwards}${covering === null ? '' : ', entries alone'}`,
      rows: entries * assumedShare,
      inputs: [],
    };
  });
  if (parts.length === 1 && (isCounted || plan.fetched === 0 || spans?.[0]?.index === null)) return inputs[0]!;
  const joined = also.length > 0 ? ' in all of' : parts.length > 1 ? ' in any of' : '';
  const how = walk ? 'in the order of the index' : 'in the order of the primary key';
  const what = isCounted ? 'keys' : 'look up rows';
  return { text: `${what}${joined}, ${how}`, rows: plan.fetched * assumedShare, inputs };
}

function terms(order: readonly OrderTerm[]): string {
  return order.map(({ path, direction }) => `${path.join('.')}${direction === 'desc' ? ' desc' : ''}`).join(', ');
}

/** What the arrow calls its row; `row` where it takes it apart. */
function rowNameOf(predicate: (row: never) => boolean): string {
  return /^\s*(?:async\s*)?\(?\s*([A-Za-z_$][\w$]*)\s*(?:\)|=>|,)/.exec(String(predicate))?.[1] ?? 'row';
}
