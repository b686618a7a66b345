// Keyset pagination: rows behind a position in the order. A walk of a tree starts at the position instead of reading up to it; the
// rows that tie with it are compared.
import { compareKeys, keyAfterPrefix } from '../bytes/compare.js';
import type { KeyRange } from '../engine/api.js';
import type { EntityModel } from '../schema/model.js';
import type { Plan, Span } from './access.js';
import { type ColumnWriter, columnBytes } from './bounds.js';
import type { OrderTerm, Query } from './query.js';
import { comparator } from './sort.js';
import type { Table } from './table.js';
import { readTerms } from './terms.js';

/** What of a plan says whether it is a walk in the order that was asked for. */
export type Walk<Row> = Pick<Plan<Row>, 'spans' | 'walk' | 'reverse' | 'arrival' | 'order'>;

/** Whether a row comes behind the position, whose values are those of `order`. */
export function isBehind<Row>(order: readonly OrderTerm[], position: readonly unknown[]): (row: Row) => boolean {
  const compare = comparator<unknown>(order);
  const reference = rowAt(order, position);
  return (row) => compare(row, reference) > 0;
}

/** The plan with its walk narrowed to what can be behind the position of the query. */
export function startBehind<Row, Key, P extends Walk<Row>>(table: Table<Row, Key>, plan: P, query: Query): P {
  const [span, ...others] = plan.spans ?? [{ index: null, range: {}, point: null }];
  if (query.after === null || !plan.walk || plan.arrival.kind === 'unordered') return plan;
  if (span === undefined || others.length > 0 || span.point !== null) return plan;
  const key = keyOfPosition(table, plan, query, span);
  if (key.length === 0) return plan;
  return { ...plan, spans: [{ ...span, range: narrowed(span.range, key, plan.reverse) }] };
}

/**
 * The key bytes of the position in the span's tree, as far as its columns are known: those with one value, then those of the order, while
 * they go the way of the walk.
 */
function keyOfPosition<Row, Key>(
  { entity }: Table<Row, Key>,
  { order, reverse }: Walk<Row>,
  { after, where }: Query,
  { index }: Span<Row>,
): Buffer {
  const { model, key } = entity;
  const { terms } = readTerms(model, where);
  const constantOf = (name: string): readonly unknown[] | undefined => {
    const term = terms.find(
      (one) => one.kind === 'equals' && !one.folded && one.field.name === name && one.values.length === 1,
    );
    return term?.kind === 'equals' ? term.values : undefined;
  };
  const parts: Buffer[] = [];
  let at = 0;
  for (const { name, writer, position } of columnsOf(model, key, index)) {
    const constant = constantOf(name);
    // A column that an equality holds fast may stand anywhere in the order.
    while (constant !== undefined && at < order.length && isField(order[at]!, name)) at++;
    const term = order[at];
    const value = constant === undefined ? after![at] : constant[0];
    if (constant === undefined) {
      if (term === undefined || !isField(term, name) || (term.direction === 'desc') !== reverse) break;
      at++;
    }
    const bytes = columnBytes(writer, position, value);
    if (bytes === null) break;
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

interface Column {
  readonly name: string;
  readonly writer: ColumnWriter;
  readonly position: number;
}

/** The columns of a tree's keys, those of the primary key last. */
function columnsOf<Row>({ key }: EntityModel, keys: ColumnWriter, index: Span<Row>['index']): Column[] {
  const primary = key.fields.map((name, position) => ({ name, writer: keys, position }));
  if (index === null) return primary;
  const { model, codec } = index;
  // Entries of a unique index end with the key only where a column is missing; there is nothing behind its columns to go on with.
  const own = model.fields.map((name, position) => ({ name, writer: codec, position }));
  return model.unique ? own : [...own, ...primary];
}

function isField({ path }: OrderTerm, name: string): boolean {
  return path.length === 1 && path[0] === name;
}

function narrowed(range: KeyRange, key: Buffer, reverse: boolean): KeyRange {
  if (!reverse) return range.gte !== undefined && compareKeys(range.gte, key) >= 0 ? range : { ...range, gte: key };
  const end = keyAfterPrefix(key);
  if (end === undefined) return range;
  return range.lt !== undefined && compareKeys(range.lt, end) <= 0 ? range : { ...range, lt: end };
}

/** A row that has the position's values in the fields of the order, and no others. */
function rowAt(order: readonly OrderTerm[], position: readonly unknown[]): unknown {
  const row: Record<string, unknown> = Object.create(null);
  order.forEach(({ path }, i) => {
    let at = row;
    for (const name of path.slice(0, -1)) {
      at[name] ??= Object.create(null);
      at = at[name] as Record<string, unknown>;
    }
    at[path.at(-1)!] = position[i];
  });
  return row;
}
