// Checks values by the model, without generated code: what rows that a migration makes are held against before they are stored.
import type { EntityModel, Field, FieldType, Slot } from '../schema/model.js';
import { BIGINT_RANGES, INTEGER_RANGES, type IntegerKind } from '../schema/numbers.js';
import { elementPath, noChoice, notStorable, outOfRange, type Problem, wrongType } from './check.js';
import type { PlainRow } from './interpret-record.js';
import { isPlainObject, isStorable } from './value.js';

/** The first field of `row` that doesn't fit; null when all do. */
export function checkRow(entity: EntityModel, row: unknown): Problem | null {
  if (typeof row !== 'object' || row === null) return wrongType(entity.name, 'an object', row);
  return checkFields(entity.fields, row as PlainRow, entity.name);
}

/** Null when the value may stand in the slot. */
export function checkSlot({ type, nullable, optional }: Slot, value: unknown, path: string): Problem | null {
  if (value === null && nullable) return null;
  if (value === undefined && optional) return null;
  return checkType(type, value, path);
}

/** The same of some fields; `path` names the row. */
export function checkFields(fields: readonly Field[], row: PlainRow, path: string): Problem | null {
  for (const field of fields) {
    const value = Object.hasOwn(row, field.name) ? row[field.name] : undefined;
    const problem = checkSlot(field, value, `${path}.${field.name}`);
    if (problem !== null) return problem;
  }
  return null;
}

function checkType(type: FieldType, value: unknown, path: string): Problem | null {
  switch (type.kind) {
    case 'float64':
    case 'float32':
      return typeof value === 'number' ? null : wrongType(path, 'a number', value);
    case 'int64':
    case 'uint64': {
      const [least, most] = BIGINT_RANGES[type.kind];
      const fits = typeof value === 'bigint' && value >= least && value <= most;
      return fits ? null : outOfRange(path, `a bigint from ${least} to ${most}`, value);
    }
    case 'bigint':
    case 'boolean':
    case 'string':
      return typeof value === type.kind ? null : wrongType(path, `a ${type.kind}`, value);
    case 'date':
      return value instanceof Date ? null : wrongType(path, 'a Date', value);
    case 'bytes':
      return value instanceof Uint8Array ? null : wrongType(path, 'a Uint8Array', value);
    case 'enum': {
      const choices = type.values.map((one) => JSON.stringify(one)).join(' | ');
      return type.values.includes(value as string | number) ? null : noChoice(path, choices, value);
    }
    case 'array':
      return checkEach(type.element, Array.isArray(value) ? [...value.entries()] : null, 'an array', value, path);
    case 'record':
      return checkEach(type.value, isPlainObject(value) ? Object.entries(value) : null, 'a plain object', value, path);
    case 'embedded':
      if (typeof value !== 'object' || value === null) {
        return wrongType(path, `an object with the fields of ${type.className}`, value);
      }
      return checkFields(type.fields, value as PlainRow, path);
    case 'unknown':
      return isStorable(value) ? null : notStorable(path, value);
    default:
      return checkInteger(type.kind, value, path);
  }
}

function checkInteger(kind: IntegerKind, value: unknown, path: string): Problem | null {
  const [least, most] = INTEGER_RANGES[kind];
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  return fits ? null : outOfRange(path, `a whole number from ${least} to ${most}`, value);
}

function checkEach(
  slot: Slot,
  entries: readonly (readonly [number | string, unknown])[] | null,
  expected: string,
  value: unknown,
  path: string,
): Problem | null {
  if (entries === null) return wrongType(path, expected, value);
  for (const [key, element] of entries) {
    const problem = checkSlot(slot, element, elementPath(path, key));
    if (problem !== null) return problem;
  }
  return null;
}
