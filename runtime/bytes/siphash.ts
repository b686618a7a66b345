// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012): a keyed hash of 64 bits that nobody
// without the key can compute or guess. For texts that are handed out and must come back unchanged; about 1 us per 8 bytes,
// because a bigint keeps it readable.

/** Size of a key in bytes. */
export const SIPHASH_KEY_SIZE = 16;

const MASK = 0xffff_ffff_ffff_ffffn;

/** The hash of `bytes` under `key`, which is of {@link SIPHASH_KEY_SIZE} bytes. */
export function siphash(key: Uint8Array, bytes: Uint8Array): bigint {
  const keys = new DataView(key.buffer, key.byteOffset, SIPHASH_KEY_SIZE);
  const [k0, k1] = [keys.getBigUint64(0, true), keys.getBigUint64(8, true)];
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & MASK;
      v1 = rotated(v1, 13n) ^ v0;
      v0 = rotated(v0, 32n);
      v2 = (v2 + v3) & MASK;
      v3 = rotated(v3, 16n) ^ v2;
      v0 = (v0 + v3) & MASK;
      v3 = rotated(v3, 21n) ^ v0;
      v2 = (v2 + v1) & MASK;
      v1 = rotated(v1, 17n) ^ v2;
      v2 = rotated(v2, 32n);
    }
  };
  // The last word holds the bytes that are left over, and the length in its highest byte.
  const words = new DataView(new ArrayBuffer((Math.floor(bytes.length / 8) + 1) * 8));
  new Uint8Array(words.buffer).set(bytes);
  words.setUint8(words.byteLength - 1, bytes.length & 0xff);
  for (let at = 0; at < words.byteLength; at += 8) {
    const word = words.getBigUint64(at, true);
    v3 ^= word;
    rounds(2);
    v0 ^= word;
  }
  v2 ^= 0xffn;
  rounds(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

function rotated(value: bigint, bits: bigint): bigint {
  return ((value << bits) & MASK) | (value >> (64n - bits));
}
