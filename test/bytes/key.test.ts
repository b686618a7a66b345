// Keys: the order of the bytes is the order of the values, and every value comes back.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys } from '../../runtime/bytes/compare.js';
import * as key from '../../runtime/bytes/key.js';
import { ByteWriter } from '../../runtime/bytes/writer.js';
import { CodecError } from '../../runtime/errors.js';

interface Kind<T> {
  readonly values: fc.Arbitrary<T>;
  readonly write: (out: ByteWriter, value: T) => void;
  readonly read: (bytes: Uint8Array, start: number, end: number) => T;
  readonly compare: (a: T, b: T) => number;
}

const kind = <T>(spec: Kind<T>) => spec as Kind<unknown>;
const byValue = (a: number | bigint | boolean, b: number | bigint | boolean) => (a < b ? -1 : a > b ? 1 : 0);

/** NaN last and equal to itself, -0 equal to 0. */
const byNumber = (a: number, b: number) =>
  Number.isNaN(a) || Number.isNaN(b) ? Number(Number.isNaN(a)) - Number(Number.isNaN(b)) : byValue(a, b);

function byCodePoint(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let i = 0; i < x.length && i < y.length; i++) {
    if (x[i] !== y[i]) return x[i]!.codePointAt(0)! - y[i]!.codePointAt(0)!;
  }
  return x.length - y.length;
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  // Any UTF-16 units, so lone surrogates too, and many NULs.
  fc
    .array(fc.oneof(fc.constantFrom(0, 1, 2, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xe000, 0xffff), fc.nat(0xffff)))
    .map((units) => String.fromCharCode(...units)),
);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 2 ** 53));
const huge = fc.integer({ min: 900, max: 1200 }).chain((bits) => fc.bigInt({ max: 1n << BigInt(bits) }));

const KINDS: Record<string, Kind<unknown>> = {
  float64: kind({ values: number, write: key.writeKeyFloat64, read: key.readKeyFloat64, compare: byNumber }),
  float32: kind({
    values: number.map(Math.fround),
    write: key.writeKeyFloat32,
    read: key.readKeyFloat32,
    compare: byNumber,
  }),
  date: kind({
    values: fc.date({ noInvalidDate: false }),
    write: key.writeKeyDate,
    read: key.readKeyDate,
    compare: (a, b) => byNumber(a.getTime(), b.getTime()),
  }),
  int8: kind({
    values: fc.integer({ min: -128, max: 127 }),
    write: key.writeKeyInt8,
    read: key.readKeyInt8,
    compare: byValue,
  }),
  int16: kind({
    values: fc.integer({ min: -0x8000, max: 0x7fff }),
    write: key.writeKeyInt16,
    read: key.readKeyInt16,
    compare: byValue,
  }),
  int32: kind({ values: fc.integer(), write: key.writeKeyInt32, read: key.readKeyInt32, compare: byValue }),
  uint8: kind({ values: fc.nat(0xff), write: key.writeKeyUint8, read: key.readKeyUint8, compare: byValue }),
  uint16: kind({ values: fc.nat(0xffff), write: key.writeKeyUint16, read: key.readKeyUint16, compare: byValue }),
  uint32: kind({
    values: fc.integer({ min: 0, max: 0xffffffff }),
    write: key.writeKeyUint32,
    read: key.readKeyUint32,
    compare: byValue,
  }),
  int64: kind({
    values: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
    write: key.writeKeyInt64,
    read: key.readKeyInt64,
    compare: byValue,
  }),
  uint64: kind({
    values: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
    write: key.writeKeyUint64,
    read: key.readKeyUint64,
    compare: byValue,
  }),
  bigint: kind({
    values: fc.oneof(
      fc.bigInt(),
      huge,
      huge.map((value) => -value),
      fc.constantFrom(0n, -1n, 255n, 256n, -255n, -256n),
    ),
    write: key.writeKeyBigint,
    read: key.readKeyBigint,
    compare: byValue,
  }),
  boolean: kind({ values: fc.boolean(), write: key.writeKeyBoolean, read: key.readKeyBoolean, compare: byValue }),
  string: kind({ values: text, write: key.writeKeyString, read: key.readKeyString, compare: byCodePoint }),
  bytes: kind({
    values: fc.uint8Array(),
    write: key.writeKeyBytes,
    read: key.readKeyBytes,
    compare: (a, b) => compareKeys(a, b),
  }),
};

function encode<T>(spec: Kind<T>, value: T): Uint8Array {
  const out = new ByteWriter(1);
  spec.write(out, value);
  return out.bytes.subarray(0, out.at);
}

describe.each(Object.entries(KINDS))('%s', (_, spec) => {
  test('orders as its values do', () => {
    const near = spec.values.chain((value) => fc.tuple(fc.constant(value), fc.oneof(spec.values, fc.constant(value))));
    fc.assert(
      fc.property(near, ([a, b]) => {
        expect(Math.sign(compareKeys(encode(spec, a), encode(spec, b)))).toBe(Math.sign(spec.compare(a, b)));
      }),
      { numRuns: 500 },
    );
  });

  test('comes back, and ends where the next part begins', () => {
    fc.assert(
      fc.property(spec.values, fc.uint8Array({ maxLength: 4 }), (value, rest) => {
        const part = encode(spec, value);
        const bytes = Buffer.concat([Uint8Array.of(7), part, rest]);
        const read = spec.read(bytes, 1, bytes.length);
        expect(key.KEY_END).toBe(1 + part.length);
        if (value === 0) expect(read).toBe(0);
        else expect(read).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  test('is refused when cut', () => {
    fc.assert(
      fc.property(spec.values, fc.nat(), (value, cut) => {
        const part = encode(spec, value);
        expect(() => spec.read(part, 0, cut % part.length)).toThrow(CodecError);
      }),
      { numRuns: 50 },
    );
  });

  test('is no prefix of another value', () => {
    fc.assert(
      fc.property(spec.values, spec.values, (a, b) => {
        const [x, y] = [encode(spec, a), encode(spec, b)];
        if (x.length < y.length) expect(compareKeys(x, y.subarray(0, x.length))).not.toBe(0);
      }),
    );
  });
});

test('tuples compare column by column, missing ones first', () => {
  type Column = { tag: number; text: string };
  const column = fc.record({ tag: fc.constantFrom(key.TAG_UNDEFINED, key.TAG_NULL, key.TAG_VALUE), text });
  const write = (columns: Column[]) => {
    const out = new ByteWriter(1);
    for (const { tag, text } of columns) {
      key.writeKeyTag(out, tag);
      if (tag === key.TAG_VALUE) key.writeKeyString(out, text);
    }
    return out.bytes.subarray(0, out.at);
  };
  const compare = (a: Column[], b: Column[]) => {
    for (let i = 0; i < a.length; i++) {
      const order = a[i]!.tag - b[i]!.tag || (a[i]!.tag === key.TAG_VALUE ? byCodePoint(a[i]!.text, b[i]!.text) : 0);
      if (order !== 0) return Math.sign(order);
    }
    return 0;
  };
  const pair = fc.array(column, { minLength: 2, maxLength: 2 });
  fc.assert(
    fc.property(pair, pair, (a, b) => {
      expect(Math.sign(compareKeys(write(a), write(b)))).toBe(compare(a, b));
    }),
  );
});

test('a tag, a boolean that no writer writes is refused', () => {
  expect(() => key.readKeyTag(Uint8Array.of(3), 0, 1)).toThrow(CodecError);
  expect(() => key.readKeyBoolean(Uint8Array.of(2), 0, 1)).toThrow(CodecError);
  expect(key.readKeyTag(Uint8Array.of(1), 0, 1)).toBe(key.TAG_NULL);
});

test('the bytes are those of docs/format.md', () => {
  const hex = (write: (out: ByteWriter) => void) => {
    const out = new ByteWriter();
    write(out);
    return out.bytes.toString('hex', 0, out.at);
  };
  expect(hex((out) => key.writeKeyFloat64(out, 1))).toBe('bff0000000000000');
  expect(hex((out) => key.writeKeyFloat64(out, -0))).toBe('8000000000000000');
  expect(hex((out) => key.writeKeyFloat64(out, -2))).toBe('3fffffffffffffff');
  expect(hex((out) => key.writeKeyFloat64(out, Number.NaN))).toBe('fff8000000000000');
  expect(hex((out) => key.writeKeyInt32(out, -1))).toBe('7fffffff');
  expect(hex((out) => key.writeKeyString(out, 'a\0\u0001é'))).toBe('6101010102c3a900');
  expect(hex((out) => key.writeKeyString(out, '\ud800'))).toBe('eda08000');
  expect(hex((out) => key.writeKeyBytes(out, Uint8Array.of(0, 255)))).toBe('0101ff00');
  expect(hex((out) => key.writeKeyBigint(out, 0n))).toBe('80');
  expect(hex((out) => key.writeKeyBigint(out, 256n))).toBe('820100');
  expect(hex((out) => key.writeKeyBigint(out, -1n))).toBe('7efe');
});
