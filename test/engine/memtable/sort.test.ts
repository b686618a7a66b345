import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from '../../../runtime/bytes/compare.js';
import { sortKeys } from '../../../runtime/engine/memtable/sort.js';

function sorted(keys: readonly Uint8Array[]): { order: number[]; hasEqual: boolean } {
  const starts = new Int32Array(keys.length);
  const ends = new Int32Array(keys.length);
  let at = 0;
  for (const [i, key] of keys.entries()) {
    starts[i] = at;
    at += key.length;
    ends[i] = at;
  }
  const order = Int32Array.from(keys, (_, i) => i);
  const hasEqual = sortKeys(Buffer.concat(keys), starts, ends, order);
  return { order: [...order], hasEqual };
}

function expected(keys: readonly Uint8Array[]): { order: number[]; hasEqual: boolean } {
  const order = keys.map((_, i) => i).sort((a, b) => compareKeys(keys[a]!, keys[b]!) || a - b);
  return { order, hasEqual: order.some((key, i) => i > 0 && compareKeys(keys[order[i - 1]!]!, keys[key]!) === 0) };
}

describe('sortKeys', () => {
  it('orders any keys by unsigned bytes and keeps equal ones in place', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 24 }), { maxLength: 80 }), (keys) => {
        expect(sorted(keys)).toEqual(expected(keys));
      }),
      { numRuns: 500 },
    );
  });

  it('orders keys of few letters, long shared beginnings and zeros at the end', () => {
    const byte = fc.constantFrom(0, 0, 1, 255);
    const key = fc
      .tuple(fc.constantFrom('', 'shared/prefix/of/many/bytes/', 'shared/prefix/'), fc.array(byte, { maxLength: 30 }))
      .map(([prefix, tail]) => Uint8Array.from([...Buffer.from(prefix), ...tail]));
    fc.assert(
      fc.property(fc.array(key, { minLength: 13, maxLength: 200 }), (keys) => {
        expect(sorted(keys)).toEqual(expected(keys));
      }),
      { numRuns: 500 },
    );
  });

  it('keeps many equal keys, and keys that differ in zeros at the end, in order', () => {
    const keys = Array.from({ length: 200 }, (_, i) => Buffer.concat([Buffer.from('same'), Buffer.alloc(i % 3)]));
    expect(sorted(keys)).toEqual(expected(keys));
    const different = Array.from({ length: 60 }, (_, i) => Buffer.alloc(60 - i));
    expect(sorted(different)).toEqual(expected(different));
  });

  it('orders many keys that agree for long, in large groups and small ones', () => {
    const keys = Array.from({ length: 40_000 }, (_, i) => {
      const number = String((i * 7919) % 40_000);
      return Buffer.from(
        i % 8 === 0 ? `a/${number.slice(0, 3)}/shared/by/some/${number}` : `b/shared/by/most/${number}`,
      );
    });
    expect(sorted(keys)).toEqual(expected(keys));
  });

  it('orders 50,000 numbered keys', () => {
    const keys = Array.from({ length: 50_000 }, (_, i) => Buffer.from(`user-${(i * 7919) % 50_000}`));
    expect(sorted(keys)).toEqual(expected(keys));
  });
});
