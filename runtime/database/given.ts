// Arguments of queries, checked: what builders of rows and of groups take alike.
import { QueryError } from '../errors.js';
import { pathOf } from '../query/path.js';
import type { OrderTerm } from '../query/query.js';
import type { Field } from '../schema/model.js';

/**
 * A term of an order.
 * @param fields that there are; not given where an order is one of figures
 * @throws QueryError QDB2003 for an encrypted field, QDB2101 for what is no field, QDB2103 for a direction that there isn't
 */
export function orderTerm<Row>(
  call: string,
  field: (row: Row) => unknown,
  direction: OrderTerm['direction'],
  fields?: readonly Field[],
): OrderTerm {
  if (direction !== 'asc' && direction !== 'desc') {
    throw new QueryError('QDB2103', `${call} takes 'asc' or 'desc' as direction, not ${String(direction)}.`);
  }
  const path = pathOf(field, call);
  const { encrypted } = fields?.find(({ name }) => name === path[0]) ?? { encrypted: null };
  if (encrypted !== null) {
    throw new QueryError('QDB2003', `${call}(${field}): ${path[0]} is @Encrypted, and encrypted values have no order.`);
  }
  if (fields === undefined || isStored(fields, path)) return Object.freeze({ path, direction });
  const names = fields.map(({ name }) => name).join(', ');
  throw new QueryError('QDB2101', `${call}(${field}): ${path.join('.')} is not stored. There are: ${names}.`);
}

/** Whether a path leads to a value that records hold, or to the length of one. */
function isStored(fields: readonly Field[], [name, ...rest]: readonly string[]): boolean {
  const type = fields.find((field) => field.name === name)?.type;
  if (type === undefined) return false;
  if (rest.length === 0 || type.kind === 'record' || type.kind === 'unknown') return true;
  if (type.kind === 'embedded') return isStored(type.fields, rest);
  return (type.kind === 'array' || type.kind === 'string') && rest.length === 1 && rest[0] === 'length';
}

/** A number of rows. Throws QueryError QDB2102. */
export function wholeNumber(call: string, rows: number): number {
  if (Number.isSafeInteger(rows) && rows >= 0) return rows;
  throw new QueryError('QDB2102', `${call}(${String(rows)}) is no number of rows. Give a whole number, 0 or more.`);
}
