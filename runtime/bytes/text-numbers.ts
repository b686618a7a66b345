// Numbers of short texts by their bytes, found without making strings: a hash table with open addressing (linear probing).
import { type ByteSpan, ByteWriter } from './writer.js';

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

  /**
   * The number of the text in `source[start, end)`, -1 for one that was not added. A `mixed` text begins with a byte that tells its
   * encoding.
   */
  find({ bytes, view }: Pick<ByteSpan, 'bytes' | 'view'>, start: number, end: number, mixed: boolean): number {
    const length = end - start;
    if (length > LONGEST) {
      this.hash = 0;
      return -1;
    }
    let hash = length;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      hash = Math.imul(hash ^ view.getInt32(at), 0x85ebca6b);
      hash ^= hash >>> 13;
    }
    for (; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    // The two highest bits say how the text is stored, and that it isn't too long.
    hash = ((hash ^ (hash >>> 15)) & 0x3fffffff) | (mixed ? 0xc0000000 : 0x40000000);
    this.hash = hash;
    const { slots, mask, hashes, ends } = this;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const text = slots[slot]! - 1;
      if (text < 0) return -1;
      if (
        hashes[text] === hash &&
        ends[text + 1]! - ends[text]! === length &&
        this.equals(text, bytes, view, start, end)
      ) {
        return this.numbers[text]!;
      }
    }
  }

  private equals(text: number, bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
    const { texts } = this;
    const shift = this.ends[text]! - start;
    let at = start;
    for (; at + 4 <= end; at += 4) if (texts.view.getInt32(at + shift) !== view.getInt32(at)) return false;
    for (; at < end; at++) if (texts.bytes[at + shift] !== bytes[at]) return false;
    return true;
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
