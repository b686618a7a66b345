// The least or greatest value of a field from the end of an index: one row is read instead of all.
import { toArray } from '../executor.js';
import { plan } from '../planner.js';
import type { Query } from '../query.js';
import type { Table } from '../table.js';
import type { View } from '../view.js';

/** The value in an object of its own, for it may be undefined: that of no rows. Null where no index has it at its end. */
export function extremeByIndex<Row, Key>(
  table: Table<Row, Key>,
  query: Query,
  view: View,
): { readonly value: unknown } | null {
  const { aggregates, by } = query.aggregation!;
  const [only, ...others] = aggregates;
  if (by !== null || only === undefined || others.length > 0 || (only.kind !== 'min' && only.kind !== 'max'))
    return null;
  const isPart = query.limit !== null || query.offset > 0 || query.after !== null || query.distinctBy !== null;
  const { expression } = only.of!;
  if (isPart || expression?.op !== 'field' || expression.path.length > 1) return null;
  const field = table.entity.model.fields.find(({ name }) => name === expression.path[0]);
  // What is missing stands before all values.
  if (field === undefined || (only.kind === 'min' && (field.nullable || field.optional))) return null;
  const direction = only.kind === 'min' ? 'asc' : 'desc';
  const first: Query = {
    ...query,
    orderBy: [{ path: expression.path, direction }],
    limit: 1,
    projection: only.of,
    aggregation: null,
  };
  const chosen = plan(table, first);
  // Where rows have still to be refused, the walk to the first that is left may be a long one.
  const isAtEnd = chosen.walk && chosen.arrival.kind !== 'unordered' && (chosen.exact || query.where.length === 0);
  if (!isAtEnd) return null;
  const [value] = toArray<Row, Key, unknown>(table, { ...chosen, arrival: { kind: 'ordered' } }, first, view);
  return { value: value === null ? undefined : value === 0 ? 0 : value };
}
