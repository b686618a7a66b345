// The stored form of a block gives its image back, whatever keys and arrays it has, and takes no damage for an image.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { denseImageBytes, packDense, unpackDense } from '../../../runtime/engine/table/dense-block.js';
import { FixedBlockBuilder } from '../../../runtime/engine/table/fixed-block.js';
import { PrefixBlockBuilder } from '../../../runtime/engine/table/prefix-block.js';
import { inOrder, keySizes, type Version, versions } from './rig.js';

/** The image of as many of these as fit into one block. */
function imageOf(list: readonly Version[], keySize: number | null): Buffer {
  const builder = keySize === null ? new PrefixBlockBuilder(4096, 8192) : new FixedBlockBuilder(keySize, 4096, 8192);
  for (const { key, sequence, deleted, value } of list) {
    const order = builder.compare(key, 0, key.length);
    if (!builder.fits(key.length, value.length, sequence)) break;
    builder.add(key, 0, key.length, sequence & 0xffff, order > 0, sequence, deleted, value, 0, value.length);
  }
  // Sealing may move the bytes.
  const end = builder.seal(7);
  return Buffer.from(builder.bytes.subarray(0, end));
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

const block = keySizes.chain((keySize) =>
  versions(keySize).map((list) => ({ keySize: keySize ?? 0, image: imageOf(inOrder(list), keySize) })),
);

test('comes back', () => {
  let shorter = 0;
  fc.assert(
    fc.property(block, fc.integer({ min: 0, max: 30 }), ({ keySize, image }, start) => {
      const bytes = Buffer.concat([Buffer.alloc(start), image]);
      const payload = packDense(bytes, viewOf(bytes), start, image.length, keySize);
      if (payload === 0) {
        expect(bytes.subarray(start).equals(image)).toBe(true);
        return;
      }
      shorter++;
      const packed = Buffer.from(bytes.subarray(start, start + payload));
      expect(payload).toBeLessThan(image.length - 8);
      expect(denseImageBytes(viewOf(packed), payload)).toBe(image.length);
      const back = Buffer.alloc(start + image.length, 0xaa);
      expect(unpackDense(packed, viewOf(packed), payload, back, start, back.length)).toBe(true);
      expect(back.subarray(start, -8).equals(image.subarray(0, -8))).toBe(true);
    }),
    { numRuns: 300 },
  );
  expect(shorter).toBeGreaterThan(100);
});

test('what can be no stored form of such an image is refused, and nothing is written outside of it', () => {
  const any = fc.tuple(block, fc.nat(200), fc.uint8Array({ minLength: 1, maxLength: 4 }));
  fc.assert(
    fc.property(any, ([{ keySize, image }, place, noise]) => {
      const bytes = Buffer.from(image);
      const payload = packDense(bytes, viewOf(bytes), 0, image.length, keySize);
      fc.pre(payload > 0);
      noise.forEach((byte, i) => {
        bytes[Math.max(0, payload - 1 - place - i)] = byte;
      });
      const packed = Buffer.from(bytes.subarray(0, payload));
      const around = Buffer.alloc(image.length + 200, 0xaa);
      unpackDense(packed, viewOf(packed), payload, around, 100, around.length - 100);
      expect(around.subarray(0, 100).every((byte) => byte === 0xaa)).toBe(true);
      expect(around.subarray(-100).every((byte) => byte === 0xaa)).toBe(true);
      for (const cut of [0, 20, 25, payload - 1]) {
        expect(unpackDense(packed, viewOf(packed), cut, around, 100, 104)).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
});
