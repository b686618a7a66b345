// JSON values as source text.
import type { JsonValue } from '../../runtime/schema/model.js';
import { literal, objectKey } from './names.js';
import { list } from './printer.js';

/** A value on one line; `__proto__` stays a key. */
export function jsonText(value: JsonValue): string {
  if (typeof value === 'string') return literal(value);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value);
  if (isList(value)) return `[${value.map(jsonText).join(', ')}]`;
  return objectText(value, jsonText);
}

/** An object on one line, its values as `text` gives them. */
export function objectText<T>(value: { readonly [name: string]: T }, text: (inner: T) => string): string {
  const entries = Object.entries(value).map(([key, inner]) => `${objectKey(key)}: ${text(inner)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** A value over several lines where it is long; `before` characters stand before its first line. */
export function prettyJson(value: JsonValue, before: number): string {
  if (typeof value !== 'object' || value === null) return jsonText(value);
  const flat = jsonText(value);
  if (before + flat.length <= FLAT_WIDTH) return flat;
  const inner = before + 2;
  if (isList(value))
    return broken(
      '[',
      value.map((element) => prettyJson(element, inner)),
      ']',
    );
  const entries = Object.entries(value).map(
    ([key, entry]) => `${objectKey(key)}: ${prettyJson(entry, inner + key.length)}`,
  );
  return broken('{', entries, '}');
}

const FLAT_WIDTH = 100;

function broken(head: string, items: readonly string[], tail: string): string {
  return list(head, items, tail, Number.POSITIVE_INFINITY);
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
