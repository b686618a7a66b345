// The newest entries of one tree, in memory: a hash table that is put in order only when somebody asks for order.
//
// Measured over 100,000 random 16-byte keys before it was chosen (put, get, ordered walk): hash sorted on demand 0.32 us,
// 0.29 us, 49 ms with a comparator (8 ms as sort.ts does it); B+tree of strings 0.93, 0.82, 1.1 ms; skip list 3.4, 4.9, 28 ms.
//
//   slots   [ number of the key + 1, or 0 ]          open addressing, linear probing, at most half full
//   keys    [ hash | keyAt | keyLength | valueAt | valueLength | sequence low | high | older ]   32 bytes each
//   older   [ valueAt | valueLength | sequence low | high | older ]   versions that a reader may still need, 20 bytes
//   arena   key and value bytes
//
// A key keeps its number for life and its newest version in place, so sorted runs of numbers never go stale.
import type { ByteSpan } from '../../bytes/writer.js';
import type { Readers } from '../readers.js';
import { ABSENT, DELETED, FOUND, type Lookup } from '../table/table.js';
import { mergeRuns } from './merge-runs.js';
import { sortKeys } from './sort.js';

const KEY_WORDS = 8;
const HASH = 0;
const KEY_AT = 1;
const KEY_LENGTH = 2;
const VERSION = 3;
const VERSION_WORDS = 5;
// Offsets inside a version, which stands at VERSION of a key or on its own in `older`.
const VALUE_AT = 0;
const VALUE_LENGTH = 1;
const SEQUENCE_LOW = 2;
const SEQUENCE_HIGH = 3;
const OLDER = 4;

/** In place of a value's length: a deletion. */
const NO_VALUE = -1;
/** A key whose only version was taken back. */
const NEVER_WRITTEN = -2;

const FIRST_ARENA_BYTES = 4096;
const FIRST_KEYS = 32;
const TWO_TO_32 = 4294967296;

export class Memtable {
  /** Holds keys and values; replaced when it grows. */
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_ARENA_BYTES);
  view = new DataView(this.bytes.buffer);
  private used = 0;

  private slots = new Int32Array(FIRST_KEYS * 2);
  private keys = new Int32Array(FIRST_KEYS * KEY_WORDS);
  private keyCount = 0;
  private older = new Int32Array(0);
  /** Version 0 is never used: an `older` of 0 ends the chain. */
  private olderCount = 1;
  private deletedCount = 0;

  /** Sorted runs of key numbers, each less than half as long as the one before it; together they hold keys [0, inOrder). */
  private runs: readonly Int32Array[] = [];
  private inOrder = 0;

  constructor(private readonly readers: Readers) {}

  /** Number of different keys, deleted ones included. */
  get entries(): number {
    return this.keyCount;
  }

  /** Number of keys whose newest version is a deletion. */
  get tombstones(): number {
    return this.deletedCount;
  }

  /** Bytes of keys and values. */
  get userBytes(): number {
    return this.used;
  }

  /** Bytes held in use, bookkeeping included: what counts against the memtable budget. */
  get byteLength(): number {
    return this.used + this.keyCount * (KEY_WORDS * 4 + 8) + (this.olderCount - 1) * VERSION_WORDS * 4;
  }

  /** Records the newest version of a key. `hash` is the key's H1; `sequence` never falls from call to call. */
  put(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    hash: number,
    sequence: number,
    deleted: boolean,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const slot = this.findSlot(key, keyStart, keyEnd, hash);
    const found = this.slots[slot]!;
    const length = deleted ? NO_VALUE : valueEnd - valueStart;
    if (found === 0) {
      this.insert(slot, key, keyStart, keyEnd, hash, sequence, length, value, valueStart, valueEnd);
      return;
    }
    const at = (found - 1) * KEY_WORDS + VERSION;
    const keys = this.keys;
    const oldSequence = sequenceAt(keys, at);
    let room = keys[at + VALUE_LENGTH]!;
    if (room === NO_VALUE) this.deletedCount--;
    if (deleted) this.deletedCount++;
    if (room !== NEVER_WRITTEN && oldSequence !== sequence && this.readers.need(oldSequence, sequence)) {
      room = this.pushDown(at, oldSequence);
    }
    if (length > 0) {
      if (length > room) keys[at + VALUE_AT] = this.reserve(length);
      copy(value, valueStart, valueEnd, this.bytes, keys[at + VALUE_AT]!);
    }
    keys[at + VALUE_LENGTH] = length;
    setSequence(keys, at, sequence);
  }

  /** Finds the newest version of `key[keyStart, keyEnd)` at or below `maxSequence`; fills `into` with its value when FOUND. */
  get(key: Uint8Array, keyStart: number, keyEnd: number, hash: number, maxSequence: number, into: ByteSpan): Lookup {
    const found = this.slots[this.findSlot(key, keyStart, keyEnd, hash)]!;
    if (found === 0) return ABSENT;
    return this.read(found - 1, maxSequence, into);
  }

  /** As {@link get}, for the key of that number. */
  read(number: number, maxSequence: number, into: ByteSpan): Lookup {
    let words = this.keys;
    let at = number * KEY_WORDS + VERSION;
    while (sequenceAt(words, at) > maxSequence) {
      const older = words[at + OLDER]!;
      if (older === 0) return ABSENT;
      words = this.older;
      at = older * VERSION_WORDS;
    }
    const length = words[at + VALUE_LENGTH]!;
    if (length < 0) return length === NO_VALUE ? DELETED : ABSENT;
    into.bytes = this.bytes;
    into.view = this.view;
    into.start = words[at + VALUE_AT]!;
    into.end = into.start + length;
    return FOUND;
  }

  /** Takes back every version above `sequence`: they never reached the log. */
  undo(sequence: number): void {
    this.deletedCount = 0;
    for (let number = 0; number < this.keyCount; number++) {
      const at = number * KEY_WORDS + VERSION;
      while (sequenceAt(this.keys, at) > sequence) {
        const older = this.keys[at + OLDER]!;
        if (older === 0) {
          this.keys[at + VALUE_LENGTH] = NEVER_WRITTEN;
          setSequence(this.keys, at, 0);
        } else {
          const from = older * VERSION_WORDS;
          for (let i = 0; i < VERSION_WORDS; i++) this.keys[at + i] = this.older[from + i]!;
        }
      }
      if (this.keys[at + VALUE_LENGTH] === NO_VALUE) this.deletedCount++;
    }
  }

  /** Disjoint sorted runs of key numbers that together hold every key. They stay valid while the memtable grows. */
  sortedRuns(): readonly Int32Array[] {
    if (this.inOrder === this.keyCount) return this.runs;
    const runs = [...this.runs, this.sortTail()];
    for (let last = runs.length - 1; last > 0 && runs[last]!.length * 2 >= runs[last - 1]!.length; last--) {
      const merged = mergeRuns(this, runs[last - 1]!, runs[last]!);
      runs.length = last - 1;
      runs.push(merged);
    }
    this.inOrder = this.keyCount;
    this.runs = runs;
    return runs;
  }

  /** All keys in one run: what a flush walks. */
  sortedKeys(): Int32Array {
    let runs = this.sortedRuns();
    while (runs.length > 1) {
      runs = [...runs.slice(0, -2), mergeRuns(this, runs[runs.length - 2]!, runs[runs.length - 1]!)];
    }
    this.runs = runs;
    return runs[0] ?? new Int32Array(0);
  }

  keyStart(number: number): number {
    return this.keys[number * KEY_WORDS + KEY_AT]!;
  }

  keyEnd(number: number): number {
    const at = number * KEY_WORDS;
    return this.keys[at + KEY_AT]! + this.keys[at + KEY_LENGTH]!;
  }

  /** Visits the versions of a key that somebody may still read, newest first. `valueEnd` is below `valueStart` for a tombstone. */
  visitVersions(number: number, visit: (sequence: number, valueStart: number, valueEnd: number) => void): void {
    let words = this.keys;
    let at = number * KEY_WORDS + VERSION;
    let newer = Number.MAX_SAFE_INTEGER;
    for (;;) {
      const sequence = sequenceAt(words, at);
      const length = words[at + VALUE_LENGTH]!;
      const newest = newer === Number.MAX_SAFE_INTEGER;
      if (length !== NEVER_WRITTEN && (newest || this.readers.need(sequence, newer))) {
        const start = words[at + VALUE_AT]!;
        visit(sequence, start, start + length);
        newer = sequence;
      }
      const older = words[at + OLDER]!;
      if (older === 0) return;
      words = this.older;
      at = older * VERSION_WORDS;
    }
  }

  private findSlot(key: Uint8Array, start: number, end: number, hash: number): number {
    const { slots, keys, bytes } = this;
    const mask = slots.length - 1;
    const length = end - start;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = slots[slot]!;
      if (found === 0) return slot;
      const at = (found - 1) * KEY_WORDS;
      if (keys[at + HASH] !== hash || keys[at + KEY_LENGTH] !== length) continue;
      const keyAt = keys[at + KEY_AT]!;
      let i = 0;
      while (i < length && bytes[keyAt + i] === key[start + i]) i++;
      if (i === length) return slot;
    }
  }

  private insert(
    slot: number,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    hash: number,
    sequence: number,
    length: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const keyLength = keyEnd - keyStart;
    const keyAt = this.reserve(keyLength + Math.max(length, 0));
    copy(key, keyStart, keyEnd, this.bytes, keyAt);
    if (length > 0) copy(value, valueStart, valueEnd, this.bytes, keyAt + keyLength);
    if (length === NO_VALUE) this.deletedCount++;
    const number = this.keyCount++;
    if ((number + 1) * KEY_WORDS > this.keys.length) this.keys = grown(this.keys);
    const keys = this.keys;
    const at = number * KEY_WORDS;
    keys[at + HASH] = hash;
    keys[at + KEY_AT] = keyAt;
    keys[at + KEY_LENGTH] = keyLength;
    keys[at + VERSION + VALUE_AT] = keyAt + keyLength;
    keys[at + VERSION + VALUE_LENGTH] = length;
    setSequence(keys, at + VERSION, sequence);
    this.slots[slot] = number + 1;
    if (this.keyCount * 2 > this.slots.length) this.rehash();
  }

  /**
   * Moves the version at `at` into a chained one, reusing one that nobody needs any more; answers the value room that is left
   * in place.
   */
  private pushDown(at: number, oldSequence: number): number {
    const { keys } = this;
    const below = keys[at + OLDER]!;
    const reused = below !== 0 && !this.readers.need(sequenceAt(this.older, below * VERSION_WORDS), oldSequence);
    const into = reused ? below : this.olderCount++;
    if ((into + 1) * VERSION_WORDS > this.older.length) this.older = grown(this.older);
    const { older } = this;
    const to = into * VERSION_WORDS;
    const freeAt = reused ? older[to + VALUE_AT]! : 0;
    const freeLength = reused ? older[to + VALUE_LENGTH]! : 0;
    const next = reused ? older[to + OLDER]! : below;
    for (let i = 0; i < OLDER; i++) older[to + i] = keys[at + i]!;
    older[to + OLDER] = next;
    keys[at + OLDER] = into;
    keys[at + VALUE_AT] = freeAt;
    return freeLength;
  }

  private reserve(count: number): number {
    const at = this.used;
    if (at + count > this.bytes.length) {
      const bytes = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, at + count));
      this.bytes.copy(bytes, 0, 0, at);
      this.bytes = bytes;
      this.view = new DataView(bytes.buffer);
    }
    this.used = at + count;
    return at;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.keyCount; number++) {
      let slot = this.keys[number * KEY_WORDS + HASH]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.slots = slots;
  }

  private sortTail(): Int32Array {
    const count = this.keyCount - this.inOrder;
    const starts = new Int32Array(count);
    const ends = new Int32Array(count);
    const order = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      starts[i] = this.keyStart(this.inOrder + i);
      ends[i] = this.keyEnd(this.inOrder + i);
      order[i] = i;
    }
    sortKeys(this.bytes, starts, ends, order);
    for (let i = 0; i < count; i++) order[i] = order[i]! + this.inOrder;
    return order;
  }
}

function sequenceAt(words: Int32Array, version: number): number {
  return words[version + SEQUENCE_HIGH]! * TWO_TO_32 + (words[version + SEQUENCE_LOW]! >>> 0);
}

function setSequence(words: Int32Array, version: number, sequence: number): void {
  words[version + SEQUENCE_LOW] = sequence;
  words[version + SEQUENCE_HIGH] = sequence / TWO_TO_32;
}

function grown(words: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(words.length * 2, 16 * VERSION_WORDS));
  larger.set(words);
  return larger;
}

/** Short stretches by a loop: a native call costs more than 48 bytes do. */
function copy(from: Uint8Array, start: number, end: number, to: Buffer, at: number): void {
  if (end - start < 48) for (let i = start; i < end; i++) to[at++] = from[i]!;
  else to.set(start === 0 && end === from.length ? from : from.subarray(start, end), at);
}
