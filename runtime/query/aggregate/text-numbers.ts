// Numbers of short texts by their bytes, found without making strings: a hash table with open addressing (linear probing).
import { ByteWriter } from '../../bytes/writer.js';

/** Bytes of the longest text that is kept; comparing a longer one costs as much as making a string of it. */
const LONGEST = 64;
const FIRST_SLOTS = 256;

export class TextNumbers {
  private count = 0;
  private mask = FIRST_SLOTS - 1;
  /** By slot: number of the text plus 1 in the order of adding; 0 for a free one. */
  private slots = new Int32Array(FIRST_SLOTS);
  /** By text: hash, end of its bytes in `bytes`, and the number that was given. */
  private hashes: number[] = [];
  private ends: number[] = [0];
  private numbers: number[] = [];
  private readonly texts = new ByteWriter(1024);
  /** Hash of the text that was sought last. */
  private hash = 0;

  /** The number of the text, -1 for one that was not added. `mixed` texts begin with a byte that tells their encoding. */
  find(bytes: Uint8Array, start: number, end: number, mixed: boolean): number {
    const length = end - start;
    let hash = 0x811c9dc5;
    if (length > LONGEST) {
      this.hash = 0;
      return -1;
    }
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    // The lowest bits of FNV depend on those of the bytes alone. The two highest say how the text is stored, and that it isn't too long.
    hash = ((hash ^ (hash >>> 15)) & 0x3fffffff) | (mixed ? 0xc0000000 : 0x40000000);
    this.hash = hash;
    const { slots, mask, hashes, ends, numbers } = this;
    const kept = this.texts.bytes;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const text = slots[slot]! - 1;
      if (text < 0) return -1;
      if (hashes[text] !== hash) continue;
      const from = ends[text]!;
      if (ends[text + 1]! - from !== length) continue;
      let i = 0;
      while (i < length && kept[from + i] === bytes[start + i]) i++;
      if (i === length) return numbers[text]!;
    }
  }

  /** Gives the text that was just sought, and not found, a number. */
  add(bytes: Uint8Array, start: number, end: number, number: number): void {
    if (this.hash === 0) return;
    this.texts.append(bytes, start, end);
    this.ends.push(this.texts.at);
    this.hashes.push(this.hash);
    this.numbers.push(number);
    this.count++;
    if (this.count * 2 > this.slots.length) this.grow();
    else this.place(this.count - 1);
  }

  private place(text: number): void {
    let slot = this.hashes[text]! & this.mask;
    while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
    this.slots[slot] = text + 1;
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 4);
    this.mask = this.slots.length - 1;
    for (let text = 0; text < this.count; text++) this.place(text);
  }
}
