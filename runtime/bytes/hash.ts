// The 64-bit hash of a key that memtables, Bloom filters and in-block indexes share: computed once per operation,
// left in two module variables because a tuple per call would be an allocation on the hottest path.

/** First half of the last hash: chooses the slot, the Bloom line. int32. */
export let H1 = 0;
/** Second half of the last hash: chooses the bits inside a Bloom line, the slot in a block. int32. */
export let H2 = 0;

/**
 * Hashes `bytes[start, end)` into {@link H1} and {@link H2}. Two lanes of multiply-xorshift over 4-byte words with the
 * constants of xxHash32, finished as MurmurHash3 does. The lanes are apart until the end: were one a function of the other,
 * a filter of a million keys could not go below n / 2^32 false positives.
 * Not a checksum and not keyed: use XXH3 (xxh3.ts) where damage must be detected.
 * The values are stored in tables, so a change here is a change of the file format.
 */
export function hashKey(bytes: Uint8Array, start: number, end: number): void {
  let a = 0x811c9dc5 ^ (end - start);
  let c = 0x27d4eb2f;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    a = Math.imul(a ^ word, 0x85ebca6b);
    a ^= a >>> 15;
    c = Math.imul(c ^ word, 0x9e3779b1);
    c ^= c >>> 13;
  }
  if (i < end) {
    let word = 0;
    for (; i < end; i++) word = (word << 8) | bytes[i]!;
    a = Math.imul(a ^ word, 0x85ebca6b);
    a ^= a >>> 15;
    c = Math.imul(c ^ word, 0x9e3779b1);
    c ^= c >>> 13;
  }
  a ^= c >>> 3;
  a = Math.imul(a, 0xc2b2ae35);
  H1 = a ^ (a >>> 16);
  c = Math.imul(c, 0x165667b1);
  c ^= c >>> 15;
  c = Math.imul(c ^ a, 0x85ebca6b);
  H2 = c ^ (c >>> 16);
}
