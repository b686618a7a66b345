// Varints, checksums and comparison.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { compareBytes, compareKeys, equalBytes, keyAfterPrefix, sharedPrefix } from '../../runtime/bytes/compare.js';
import { H1, H2, hashKey } from '../../runtime/bytes/hash.js';
import { MAX_VARINT_BYTES, readVarint, VARINT_END, writeVarint } from '../../runtime/bytes/varint.js';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import { loadXxh3, XXH3_HIGH, XXH3_LOW, xxh3 } from '../../runtime/bytes/xxh3.js';
import { xxh32 } from '../../runtime/bytes/xxh32.js';
import { CodecError } from '../../runtime/errors.js';

const whole = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc.constantFrom(127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER),
);

test('a varint comes back, seven bits to a byte, and none of its bytes may be missing', () => {
  fc.assert(
    fc.property(whole, (value) => {
      const out = new ByteWriter(1);
      writeVarint(out, 5);
      writeVarint(out, value);
      expect(out.at).toBe(1 + Math.max(1, Math.ceil(value.toString(2).length / 7)));
      expect(readVarint(out.bytes, 1, out.at)).toBe(value);
      expect(VARINT_END).toBe(out.at);
      expect(() => readVarint(out.bytes, 1, out.at - 1)).toThrow(CodecError);
    }),
    { numRuns: 1000 },
  );
});

test('a varint of more than 53 bits is refused', () => {
  expect(() => readVarint(new Uint8Array(20).fill(0xff), 0, 20)).toThrow(CodecError);
  const tooLarge = new Uint8Array(MAX_VARINT_BYTES).fill(0xff);
  tooLarge[MAX_VARINT_BYTES - 1] = 0x7f;
  expect(() => readVarint(tooLarge, 0, MAX_VARINT_BYTES)).toThrow(CodecError);
});

test('XXH3-64 gives the published values', async () => {
  await loadXxh3();
  const hex = (text: string) => {
    const bytes = Buffer.from(`..${text}..`);
    xxh3(bytes, 2, bytes.length - 2);
    return XXH3_HIGH.toString(16).padStart(8, '0') + XXH3_LOW.toString(16).padStart(8, '0');
  };
  expect(hex('')).toBe('2d06800538d394c2');
  expect(hex('abc')).toBe('78af5f94892f3950');
});

test('XXH32 gives the published values', () => {
  const of = (text: string) => {
    const bytes = Buffer.from(`.${text}.`);
    return xxh32(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 1, bytes.length - 1).toString(16);
  };
  expect(of('')).toBe('2cc5d05');
  expect(of('abc')).toBe('32d153ff');
  expect(of('Nobody inspects the spammish repetition')).toBe('e2293b2f');
});

test('XXH32 sees every flipped bit', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.nat(), (bytes, at) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const before = xxh32(view, 0, bytes.length);
      bytes[at % bytes.length]! ^= 1 << (at % 8);
      expect(xxh32(view, 0, bytes.length)).not.toBe(before);
    }),
  );
});

const near = fc.tuple(fc.uint8Array({ max: 2, maxLength: 6 }), fc.uint8Array({ max: 2, maxLength: 6 }));

test('comparison is that of Buffer.compare', () => {
  fc.assert(
    fc.property(near, ([a, b]) => {
      const expected = Buffer.compare(a, b);
      expect(Math.sign(compareKeys(a, b))).toBe(expected);
      const inner = Buffer.concat([Uint8Array.of(9), b, Uint8Array.of(9)]);
      expect(Math.sign(compareBytes(a, 0, a.length, inner, 1, 1 + b.length))).toBe(expected);
      expect(equalBytes(a, 0, a.length, inner, 1, 1 + b.length)).toBe(expected === 0);
      const shared = sharedPrefix(a, 0, a.length, inner, 1, 1 + b.length);
      expect(a.subarray(0, shared)).toEqual(b.subarray(0, shared));
      if (shared < a.length && shared < b.length) expect(a[shared]).not.toBe(b[shared]);
    }),
  );
});

test('keyAfterPrefix is the least key above all that begin so', () => {
  const bytes = fc.uint8Array({ min: 253, maxLength: 4 });
  fc.assert(
    fc.property(bytes, bytes, (prefix, key) => {
      const after = keyAfterPrefix(prefix);
      const begins = compareKeys(prefix, key.subarray(0, prefix.length)) === 0;
      const below = after === undefined || compareKeys(key, after) < 0;
      expect(begins).toBe(below && compareKeys(key, prefix) >= 0);
    }),
  );
  expect(keyAfterPrefix(Uint8Array.of(1, 255))).toEqual(Uint8Array.of(2));
  expect(keyAfterPrefix(Uint8Array.of(255))).toBeUndefined();
});

test('a writer grows without losing what it holds', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (parts) => {
      const out = new ByteWriter(1);
      for (const part of parts) out.append(Buffer.concat([part, part]), part.length);
      for (const part of parts) out.append(part);
      expect(Buffer.concat([...parts, ...parts]).equals(out.bytes.subarray(0, out.at))).toBe(true);
      expect(out.view.buffer).toBe(out.bytes.buffer);
    }),
  );
});

test("a span's copy outlives what it was of", () => {
  const span = new ByteSpan();
  span.bytes = Buffer.from('..kept..');
  [span.start, span.end] = [2, 6];
  const copy = span.copy();
  span.bytes.fill(0);
  expect(copy.toString()).toBe('kept');
});

test('the hash of keys is the one that filters on disk were built with, and that docs/format.md shows', () => {
  const of = (text: string) => {
    const bytes = Buffer.from(`..${text}`);
    hashKey(bytes, 2, bytes.length);
    return [H1 >>> 0, H2 >>> 0];
  };
  const page = readFileSync(join(import.meta.dirname, '../../docs/format.md'), 'utf8');
  const shown = [...page.matchAll(/^\| (?:`(\S+)`|\(empty\)) +\| `([0-9a-f]{8})` \| `([0-9a-f]{8})` \|$/gm)];
  expect(shown.length).toBe(5);
  for (const [, key = '', h1, h2] of shown) expect(of(key)).toEqual([Number(`0x${h1}`), Number(`0x${h2}`)]);
  expect(of('abc')).toEqual([3943643751, 313708304]);
  expect(of('ann@example.com')).toEqual([2717443566, 1774939628]);
});

test('XXH3 says so when it is not loaded', async () => {
  vi.resetModules();
  const fresh = await import('../../runtime/bytes/xxh3.js');
  expect(() => fresh.xxh3(new Uint8Array(1), 0, 1)).toThrow('before loadXxh3');
});
