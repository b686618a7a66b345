// What order means when rows are sorted in memory: the same as the order of index entries, so that a plan never changes it.
//
//   undefined < null < values;  false < true;  numbers by size, NaN last, -0 = 0;  dates by time, invalid ones last;
//   strings by code point (as UTF-8 bytes);  bytes and arrays left to right, a prefix first.
// Descending is the exact reverse. Rows that tie are in the order of their primary keys, whatever the direction.
import { compareKeys } from '../bytes/compare.js';

/** Compares two values of one field; negative, zero or positive. */
export function compareValues(a: unknown, b: unknown): number {
  if (a === b) return 0;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'number' && typeof b === 'number') return compareNumbers(a, b);
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return rank;
  if (typeof a === 'bigint' || typeof a === 'boolean') return a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0;
  if (a instanceof Date && b instanceof Date) return compareNumbers(a.getTime(), b.getTime());
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareKeys(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const order = compareValues(a[i], b[i]);
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }
  return 0;
}

function compareNumbers(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}

/**
 * Orders strings by code point, a lone surrogate as its own. Code units order the same way up to the first surrogate: where two
 * strings part at one, the code points that the units belong to decide.
 */
export function compareStrings(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x < FIRST_SURROGATE || y < FIRST_SURROGATE) return x - y;
    const start = i > 0 && isHighSurrogate(a.charCodeAt(i - 1)) ? i - 1 : i;
    return a.codePointAt(start)! - b.codePointAt(start)! || x - y;
  }
  return a.length - b.length;
}

const FIRST_SURROGATE = 0xd800;

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === FIRST_SURROGATE;
}

function rankOf(value: unknown): number {
  if (value === undefined) return 0;
  if (value === null) return 1;
  switch (typeof value) {
    // Numbers before strings, as in the position lists of mixed enums.
    case 'boolean':
      return 2;
    case 'number':
      return 3;
    case 'bigint':
      return 4;
    case 'string':
      return 5;
    default:
      return value instanceof Date ? 6 : value instanceof Uint8Array ? 7 : Array.isArray(value) ? 8 : 9;
  }
}
