// The order in which a walk of a tree gives rows, held against the order that was asked for.
import type { EntityModel } from '../schema/model.js';
import type { Arrival } from './access.js';
import type { Candidate, Match } from './candidate.js';
import type { OrderTerm } from './query.js';

export const ORDERED: Arrival = { kind: 'ordered' };
export const UNORDERED: Arrival = { kind: 'unordered' };

/** The terms asked for and then the primary key, which makes every order total and every plan's answer the same. */
export function completeOrder(model: EntityModel, orderBy: readonly OrderTerm[]): readonly OrderTerm[] {
  const order = [...orderBy];
  for (const name of model.key.fields) {
    if (!order.some(({ path }) => path.length === 1 && path[0] === name))
      order.push({ path: [name], direction: 'asc' });
  }
  return order;
}

/** Whether rows in the order of their primary keys are in that order. */
export function isKeyOrder(model: EntityModel, order: readonly OrderTerm[]): boolean {
  return model.key.fields.every(
    (name, i) => order[i]!.path[0] === name && order[i]!.path.length === 1 && order[i]!.direction === 'asc',
  );
}

/** How far a walk of the one span of a match keeps `order`, and whether it must go backwards for that. */
export function arrivalOf<Row>(
  { candidate, constants, spans }: Match<Row>,
  order: readonly OrderTerm[],
): { readonly arrival: Arrival; readonly reverse: boolean } {
  const sortable = candidate.sortable || (candidate.multiEntry && !candidate.caseInsensitive && constants > 0);
  if (!sortable || spans.length !== 1) return { arrival: UNORDERED, reverse: false };
  const { kept, matched, reverse } = keptTerms(candidate, constants, order);
  if (kept === order.length) return { arrival: ORDERED, reverse };
  return matched > 0 ? { arrival: { kind: 'grouped', terms: kept }, reverse } : { arrival: UNORDERED, reverse: false };
}

/** Number of leading terms that a walk with that many constant columns keeps, and how many of them by a column that varies. */
function keptTerms<Row>(
  candidate: Candidate<Row>,
  constants: number,
  order: readonly OrderTerm[],
): { kept: number; matched: number; reverse: boolean } {
  // One element of an array is the same for all, not the array.
  const fixed = new Set(candidate.columns.slice(candidate.multiEntry ? 1 : 0, constants));
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
  return { kept, matched, reverse: direction === 'desc' };
}
