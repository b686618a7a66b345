// Cursors of keyset pagination: where in the order of a query a page ended, as a text that goes to a client and comes back. It is no
// secret, but nobody can make or change one: it ends with a keyed hash over all before it.
//
//   base64url of   1 byte   CURSOR_VERSION
//                  8        hash of the query it belongs to (fingerprint below)
//                  ...      the row's values in the order, those of the primary key included, as MessagePack (codec/value.ts)
//                  8        SipHash of what precedes, under the database's key
import { siphash } from '../bytes/siphash.js';
import { ByteWriter } from '../bytes/writer.js';
import { XXH3_HIGH, XXH3_LOW, xxh3 } from '../bytes/xxh3.js';
import { readValue, writeValue } from '../codec/value.js';
import { QueryError } from '../errors.js';
import type { OrderTerm, Query, Selector } from './query.js';

const CURSOR_VERSION = 1;
const FINGERPRINT_SIZE = 8;
const VALUES_START = 1 + FINGERPRINT_SIZE;
const TAG_SIZE = 8;
/** Longest text that is looked at, in characters. */
const LONGEST_CURSOR = 1 << 20;

/** The cursor of the row, in a query of that fingerprint and order. `key` is the database's secret. */
export function cursorAt(key: Uint8Array, fingerprint: Uint8Array, order: readonly OrderTerm[], row: unknown): string {
  const out = new ByteWriter(64);
  out.append(Uint8Array.of(CURSOR_VERSION));
  out.append(fingerprint);
  writeValue(
    out,
    order.map(({ path }) => sortable(valueAt(row, path))),
  );
  const signed = out.bytes.subarray(0, out.at);
  return Buffer.concat([signed, tagOf(key, signed)]).toString('base64url');
}

/**
 * The values that `cursor` holds, in the order of `order`. Throws QueryError QDB2105 for a text that this database didn't make or that was
 * changed, and QDB2106 for the cursor of another query.
 */
export function readCursor(
  key: Uint8Array,
  fingerprint: Uint8Array,
  order: readonly OrderTerm[],
  cursor: string,
): readonly unknown[] {
  const bytes = typeof cursor === 'string' && cursor.length <= LONGEST_CURSOR ? Buffer.from(cursor, 'base64url') : null;
  // Decoding passes over what is no base64, so only the text that these bytes give is theirs.
  if (bytes === null || bytes.length < VALUES_START + TAG_SIZE || bytes.toString('base64url') !== cursor)
    throw changed();
  const signed = bytes.subarray(0, -TAG_SIZE);
  if (!tagOf(key, signed).equals(bytes.subarray(-TAG_SIZE)) || signed[0] !== CURSOR_VERSION) throw changed();
  const values = readValue(signed, VALUES_START, signed.length, 'a cursor') as unknown[];
  if (!signed.subarray(1, VALUES_START).equals(fingerprint) || values.length !== order.length) {
    throw new QueryError(
      'QDB2106',
      'the cursor belongs to another query. Use it with the conditions, captured values and order of the query that gave it.',
    );
  }
  return values;
}

/** A hash of what decides which rows a query gives, and in which order; limit, offset and projection may change from page to page. */
export function fingerprintOf({ entity, where, distinctBy }: Query, order: readonly OrderTerm[]): Buffer {
  const conditions = where.map(({ expression, parameters, predicate }) =>
    expression === null ? String(predicate) : [expression, parameters.map(plain)],
  );
  const text = JSON.stringify([entity, conditions, order, distinctBy && selectorText(distinctBy)]);
  const bytes = Buffer.from(text);
  xxh3(bytes, 0, bytes.length);
  const hash = Buffer.alloc(FINGERPRINT_SIZE);
  hash.writeUInt32BE(XXH3_HIGH, 0);
  hash.writeUInt32BE(XXH3_LOW, 4);
  return hash;
}

function selectorText({ expression, parameters, read }: Selector): unknown {
  return expression === null ? String(read) : [expression, parameters.map(plain)];
}

/** A captured value as JSON that tells it from all others. */
function plain(value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return { date: value.getTime() };
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Set) return { set: [...value].map(plain) };
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('base64') };
  return typeof value === 'object' ? { object: Object.entries(value).map(plain) } : { [typeof value]: String(value) };
}

/** Objects have no order of their own (query/order.ts), so that any one stands for all. */
function sortable(value: unknown): unknown {
  const isPlain = typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array;
  return isPlain ? value : Array.isArray(value) ? value.map(sortable) : {};
}

function valueAt(row: unknown, path: readonly string[]): unknown {
  let value = row;
  for (const name of path) value = (value as Readonly<Record<string, unknown>> | null | undefined)?.[name];
  return value;
}

function tagOf(key: Uint8Array, signed: Uint8Array): Buffer {
  const tag = Buffer.alloc(TAG_SIZE);
  tag.writeBigUInt64BE(siphash(key, signed));
  return tag;
}

function changed(): QueryError {
  return new QueryError(
    'QDB2105',
    'the cursor is none of this database, or was changed on its way. Give after() the text that page() or cursorOf() gave, unchanged.',
  );
}
