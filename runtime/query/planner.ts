// Chooses how a query is answered: each tree that could serve is matched against the recognised terms and against the
// order, and the one that narrows most is taken. Ranks stand in for a cost model; a wrong choice costs time, never rows.
import type { EntityModel } from '../schema/model.js';
import { type Arrival, explain, type Plan, type Span } from './access.js';
import { type Candidate, candidatesOf, type Match, matchTerms, wholeTree } from './candidate.js';
import type { OrderTerm, Query } from './query.js';
import type { Table } from './table.js';
import { readTerms, type Term } from './terms.js';

/** Rank of arriving in the order asked for, beside the ranks of terms in candidate.ts. */
const ORDERED_RANK = 20;
/** The same where a limit lets the walk stop early. */
const EARLY_STOP_RANK = 45;

export function plan<Row, Key>(table: Table<Row, Key>, query: Query): Plan<Row> {
  const { model } = table.entity;
  const { terms, complete } = readTerms(model, query.where);
  const order = completeOrder(model, query.orderBy);
  const early = query.limit === null ? ORDERED_RANK : EARLY_STOP_RANK;
  const candidates = candidatesOf(table);

  let best: Choice<Row> | null = null;
  for (const candidate of candidates) {
    const match = matchTerms(candidate, terms) ?? (candidate.holdsEveryRow ? wholeTree(candidate) : null);
    if (match === null) continue;
    const arrival = match.spans.length === 1 ? arrivalOf(candidate, match.constants, order) : UNORDERED;
    const gain = query.orderBy.length > 0 && arrival.kind !== 'unordered' ? early : 0;
    const rank = match.rank + gain;
    if (best === null || rank > best.rank) best = { candidate, match, arrival, rank };
  }
  const union = unionOf(candidates, terms);
  const explained = { entity: model.name, reason: reasonOf(query) };

  if (union !== null && (best === null || union.rank > best.rank)) {
    const arrival = isKeyOrder(model, order) ? ORDERED : UNORDERED;
    return {
      spans: union.spans,
      walk: false,
      reverse: false,
      arrival,
      order,
      exact: false,
      explanation: explain({
        ...explained,
        access: [...new Set(union.spans.map(nameOf))].join(' + '),
        bounds: union.bounds,
        order: query.orderBy.length === 0 ? '' : ORDER_TEXT[arrival.kind],
        recheck: true,
      }),
    };
  }
  // The primary tree holds every row, so there is always one.
  const { candidate, match, arrival } = best!;
  const whole = match.spans.length === 1 && match.bounds === '' && candidate.index === null;
  const walk = match.spans.length === 1 && (whole || arrival.kind !== 'unordered');
  const settled = !walk && arrival.kind === 'unordered' && isKeyOrder(model, order) ? ORDERED : arrival;
  const exact = complete && match.exact && match.used.size === terms.length;
  return {
    spans: whole ? null : match.spans,
    walk,
    reverse: walk && isReverse(candidate, match.constants, order, settled),
    arrival: settled,
    order,
    exact,
    explanation: explain({
      ...explained,
      access: whole ? 'scan' : candidate.name,
      bounds: match.bounds,
      order: query.orderBy.length === 0 ? '' : ORDER_TEXT[settled.kind],
      recheck: !exact,
    }),
  };
}

interface Choice<Row> {
  readonly candidate: Candidate<Row>;
  readonly match: Match<Row>;
  readonly arrival: Arrival;
  readonly rank: number;
}

const ORDERED: Arrival = { kind: 'ordered' };
const UNORDERED: Arrival = { kind: 'unordered' };
const ORDER_TEXT = { ordered: 'in order', grouped: 'sorted in groups', unordered: 'sorted in memory' } as const;

function reasonOf(query: Query): string | null {
  const alone = query.where.filter(({ expression }) => expression === null);
  if (alone.length === 0) return null;
  return alone.every(({ inMemory }) => inMemory)
    ? 'a filter runs in memory, after the index'
    : 'a predicate was not lowered by the compiler plugin';
}

function nameOf<Row>(span: Span<Row>): string {
  return span.index === null ? 'primary key' : `index ${span.index.model.name}`;
}

/** The terms asked for and then the primary key, which makes every order total and every plan's answer the same. */
export function completeOrder(model: EntityModel, orderBy: readonly OrderTerm[]): readonly OrderTerm[] {
  const order = [...orderBy];
  for (const name of model.key.fields) {
    if (!order.some(({ path }) => path.length === 1 && path[0] === name))
      order.push({ path: [name], direction: 'asc' });
  }
  return order;
}

function isKeyOrder(model: EntityModel, order: readonly OrderTerm[]): boolean {
  return model.key.fields.every(
    (name, i) => order[i]!.path[0] === name && order[i]!.path.length === 1 && order[i]!.direction === 'asc',
  );
}

/** How far a walk of `candidate`, whose first `constants` columns have one value each, keeps `order`. */
function arrivalOf<Row>(candidate: Candidate<Row>, constants: number, order: readonly OrderTerm[]): Arrival {
  if (!candidate.sortable && !(candidate.multiEntry && constants > 0)) return UNORDERED;
  const { kept, matched } = keptTerms(candidate, constants, order);
  if (kept === order.length) return ORDERED;
  return matched > 0 ? { kind: 'grouped', terms: kept } : UNORDERED;
}

/** Number of leading terms that the walk keeps, how many of them by a column that varies, and against which direction. */
function keptTerms<Row>(
  candidate: Candidate<Row>,
  constants: number,
  order: readonly OrderTerm[],
): { kept: number; matched: number; direction: OrderTerm['direction'] } {
  const fixed = new Set(candidate.columns.slice(0, constants));
  let column = constants;
  let kept = 0;
  let matched = 0;
  let direction: OrderTerm['direction'] | null = null;
  for (const term of order) {
    const name = term.path.length === 1 ? term.path[0] : undefined;
    if (name === undefined) break;
    if (!fixed.has(name)) {
      if (candidate.order[column] !== name || (direction !== null && direction !== term.direction)) break;
      direction = term.direction;
      column++;
      matched++;
    }
    kept++;
  }
  return { kept, matched, direction: direction ?? 'asc' };
}

function isReverse<Row>(
  candidate: Candidate<Row>,
  constants: number,
  order: readonly OrderTerm[],
  arrival: Arrival,
): boolean {
  return arrival.kind !== 'unordered' && keptTerms(candidate, constants, order).direction === 'desc';
}

/** The spans of an `||`: each branch, with the terms beside it, has an access of its own. */
function unionOf<Row>(
  candidates: readonly Candidate<Row>[],
  terms: readonly Term[],
): { readonly spans: readonly Span<Row>[]; readonly bounds: string; readonly rank: number } | null {
  const others = terms.filter((term) => term.kind !== 'any');
  for (const term of terms) {
    if (term.kind !== 'any') continue;
    const matches = term.branches.map((branch) => bestMatch(candidates, [...branch, ...others]));
    if (matches.some((match) => match === null)) continue;
    const found = matches as Match<Row>[];
    return {
      spans: found.flatMap((match) => match.spans),
      bounds: found.map((match) => match.bounds).join(' or '),
      rank: Math.min(...found.map((match) => match.rank)) - 5,
    };
  }
  return null;
}

function bestMatch<Row>(candidates: readonly Candidate<Row>[], terms: readonly Term[]): Match<Row> | null {
  let best: Match<Row> | null = null;
  for (const candidate of candidates) {
    const match = matchTerms(candidate, terms);
    if (match !== null && (best === null || match.rank > best.rank)) best = match;
  }
  return best;
}
