// A sorted sample of a memtable's keys: what a table's block index is for tables, for entries that no table holds yet.
import { compareBytes, sharedPrefix } from '../../bytes/compare.js';
import { type KeyPart, partEnd } from '../../bytes/key-parts.js';
import { ByteWriter } from '../../bytes/writer.js';
import type { Memtable } from '../memtable/memtable.js';
import { sortKeys } from '../memtable/sort.js';

/** Keys in a sample: two of them differ in their place by 0.2 % of the memtable, and drawing one takes well under a millisecond. */
const SAMPLE_KEYS = 512;

/** Multiplicative hashing: 2^32 by the golden ratio (Knuth, TAOCP 3, 6.4). */
const SPREADING = 0x9e3779b1;

export class KeySample {
  /** Keys that the memtable had when the sample was drawn. */
  readonly population: number;
  /** Entries that each key of the sample stands for. */
  readonly weight: number;
  private readonly bytes: Uint8Array;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly order: Int32Array;

  constructor(memtable: Memtable) {
    const { entries } = memtable;
    const stride = Math.max(1, Math.floor(entries / SAMPLE_KEYS));
    const count = Math.floor(entries / stride);
    const starts = new Int32Array(count);
    const ends = new Int32Array(count);
    const drawn = new ByteWriter(count * 16);
    for (let i = 0; i < count; i++) {
      // One of each stretch, not always at the same place in it: keys that were written in a cycle must not hide from the sample.
      const number = i * stride + ((Math.imul(i, SPREADING) >>> 0) % stride);
      starts[i] = drawn.at;
      drawn.append(memtable.bytes, memtable.keyStart(number), memtable.keyEnd(number));
      ends[i] = drawn.at;
    }
    const { bytes } = drawn;
    const order = new Int32Array(count).map((_, i) => i);
    sortKeys(bytes, starts, ends, order);
    this.population = entries;
    this.weight = count === 0 ? 1 : entries / count;
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
    this.order = order;
  }

  /** About how many entries stand before the key. */
  position(key: Uint8Array): number {
    const { bytes, starts, ends, order } = this;
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const i = order[middle]!;
      if (compareBytes(bytes, starts[i]!, ends[i]!, key, 0, key.length) < 0) low = middle + 1;
      else high = middle;
    }
    return low * this.weight;
  }

  /**
   * About how many different values the first `columns` parts have in the memtable: of the values in the sample, those seen once
   * stand for sqrt(weight) values each, all others for themselves (GEE: Charikar, Chaudhuri, Motwani, Narasayya, "Towards
   * estimation error guarantees for distinct values", PODS 2000).
   */
  distinct(parts: readonly KeyPart[], columns: number): number {
    const { bytes, starts, ends, order } = this;
    let values = 0;
    let seenOnce = 0;
    let seen = 0;
    for (let i = 0; i < order.length; i++) {
      const [here, next] = [order[i]!, order[i + 1]];
      const end = partEnd(parts, columns, bytes, starts[here]!, ends[here]!);
      seen++;
      const goesOn =
        next !== undefined &&
        sharedPrefix(bytes, starts[here]!, end, bytes, starts[next]!, ends[next]!) === end - starts[here]!;
      if (goesOn) continue;
      values++;
      if (seen === 1) seenOnce++;
      seen = 0;
    }
    return values - seenOnce + seenOnce * Math.sqrt(this.weight);
  }
}
