// A data block: a heap of entries in front, small arrays that find them behind, and a tail of fixed size. This file owns what the two
// kinds of blocks share; fixed-block.ts and prefix-block.ts own their keys.
//
//        0 +----------------------------------------------+
//          | heap: entries one behind the other           |   fixed keys: value
//          |                                              |   others: shared u8, suffix length varint, suffix, value
//  heapEnd +----------------------------------------------+
//          | zeros                                        |
//          +----------------------------------------------+
//          | fixed: keys, keySize x count                 |
//          | others: slots, u8 x slotCount(count)         |   hash index, see prefix-block.ts
//          | sequences, width x count                     |   sequence - base; nothing when all are equal
//          | offsets, u16 x count                         |   where entry i begins in the heap; bit 15: deleted
//      -32 +----------------------------------------------+
//          | f64  base: the smallest sequence             |
//      -24 | u32  size of this image in bytes (n x 4096)  |
//      -20 | u32  heapEnd                                 |
//      -16 | u16  count of entries                        |
//      -14 | u16  width of a sequence: 0, 1, 2, 4 or 8    |
//      -12 | u32  number of this block in its table       |
//       -8 | u64  XXH3-64 of everything above             |
//          +----------------------------------------------+
//
// All numbers are little-endian. The arrays stand at the end, beside the tail, because a search begins there and should touch few
// cache lines; the heap stands in front so that a writer copies each value once, to its final place, before the count is known.
// An entry larger than the target size gets a block of its own, so an offset always fits into 15 bits.

export const TAIL_BYTES = 32;
/** Fields of the tail, as distances from the end of the block. */
export const BASE_SEQUENCE_AT = 32;
export const SIZE_AT = 24;
export const HEAP_END_AT = 20;
export const COUNT_AT = 16;
export const WIDTH_AT = 14;
export const NUMBER_AT = 12;

export const OFFSET_BYTES = 2;
export const OFFSET_MASK = 0x7fff;
export const DELETED_BIT = 0x8000;

/** Largest target size of a block in bytes: offsets have 15 bits. */
export const MAX_BLOCK_BYTES = 32768;

/** Number of entries of the block whose image ends at `end`. */
export function entryCount(view: DataView, end: number): number {
  return view.getUint16(end - COUNT_AT, true);
}

/** A block's count and width in one number, as a table remembers them for each block in memory. */
export const SHAPE_COUNT_MASK = 0xffff;
export const SHAPE_WIDTH_SHIFT = 16;

export function shapeOf(view: DataView, end: number): number {
  return entryCount(view, end) | (view.getUint16(end - WIDTH_AT, true) << SHAPE_WIDTH_SHIFT);
}

/** Where the block's image begins. */
export function blockStart(view: DataView, end: number): number {
  return end - view.getUint32(end - SIZE_AT, true);
}

/** Where the array of sequences begins, and so where the keys or slots end. */
export function sequencesStart(view: DataView, end: number): number {
  return end - TAIL_BYTES - (OFFSET_BYTES + view.getUint16(end - WIDTH_AT, true)) * entryCount(view, end);
}

/** Sequence of entry `i`, unless all of the table have one (properties.ts). */
export function sequenceAt(view: DataView, end: number, i: number): number {
  const base = view.getFloat64(end - BASE_SEQUENCE_AT, true);
  const width = view.getUint16(end - WIDTH_AT, true);
  if (width === 0) return base;
  const at = sequencesStart(view, end) + width * i;
  switch (width) {
    case 1:
      return base + view.getUint8(at);
    case 2:
      return base + view.getUint16(at, true);
    case 4:
      return base + view.getUint32(at, true);
    default:
      return base + view.getFloat64(at, true);
  }
}

/** Writes `distance` from the base as a sequence of `width` bytes. */
export function putSequence(view: DataView, at: number, width: number, distance: number): void {
  if (width === 1) view.setUint8(at, distance);
  else if (width === 2) view.setUint16(at, distance, true);
  else if (width === 4) view.setUint32(at, distance, true);
  else view.setFloat64(at, distance, true);
}

/** Bytes for each sequence of a block whose sequences lie at most `range` apart. */
export function sequenceWidth(range: number): number {
  if (range === 0) return 0;
  if (range < 0x100) return 1;
  if (range < 0x10000) return 2;
  return range < 0x100000000 ? 4 : 8;
}
