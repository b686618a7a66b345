// Between which numbers the columns of answers lie, as far as a predicate tells: what zone maps are asked. Never narrower than
// what the arrow means. A missing value stands in its column as zero, and so as what null counts for in a comparison; undefined
// satisfies none.
import type { Column, ColumnBound } from '../bytes/columns.js';
import { columnOf } from '../codec/columns.js';
import type { RecordLayout } from '../codec/layout.js';
import type { EntityModel, Field } from '../schema/model.js';
import type { Condition } from './query.js';
import { readTerms, type Term } from './terms.js';

export function columnBounds(
  model: EntityModel,
  layout: RecordLayout,
  conditions: readonly Condition[],
): readonly ColumnBound[] {
  const bounds: ColumnBound[] = [];
  for (const term of readTerms(model, conditions).terms) {
    if (term.kind !== 'equals' && term.kind !== 'range') continue;
    const place = layout.fields.find(({ field }) => field === term.field);
    const column = place === undefined ? null : columnOf(place);
    const bound = column && (term.kind === 'range' ? ofRange(column, term) : ofValues(column, term));
    if (bound !== null) bounds.push(bound);
  }
  return bounds;
}

function ofRange(column: Column, { field, op, value }: Extract<Term, { readonly kind: 'range' }>): ColumnBound | null {
  const number = field.type.kind === 'date' && value instanceof Date ? value.getTime() : value;
  if (typeof number !== 'number' || !isOrdered(field)) return null;
  return op === '<' || op === '<='
    ? { column, least: Number.NEGATIVE_INFINITY, most: number }
    : { column, least: number, most: Number.POSITIVE_INFINITY };
}

/** An enum stands as its position among the values, which says nothing of their order. */
function isOrdered({ type }: Field): boolean {
  return type.kind !== 'enum' && type.kind !== 'boolean';
}

function ofValues(column: Column, { field, values }: Extract<Term, { readonly kind: 'equals' }>): ColumnBound | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    const number = stored(field, value);
    if (Number.isNaN(number)) return null;
    if (number === null) continue;
    if (number < least) least = number;
    if (number > most) most = number;
  }
  return { column, least, most };
}

/** The number that stands for `value`; null where no row has it, NaN where the column can't tell. */
function stored({ type }: Field, value: unknown): number | null {
  if (value === null || value === undefined) return 0;
  switch (type.kind) {
    case 'date':
      return Number.NaN;
    case 'boolean':
      return typeof value === 'boolean' ? Number(value) : null;
    case 'enum': {
      const position = type.values.indexOf(value as string | number);
      return position < 0 ? null : position;
    }
    default:
      return typeof value === 'number' ? value : null;
  }
}
