// Orders keys that lie in one arena, for memtables (on demand) and bulk loads: no comparator runs on the common path.
//
// Each key becomes one 64-bit number, sorted natively by BigUint64Array.sort:
//
//   [ the key's next bytes, big-endian: 64 - b bits ][ position: b bits, 2^b >= count ]
//
// Bytes that all keys of a range share are skipped first; keys that stay equal over the prefix are sorted among
// themselves the same way, further right (an MSD radix sort whose digit is a native sort). 100,000 keys of 16 bytes:
// 8 ms, where a comparator over Buffers takes 155.
import { compareBytes } from '../../bytes/compare.js';

/** Below this many keys a plain insertion sort is faster than packing. */
const INSERTION_SORT_KEYS = 12;

/** Ranges of up to this many keys are sorted in one step, which takes a millisecond or two. */
const STEP_KEYS = 16_384;

/**
 * Fills `order` with a permutation of itself, so that the keys `bytes[starts[i], ends[i])` ascend; equal keys keep their
 * relative order. Answers whether there are equal keys: it comes to know without another look at their bytes.
 */
export function sortKeys(bytes: Uint8Array, starts: Int32Array, ends: Int32Array, order: Int32Array): boolean {
  const steps = sortKeysInSteps(bytes, starts, ends, order);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** The same in steps. The longest is the native sort of all numbers: 100,000 take 7 ms. */
export function* sortKeysInSteps(
  bytes: Uint8Array,
  starts: Int32Array,
  ends: Int32Array,
  order: Int32Array,
): Generator<void, boolean> {
  if (order.length < 2) return false;
  const keySort = new KeySort(bytes, starts, ends, order);
  yield* keySort.steps(0, order.length, 0);
  return keySort.foundEqual;
}

class KeySort {
  foundEqual = false;
  private readonly packed: BigUint64Array;
  private readonly words: Uint32Array;
  private readonly moved: Int32Array;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly starts: Int32Array,
    private readonly ends: Int32Array,
    private readonly order: Int32Array,
  ) {
    const large = order.length > INSERTION_SORT_KEYS;
    this.packed = new BigUint64Array(large ? order.length : 0);
    this.words = new Uint32Array(this.packed.buffer);
    this.moved = new Int32Array(large ? order.length : 0);
  }

  /** Sorts `order[from, to)`, whose keys agree in their first `depth` bytes. */
  *steps(from: number, to: number, depth: number): Generator<void> {
    if (to - from <= STEP_KEYS) {
      this.sort(from, to, depth);
      return;
    }
    const shared = this.sharedPrefix(from, to, depth);
    yield;
    if (shared < 0) {
      this.sortByLength(from, to);
      return;
    }
    const positionBits = 32 - Math.clz32(to - from - 1);
    this.pack(from, to, shared, positionBits);
    yield;
    this.packed.subarray(from, to).sort();
    yield;
    this.permute(from, to, positionBits);
    const tieDepth = shared + ((64 - positionBits) >> 3);
    for (let i = from; i < to; ) {
      yield;
      const end = this.tieEnd(i, to, positionBits);
      if (end - i > STEP_KEYS) {
        yield* this.steps(i, end, tieDepth);
        i = end;
      } else {
        i = this.sortTies(i, to, tieDepth, positionBits, STEP_KEYS);
      }
    }
  }

  /** The same at a stretch. */
  private sort(from: number, to: number, depth: number): void {
    if (to - from <= INSERTION_SORT_KEYS) {
      this.insertionSort(from, to, depth);
      return;
    }
    const shared = this.sharedPrefix(from, to, depth);
    if (shared < 0) {
      this.sortByLength(from, to);
      return;
    }
    const positionBits = 32 - Math.clz32(to - from - 1);
    this.pack(from, to, shared, positionBits);
    this.packed.subarray(from, to).sort();
    this.permute(from, to, positionBits);
    this.sortTies(from, to, shared + ((64 - positionBits) >> 3), positionBits, Number.POSITIVE_INFINITY);
  }

  /** How many leading bytes the keys of a range share (`depth` at least), or -1 when no byte is left that could differ. */
  private sharedPrefix(from: number, to: number, depth: number): number {
    const { bytes, starts, ends, order } = this;
    const first = starts[order[from]!]!;
    let shared = ends[order[from]!]! - first;
    let longest = 0;
    for (let i = from; i < to; i++) {
      const start = starts[order[i]!]!;
      const length = ends[order[i]!]! - start;
      if (length > longest) longest = length;
      if (length < shared) shared = length;
      for (let j = depth; j < shared; j++) {
        if (bytes[first + j] !== bytes[start + j]) shared = j;
      }
    }
    // A key may have ended before `depth`, where its padding tied with zeros.
    if (shared < depth) shared = depth;
    return longest <= shared ? -1 : shared;
  }

  private pack(from: number, to: number, depth: number, positionBits: number): void {
    const { bytes, starts, ends, order, words } = this;
    const keep = ~((1 << positionBits) - 1);
    for (let i = from; i < to; i++) {
      const key = order[i]!;
      const end = ends[key]!;
      let at = starts[key]! + depth;
      let high = 0;
      let low = 0;
      if (at + 8 <= end) {
        high = (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
        low = (bytes[at + 4]! << 24) | (bytes[at + 5]! << 16) | (bytes[at + 6]! << 8) | bytes[at + 7]!;
      } else {
        for (let shift = 24; shift >= 0 && at < end; shift -= 8) high |= bytes[at++]! << shift;
        for (let shift = 24; shift >= 0 && at < end; shift -= 8) low |= bytes[at++]! << shift;
      }
      words[2 * i + 1] = high;
      words[2 * i] = (low & keep) | (i - from);
    }
  }

  private permute(from: number, to: number, positionBits: number): void {
    const { order, words, moved } = this;
    const mask = (1 << positionBits) - 1;
    for (let i = from; i < to; i++) moved[i] = order[from + (words[2 * i]! & mask)]!;
    for (let i = from; i < to; i++) order[i] = moved[i]!;
  }

  /** Sorts among themselves keys that their numbers don't tell apart; answers where it stopped: behind `most` keys, or before a larger tie. */
  private sortTies(from: number, to: number, depth: number, positionBits: number, most: number): number {
    let i = from;
    while (i < to && i - from < most) {
      const end = this.tieEnd(i, to, positionBits);
      if (end - i > most) return i;
      // Bytes before `depth` agree, and so may a few bits of the byte at `depth`, which is compared again.
      if (end - i > 1) this.sort(i, end, depth);
      i = end;
    }
    return i;
  }

  /** Where the numbers end whose keys tie with that of the one at `i`. */
  private tieEnd(i: number, to: number, positionBits: number): number {
    const { words } = this;
    const high = words[2 * i + 1]!;
    const low = words[2 * i]! >>> positionBits;
    let end = i + 1;
    while (end < to && words[2 * end + 1] === high && words[2 * end]! >>> positionBits === low) end++;
    return end;
  }

  private insertionSort(from: number, to: number, depth: number): void {
    const { bytes, starts, ends, order } = this;
    for (let i = from + 1; i < to; i++) {
      const key = order[i]!;
      const start = Math.min(starts[key]! + depth, ends[key]!);
      let j = i - 1;
      for (; j >= from; j--) {
        const other = order[j]!;
        const otherStart = Math.min(starts[other]! + depth, ends[other]!);
        const sign = compareBytes(bytes, otherStart, ends[other]!, bytes, start, ends[key]!);
        const longer = sign === 0 ? ends[other]! - starts[other]! - (ends[key]! - starts[key]!) : sign;
        if (longer === 0) this.foundEqual = true;
        if (longer <= 0) break;
        order[j + 1] = other;
      }
      order[j + 1] = key;
    }
  }

  /** These keys are equal, but for zeros at the end of some. */
  private sortByLength(from: number, to: number): void {
    const { starts, ends, order } = this;
    const sorted = Array.from(order.subarray(from, to)).sort(
      (a, b) => ends[a]! - starts[a]! - (ends[b]! - starts[b]!) || 0,
    );
    order.set(sorted, from);
    for (let i = 1; i < sorted.length; i++) {
      const [shorter, longer] = [sorted[i - 1]!, sorted[i]!];
      if (ends[shorter]! - starts[shorter]! === ends[longer]! - starts[longer]!) this.foundEqual = true;
    }
  }
}
