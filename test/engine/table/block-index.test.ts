// The index against its definition: the first block whose separator is not less than the key, however the separators crowd together.
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { BlockIndex, BlockIndexBuilder } from '../../../runtime/engine/table/block-index.js';

beforeAll(loadXxh3);

/** Long beginnings in common, ties in 48 bits, keys that are beginnings of others, numbers at equal and at wild distances. */
const keys = fc.oneof(
  fc.array(fc.constantFrom(0, 1, 97, 255), { maxLength: 10 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(fc.constantFrom(0, 1, 255), { maxLength: 9 })
    .map((bytes) => Buffer.concat([Buffer.from('shared'), Buffer.from(bytes)])),
  fc.nat(5000).map((n) => Buffer.from(`user${String(n).padStart(6, '0')}`)),
  fc.double({ noNaN: true, min: 0 }).map((n) => {
    const key = Buffer.alloc(8);
    key.writeDoubleBE(n);
    return key;
  }),
);

function indexOf(separators: readonly Buffer[]): BlockIndex {
  const builder = new BlockIndexBuilder();
  separators.forEach((separator, i) => {
    builder.add(3 * i, 1 + (i % 2), separator);
  });
  const section = builder.build(3 * separators.length);
  return new BlockIndex(section.subarray(0, section.length - 8), 4096);
}

it('finds the block of every key', () => {
  // Mixed kinds of keys, and one kind alone: what all separators share is then cut off.
  const lists = fc
    .oneof(fc.array(keys, { minLength: 1, maxLength: 200, size: 'max' }), fc.constant(null))
    .chain((list) =>
      list !== null
        ? fc.constant(list)
        : fc
            .array(fc.nat(3000), { minLength: 1, maxLength: 200, size: 'max' })
            .map((numbers) => numbers.map((n) => Buffer.from(`user${String(n).padStart(6, '0')}`))),
    );
  fc.assert(
    fc.property(lists, fc.array(keys, { maxLength: 30 }), (list, probes) => {
      const separators = [...list].sort(Buffer.compare);
      const index = indexOf(separators);
      expect(index.blocks).toBe(separators.length);
      for (const key of [...probes, ...separators]) {
        const wanted = separators.findIndex((separator) => separator.compare(key) >= 0);
        const found = index.find(Buffer.concat([Buffer.from('>>'), key]), 2, 2 + key.length);
        if (found !== (wanted < 0 ? separators.length : wanted)) {
          throw new Error(`key ${key.toString('hex')}: block ${found}, wanted ${wanted}`);
        }
      }
    }),
    { numRuns: 300 },
  );
});

it('knows where blocks are stored and how large they are', () => {
  const index = indexOf([Buffer.from('a'), Buffer.from('b')]);
  expect([index.storedStart(0), index.storedStart(1), index.storedBytes(1)]).toEqual([0, 3 * 4096, 3 * 4096]);
  expect([index.pagesOf(0), index.pagesOf(1)]).toEqual([1, 2]);
});
