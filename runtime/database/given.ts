// Arguments of queries, checked: what builders of rows and of groups take alike.
import { QueryError } from '../errors.js';
import { pathOf } from '../query/path.js';
import type { OrderTerm } from '../query/query.js';

/** A term of an order. Throws QueryError QDB2101 for what is no field, QDB2103 for a direction that there isn't. */
export function orderTerm<Row>(
  call: string,
  field: (row: Row) => unknown,
  direction: OrderTerm['direction'],
): OrderTerm {
  if (direction === 'asc' || direction === 'desc') return Object.freeze({ path: pathOf(field, call), direction });
  throw new QueryError('QDB2103', `${call} takes 'asc' or 'desc' as direction, not ${String(direction)}.`);
}

/** A number of rows. Throws QueryError QDB2102. */
export function wholeNumber(call: string, rows: number): number {
  if (Number.isSafeInteger(rows) && rows >= 0) return rows;
  throw new QueryError('QDB2102', `${call}(${String(rows)}) is no number of rows. Give a whole number, 0 or more.`);
}
