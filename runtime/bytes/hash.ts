// The 64-bit hash of a key that memtables, Bloom filters and in-block indexes share: computed once per operation,
// left in two module variables because a tuple per call would be an allocation on the hottest path.

/** First half of the last hash: chooses the slot, the Bloom line. int32. */
export let H1 = 0;
/** Second half of the last hash: chooses the bits inside a Bloom line. int32. */
export let H2 = 0;

/**
 * Hashes `bytes[start, end)` into {@link H1} and {@link H2}. Multiply-xorshift over 4-byte words with the constants of
 * xxHash32; not a checksum and not keyed: use XXH3 (xxh3.ts) where damage must be detected.
 * The values are stored in table filters, so a change here is a change of the file format.
 */
export function hashKey(bytes: Uint8Array, start: number, end: number): void {
  let a = 0x811c9dc5 ^ (end - start);
  let i = start;
  for (; i + 4 <= end; i += 4) {
    a = Math.imul(a ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)), 0x85ebca6b);
    a ^= a >>> 15;
  }
  for (; i < end; i++) a = Math.imul(a ^ bytes[i]!, 0x01000193);
  a ^= a >>> 16;
  a = Math.imul(a, 0xc2b2ae35);
  a ^= a >>> 13;
  let c = Math.imul(a ^ 0x27d4eb2f, 0x165667b1);
  c ^= c >>> 15;
  H1 = a;
  H2 = c;
}
