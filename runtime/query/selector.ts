// Selectors of what a query computes of its rows: as data where the compiler plugin has lowered one or it only names a field, so that no
// more of a record than it names has to be decoded; the function alone otherwise.
import { QueryError } from '../errors.js';
import type { Expression, LoweredSelector } from './expression.js';
import { fieldPath } from './path.js';
import type { Selector } from './query.js';

/**
 * The selector of `read`, which stands in `call`. `lowered` is what the plugin has made of it: null where it could not, undefined where
 * no plugin has run. Throws QueryError QDB2104 for what is no function.
 */
export function selectorOf<Row>(
  read: (row: Row) => unknown,
  lowered: LoweredSelector | null | undefined,
  call: string,
): Selector {
  assertFunction(read, call);
  if (lowered) return Object.freeze({ ...captured(lowered), read });
  const path = lowered === null ? null : fieldPath(read);
  const expression: Expression | null = path === null ? null : { op: 'field', path };
  return Object.freeze({ expression, parameters: [], read });
}

/**
 * What the plugin has made, with the captured values as they are now. Where one of them can't be had, the function alone is left: it throws
 * by itself if it comes as far, and may not, as in `ready && u.score > least()`.
 */
export function captured<E>(
  lowered: { readonly expression: E; readonly parameters: () => readonly unknown[] } | null,
): { readonly expression: E | null; readonly parameters: readonly unknown[] } {
  try {
    if (lowered !== null) {
      return { expression: lowered.expression, parameters: Object.freeze([...lowered.parameters()]) };
    }
  } catch {
    // Its own throw is the one that counts.
  }
  return { expression: null, parameters: [] };
}

/** Throws QueryError QDB2104 unless `given`, the argument of `call`, is a function. */
export function assertFunction(given: unknown, call: string): void {
  if (typeof given === 'function') return;
  throw new QueryError(
    'QDB2104',
    `${call} takes a function of the row, such as row => row.field, not ${kindOf(given)}.`,
  );
}

/** What a value is, in a word or two for a message. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return 'a Date';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The paths of the fields that `expression` reads of the row, each once. */
export function fieldsRead(expression: Expression): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    const { op, path } = part as { readonly op?: unknown; readonly path?: readonly string[] };
    if (op === 'field') found.set(JSON.stringify(path), path!);
    else for (const inner of Object.values(part)) visit(inner);
  };
  visit(expression);
  return [...found.values()];
}
