// Rows with no more in them than a query reads: where only a few fields are named, decoding the others would be most of the work
// (two numbers take 30 ns, a row of eight fields with strings 250).
import type { ByteSpan } from '../bytes/writer.js';
import { type EntityRuntime, layoutNumber, type RowCodec } from '../codec/codec.js';
import { fieldReader, type ReadField } from '../codec/field.js';
import type { FieldPlace, RecordLayout } from '../codec/layout.js';
import { layoutOf } from './row-filter.js';

/** How rows are made of records. */
export type RowDecoder<Row, Key> = Pick<RowCodec<Row, Key>, 'decode'>;

/**
 * A decoder of rows that have at least the fields of `paths`, as plain objects; whole rows, made by the generated code, where `paths` is
 * null or names something that only that can read.
 */
export function decoderFor<Row, Key>(
  entity: EntityRuntime<Row, Key, never>,
  paths: readonly (readonly string[])[] | null,
): RowDecoder<Row, Key> {
  return (paths !== null && PartialDecoder.of(entity, paths)) || entity.row;
}

type ReadInto = (row: Record<string, unknown>, record: ByteSpan) => void;

class PartialDecoder<Row, Key> implements RowDecoder<Row, Key> {
  private readonly whole: RowDecoder<Row, Key>;
  private readonly number: number;
  private readonly fixedSize: number;
  private readonly keyFields: readonly string[];
  private readonly fields: readonly ReadInto[];

  private constructor(
    whole: RowDecoder<Row, Key>,
    number: number,
    fixedSize: number,
    keyFields: readonly string[],
    fields: readonly ReadInto[],
  ) {
    this.whole = whole;
    this.number = number;
    this.fixedSize = fixedSize;
    this.keyFields = keyFields;
    this.fields = fields;
  }

  static of<Row, Key>(
    entity: EntityRuntime<Row, Key, never>,
    paths: readonly (readonly string[])[],
  ): PartialDecoder<Row, Key> | null {
    const { model, row } = entity;
    const layout = layoutOf(model);
    const stored = paths.filter(([name, ...more]) => more.length > 0 || !model.key.fields.includes(name!));
    const fields = fieldsOf(layout, layout.fields, [], stored, model.name);
    // An assignment to __proto__ would make no property.
    if (fields === null || model.key.fields.includes('__proto__')) return null;
    return new PartialDecoder(row, layoutNumber(entity), layout.fixedSize, model.key.fields, fields);
  }

  decode(record: ByteSpan, key: Key): Row {
    const { start, end } = record;
    if (end - start < this.fixedSize || record.bytes[start] !== this.number) return this.whole.decode(record, key);
    const row: Record<string, unknown> = {};
    const { keyFields, fields } = this;
    if (keyFields.length === 1) row[keyFields[0]!] = key;
    else for (const name of keyFields) row[name] = (key as Record<string, unknown>)[name];
    for (let i = 0; i < fields.length; i++) fields[i]!(row, record);
    return row as Row;
  }
}

/** Readers of the fields below `owner` that `paths` name; null where one of them can't be read by itself. */
function fieldsOf(
  layout: RecordLayout,
  places: readonly FieldPlace[],
  owner: readonly string[],
  paths: readonly (readonly string[])[],
  entity: string,
): readonly ReadInto[] | null {
  const readers: ReadInto[] = [];
  for (const name of new Set(paths.map((path) => path[owner.length]!))) {
    const place = places.find(({ field }) => field.name === name);
    if (place === undefined || name === '__proto__') return null;
    const path = [...owner, name];
    if (place.place.kind !== 'embedded') {
      const read = fieldReader(layout, path, entity);
      if (read === null) return null;
      readers.push(assign(name, read));
      continue;
    }
    const inner = paths.filter((one) => one[owner.length] === name);
    // An embedded object as a whole is an instance of its class, and one that may be missing must be so as it is in the row.
    if (place.missing !== null || inner.some((one) => one.length === path.length)) return null;
    const fields = fieldsOf(layout, place.place.fields, path, inner, entity);
    if (fields === null) return null;
    readers.push(
      assign(name, (record) => {
        const object: Record<string, unknown> = {};
        for (const read of fields) read(object, record);
        return object;
      }),
    );
  }
  return readers;
}

function assign(name: string, read: ReadField): ReadInto {
  return (row, record) => {
    row[name] = read(record);
  };
}
