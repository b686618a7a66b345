// An EntityRuntime made by interpreting a model: what generated code is, but for any schema that a property comes up with.
// Records are v8-serialized, behind the date of rows that expire, which must stand where it would; keys are the real ones.
import { deserialize, serialize } from 'node:v8';
import * as keys from '../../runtime/bytes/key.js';
import { ByteWriter } from '../../runtime/bytes/writer.js';
import type { EntityRuntime, IndexCodec } from '../../runtime/codec/codec.js';
import { layoutRecord } from '../../runtime/codec/layout.js';
import { ValidationError } from '../../runtime/errors.js';
import type { EntityModel, Field, FieldType, IndexModel } from '../../runtime/schema/model.js';

export type Values = Record<string, unknown>;
export type AnyRow = Values;

export function field(name: string, type: FieldType, missing: { nullable?: boolean; optional?: boolean } = {}): Field {
  return {
    name,
    storedName: name,
    type,
    nullable: missing.nullable ?? false,
    optional: missing.optional ?? false,
    default: null,
    encrypted: null,
    visibleTo: null,
  };
}

export function index(fields: readonly string[], options: Partial<IndexModel> = {}): IndexModel {
  const name = fields.join('_') + (options.caseInsensitive ? '_ci' : '');
  return { name, fields, unique: false, caseInsensitive: false, multiEntry: false, ...options };
}

export function model(
  name: string,
  fields: readonly Field[],
  indexes: readonly IndexModel[],
  key: Partial<EntityModel['key']> = {},
): EntityModel {
  return {
    name,
    storedName: name,
    accessor: name.toLowerCase(),
    key: { fields: ['id'], autoIncrement: false, generate: null, ...key },
    fields,
    indexes: [...indexes].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** The class that rows are instances of. */
export class Row {
  [name: string]: unknown;
}

/** Interprets `entity`. A composite key is an object of its fields, a single one the value. */
export function runtimeOf(entity: EntityModel): EntityRuntime<AnyRow, unknown, Values> {
  const fieldOf = (name: string) => entity.fields.find((one) => one.name === name)!;
  const keyFields = entity.key.fields.map(fieldOf);
  const generated = entity.key.autoIncrement || entity.key.generate !== null;
  const single = keyFields.length === 1;
  const { ttl } = entity;
  const place = ttl && layoutRecord(entity).fields.find(({ field }) => field.name === ttl.field)!.place;
  const dateAt = place?.kind === 'fixed' ? place.offset : 0;
  const head = Buffer.alloc(place === undefined ? 0 : dateAt + 8);
  const partsOf = (key: unknown): unknown[] => (single ? [key] : keyFields.map(({ name }) => (key as Values)[name]));
  return {
    model: entity,
    fingerprint: JSON.stringify(entity),
    row: {
      encode(row, out) {
        const stored = entity.fields.filter(({ name }) => !entity.key.fields.includes(name));
        if (ttl !== undefined) head.writeDoubleLE((row[ttl.field] as Date).getTime(), dateAt);
        out.append(head);
        out.append(serialize(stored.map(({ name }) => row[name])));
      },
      decode(src, key) {
        const values: unknown[] = deserialize(src.bytes.subarray(src.start + head.length, src.end));
        const row = new Row();
        const parts = partsOf(key);
        let next = 0;
        for (const { name } of entity.fields) {
          const position = entity.key.fields.indexOf(name);
          row[name] = position >= 0 ? parts[position] : values[next++];
        }
        return row;
      },
    },
    key: {
      size: sum(keyFields.map((one) => sizeOf(one))),
      write(key, out) {
        partsOf(key).forEach((part, i) => {
          if (!writeColumn(keyFields[i]!, part, out)) throw new Error(`key ${String(part)} does not fit`);
        });
      },
      writeColumn: (position, value, out) => writeColumn(keyFields[position]!, value, out),
      read(bytes, start, end) {
        const parts = keyFields.map((one) => {
          const value = readColumn(one.type, bytes, start, end);
          start = keys.KEY_END;
          return [one.name, value] as const;
        });
        return single ? parts[0]![1] : Object.fromEntries(parts);
      },
    },
    indexes: entity.indexes.map((one) => indexCodec(entity, one)),
    keyOf: (row) =>
      single ? row[keyFields[0]!.name] : Object.fromEntries(keyFields.map(({ name }) => [name, row[name]])),
    create(input, _now, key) {
      if (typeof input !== 'object' || input === null)
        throw new ValidationError('QDB1101', entity.name, 'is no object');
      const row = new Row();
      for (const one of entity.fields) {
        let value = input[one.name];
        if (value === undefined && generated && one.name === entity.key.fields[0]) value = key;
        if (!fits(one, value)) throw new ValidationError('QDB1101', `${entity.name}.${one.name}`, 'does not fit');
        row[one.name] = value;
      }
      return row;
    },
    check: () => null,
  };
}

function indexCodec(
  entity: EntityModel,
  { name, fields, unique, caseInsensitive, multiEntry }: IndexModel,
): IndexCodec<AnyRow> {
  const columns = fields.map((field) => entity.fields.find((one) => one.name === field)!);
  const element = columns[0]!.type.kind === 'array' ? columns[0]!.type.element : null;
  const slots = columns.map((column, i) => (i === 0 && element !== null ? { ...column, ...element } : column));
  const fold = (value: unknown) => (caseInsensitive && typeof value === 'string' ? value.toLowerCase() : value);
  return {
    name,
    unique,
    size: sum(slots.map(sizeOf)),
    write(row, out, ends) {
      const values = columns.map((column) => fold(row[column.name]));
      const firsts = multiEntry ? distinct(slots[0]!, (row[fields[0]!] as unknown[]).map(fold)) : [values[0]];
      for (const first of firsts) {
        [first, ...values.slice(1)].forEach((value, i) => {
          writeColumn(slots[i]!, value, out);
        });
        ends.push(out.at);
      }
      return [...firsts, ...values.slice(1)].every((value) => value !== null && value !== undefined);
    },
    writeColumn: (position, value, out) => writeColumn(slots[position]!, fold(value), out),
  };
}

function distinct(slot: Field, values: readonly unknown[]): unknown[] {
  const seen = new Map<string, unknown>();
  for (const value of values) {
    const out = new ByteWriter(64);
    writeColumn(slot, value, out);
    seen.set(out.bytes.toString('latin1', 0, out.at), value);
  }
  return [...seen.values()];
}

function sum(sizes: readonly (number | null)[]): number | null {
  return sizes.reduce<number | null>((total, size) => (total === null || size === null ? null : total + size), 0);
}

const SIZES: Partial<Record<FieldType['kind'], number>> = {
  float64: 8,
  float32: 4,
  int32: 4,
  uint8: 1,
  int64: 8,
  boolean: 1,
  date: 8,
};

function sizeOf({ type, nullable, optional }: Field): number | null {
  return nullable || optional ? null : (SIZES[type.kind] ?? null);
}

function writeColumn(slot: Pick<Field, 'type' | 'nullable' | 'optional'>, value: unknown, out: ByteWriter): boolean {
  if (!fits(slot, value)) return false;
  if (value === undefined || value === null) {
    keys.writeKeyTag(out, value === null ? keys.TAG_NULL : keys.TAG_UNDEFINED);
    return true;
  }
  if (slot.nullable || slot.optional) keys.writeKeyTag(out, keys.TAG_VALUE);
  switch (slot.type.kind) {
    case 'float64':
      keys.writeKeyFloat64(out, value as number);
      break;
    case 'float32':
      keys.writeKeyFloat32(out, value as number);
      break;
    case 'int32':
      keys.writeKeyInt32(out, value as number);
      break;
    case 'uint8':
      keys.writeKeyUint8(out, value as number);
      break;
    case 'int64':
      keys.writeKeyInt64(out, value as bigint);
      break;
    case 'bigint':
      keys.writeKeyBigint(out, value as bigint);
      break;
    case 'boolean':
      keys.writeKeyBoolean(out, value as boolean);
      break;
    case 'date':
      keys.writeKeyDate(out, value as Date);
      break;
    case 'string':
      keys.writeKeyString(out, value as string);
      break;
    default:
      return false;
  }
  return true;
}

function readColumn(type: FieldType, bytes: Uint8Array, start: number, end: number): unknown {
  switch (type.kind) {
    case 'float64':
      return keys.readKeyFloat64(bytes, start, end);
    case 'int32':
      return keys.readKeyInt32(bytes, start, end);
    case 'uint8':
      return keys.readKeyUint8(bytes, start, end);
    case 'int64':
      return keys.readKeyInt64(bytes, start, end);
    case 'bigint':
      return keys.readKeyBigint(bytes, start, end);
    case 'date':
      return keys.readKeyDate(bytes, start, end);
    case 'string':
      return keys.readKeyString(bytes, start, end);
    default:
      throw new Error(`no key of kind ${type.kind}`);
  }
}

/** Whether a value may stand in a field: enough of a validator for tests. */
function fits({ type, nullable, optional }: Pick<Field, 'type' | 'nullable' | 'optional'>, value: unknown): boolean {
  if (value === null) return nullable;
  if (value === undefined) return optional;
  switch (type.kind) {
    case 'float64':
    case 'float32':
      return typeof value === 'number';
    case 'int32':
      return typeof value === 'number' && value === (value | 0);
    case 'uint8':
      return typeof value === 'number' && value === (value & 0xff);
    case 'int64':
      return typeof value === 'bigint' && value === BigInt.asIntN(64, value);
    case 'bigint':
      return typeof value === 'bigint';
    case 'boolean':
      return typeof value === 'boolean';
    case 'date':
      return value instanceof Date;
    case 'string':
      return typeof value === 'string';
    case 'array':
      return Array.isArray(value) && value.every((item) => fits(type.element, item));
    default:
      return true;
  }
}
