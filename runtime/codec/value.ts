// Values whose type is unknown at compile time, as MessagePack through msgpackr: null, undefined, booleans, numbers, bigints,
// strings, Date, Uint8Array, arrays and plain objects. What msgpackr would change is wrapped in an extension of our own, whose
// content is MessagePack again:
//
//   extension 0x51 'Q': [0]                    -0
//                       [1, bin]               a string with lone surrogates, as UTF-16
//                       [2, key, value, ...]   an object with a key `__proto__`, `constructor` or `toJSON`, which msgpackr takes otherwise
//                       [3, bin]               Uint8Array (msgpackr would give a Buffer over the page)
import { addExtension, Packr } from 'msgpackr';
import { writeVarint } from '../bytes/varint.js';
import type { ByteWriter } from '../bytes/writer.js';
import { damaged } from './damage.js';
import { isMessagePack } from './messagepack.js';

/** How deep arrays and objects may stand in each other in an `unknown` value. */
export const MAX_VALUE_DEPTH = 200;

const EXTENSION = 0x51;
const NEGATIVE_ZERO = 0;
const UTF16_STRING = 1;
const ENTRIES = 2;
const BYTES = 3;
const AWKWARD_KEYS = new Set(['__proto__', 'constructor', 'toJSON']);
const LONE_SURROGATE = /\p{Cs}/u;

class Wrapped {
  constructor(readonly parts: readonly unknown[]) {}
}

const packr = new Packr({
  useRecords: false,
  mapsAsObjects: true,
  variableMapSize: true,
  int64AsType: 'bigint',
  useBigIntExtension: true,
});

addExtension({
  Class: Wrapped as unknown as new () => Wrapped,
  type: EXTENSION,
  pack: (wrapped: Wrapped) => packr.pack(wrapped.parts),
  unpack: (content: Buffer) => unwrap(packr.unpack(content)),
});

/** Appends the MessagePack of a value that `isStorable`. */
export function writeValue(out: ByteWriter, value: unknown): void {
  out.append(packr.pack(wrap(value)));
}

/** Appends its length, then the MessagePack of a value that `isStorable`. */
export function writeSizedValue(out: ByteWriter, value: unknown): void {
  const packed = packr.pack(wrap(value));
  writeVarint(out, packed.length);
  out.append(packed);
}

/** The value whose MessagePack is `bytes[from, to)`. */
export function readValue(bytes: Buffer, from: number, to: number, entity: string): unknown {
  // msgpackr trusts lengths and knows extensions that we don't: damaged bytes never reach it.
  if (!isMessagePack(bytes, from, to)) throw damaged(entity);
  try {
    return packr.unpack(bytes.subarray(from, to));
  } catch (cause) {
    const error = damaged(entity);
    error.cause = cause;
    throw error;
  }
}

/** The array that a decoded value must be, with each element made into an instance again. */
export function reviveArray<T>(value: unknown, entity: string, revive: (element: unknown) => T): T[] {
  if (!Array.isArray(value)) throw damaged(entity);
  return value.map(revive);
}

/** The record that a decoded value must be, with each of its values made into an instance again. */
export function reviveRecord<T>(value: unknown, entity: string, revive: (entry: unknown) => T): Record<string, T> {
  const object = reviveObject(value, entity);
  for (const key of Object.keys(object)) setProperty(object, key, revive(object[key]));
  return object as Record<string, T>;
}

/** A new record of what `copy` gives for each value. */
export function copyRecord<T, U>(record: { readonly [name: string]: T }, copy: (value: T) => U): Record<string, U> {
  const object: Record<string, U> = {};
  for (const key of Object.keys(record)) setProperty(object, key, copy(record[key] as T));
  return object;
}

/** The object that a decoded value must be. */
export function reviveObject(value: unknown, entity: string): Record<string, unknown> {
  if (!isPlainObject(value)) throw damaged(entity);
  return value;
}

/** Whether a value of unknown type can be stored and comes back equal. */
export function isStorable(value: unknown, depth = 0): boolean {
  switch (typeof value) {
    case 'undefined':
    case 'boolean':
    case 'number':
    case 'bigint':
    case 'string':
      return true;
    case 'object':
      break;
    default:
      return false;
  }
  if (value === null || value instanceof Date || value instanceof Uint8Array) return true;
  if (depth === MAX_VALUE_DEPTH) return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isStorable(value[i], depth + 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  for (const key of Object.keys(value)) if (!isStorable(value[key], depth + 1)) return false;
  return true;
}

/** An object that no class made: its prototype is Object's (of any realm) or none. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}

/** `value` itself where msgpackr carries it faithfully, else a copy with the awkward parts wrapped. */
function wrap(value: unknown): unknown {
  if (typeof value === 'number') return Object.is(value, -0) ? new Wrapped([NEGATIVE_ZERO]) : value;
  if (typeof value === 'string') {
    return LONE_SURROGATE.test(value) ? new Wrapped([UTF16_STRING, Buffer.from(value, 'utf16le')]) : value;
  }
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Uint8Array) return new Wrapped([BYTES, value]);
  return Array.isArray(value) ? wrapArray(value) : wrapObject(value as Record<string, unknown>);
}

function wrapArray(value: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let i = 0; i < value.length; i++) {
    const wrapped = wrap(value[i]);
    if (!Object.is(wrapped, value[i])) {
      copy ??= value.slice();
      copy[i] = wrapped;
    }
  }
  return copy ?? value;
}

function wrapObject(value: Record<string, unknown>): unknown {
  const keys = Object.keys(value);
  let awkward = false;
  // An instance of an embedded class goes as the plain object of its fields.
  let changed = !isPlainObject(value);
  const values: unknown[] = [];
  for (const key of keys) {
    awkward ||= AWKWARD_KEYS.has(key) || LONE_SURROGATE.test(key);
    const wrapped = wrap(value[key]);
    changed ||= !Object.is(wrapped, value[key]);
    values.push(wrapped);
  }
  if (awkward) return new Wrapped([ENTRIES, ...keys.flatMap((key, i) => [wrap(key), values[i]])]);
  if (!changed) return value;
  const copy: Record<string, unknown> = {};
  for (let i = 0; i < keys.length; i++) copy[keys[i]!] = values[i];
  return copy;
}

function unwrap(parts: unknown): unknown {
  if (Array.isArray(parts)) {
    const [kind, content] = parts as unknown[];
    if (kind === NEGATIVE_ZERO) return -0;
    if (kind === UTF16_STRING && content instanceof Uint8Array) return Buffer.from(content).toString('utf16le');
    if (kind === BYTES && content instanceof Uint8Array) return new Uint8Array(content);
    if (kind === ENTRIES) return fromEntries(parts);
  }
  throw new TypeError('an unknown extension');
}

function fromEntries(parts: readonly unknown[]): Record<string, unknown> {
  const object: Record<string, unknown> = {};
  for (let i = 1; i + 1 < parts.length; i += 2) setProperty(object, String(parts[i]), parts[i + 1]);
  return object;
}

/** Defines the property: assigning `__proto__` would set the prototype. */
function setProperty(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}
