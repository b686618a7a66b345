// Keys that a caller gives to get, delete and their like. Unlike the key of a row, nobody has checked them yet.
import type { ByteWriter } from '../bytes/writer.js';
import { wrongType } from '../codec/check.js';
import type { EntityRuntime } from '../codec/codec.js';
import type { FieldType } from '../schema/model.js';

/**
 * Appends the bytes of `key` to `out`. Returns false, with nothing appended, for one that no row can have: 300 where the key is
 * an Int8, 1.5 where it is an Int32. Throws ValidationError (QDB1101, QDB1102) for a key of another type.
 */
export function writeGivenKey<Row, Key, Input>(
  { model, key: codec }: EntityRuntime<Row, Key, Input>,
  key: Key,
  out: ByteWriter,
): boolean {
  const start = out.at;
  const { fields } = model.key;
  if (fields.length > 1 && (typeof key !== 'object' || key === null)) {
    throw wrongType(model.name, `a key { ${fields.join(', ')} }`, key).toError();
  }
  for (let i = 0; i < fields.length; i++) {
    const column = fields.length === 1 ? key : (key as Record<string, unknown>)[fields[i]!];
    if (codec.writeColumn(i, column, out)) continue;
    out.at = start;
    const { type } = model.fields.find((field) => field.name === fields[i])!;
    const expected = primitiveOf(type);
    if (typeof column === expected) return false;
    throw wrongType(`${model.name}.${fields[i]}`, `a ${expected}`, column).toError();
  }
  return true;
}

/** What `typeof` says of the values of a key column. */
function primitiveOf({ kind }: FieldType): 'string' | 'bigint' | 'number' {
  if (kind === 'string') return 'string';
  return kind === 'bigint' || kind === 'int64' || kind === 'uint64' ? 'bigint' : 'number';
}
