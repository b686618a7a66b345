// Blocks of keys that vary in length. Every 16th entry is a restart point and holds its key whole; the others hold what differs from
// the key at *their restart point* (not from their predecessor): a byte or so more per key, and any entry can be read alone.
//
//   entry: u8 shared with the restart key | varint length of suffix | suffix | value (up to the next entry)
//
// Within a restart interval `shared` never rises, for the keys ascend away from the restart key. A search therefore compares the wanted
// key with the restart key once, and then mostly bytes `shared`.
//
// Point reads skip the search through a hash index: slotCount(count) bytes, open addressing with linear probing; slot s holds the
// number of the newest entry of a key whose hash leads to s, or 255. Blocks of more than 254 entries have no slots.
import { compareBytes, equalBytes, sharedPrefix } from '../../bytes/compare.js';
import { H1, H2, hashKey } from '../../bytes/hash.js';
import { putVarint, readVarint, VARINT_END } from '../../bytes/varint.js';
import { blockStart, entryCount, OFFSET_BYTES, OFFSET_MASK, TAIL_BYTES } from './block.js';
import { BlockBuilder } from './block-builder.js';
import type { BloomBuilder } from './filter.js';
import { type SortedEntries, SPOT_WORDS } from './sorted-entries.js';

/** log2 of the entries from one restart point to the next. */
const RESTART_SHIFT = 4;
const RESTART_MASK = (1 << RESTART_SHIFT) - 1;
const MAX_SHARED = 255;
const EMPTY_SLOT = 255;
const MAX_HASHED_ENTRIES = 254;
/** `shared` and the longest suffix length (a key is shorter than 2^14). */
const ENTRY_HEADER_BYTES = 3;
/** The fewest bytes of an entry in the heap: header and no suffix. */
const MIN_ENTRY_BYTES = 2;

/** Size in bytes of the hash index of a block; the load stays at two thirds. */
export function slotCount(count: number): number {
  return count > MAX_HASHED_ENTRIES ? 0 : count + (count >>> 1) + 1;
}

function firstSlot(h2: number, slots: number): number {
  return ((h2 & 0xffff) * slots) >>> 16;
}

export class PrefixBlockBuilder extends BlockBuilder {
  private last: Buffer = Buffer.alloc(64);
  private lastLength = -1;
  /** Bytes that the key compared last shares with the key before it. */
  private shared = 0;
  /** Bytes that the last key shares with its restart key. */
  private restartShared = 0;
  /** Hash of each entry's key, for the slots; an older version of a key is left out. */
  private readonly hashes: Int32Array;
  private readonly isFresh: Uint8Array;

  constructor(blockBytes: number, capacity: number) {
    super(blockBytes, MIN_ENTRY_BYTES, capacity);
    this.hashes = new Int32Array(MAX_HASHED_ENTRIES);
    this.isFresh = new Uint8Array(MAX_HASHED_ENTRIES);
  }

  override compare(key: Uint8Array, keyStart: number, keyEnd: number): number {
    const { last, lastLength } = this;
    if (lastLength < 0) return 1;
    const shared = sharedPrefix(last, 0, lastLength, key, keyStart, keyEnd);
    this.shared = shared;
    if (shared === lastLength || shared === keyEnd - keyStart) return keyEnd - keyStart - lastLength;
    return key[keyStart + shared]! - last[shared]!;
  }

  override lastKey(): Buffer {
    return Buffer.from(this.last.subarray(0, this.lastLength));
  }

  override separator(next: Uint8Array, nextStart: number, nextEnd: number): Buffer {
    // One byte past what they share is above the last key and, as a prefix, below the next one.
    const length = this.shared + 1;
    if (length < this.lastLength && length < nextEnd - nextStart) {
      return Buffer.from(next.subarray(nextStart, nextStart + length));
    }
    return this.lastKey();
  }

  protected override heapKeyBytes(keyBytes: number): number {
    return ENTRY_HEADER_BYTES + keyBytes;
  }

  protected override arrayBytes(count: number): number {
    return slotCount(count);
  }

  protected override addKey(key: Uint8Array, keyStart: number, keyEnd: number, h2: number, fresh: boolean): void {
    const { bytes, count } = this;
    const length = keyEnd - keyStart;
    const restarts = (count & RESTART_MASK) === 0;
    const shared = restarts ? 0 : Math.min(this.shared, this.restartShared, MAX_SHARED);
    let at = this.start + this.heap;
    bytes[at] = shared;
    at = putVarint(bytes, at + 1, length - shared);
    for (let i = shared; i < length; i++) bytes[at++] = key[keyStart + i]!;
    this.heap = at - this.start;
    this.restartShared = restarts ? length : shared;
    if (count < MAX_HASHED_ENTRIES) {
      this.hashes[count] = h2;
      this.isFresh[count] = fresh || count === 0 ? 1 : 0;
    }
    if (length > this.last.length) this.growLast(length);
    const { last } = this;
    for (let i = this.lastLength < 0 ? 0 : this.shared; i < length; i++) last[i] = key[keyStart + i]!;
    this.lastLength = length;
  }

  override addSorted(entries: SortedEntries, from: number, to: number, filter: BloomBuilder | null): number {
    const { order, keys, keyStarts, chunks, spots } = entries;
    const { hashes, isFresh, offsets } = this;
    const room = this.blockBytes - TAIL_BYTES - ENTRY_HEADER_BYTES;
    let { count, heap, restartShared, lastLength, longestKey } = this;
    // The key before the next one: at first the one that is kept from the last call.
    let before: Uint8Array = this.last;
    let beforeStart = 0;
    let i = from;
    for (; i < to; i++) {
      const row = order[i]!;
      const keyStart = keyStarts[row]!;
      const length = keyStarts[row + 1]! - keyStart;
      const most = Math.min(length, lastLength);
      let shared = 0;
      while (shared < most && before[beforeStart + shared] === keys[keyStart + shared]) shared++;
      if (shared < most ? keys[keyStart + shared]! < before[beforeStart + shared]! : length <= lastLength) return -1;
      const spot = row * SPOT_WORDS;
      const valueStart = spots[spot + 1]!;
      const size = spots[spot + 2]! - valueStart;
      if (count > 0 && heap + length + size + slotCount(count + 1) + OFFSET_BYTES * (count + 1) > room) {
        this.shared = shared;
        break;
      }
      hashKey(keys, keyStart, keyStart + length);
      if (filter !== null) filter.add(H1, H2);
      if (count < MAX_HASHED_ENTRIES) {
        hashes[count] = H2;
        isFresh[count] = 1;
      }
      const restarts = (count & RESTART_MASK) === 0;
      const kept = restarts ? 0 : Math.min(shared, restartShared, MAX_SHARED);
      restartShared = restarts ? length : kept;
      offsets[count++] = heap;
      this.heap = heap;
      this.ensure(heap + ENTRY_HEADER_BYTES + length);
      const { bytes } = this;
      let at = this.start + heap;
      bytes[at] = kept;
      at = putVarint(bytes, at + 1, length - kept);
      for (let k = kept; k < length; k++) bytes[at++] = keys[keyStart + k]!;
      heap = at - this.start + size;
      this.copyValues(chunks[spots[spot]!]!, valueStart, valueStart + size, heap - size);
      if (length > longestKey) longestKey = length;
      before = keys;
      beforeStart = keyStart;
      lastLength = length;
    }
    if (i > from) {
      if (lastLength > this.last.length) this.growLast(lastLength);
      for (let k = 0; k < lastLength; k++) this.last[k] = keys[beforeStart + k]!;
    }
    this.count = count;
    this.heap = heap;
    this.restartShared = restartShared;
    this.lastLength = lastLength;
    this.longestKey = longestKey;
    return i;
  }

  protected override sealKeys(end: number): void {
    const { bytes, hashes, count } = this;
    const slots = slotCount(count);
    const slotsAt = end - slots;
    bytes.fill(EMPTY_SLOT, slotsAt, end);
    if (slots === 0) return;
    for (let i = 0; i < count; i++) {
      if (this.isFresh[i] === 0) continue;
      let slot = firstSlot(hashes[i]!, slots);
      while (bytes[slotsAt + slot] !== EMPTY_SLOT) slot = slot + 1 === slots ? 0 : slot + 1;
      bytes[slotsAt + slot] = i;
    }
  }

  private growLast(length: number): void {
    const last = Buffer.alloc(length * 2);
    this.last.copy(last, 0, 0, Math.max(0, this.lastLength));
    this.last = last;
  }
}

/** Where entry `i` begins, in a block that begins at `start` and has its offsets at `offsetsAt`. */
function entryAt(view: DataView, start: number, offsetsAt: number, i: number): number {
  return start + (view.getUint16(offsetsAt + OFFSET_BYTES * i, true) & OFFSET_MASK);
}

/**
 * Number of the newest entry of the key, through the hash index where there is one; -1 when the key isn't in the block. The block begins
 * at `start`; its slots end at `slotsEnd`, its offsets begin at `offsetsAt`.
 */
export function findKey(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  offsetsAt: number,
  slotsEnd: number,
  count: number,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  h2: number,
): number {
  const slots = slotCount(count);
  if (slots === 0) {
    const i = seekKey(bytes, view, offsetsAt + OFFSET_BYTES * count + TAIL_BYTES, key, keyStart, keyEnd);
    return i < count && hasKey(bytes, view, start, offsetsAt, i, key, keyStart, keyEnd) ? i : -1;
  }
  const slotsAt = slotsEnd - slots;
  for (let slot = firstSlot(h2, slots); ; slot = slot + 1 === slots ? 0 : slot + 1) {
    const i = bytes[slotsAt + slot]!;
    if (i === EMPTY_SLOT) return -1;
    if (hasKey(bytes, view, start, offsetsAt, i, key, keyStart, keyEnd)) return i;
  }
}

/** Whether entry `i` is a version of the key; if so, leaves where its value begins in {@link VALUE_START}. */
export function hasKey(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  offsetsAt: number,
  i: number,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
): boolean {
  const at = entryAt(view, start, offsetsAt, i);
  // Read before it is needed, so that both lines are waited for at once: most times neither is in the processor's cache.
  readVarint(bytes, entryAt(view, start, offsetsAt, i & ~RESTART_MASK) + 1, offsetsAt);
  const restartAt = VARINT_END;
  const shared = bytes[at]!;
  const suffix = readVarint(bytes, at + 1, offsetsAt);
  if (shared + suffix !== keyEnd - keyStart) return false;
  const suffixAt = VARINT_END;
  if (!equalBytes(bytes, suffixAt, suffixAt + suffix, key, keyStart + shared, keyEnd)) return false;
  VALUE_START = suffixAt + suffix;
  return equalBytes(bytes, restartAt, restartAt + shared, key, keyStart, keyStart + shared);
}

/** Number of the first entry whose key is >= the wanted one; the block's count when there is none. */
export function seekKey(
  bytes: Uint8Array,
  view: DataView,
  end: number,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
): number {
  const count = entryCount(view, end);
  const start = blockStart(view, end);
  const offsetsAt = end - TAIL_BYTES - OFFSET_BYTES * count;
  // The last restart point whose key is below the wanted one; `common` is what the two share.
  let low = 0;
  let high = (count + RESTART_MASK) >>> RESTART_SHIFT;
  let common = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = entryAt(view, start, offsetsAt, middle << RESTART_SHIFT) + 1;
    const length = readVarint(bytes, at, end);
    const restartAt = VARINT_END;
    const shared = sharedPrefix(bytes, restartAt, restartAt + length, key, keyStart, keyEnd);
    if (compareBytes(bytes, restartAt + shared, restartAt + length, key, keyStart + shared, keyEnd) < 0) {
      low = middle + 1;
      common = Math.min(shared, MAX_SHARED);
    } else {
      high = middle;
    }
  }
  if (low === 0) return 0;
  let first = ((low - 1) << RESTART_SHIFT) + 1;
  let last = Math.min(low << RESTART_SHIFT, count);
  while (first < last) {
    const middle = (first + last) >>> 1;
    const at = entryAt(view, start, offsetsAt, middle);
    const shared = bytes[at]!;
    const suffix = readVarint(bytes, at + 1, end);
    // More in common with the restart key than the wanted key has: it still agrees where the wanted key has risen above.
    // Less: it has risen where the wanted key still agrees.
    const below =
      shared === common
        ? compareBytes(bytes, VARINT_END, VARINT_END + suffix, key, keyStart + shared, keyEnd) < 0
        : shared > common;
    if (below) first = middle + 1;
    else last = middle;
  }
  return first;
}

/** Where the value begins of the entry that {@link hasKey} or {@link readKey} read last. */
export let VALUE_START = 0;

/** Room that {@link readKey} wants behind the longest key. */
export const KEY_SLACK_BYTES = 3;

/**
 * Copies the key of entry `i` to the front of `into` and answers its length; leaves where its value begins in {@link VALUE_START}.
 * @param follows `into` holds the key of entry `i - 1`, so within a restart interval the shared bytes are there already.
 */
export function readKey(
  bytes: Uint8Array,
  view: DataView,
  end: number,
  i: number,
  follows: boolean,
  into: DataView,
): number {
  const count = entryCount(view, end);
  const start = blockStart(view, end);
  const offsetsAt = end - TAIL_BYTES - OFFSET_BYTES * count;
  const at = entryAt(view, start, offsetsAt, i);
  const shared = bytes[at]!;
  const suffix = readVarint(bytes, at + 1, end);
  const suffixAt = VARINT_END;
  VALUE_START = suffixAt + suffix;
  if (shared > 0 && !follows) {
    readVarint(bytes, entryAt(view, start, offsetsAt, i & ~RESTART_MASK) + 1, end);
    copyWords(view, VARINT_END, into, 0, shared);
  }
  copyWords(view, suffixAt, into, shared, suffix);
  return shared + suffix;
}

/** Copies four bytes at a time, and so up to three too many: the block's tail or the slack behind the key takes them. */
function copyWords(from: DataView, fromAt: number, into: DataView, intoAt: number, length: number): void {
  for (let i = 0; i < length; i += 4) into.setUint32(intoAt + i, from.getUint32(fromAt + i));
}
