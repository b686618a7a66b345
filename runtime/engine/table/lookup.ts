// Point reads within one block: which entry, is it visible, where is its value.
import type { ByteSpan } from '../../bytes/writer.js';
import {
  blockStart,
  DELETED_BIT,
  HEAP_END_AT,
  OFFSET_BYTES,
  OFFSET_MASK,
  SHAPE_COUNT_MASK,
  SHAPE_WIDTH_SHIFT,
  sequenceAt,
  TAIL_BYTES,
} from './block.js';
import { keyEquals, lowerBound } from './fixed-block.js';
import { findKey, hasKey, VALUE_START } from './prefix-block.js';
import { ABSENT, DELETED, FOUND, type Lookup } from './table.js';

/** All versions in this block are too new, and the next block may have older ones. */
export const CONTINUES = 3;
/** Every sequence is visible: they need not be read. */
export const ALL_VISIBLE = Number.MAX_SAFE_INTEGER;

/**
 * Looks in the block at `into.bytes`, which ends at `end`, and narrows `into` to the value. Takes the block's shape from memory of the
 * table, so that the first line it touches in the block (a cache miss, most times) is one of the key array.
 */
export function findFixed(
  into: ByteSpan,
  end: number,
  shape: number,
  keySize: number,
  key: Uint8Array,
  keyStart: number,
  maxSequence: number,
): Lookup | typeof CONTINUES {
  const { view } = into;
  const count = shape & SHAPE_COUNT_MASK;
  const offsetsAt = end - TAIL_BYTES - OFFSET_BYTES * count;
  const keysAt = offsetsAt - ((shape >>> SHAPE_WIDTH_SHIFT) + keySize) * count;
  let entry = lowerBound(view, keysAt, keySize, count, key, keyStart);
  if (entry === count || !keyEquals(view, keysAt + entry * keySize, keySize, key, keyStart)) return ABSENT;
  if (maxSequence !== ALL_VISIBLE) {
    while (sequenceAt(view, end, entry) > maxSequence) {
      entry++;
      if (entry === count) return CONTINUES;
      if (!keyEquals(view, keysAt + entry * keySize, keySize, key, keyStart)) return ABSENT;
    }
  }
  const at = offsetsAt + OFFSET_BYTES * entry;
  const offset = view.getUint16(at, true);
  if ((offset & DELETED_BIT) !== 0) return DELETED;
  const start = blockStart(view, end);
  into.start = start + offset;
  into.end = start + valueEnd(view, end, at, entry + 1 === count);
  return FOUND;
}

/** The same where keys vary in length. `h2` is the second half of the key's hash. */
export function findPrefixed(
  into: ByteSpan,
  end: number,
  shape: number,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  h2: number,
  maxSequence: number,
): Lookup | typeof CONTINUES {
  const { bytes, view } = into;
  const count = shape & SHAPE_COUNT_MASK;
  const offsetsAt = end - TAIL_BYTES - OFFSET_BYTES * count;
  const slotsEnd = offsetsAt - (shape >>> SHAPE_WIDTH_SHIFT) * count;
  const start = blockStart(view, end);
  let entry = findKey(bytes, view, start, offsetsAt, slotsEnd, count, key, keyStart, keyEnd, h2);
  if (entry < 0) return ABSENT;
  if (maxSequence !== ALL_VISIBLE) {
    while (sequenceAt(view, end, entry) > maxSequence) {
      entry++;
      if (entry === count) return CONTINUES;
      if (!hasKey(bytes, view, start, offsetsAt, entry, key, keyStart, keyEnd)) return ABSENT;
    }
  }
  const at = offsetsAt + OFFSET_BYTES * entry;
  if ((view.getUint16(at, true) & DELETED_BIT) !== 0) return DELETED;
  into.start = VALUE_START;
  into.end = start + valueEnd(view, end, at, entry + 1 === count);
  return FOUND;
}

/** Where the entry ends whose offset stands at `at`: where the next one begins, or where the heap ends. */
function valueEnd(view: DataView, end: number, at: number, isLast: boolean): number {
  return isLast ? view.getUint32(end - HEAP_END_AT, true) : view.getUint16(at + OFFSET_BYTES, true) & OFFSET_MASK;
}
