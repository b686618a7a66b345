// Converters, pre-written: the source text of an arrow from values of one field to values of another, where there is an
// obvious one. It is a proposal that the migration's author reads and edits.
import type { Field, FieldType, NumberKind, Slot } from '../../runtime/schema/model.js';
import { fitsNumber, INTEGER_RANGES, isBigintKind, isNumberKind } from '../../runtime/schema/numbers.js';
import { jsonText } from '../emit/json.js';
import { literal, member, objectKey } from '../emit/names.js';

/** What becomes of the values: they stand as they are, `text` converts them, or a person must say how. */
export type Conversion =
  | { readonly kind: 'same' }
  | { readonly kind: 'converted'; readonly text: string }
  | { readonly kind: 'unknown'; readonly text: string };

const SAME: Conversion = { kind: 'same' };

/** The arrow from `from`'s values to `to`'s; `fallback` is the source of what stands for a value that is missing. */
export function conversionOf(from: Slot, to: Field): Conversion {
  const inner = slotExpression(from, to, 'value', fallbackText(to));
  if (inner === 'value') return SAME;
  if (inner === null) {
    const text = `() => {\n  throw new Error(${literal(`say how ${typeWords(from.type)} becomes ${typeWords(to.type)}`)});\n}`;
    return { kind: 'unknown', text };
  }
  return { kind: 'converted', text: `(value) => ${inner.startsWith('{') ? `(${inner})` : inner}` };
}

/** What stands for a value that rows lack: the field's default, else the plainest value of its type; null where none is plain. */
export function fallbackText(field: Pick<Field, 'type' | 'default' | 'nullable' | 'optional'>): string | null {
  if (field.default?.kind === 'literal') return jsonText(field.default.value);
  if (field.default?.kind === 'bigint') return `${field.default.value}n`;
  if (field.default?.kind === 'now') return 'new Date()';
  if (field.nullable) return 'null';
  if (field.optional) return 'undefined';
  return plainestText(field.type);
}

function plainestText(type: FieldType): string | null {
  switch (type.kind) {
    case 'int64':
    case 'uint64':
    case 'bigint':
      return '0n';
    case 'boolean':
      return 'false';
    case 'string':
      return "''";
    case 'date':
      return 'new Date(0)';
    case 'bytes':
      return 'new Uint8Array()';
    case 'enum':
      return jsonText(type.values[0]!);
    case 'array':
      return '[]';
    case 'record':
      return '{}';
    case 'embedded': {
      const parts = type.fields.map((field) => [objectKey(field.name), fallbackText(field)] as const);
      if (parts.some(([, text]) => text === null)) return null;
      return `{ ${parts.map(([key, text]) => `${key}: ${text}`).join(', ')} }`;
    }
    case 'unknown':
      return 'null';
    default:
      return '0';
  }
}

/** `value` converted; `value` itself when it fits as it is, null when nobody knows how. */
function slotExpression(from: Slot, to: Slot, value: string, fallback: string | null): string | null {
  const converted = typeExpression(from.type, to.type, value);
  if (converted === null) return null;
  const nullFits = !from.nullable || to.nullable;
  const undefinedFits = !from.optional || to.optional;
  const mayLack = from.nullable || from.optional;
  if (!mayLack) return converted;
  if (nullFits && undefinedFits) {
    if (converted === value) return value;
    const lacks = from.nullable && from.optional ? '== null' : from.nullable ? '=== null' : '=== undefined';
    return `${value} ${lacks} ? ${from.nullable && from.optional ? value : from.nullable ? 'null' : 'undefined'} : ${converted}`;
  }
  const instead = to.nullable ? 'null' : to.optional ? 'undefined' : fallback;
  if (instead === null) return null;
  if (converted === value) return `${value} ?? ${instead}`;
  return `${value} == null ? ${instead} : ${converted}`;
}

function typeExpression(from: FieldType, to: FieldType, value: string): string | null {
  if (JSON.stringify(from) === JSON.stringify(to)) return value;
  if (to.kind === 'unknown') return value;
  if (to.kind === 'array') return toArray(from, to.element, value);
  if (from.kind === 'array') {
    const first = slotExpression({ ...from.element, optional: true }, present(to), `${value}[0]`, plainestText(to));
    return first;
  }
  if (from.kind === 'embedded' && to.kind === 'embedded') return objectExpression(from.fields, to.fields, value);
  if (to.kind === 'enum') return toEnum(from, to.values, value);
  if (isNumberKind(to.kind)) return toNumber(from, to.kind, value);
  switch (to.kind) {
    case 'string':
      return toText(from, value);
    case 'boolean':
      if (isNumberKind(from.kind)) return `${value} !== 0`;
      if (isBigintKind(from.kind)) return `${value} !== 0n`;
      return from.kind === 'string' ? `${value} === 'true'` : null;
    case 'date':
      return isNumberKind(from.kind) || from.kind === 'string' ? `new Date(${value})` : null;
    case 'int64':
    case 'uint64':
    case 'bigint':
      return toBigint(from, to.kind, value);
    default:
      return null;
  }
}

function toArray(from: FieldType, element: Slot, value: string): string | null {
  if (from.kind === 'array') {
    const inner = slotExpression(from.element, element, 'one', plainestText(element.type));
    if (inner === null || inner === 'one') return inner === null ? null : value;
    return `${value}.map((one) => ${inner.startsWith('{') ? `(${inner})` : inner})`;
  }
  const inner = slotExpression(present(from), element, value, null);
  return inner === null ? null : `[${inner}]`;
}

function objectExpression(from: readonly Field[], to: readonly Field[], value: string): string | null {
  const known = new Map(from.map((field) => [field.storedName, field]));
  const parts: string[] = [];
  for (const field of to) {
    const old = known.get(field.storedName);
    const text =
      old === undefined
        ? fallbackText(field)
        : slotExpression(old, field, member(value, old.name), fallbackText(field));
    if (text === null) return null;
    parts.push(`${objectKey(field.name)}: ${text}`);
  }
  const unchanged = from.length === to.length && to.every((field, i) => from[i]!.name === field.name);
  if (unchanged && to.every((field, i) => parts[i] === `${objectKey(field.name)}: ${member(value, field.name)}`))
    return value;
  return `{ ${parts.join(', ')} }`;
}

function toEnum(from: FieldType, values: readonly (string | number)[], value: string): string | null {
  const first = jsonText(values[0]!);
  if (from.kind === 'enum') {
    const gone = from.values.filter((one) => !values.includes(one));
    if (gone.length === 0) return value;
    return `${gone.map((one) => `${value} === ${jsonText(one)}`).join(' || ')} ? ${first} : ${value}`;
  }
  const fits = values.every((one) => typeof one === (from.kind === 'string' ? 'string' : 'number'));
  if ((from.kind !== 'string' && !isNumberKind(from.kind)) || !fits) return null;
  const list = `[${values.map((one) => `${jsonText(one)} as const`).join(', ')}]`;
  return `${list}.find((one) => one === ${value}) ?? ${first}`;
}

function toNumber(from: FieldType, kind: NumberKind, value: string): string | null {
  if (isNumberKind(from.kind)) return fitsNumber(from.kind, kind) ? value : bounded(value, kind);
  switch (from.kind) {
    case 'string':
      return kind === 'float64' || kind === 'float32' ? `Number(${value})` : bounded(`(Number(${value}) || 0)`, kind);
    case 'int64':
    case 'uint64':
    case 'bigint':
      return bounded(`Number(${value})`, kind);
    case 'boolean':
      return `${value} ? 1 : 0`;
    case 'date':
      return bounded(`${value}.getTime()`, kind);
    case 'enum':
      return from.values.every((one) => typeof one === 'number') && kind === 'float64' ? value : null;
    default:
      return null;
  }
}

function toText(from: FieldType, value: string): string | null {
  if (isNumberKind(from.kind) || isBigintKind(from.kind) || from.kind === 'boolean') return `String(${value})`;
  if (from.kind === 'date') return `${value}.toISOString()`;
  if (from.kind !== 'enum') return null;
  return from.values.every((one) => typeof one === 'string') ? value : `String(${value})`;
}

function toBigint(from: FieldType, kind: 'int64' | 'uint64' | 'bigint', value: string): string | null {
  if (isBigintKind(from.kind)) {
    if (kind === 'bigint') return value;
    return kind === 'int64' ? `BigInt.asIntN(64, ${value})` : `BigInt.asUintN(64, ${value})`;
  }
  if (isNumberKind(from.kind)) return `BigInt(Math.trunc(${value}))`;
  return from.kind === 'string' ? `BigInt(${value})` : null;
}

/** Rounded into the range of an integer kind; floats as they are. */
function bounded(value: string, kind: NumberKind): string {
  if (kind === 'float64' || kind === 'float32') return value;
  const [least, most] = INTEGER_RANGES[kind];
  return `Math.min(${most}, Math.max(${least}, Math.round(${value})))`;
}

function present(type: FieldType): Slot {
  return { type, nullable: false, optional: false };
}

function typeWords(type: FieldType): string {
  return type.kind === 'embedded' ? `a ${type.className}` : `a value of type ${type.kind}`;
}
