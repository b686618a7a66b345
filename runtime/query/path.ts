// The path that a selector such as `u => u.address.city` reads, found by running it once over a proxy that records:
// sorting needs no compiler.
import { QueryError } from '../errors.js';

/**
 * The property path that `selector` returns. Throws QueryError QDB2101 for a selector that returns anything but a field of
 * its argument.
 *
 * @example pathOf((u: User) => u.address.city) // ['address', 'city']
 */
export function pathOf<Row>(selector: (row: Row) => unknown): readonly string[] {
  const recorder = record([]);
  let selected: unknown;
  try {
    selected = selector(recorder as Row);
  } catch (cause) {
    throw notAField(selector, cause);
  }
  const path = selected !== null && typeof selected === 'object' ? PATHS.get(selected) : undefined;
  if (path === undefined || path.length === 0) throw notAField(selector);
  return path;
}

/** The path that each recorder stands for; beside the proxies, so that no property name is taken from the user's fields. */
const PATHS = new WeakMap<object, readonly string[]>();

function record(path: readonly string[]): object {
  const recorder: object = new Proxy(EMPTY, {
    get(_, name) {
      if (typeof name === 'symbol') throw new TypeError('A symbol is no field.');
      return record([...path, name]);
    },
  });
  PATHS.set(recorder, path);
  return recorder;
}

const EMPTY = Object.freeze(Object.create(null) as object);

function notAField(selector: (row: never) => unknown, cause?: unknown): QueryError {
  return new QueryError(
    'QDB2101',
    `sortBy(${selector}) does not return a field of the row. Write it as row => row.field, or row => row.embedded.field.`,
    { cause },
  );
}
