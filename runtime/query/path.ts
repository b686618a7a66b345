// The path that a selector such as `u => u.address.city` reads, found by running it once over a proxy that records:
// sorting needs no compiler.
import { QueryError } from '../errors.js';

/**
 * The property path that `selector` returns. Throws QueryError QDB2101 for a selector that returns anything but a field of
 * its argument; `call` is named in the message.
 *
 * @example pathOf((u: User) => u.address.city, 'sortBy') // ['address', 'city']
 */
export function pathOf<Row>(selector: (row: Row) => unknown, call: string): readonly string[] {
  const path = fieldPath(selector);
  if (path !== null) return path;
  throw new QueryError(
    'QDB2101',
    `${call}(${selector}) does not return a field of the row. Write it as row => row.field, or row => row.embedded.field.`,
  );
}

/** The same, or null where the selector returns something else. */
export function fieldPath<Row>(selector: (row: Row) => unknown): readonly string[] | null {
  if (typeof selector !== 'function') return null;
  const source = Function.prototype.toString.call(selector);
  const plain = PLAIN.exec(source);
  if (plain !== null) return plain[2]!.split('.').slice(1);
  const text = withoutTexts(source);
  if (CHOICE.test(text) || CALL.test(text.replace(HEAD, ''))) return null;
  let selected: unknown;
  try {
    selected = selector(record([], { left: MOST_READS }) as Row);
  } catch {
    // It does more than read a field: recorders are no values to compute with.
    return null;
  }
  const path = selected !== null && typeof selected === 'object' ? PATHS.get(selected) : undefined;
  return path === undefined || path.length === 0 ? null : path;
}

/**
 * A recorder is never missing and always true, so of `u.nick ?? u.name` it would show one side alone. Whatever chooses, `?.` aside, is
 * no field.
 */
const CHOICE = /\?(?!\.)|&&|\|\||^[^>]*=(?!>)/;

/** What a called function chooses is not seen either. `if (`, `switch (` and loops look like calls, and are as little a field. */
const CALL = /(?<!\breturn\s*)(?<=[\w$\])]|\?\.)\s*\(|[\w$\])]\s*''/;

/** Up to the parameters of an arrow, a function or a method. */
const HEAD = /^\s*(?:async\b\s*)?(?:function\b\s*)?[\w$]*\s*\(/;

/** `u => u.address.city`, which is what nearly all of them look like, says it all. */
const PLAIN = /^\(?([A-Za-z_$][\w$]*)\)?\s*=>\s*\1((?:\.[A-Za-z_$][\w$]*)+)$/;

/** A function's text without strings and comments. */
function withoutTexts(source: string): string {
  return source.replace(/'[^'\n]*'|"[^"\n]*"|`[^`]*`|\/\*.*?\*\/|\/\/[^\n]*/gs, "''");
}

/** The path that each recorder stands for; beside the proxies, so that no property name is taken from the user's fields. */
const PATHS = new WeakMap<object, readonly string[]>();

/** Reads that a selector may take: one that walks from row to row would never come to an end, for a recorder is never missing. */
const MOST_READS = 100;

function record(path: readonly string[], budget: { left: number }): object {
  const recorder: object = new Proxy(EMPTY, {
    get(_, name) {
      if (typeof name === 'symbol' || budget.left-- === 0) throw new TypeError('This is more than a field.');
      return record([...path, name], budget);
    },
  });
  PATHS.set(recorder, path);
  return recorder;
}

const EMPTY = Object.freeze(Object.create(null) as object);
