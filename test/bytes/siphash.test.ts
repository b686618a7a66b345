// SipHash against the vectors of its authors (github.com/veorq/SipHash, vectors.h): key 00 01 ... 0f, messages 00 01 ....
import { expect, test } from 'vitest';
import { siphash } from '../../runtime/bytes/siphash.js';

const KEY = Uint8Array.from({ length: 16 }, (_, i) => i);

test.each([
  [0, 0x726fdb47dd0e0e31n],
  [1, 0x74f839c593dc67fdn],
  [8, 0x93f5f5799a932462n],
  [15, 0xa129ca6149be45e5n],
  [63, 0x958a324ceb064572n],
])('of %i bytes', (length, hash) => {
  const message = Uint8Array.from({ length }, (_, i) => i);
  expect(siphash(KEY, message)).toBe(hash);
  expect(
    siphash(
      KEY.map((byte) => byte ^ 1),
      message,
    ),
  ).not.toBe(hash);
});
