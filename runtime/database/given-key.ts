// Keys that a caller gives to get, delete and their like, and values of unique indexes. Unlike those of a row, nobody has checked them.
import type { ByteWriter } from '../bytes/writer.js';
import { wrongType } from '../codec/check.js';
import type { EntityRuntime } from '../codec/codec.js';
import type { EntityModel, FieldType } from '../schema/model.js';

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
    assertColumn(model, fields[i]!, column);
    return false;
  }
  return true;
}

/** Throws ValidationError (QDB1101, QDB1102) where `value` is of another type than the field; not where it only doesn't fit. */
export function assertColumn(model: EntityModel, name: string, value: unknown): void {
  const field = model.fields.find((one) => one.name === name)!;
  // Of an index with an entry for each element.
  const type = field.type.kind === 'array' ? field.type.element.type : field.type;
  const [isIt, expected] = type.kind === 'enum' ? oneOf(type.values) : (TYPES[type.kind] ?? NUMBER);
  if (!isIt(value)) throw wrongType(`${model.name}.${name}`, expected, value).toError();
}

type Test = readonly [isIt: (value: unknown) => boolean, name: string];

const NUMBER: Test = [(value) => typeof value === 'number', 'a number'];
const BIGINT: Test = [(value) => typeof value === 'bigint', 'a bigint'];

function oneOf(values: readonly (string | number)[]): Test {
  const isIt = (value: unknown): boolean => values.some((one) => typeof one === typeof value);
  return [isIt, values.map((one) => JSON.stringify(one)).join(' | ')];
}

/** Of types that stand in keys; those that are not here are numbers. */
const TYPES: { readonly [kind in FieldType['kind']]?: Test } = {
  string: [(value) => typeof value === 'string', 'a string'],
  boolean: [(value) => typeof value === 'boolean', 'a boolean'],
  date: [(value) => value instanceof Date, 'a Date'],
  bytes: [(value) => value instanceof Uint8Array, 'a Uint8Array'],
  bigint: BIGINT,
  int64: BIGINT,
  uint64: BIGINT,
};
