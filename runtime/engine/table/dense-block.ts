// A block as it is stored where it is not compressed: its image (block.ts) without what memory has only to be quick. The zeros in its
// middle are left out, and of keys of one width what all of them begin and end with stands once: numbers, and most dates, differ in
// two or three of their eight bytes.
//
//        0 | heap                 heapEnd bytes                                       |
//          | keys of one width: of each what lies between prefix and suffix;          |
//          |   then prefix and suffix                                                 |
//          | others: slots, as in the image                                           |
//          | sequences, offsets   as in the image                                     |
//      -26 | u8   bytes of the prefix    255 where keys vary                          |
//      -25 | u8   bytes of the suffix    255 where keys vary                          |
//      -24 | the image's tail without its checksum                                    |
import { COUNT_AT, HEAP_END_AT, OFFSET_BYTES, SIZE_AT, TAIL_BYTES, WIDTH_AT } from './block.js';
import { CHECKSUM_BYTES } from './checksum.js';
import { slotCount } from './prefix-block.js';

const HEADER_BYTES = 2;
/** The tail as it is stored. */
const KEPT_TAIL_BYTES = TAIL_BYTES - CHECKSUM_BYTES;
/** Longest prefix or suffix: one number is taken. */
const MOST_SHARED = 254;
const KEYS_VARY = 255;

/** Prefix and suffix while a block is packed. */
const shared = new Uint8Array(2 * MOST_SHARED);

/**
 * Turns the image in `[start, start + size)` into its stored form, in place; answers the bytes of that, which then begins at `start`. 0, with
 * the image as it was, when it would not be shorter. `keySize` is 0 where keys vary.
 */
export function packDense(bytes: Uint8Array, view: DataView, start: number, size: number, keySize: number): number {
  const end = start + size;
  const tailAt = end - TAIL_BYTES;
  const count = view.getUint16(end - COUNT_AT, true);
  const heapEnd = start + view.getUint32(end - HEAP_END_AT, true);
  const arraysAt = tailAt - (OFFSET_BYTES + view.getUint16(end - WIDTH_AT, true)) * count;
  const image = size - CHECKSUM_BYTES;
  if (keySize === 0) {
    const slotsAt = arraysAt - slotCount(count);
    const payload = heapEnd - start + tailAt - slotsAt + HEADER_BYTES + KEPT_TAIL_BYTES;
    if (payload >= image) return 0;
    bytes.copyWithin(heapEnd, slotsAt, tailAt);
    return finish(bytes, start, heapEnd + tailAt - slotsAt, tailAt, KEYS_VARY, KEYS_VARY);
  }
  const keysAt = arraysAt - keySize * count;
  const prefix = commonPrefix(bytes, keysAt, keySize, count);
  const suffix = commonSuffix(bytes, keysAt, keySize, count, Math.min(MOST_SHARED, keySize - prefix));
  const middle = keySize - prefix - suffix;
  const payload =
    heapEnd - start + middle * count + prefix + suffix + tailAt - arraysAt + HEADER_BYTES + KEPT_TAIL_BYTES;
  if (payload >= image) return 0;
  for (let i = 0; i < prefix; i++) shared[i] = bytes[keysAt + i]!;
  for (let i = 0; i < suffix; i++) shared[prefix + i] = bytes[keysAt + keySize - suffix + i]!;
  // What is written never reaches what is still to be read.
  let at = heapEnd;
  for (let i = 0, from = keysAt + prefix; i < count; i++, from += keySize) {
    for (let j = 0; j < middle; j++) bytes[at++] = bytes[from + j]!;
  }
  for (let i = 0; i < prefix + suffix; i++) bytes[at++] = shared[i]!;
  bytes.copyWithin(at, arraysAt, tailAt);
  return finish(bytes, start, at + tailAt - arraysAt, tailAt, prefix, suffix);
}

/** Size of the image that a stored form was made of. */
export function denseImageBytes(packed: DataView, payload: number): number {
  return packed.getUint32(payload + CHECKSUM_BYTES - SIZE_AT, true);
}

/**
 * Puts the image together in `bytes[start, end)`, but for its checksum, out of the stored form in `packed[0, payload)`. False when that
 * can't be one of an image of this size.
 */
export function unpackDense(
  packed: Uint8Array,
  packedView: DataView,
  payload: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const keptTailAt = payload - KEPT_TAIL_BYTES;
  if (keptTailAt < HEADER_BYTES || denseImageBytes(packedView, payload) !== end - start) return false;
  const imageEnd = payload + CHECKSUM_BYTES;
  const count = packedView.getUint16(imageEnd - COUNT_AT, true);
  const heap = packedView.getUint32(imageEnd - HEAP_END_AT, true);
  const arrays = (OFFSET_BYTES + packedView.getUint16(imageEnd - WIDTH_AT, true)) * count;
  const prefix = packed[keptTailAt - HEADER_BYTES]!;
  const suffix = packed[keptTailAt - HEADER_BYTES + 1]!;
  const arraysEnd = keptTailAt - HEADER_BYTES;
  const keyBytes = arraysEnd - arrays - heap;
  const tailAt = end - TAIL_BYTES;
  const varies = prefix === KEYS_VARY;
  const middle = varies ? 0 : (keyBytes - prefix - suffix) / count;
  const keysAt = tailAt - arrays - (varies ? keyBytes : (prefix + middle + suffix) * count);
  if (keyBytes < 0 || middle < 0 || !Number.isInteger(middle) || keysAt < start + heap) return false;
  bytes.set(packed.subarray(0, heap), start);
  bytes.fill(0, start + heap, keysAt);
  if (varies) bytes.set(packed.subarray(heap, arraysEnd), keysAt);
  else {
    bytes.set(packed.subarray(arraysEnd - arrays, arraysEnd), tailAt - arrays);
    putKeys(packed, heap, prefix, middle, suffix, bytes, keysAt, count);
  }
  bytes.set(packed.subarray(keptTailAt, payload), tailAt);
  return true;
}

function putKeys(
  packed: Uint8Array,
  from: number,
  prefix: number,
  middle: number,
  suffix: number,
  bytes: Uint8Array,
  keysAt: number,
  count: number,
): void {
  const keySize = prefix + middle + suffix;
  const sharedAt = from + middle * count;
  for (let i = 0; i < prefix; i++) bytes[keysAt + i] = packed[sharedAt + i]!;
  for (let i = 0; i < suffix; i++) bytes[keysAt + prefix + middle + i] = packed[sharedAt + prefix + i]!;
  // The first key again and again, by doubling, then what is each one's own.
  const all = keySize * count;
  for (let filled = keySize; filled < all; filled *= 2) {
    bytes.copyWithin(keysAt + filled, keysAt, keysAt + Math.min(filled, all - filled));
  }
  for (let i = 0, at = keysAt + prefix, next = from; i < count; i++, at += keySize) {
    for (let j = 0; j < middle; j++) bytes[at + j] = packed[next++]!;
  }
}

/** Appends header and tail at `at`; answers the bytes of the whole. */
function finish(bytes: Uint8Array, start: number, at: number, tailAt: number, prefix: number, suffix: number): number {
  bytes.copyWithin(at + HEADER_BYTES, tailAt, tailAt + KEPT_TAIL_BYTES);
  bytes[at] = prefix;
  bytes[at + 1] = suffix;
  return at + HEADER_BYTES + KEPT_TAIL_BYTES - start;
}

/** Keys ascend, so what the first and the last begin with, all do. */
function commonPrefix(bytes: Uint8Array, keysAt: number, keySize: number, count: number): number {
  const lastAt = keysAt + keySize * (count - 1);
  const most = Math.min(keySize, MOST_SHARED);
  let prefix = 0;
  while (prefix < most && bytes[keysAt + prefix] === bytes[lastAt + prefix]) prefix++;
  return prefix;
}

function commonSuffix(bytes: Uint8Array, keysAt: number, keySize: number, count: number, most: number): number {
  const firstEnd = keysAt + keySize;
  let suffix = most;
  for (let i = 1, end = firstEnd + keySize; i < count && suffix > 0; i++, end += keySize) {
    let same = 0;
    while (same < suffix && bytes[firstEnd - 1 - same] === bytes[end - 1 - same]) same++;
    suffix = same;
  }
  return suffix;
}
