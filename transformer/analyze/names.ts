// Names that analysis derives or judges: accessors on the database, names on disk, names of indexes.

/**
 * Members of the database that an entity's accessor would hide, those of coming releases included; `then` would make the
 * database a thenable.
 */
export const RESERVED_ACCESSORS: ReadonlySet<string> = new Set([
  ...['transaction', 'transactionSync', 'close', 'closeSync', 'closed', 'stats', 'as', 'at', 'snapshot', 'watch'],
  ...['backup', 'restore', 'flush', 'flushSync', 'compact', 'migrate', 'verify', 'import', 'export'],
  ...['path', 'schema', 'sequence'],
  ...['then', 'constructor', 'prototype', '__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__'],
  ...['__lookupSetter__', 'hasOwnProperty', 'isPrototypeOf', 'propertyIsEnumerable', 'toLocaleString', 'toString'],
  ...['valueOf', 'toJSON'],
]);

/** Half a character, which no UTF-8 can hold. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** `User` is `user`, `OrderLine` is `orderLine`, `URLEntry` is `urlEntry`, `ID` is `id`. */
export function accessorOf(className: string): string {
  return className.replace(/^\p{Lu}+(?=\p{Lu}\p{Ll})|^\p{Lu}+/u, (capitals) => capitals.toLowerCase());
}

export function isIdentifier(name: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name);
}

/** The trees of the database itself start with `$`. */
export function isEntityName(name: string): boolean {
  return name !== '' && !name.startsWith('$') && !LONE_SURROGATE.test(name);
}

export function isFieldName(name: string): boolean {
  return name !== '' && !LONE_SURROGATE.test(name);
}

/** Stored names of the columns joined by `_`, with `_ci` where case makes no difference. */
export function indexName(columns: readonly string[], caseInsensitive: boolean): string {
  return columns.join('_') + (caseInsensitive ? '_ci' : '');
}
