// Blocks of fixed-width keys: the keys stand in an array of their own, so a search reads nothing else, and a cursor hands them
// out where they stand.
import { H1, H2, hashKey } from '../../bytes/hash.js';
import { OFFSET_BYTES, sequencesStart, TAIL_BYTES } from './block.js';
import { BlockBuilder } from './block-builder.js';
import type { BloomBuilder } from './filter.js';
import { type SortedEntries, SPOT_WORDS } from './sorted-entries.js';

const SIGN_BIT = 0x80000000 | 0;

export class FixedBlockBuilder extends BlockBuilder {
  private readonly keySize: number;
  /** Keys of the block; the slot in front holds the last key of the block before. */
  private readonly keys: Uint8Array;
  private isEmpty = true;

  constructor(keySize: number, blockBytes: number, capacity: number) {
    super(blockBytes, keySize, capacity);
    this.keySize = keySize;
    this.keys = new Uint8Array(keySize * (Math.floor(blockBytes / (keySize + OFFSET_BYTES)) + 2));
  }

  override compare(key: Uint8Array, keyStart: number): number {
    if (this.isEmpty) return 1;
    const { keys, keySize } = this;
    const last = this.count * keySize;
    for (let i = 0; i < keySize; i++) {
      const difference = key[keyStart + i]! - keys[last + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  override lastKey(): Buffer {
    const at = this.count * this.keySize;
    return Buffer.from(this.keys.subarray(at, at + this.keySize));
  }

  override separator(): Buffer {
    return this.lastKey();
  }

  protected override heapKeyBytes(): number {
    return 0;
  }

  protected override arrayBytes(count: number): number {
    return this.keySize * count;
  }

  protected override addKey(key: Uint8Array, keyStart: number): void {
    const { keys, keySize } = this;
    const at = (this.count + 1) * keySize;
    for (let i = 0; i < keySize; i++) keys[at + i] = key[keyStart + i]!;
    this.isEmpty = false;
  }

  override addSorted(entries: SortedEntries, from: number, to: number, filter: BloomBuilder | null): number {
    const { order, keys: source, keyStarts, chunks, spots } = entries;
    const { keys, keySize } = this;
    const room = this.blockBytes - TAIL_BYTES;
    let { count, heap, isEmpty } = this;
    // Values that came in the order of their keys are neighbours: they are copied together.
    let chunk = -1;
    let start = 0;
    let end = 0;
    let i = from;
    for (; i < to; i++) {
      const row = order[i]!;
      const spot = row * SPOT_WORDS;
      const valueStart = spots[spot + 1]!;
      const size = spots[spot + 2]! - valueStart;
      if (count > 0 && heap + size + (keySize + OFFSET_BYTES) * (count + 1) > room) break;
      const keyStart = keyStarts[row]!;
      const at = (count + 1) * keySize;
      let difference = 0;
      for (let k = 0; k < keySize; k++) {
        const byte = source[keyStart + k]!;
        if (difference === 0) difference = byte - keys[at - keySize + k]!;
        keys[at + k] = byte;
      }
      if (difference <= 0 && !isEmpty) return -1;
      isEmpty = false;
      if (filter !== null) {
        hashKey(source, keyStart, keyStart + keySize);
        filter.add(H1, H2);
      }
      if (spots[spot] !== chunk || valueStart !== end) {
        if (end > start) this.copyValues(chunks[chunk]!, start, end, heap - (end - start));
        chunk = spots[spot]!;
        start = valueStart;
      }
      end = valueStart + size;
      this.offsets[count++] = heap;
      heap += size;
    }
    if (end > start) this.copyValues(chunks[chunk]!, start, end, heap - (end - start));
    this.longestKey = keySize;
    this.isEmpty = isEmpty;
    this.count = count;
    this.heap = heap;
    return i;
  }

  protected override sealKeys(end: number): void {
    const { keys, keySize, count } = this;
    const length = keySize * count;
    this.bytes.set(keys.subarray(keySize, keySize + length), end - length);
    keys.copyWithin(0, length, length + keySize);
  }
}

/** Where the key array of the block begins. */
export function keysStart(view: DataView, end: number, keySize: number, count: number): number {
  return sequencesStart(view, end) - keySize * count;
}

/** Number of the first entry whose key is >= `key[keyStart, keyStart + keySize)`; `count` when there is none. */
export function lowerBound(
  view: DataView,
  keysAt: number,
  keySize: number,
  count: number,
  key: Uint8Array,
  keyStart: number,
): number {
  if (keySize === 8) {
    return lowerBound8(view, keysAt, count, readWord(key, keyStart), readWord(key, keyStart + 4));
  }
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareAt(view, keysAt + middle * keySize, keySize, key, keyStart) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the key that stands at `at` is `key[keyStart, keyStart + keySize)`. */
export function keyEquals(view: DataView, at: number, keySize: number, key: Uint8Array, keyStart: number): boolean {
  // From the back, for neighbours share their beginnings, and by words.
  let i = keySize - 4;
  for (; i >= 0; i -= 4) if ((view.getInt32(at + i) ^ SIGN_BIT) !== readWord(key, keyStart + i)) return false;
  for (i += 3; i >= 0; i--) if (view.getUint8(at + i) !== key[keyStart + i]) return false;
  return true;
}

/**
 * Keys of 8 bytes (numbers, dates, 64-bit integers) as two words; steps by arithmetic, because a branch would be a coin toss. The words
 * are signed, with their top bits turned over to keep the order: unsigned ones do not fit V8's small integers and would be objects.
 */
function lowerBound8(view: DataView, keysAt: number, count: number, high: number, low: number): number {
  let at = keysAt;
  let rest = count;
  while (rest > 1) {
    const half = rest >>> 1;
    at += (half << 3) & -isBelow8(view, at + (half << 3) - 8, high, low);
    rest -= half;
  }
  return ((at - keysAt) >>> 3) + isBelow8(view, at, high, low);
}

/** 1 when the key at `at` is less than the two words, else 0. */
function isBelow8(view: DataView, at: number, high: number, low: number): number {
  const word = view.getInt32(at) ^ SIGN_BIT;
  return Number(word < high) | (Number(word === high) & Number((view.getInt32(at + 4) ^ SIGN_BIT) < low));
}

function compareAt(view: DataView, at: number, keySize: number, key: Uint8Array, keyStart: number): number {
  for (let i = 0; i < keySize; i++) {
    const difference = view.getUint8(at + i) - key[keyStart + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) ^ SIGN_BIT;
}
