// XXH32 in plain JavaScript: the checksum of write-ahead log fragments. For a record of a few hundred bytes it costs a third
// of a call into WebAssembly (xxh3.ts), and allocates nothing. Each step is a bijection of its input word, so damage that
// stays within one aligned 4-byte word is always seen, not only with probability 1 - 2^-32.
// Source: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md

const PRIME1 = 0x9e3779b1;
const PRIME2 = 0x85ebca77;
const PRIME3 = 0xc2b2ae3d;
const PRIME4 = 0x27d4eb2f;
const PRIME5 = 0x165667b1;

/** XXH32 (seed 0) of the bytes `[start, end)` under `view`. uint32. */
export function xxh32(view: DataView, start: number, end: number): number {
  let at = start;
  let hash: number;
  if (end - start >= 16) {
    let a = (PRIME1 + PRIME2) | 0;
    let b = PRIME2 | 0;
    let c = 0;
    let d = -PRIME1 | 0;
    for (const last = end - 16; at <= last; at += 16) {
      a = (a + Math.imul(view.getInt32(at, true), PRIME2)) | 0;
      a = Math.imul((a << 13) | (a >>> 19), PRIME1);
      b = (b + Math.imul(view.getInt32(at + 4, true), PRIME2)) | 0;
      b = Math.imul((b << 13) | (b >>> 19), PRIME1);
      c = (c + Math.imul(view.getInt32(at + 8, true), PRIME2)) | 0;
      c = Math.imul((c << 13) | (c >>> 19), PRIME1);
      d = (d + Math.imul(view.getInt32(at + 12, true), PRIME2)) | 0;
      d = Math.imul((d << 13) | (d >>> 19), PRIME1);
    }
    hash = ((a << 1) | (a >>> 31)) + ((b << 7) | (b >>> 25)) + ((c << 12) | (c >>> 20)) + ((d << 18) | (d >>> 14));
  } else {
    hash = PRIME5;
  }
  hash = (hash + end - start) | 0;
  for (; at + 4 <= end; at += 4) {
    hash = (hash + Math.imul(view.getInt32(at, true), PRIME3)) | 0;
    hash = Math.imul((hash << 17) | (hash >>> 15), PRIME4);
  }
  for (; at < end; at++) {
    hash = (hash + Math.imul(view.getUint8(at), PRIME5)) | 0;
    hash = Math.imul((hash << 11) | (hash >>> 21), PRIME1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), PRIME2);
  hash = Math.imul(hash ^ (hash >>> 13), PRIME3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
