// Splits and merges of fields, pre-written: text at spaces, parts in order; a proposal that the author edits.
import type { Field } from '../../runtime/schema/model.js';
import { literal, member, objectKey } from '../emit/names.js';
import { fallbackText } from './convert.js';

/** The arrow that makes several fields out of one. */
export function splitText(from: Field, into: readonly Field[]): string {
  const value = member('row', from.name);
  const areStrings = from.type.kind === 'string' && into.every(({ type }) => type.kind === 'string');
  if (!areStrings) {
    return `() => {\n  throw new Error(${literal(`say how ${from.name} becomes ${namesOf(into)}`)});\n}`;
  }
  const text = from.nullable || from.optional ? `(${value} ?? '')` : value;
  const first = into.slice(0, -1).map((field, i) => `${objectKey(field.name)}: parts[${i}] ?? ${fallbackText(field)}`);
  const last = into.at(-1)!;
  const rest = `${objectKey(last.name)}: parts.slice(${into.length - 1}).join(' ')`;
  return `(row) => {\n  const parts = ${text}.split(' ');\n  return { ${[...first, rest].join(', ')} };\n}`;
}

/** The arrow that makes one field out of several. */
export function mergeText(from: readonly Field[], into: Field): string {
  const areStrings = into.type.kind === 'string' && from.every(({ type }) => type.kind === 'string');
  if (!areStrings) {
    return `() => {\n  throw new Error(${literal(`say how ${namesOf(from)} become ${into.name}`)});\n}`;
  }
  return `(row) => [${from.map(({ name }) => member('row', name)).join(', ')}].filter((part) => part).join(' ')`;
}

function namesOf(fields: readonly Field[]): string {
  return fields.map(({ name }) => name).join(' and ');
}
