// The fields of a record that stand at fixed places as numbers, described for those who know bytes only: zone maps and scans.
import type { Column, ColumnKind, ColumnLayout } from '../bytes/columns.js';
import type { Field } from '../schema/model.js';
import { enumValue } from './damage.js';
import type { FieldPlace, RecordLayout } from './layout.js';

/** Most columns of an entity: what each costs in zone maps is paid whether a query asks for it or not. */
const MAX_COLUMNS = 32;

/**
 * The columns of records of that layout, whose number is `lead`, or undefined where they have none. Missing values count as the zeros
 * that stand in their place.
 */
export function columnsOf(layout: RecordLayout, lead: number): ColumnLayout | undefined {
  const columns = allColumns(layout.fields).slice(0, MAX_COLUMNS);
  return columns.length === 0 ? undefined : { lead, bytes: layout.fixedSize, columns };
}

/** Where the field stands as a number: its value, a date's epoch milliseconds, 1 for true, an enum's position. Null for others. */
export function columnOf({ field, place }: FieldPlace): Column | null {
  if (place.kind === 'bit') return { kind: 'bit', offset: place.bit.byte, mask: place.bit.mask };
  if (place.kind !== 'fixed') return null;
  const { type } = field;
  const kind = type.kind === 'enum' ? (place.size === 1 ? 'u8' : 'u16') : NUMBERS[type.kind];
  return kind === undefined ? null : { kind, offset: place.offset, mask: 0 };
}

/** The value of a field that is there, by the number in its column. Throws CodecError for a position that no value of an enum has. */
export function valueAt({ type }: Field, number: number, entity: string): unknown {
  switch (type.kind) {
    case 'boolean':
      return number !== 0;
    case 'date':
      return new Date(number);
    case 'enum':
      return enumValue(type.values, number, entity);
    default:
      return number;
  }
}

/** 64-bit integers are missing: they are more than a double can hold. */
const NUMBERS: Readonly<Record<string, ColumnKind>> = {
  float64: 'f64',
  date: 'f64',
  float32: 'f32',
  int8: 'i8',
  int16: 'i16',
  int32: 'i32',
  uint8: 'u8',
  uint16: 'u16',
  uint32: 'u32',
};

function allColumns(fields: readonly FieldPlace[]): Column[] {
  return fields.flatMap((field) => {
    if (field.place.kind === 'embedded') return allColumns(field.place.fields);
    const column = columnOf(field);
    return column === null ? [] : [column];
  });
}
