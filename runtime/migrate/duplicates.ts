// Counts values that occur more than once in bounded memory: 8 bytes for each value, and no more than so many of them.
import { H1, H2, hashKey } from '../bytes/hash.js';

/** Values that are held against each other: 64 MB of hashes. */
const MAX_VALUES = 8_000_000;
const FIRST_ROOM = 4_096;

export interface DuplicateCount {
  /** Values that another one is equal to. Equal is what has one 64-bit hash. */
  readonly count: number;
  /** Whether all values were looked at; else there may be more. */
  readonly isWhole: boolean;
}

export class DuplicateCounter {
  private hashes = new BigUint64Array(FIRST_ROOM);
  private halves = new Uint32Array(this.hashes.buffer);
  private length = 0;
  private passedOver = false;

  constructor(private readonly maxValues = MAX_VALUES) {}

  /** Whether further values are not looked at any more. */
  get isFull(): boolean {
    return this.passedOver;
  }

  add(value: Uint8Array): void {
    if (this.length === this.maxValues) {
      this.passedOver = true;
      return;
    }
    if (this.length === this.hashes.length) this.grow();
    hashKey(value, 0, value.length);
    this.halves[2 * this.length] = H1;
    this.halves[2 * this.length + 1] = H2;
    this.length++;
  }

  /** Ends the counting. */
  count(): DuplicateCount {
    const { length, halves } = this;
    this.hashes.subarray(0, length).sort();
    const isSame = (i: number, j: number): boolean =>
      halves[2 * i] === halves[2 * j] && halves[2 * i + 1] === halves[2 * j + 1];
    let count = 0;
    for (let i = 0; i < length; i++) {
      if ((i > 0 && isSame(i, i - 1)) || (i + 1 < length && isSame(i, i + 1))) count++;
    }
    return { count, isWhole: !this.passedOver };
  }

  private grow(): void {
    const more = new BigUint64Array(Math.min(2 * this.length, this.maxValues));
    more.set(this.hashes);
    this.hashes = more;
    this.halves = new Uint32Array(more.buffer);
  }
}
