// SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast short-input PRF", INDOCRYPT 2012): a keyed hash of 64 bits that nobody
// without the key can compute or guess. For texts that are handed out and must come back unchanged. Words of 64 bits stand as two
// halves of 32 in numbers: with bigints each operation makes an object, and a hash of 40 bytes took a tenth of the query it served.

/** Size of a key in bytes. */
export const SIPHASH_KEY_SIZE = 16;

/** The words v0 to v3 as [low, high] each. Nobody else runs while a hash is computed. */
const state = new Int32Array(8);
const [V0, V1, V2, V3] = [0, 2, 4, 6];

/** The hash of `bytes` under `key`, which is of {@link SIPHASH_KEY_SIZE} bytes. */
export function siphash(key: Uint8Array, bytes: Uint8Array): bigint {
  const keys = new DataView(key.buffer, key.byteOffset, SIPHASH_KEY_SIZE);
  const initial = [0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462];
  for (let i = 0; i < initial.length; i++) state[i] = initial[i]! ^ keys.getInt32((i & 3) * 4, true);
  // The last word holds the bytes that are left over, and the length in its highest byte.
  const words = new DataView(new ArrayBuffer((Math.floor(bytes.length / 8) + 1) * 8));
  new Uint8Array(words.buffer).set(bytes);
  words.setUint8(words.byteLength - 1, bytes.length & 0xff);
  for (let at = 0; at < words.byteLength; at += 8) {
    const low = words.getInt32(at, true);
    const high = words.getInt32(at + 4, true);
    state[V3]! ^= low;
    state[V3 + 1]! ^= high;
    rounds(2);
    state[V0]! ^= low;
    state[V0 + 1]! ^= high;
  }
  state[V2]! ^= 0xff;
  rounds(4);
  const low = state[V0]! ^ state[V1]! ^ state[V2]! ^ state[V3]!;
  const high = state[V0 + 1]! ^ state[V1 + 1]! ^ state[V2 + 1]! ^ state[V3 + 1]!;
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function rounds(count: number): void {
  for (let i = 0; i < count; i++) {
    add(V0, V1);
    rotateInto(V1, 13, V0);
    swapHalves(V0);
    add(V2, V3);
    rotateInto(V3, 16, V2);
    add(V0, V3);
    rotateInto(V3, 21, V0);
    add(V2, V1);
    rotateInto(V1, 17, V2);
    swapHalves(V2);
  }
}

/** a += b */
function add(a: number, b: number): void {
  const low = (state[a]! >>> 0) + (state[b]! >>> 0);
  state[a] = low;
  state[a + 1] = state[a + 1]! + state[b + 1]! + Number(low > 0xffff_ffff);
}

/** a = a, rotated to the left by fewer than 32 bits, ^ b */
function rotateInto(a: number, bits: number, b: number): void {
  const low = state[a]!;
  const high = state[a + 1]!;
  state[a] = ((low << bits) | (high >>> (32 - bits))) ^ state[b]!;
  state[a + 1] = ((high << bits) | (low >>> (32 - bits))) ^ state[b + 1]!;
}

/** Rotates by 32 bits. */
function swapHalves(a: number): void {
  const low = state[a]!;
  state[a] = state[a + 1]!;
  state[a + 1] = low;
}
