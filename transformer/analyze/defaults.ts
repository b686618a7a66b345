// Reads what a missing field becomes, from `@Default(...)` or from the initializer, and checks that the field can hold it.
import type ts from 'typescript';
import type { DefaultValue, FieldType, JsonValue, Slot } from '../../runtime/schema/model.js';
import { BIGINT_RANGES, INTEGER_RANGES } from '../../runtime/schema/numbers.js';
import { type Member, only } from './classes.js';
import { type Constant, evaluate, skipTypes } from './constants.js';
import type { Context } from './context.js';
import * as findings from './findings.js';

/** The default of a field, or null. What can't be one is reported. */
export function readDefault(context: Context, member: Member, slot: Slot): DefaultValue | null {
  const written = writtenDefault(context, member);
  if (!written) return null;
  const constant = evaluate(context, written);
  if (constant.kind === 'unreadable') {
    context.report(constant.node, findings.unreadableDefault());
    return null;
  }
  if (constant.kind === 'undefined' && slot.optional) return null;
  if (constant.kind === 'undefined' || !fits(constant, slot)) {
    context.report(written, findings.unfitDefault(member.name));
    return null;
  }
  return constant;
}

/** The expression that gives the default; for `@Default(() => x)` it is `x`. */
function writtenDefault(context: Context, member: Member): ts.Expression | undefined {
  const { ts } = context;
  const marker = only(context, member.markers, 'Default');
  if (!marker) return member.node.initializer;
  if (!marker.called) return context.report(marker.node, findings.uncalledMarker('Default'));
  if (member.node.initializer) return context.report(marker.node, findings.twoDefaults());
  const [first] = marker.args;
  if (!first) return context.report(marker.node, findings.optionValue('@Default', 'a value'));
  const argument = skipTypes(context, first);
  if (ts.isArrowFunction(argument) && argument.parameters.length === 0 && !ts.isBlock(argument.body)) {
    return argument.body;
  }
  // Read as written, `@Default(new Date())` would be one moment for all rows.
  if (ts.isNewExpression(argument)) return context.report(argument, findings.unreadableDefault());
  return argument;
}

function fits(constant: Constant, slot: Slot): boolean {
  switch (constant.kind) {
    case 'now':
      return slot.type.kind === 'date';
    case 'bigint':
      return fitsBigint(BigInt(constant.value), slot.type);
    case 'literal':
      return fitsJson(constant.value, slot);
    default:
      return false;
  }
}

function fitsBigint(value: bigint, type: FieldType): boolean {
  if (type.kind === 'bigint') return true;
  if (type.kind !== 'int64' && type.kind !== 'uint64') return false;
  const [min, max] = BIGINT_RANGES[type.kind];
  return value >= min && value <= max;
}

function fitsJson(value: JsonValue, slot: Slot): boolean {
  const { type } = slot;
  if (value === null) return slot.nullable;
  switch (type.kind) {
    case 'unknown':
      return true;
    case 'boolean':
    case 'string':
      return typeof value === type.kind;
    case 'float64':
    case 'float32':
      return typeof value === 'number';
    case 'enum':
      return type.values.some((choice) => choice === value);
    case 'array':
      return isList(value) && value.every((element) => fitsJson(element, type.element));
    case 'record':
      return isObject(value) && Object.values(value).every((inner) => fitsJson(inner, type.value));
    case 'embedded':
      return isObject(value) && fitsFields(value, type.fields);
    case 'date':
    case 'bytes':
    case 'bigint':
    case 'int64':
    case 'uint64':
      return false;
    default: {
      const [min, max] = INTEGER_RANGES[type.kind];
      return Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
    }
  }
}

function fitsFields(
  value: { readonly [name: string]: JsonValue },
  fields: Extract<FieldType, { kind: 'embedded' }>['fields'],
): boolean {
  const known = new Map(fields.map((field) => [field.name, field]));
  for (const [name, inner] of Object.entries(value)) {
    const field = known.get(name);
    if (!field || !fitsJson(inner, field)) return false;
  }
  return fields.every((field) => Object.hasOwn(value, field.name) || field.optional || field.default !== null);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is { readonly [name: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
