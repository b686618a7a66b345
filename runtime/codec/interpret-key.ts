// Keys and index entries by the model, without generated code: the bytes that transformer/emit/keys.ts and indexes.ts emit code for.
import * as keys from '../bytes/key.js';
import { ByteWriter } from '../bytes/writer.js';
import type { EntityModel, Field, FieldType, IndexModel, Slot } from '../schema/model.js';
import { damaged, enumValue } from './damage.js';
import type { PlainRow } from './interpret-record.js';
import { fixedSize } from './layout.js';

/** Size in bytes of the key parts of all these columns, or null where it varies. */
export function columnsSize(columns: readonly Slot[]): number | null {
  let total = 0;
  for (const { type, nullable, optional } of columns) {
    const size = type.kind === 'boolean' ? 1 : fixedSize(type);
    if (nullable || optional || size === null) return null;
    total += size;
  }
  return total;
}

export function keyFields(entity: EntityModel): Field[] {
  return entity.key.fields.map((name) => fieldOf(entity, name));
}

/** The fields of the primary key in `bytes`. Throws CodecError (QDB4070) unless they are exactly one. */
export function readKeyFields(entity: EntityModel, bytes: Buffer): PlainRow {
  const row: PlainRow = {};
  let at = 0;
  for (const { name, type } of keyFields(entity)) {
    row[name] = readColumn(type, bytes, at, bytes.length, entity.name);
    at = keys.KEY_END;
  }
  if (at !== bytes.length) throw damaged(entity.name);
  return row;
}

/** The columns of an index: elements in place of a multi-entry array. */
export function indexColumns(entity: EntityModel, { fields, multiEntry }: IndexModel): Slot[] {
  return fields.map((name, i) => {
    const field = fieldOf(entity, name);
    return multiEntry && i === 0 && field.type.kind === 'array' ? field.type.element : field;
  });
}

/** Appends the column part of the one entry that a row has in an index that is not multi-entry; answers as {@link indexEntries}. */
export function writeColumns(columns: readonly Slot[], index: IndexModel, row: PlainRow, out: ByteWriter): boolean {
  const { fields, caseInsensitive } = index;
  let isWhole = true;
  for (let i = 0; i < columns.length; i++) {
    const value = row[fields[i]!];
    const folded = caseInsensitive && typeof value === 'string' ? value.toLowerCase() : value;
    if (!writeColumn(columns[i]!, folded, out)) isWhole = false;
  }
  return isWhole;
}

/** Written to by {@link indexEntries} alone, which copies what it takes: a buffer of its own for each entry costs more than all else. */
const entryWriter = new ByteWriter(64);

/** The column parts of a row's entries, and whether all columns of all of them are there (so that `unique` holds). */
export function indexEntries(
  entity: EntityModel,
  index: IndexModel,
  row: PlainRow,
): { entries: Buffer[]; isWhole: boolean } {
  const columns = indexColumns(entity, index);
  const values = index.fields.map((name) => row[name]);
  const first = values[0];
  if (index.multiEntry && (first === null || first === undefined)) return { entries: [], isWhole: true };
  const rows = index.multiEntry ? (first as unknown[]).map((element) => [element, ...values.slice(1)]) : [values];
  const entries = new Map<string, Buffer>();
  let isWhole = true;
  const out = entryWriter;
  for (const one of rows) {
    out.at = 0;
    columns.forEach((column, i) => {
      const value = index.caseInsensitive && typeof one[i] === 'string' ? one[i].toLowerCase() : one[i];
      if (!writeColumn(column, value, out)) isWhole = false;
    });
    const bytes = Buffer.from(out.bytes.subarray(0, out.at));
    entries.set(bytes.toString('latin1'), bytes);
  }
  return { entries: [...entries.values()], isWhole };
}

function fieldOf(entity: EntityModel, name: string): Field {
  const field = entity.fields.find((one) => one.name === name);
  if (field === undefined) throw new Error(`${entity.name} has no field ${name}`);
  return field;
}

/** False for a value that is missing: only its tag is written. */
export function writeColumn({ type, nullable, optional }: Slot, value: unknown, out: ByteWriter): boolean {
  if (value === null || value === undefined) {
    keys.writeKeyTag(out, value === null ? keys.TAG_NULL : keys.TAG_UNDEFINED);
    return false;
  }
  if (nullable || optional) keys.writeKeyTag(out, keys.TAG_VALUE);
  if (type.kind === 'enum') {
    const position = type.values.indexOf(value as string | number);
    if (type.values.length <= 0x100) keys.writeKeyUint8(out, position);
    else keys.writeKeyUint16(out, position);
  } else {
    writers[type.kind as ColumnKind](out, value as never);
  }
  return true;
}

/** The value of a key of one column. Throws CodecError (QDB4070) unless it ends with the bytes. */
export function readOnlyColumn({ type }: Slot, bytes: Uint8Array, start: number, end: number, entity: string): unknown {
  const value = readColumn(type, bytes, start, end, entity);
  if (keys.KEY_END !== end) throw damaged(entity);
  return value;
}

function readColumn(type: FieldType, bytes: Uint8Array, start: number, end: number, entity: string): unknown {
  if (type.kind !== 'enum') return readers[type.kind as ColumnKind](bytes, start, end);
  const read = type.values.length <= 0x100 ? keys.readKeyUint8 : keys.readKeyUint16;
  return enumValue(type.values, read(bytes, start, end), entity);
}

type ColumnKind = keyof typeof writers;

const writers = {
  float64: keys.writeKeyFloat64,
  float32: keys.writeKeyFloat32,
  int8: keys.writeKeyInt8,
  int16: keys.writeKeyInt16,
  int32: keys.writeKeyInt32,
  uint8: keys.writeKeyUint8,
  uint16: keys.writeKeyUint16,
  uint32: keys.writeKeyUint32,
  int64: keys.writeKeyInt64,
  uint64: keys.writeKeyUint64,
  bigint: keys.writeKeyBigint,
  boolean: keys.writeKeyBoolean,
  string: keys.writeKeyString,
  date: keys.writeKeyDate,
  bytes: keys.writeKeyBytes,
};

const readers: Record<ColumnKind, (bytes: Uint8Array, start: number, end: number) => unknown> = {
  float64: keys.readKeyFloat64,
  float32: keys.readKeyFloat32,
  int8: keys.readKeyInt8,
  int16: keys.readKeyInt16,
  int32: keys.readKeyInt32,
  uint8: keys.readKeyUint8,
  uint16: keys.readKeyUint16,
  uint32: keys.readKeyUint32,
  int64: keys.readKeyInt64,
  uint64: keys.readKeyUint64,
  bigint: keys.readKeyBigint,
  boolean: keys.readKeyBoolean,
  string: keys.readKeyString,
  date: keys.readKeyDate,
  bytes: keys.readKeyBytes,
};
