// Rows made of columns in memory, for queries that read nothing but what stands there: numbers, dates, booleans, enums and strings that
// are never missing.
import type { ReadColumns } from '../bytes/scanned-columns.js';
import { type EntityRuntime, layoutNumber } from '../codec/codec.js';
import { columnOf, valueAt } from '../codec/columns.js';
import { TextPlace } from '../codec/field.js';
import { layoutOf } from './row-filter.js';
import type { WantedColumns } from './wanted-columns.js';

/** Value of a field in entry `ordinal` of a table. */
type ReadField = (columns: ReadColumns, ordinal: number) => unknown;

export class ColumnDecoder<Row> {
  private constructor(
    private readonly names: readonly string[],
    private readonly fields: readonly ReadField[],
  ) {}

  /** Rows that have the fields of `paths`, whose columns are asked for in `wanted`; null where one of them has no column. */
  static of<Row, Key>(
    entity: EntityRuntime<Row, Key, never>,
    paths: readonly (readonly string[])[],
    wanted: WantedColumns,
  ): ColumnDecoder<Row> | null {
    const { model } = entity;
    const layout = layoutOf(model);
    const names = [...new Set(paths.map(([name]) => name!))];
    const fields: ReadField[] = [];
    for (const name of names) {
      const place = layout.fields.find(({ field }) => field.name === name);
      // An assignment to __proto__ would make no property.
      if (place === undefined || place.missing !== null || name === '__proto__') return null;
      if (place.place.kind === 'text') {
        const text = wanted.text(new TextPlace(layout, place.place.slot, model.name, layoutNumber(entity)));
        fields.push(({ texts }, ordinal) => texts[text]!.values[texts[text]!.codes[ordinal]!]);
        continue;
      }
      const column = columnOf(place);
      if (column === null) return null;
      const number = wanted.number(column);
      fields.push(({ numbers }, ordinal) => valueAt(place.field, numbers[number]![ordinal]!, model.name));
    }
    return new ColumnDecoder(names, fields);
  }

  decode(columns: ReadColumns, ordinal: number): Row {
    const { names, fields } = this;
    const row: Record<string, unknown> = {};
    for (let i = 0; i < names.length; i++) row[names[i]!] = fields[i]!(columns, ordinal);
    return row as Row;
  }
}
