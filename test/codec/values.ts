// Random values of any field type, and the equality that a round trip must keep.
import fc from 'fast-check';
import type { Field, FieldType, Slot } from '../../runtime/schema/model.js';

/** Strings of every kind: ASCII, latin1, text beyond it, four-byte characters, lone surrogates, NUL; some long. */
export const strings: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'grapheme-ascii', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  units(0xff, 40),
  units(0xffff, 30),
  fc
    .tuple(units(0xffff, 6), fc.constantFrom('', 'x', 'é', 'ж', '😀'), fc.integer({ min: 0, max: 120 }))
    .map(([head, unit, count]) => head + unit.repeat(count)),
);

function units(max: number, maxLength: number): fc.Arbitrary<string> {
  return fc.array(fc.integer({ min: 0, max }), { maxLength }).map((codes) => String.fromCharCode(...codes));
}

const bigints = fc.oneof(
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc
    .tuple(
      fc.constantFrom(7n, 8n, 31n, 32n, 63n, 64n, 65n, 127n, 128n, 1000n),
      fc.constantFrom(-1n, 0n, 1n),
      fc.boolean(),
    )
    .map(([bits, by, negative]) => (negative ? -(2n ** bits) : 2n ** bits) + by),
);

const dates = fc.oneof(
  fc.date({ noInvalidDate: false }),
  fc.constantFrom(new Date(Number.NaN), new Date(8.64e15), new Date(-8.64e15)),
);

const bytes = fc.uint8Array({ maxLength: 60 });

const keys = fc.oneof(strings, fc.constantFrom('__proto__', 'constructor', 'toJSON', 'hasOwnProperty', ''));

/** What `unknown` can hold, nested. */
const unknowns: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(null, undefined, true, false, -0),
    fc.double(),
    fc.integer(),
    strings,
    bigints,
    dates,
    bytes,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
  ),
})).value;

/** Values of a type, as an input holds them. */
export function arbitraryOf(type: FieldType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'float64':
      return fc.double();
    case 'float32':
      return fc.float();
    case 'int8':
    case 'int16':
    case 'int32':
      return fc.integer({
        min: -(2 ** (Number(type.kind.slice(3)) - 1)),
        max: 2 ** (Number(type.kind.slice(3)) - 1) - 1,
      });
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return fc.integer({ min: 0, max: 2 ** Number(type.kind.slice(4)) - 1 });
    case 'int64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'uint64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    case 'bigint':
      return bigints;
    case 'boolean':
      return fc.boolean();
    case 'string':
      return strings;
    case 'date':
      return dates;
    case 'bytes':
      return bytes;
    case 'enum':
      return fc.constantFrom(...type.values);
    case 'array':
      return fc.array(slotValues(type.element), { maxLength: 8 });
    case 'embedded':
      return inputs(type.fields);
    case 'record':
      return fc.dictionary(keys, slotValues(type.value), { maxKeys: 4 });
    case 'unknown':
      return unknowns;
  }
}

export function slotValues(slot: Slot): fc.Arbitrary<unknown> {
  const missing = [...(slot.nullable ? [null] : []), ...(slot.optional ? [undefined] : [])];
  const present = arbitraryOf(slot.type);
  return missing.length === 0 ? present : fc.oneof({ weight: 2, arbitrary: present }, fc.constantFrom(...missing));
}

/** Inputs with a value for every field. */
export function inputs(fields: readonly Field[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.tuple(...fields.map(slotValues)).map((values) => {
    const input: Record<string, unknown> = {};
    fields.forEach(({ name }, i) => {
      Object.defineProperty(input, name, { value: values[i], enumerable: true, writable: true, configurable: true });
    });
    return input;
  });
}

/** Equality to the last bit: NaN, -0, prototypes, own keys. Prototypes of dictionaries may be null in `a`. */
export function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return Object.is(a, b);
  if (a instanceof Date) return b instanceof Date && Object.is(a.getTime(), b.getTime());
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && b.constructor === Uint8Array && Buffer.compare(a, b) === 0;
  }
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((element, i) => same(element, b[i]));
  }
  const prototype = Object.getPrototypeOf(a) ?? Object.prototype;
  if (prototype !== Object.getPrototypeOf(b)) return false;
  const own = Object.keys(a);
  if (own.length !== Object.keys(b).length) return false;
  return own.every((key) => Object.hasOwn(b, key) && same(a[key as never], b[key as never]));
}
