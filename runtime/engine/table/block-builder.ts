// Builds block images in place, at the end of the writer's output buffer: the part that both kinds of blocks share.
import { FRAME_BYTES } from '../cache/page-cache.js';
import {
  BASE_SEQUENCE_AT,
  COUNT_AT,
  DELETED_BIT,
  HEAP_END_AT,
  NUMBER_AT,
  OFFSET_BYTES,
  putSequence,
  SIZE_AT,
  sequenceWidth,
  TAIL_BYTES,
  WIDTH_AT,
} from './block.js';
import type { BloomBuilder } from './filter.js';
import type { SortedEntries } from './sorted-entries.js';

/** Values shorter than this are copied by a loop: below it a native call costs more than it saves. */
const COPY_LOOP_BYTES = 48;

/** One block in the making; reused for all blocks of a table. Keys are the subclasses' business. */
export abstract class BlockBuilder {
  /** The output: sealed blocks that were not yet taken, then the one under construction at `start`. Replaced when it grows. */
  bytes: Uint8Array;
  view: DataView;
  start = 0;
  count = 0;
  /** In bytes, of those that came by `addSorted`. */
  longestKey = 0;
  /** Bytes of the heap so far. */
  protected heap = 0;
  protected readonly blockBytes: number;
  protected readonly offsets: Uint16Array;
  private readonly sequences: Float64Array;
  private minSequence = 0;
  private maxSequence = 0;

  /**
   * @param entryBytes the fewest bytes that an entry takes beside its value and offset: bounds the entries of a block.
   * @param capacity bytes of output before the buffer must grow.
   */
  constructor(blockBytes: number, entryBytes: number, capacity: number) {
    this.blockBytes = blockBytes;
    this.bytes = plainBytes(capacity);
    this.view = new DataView(this.bytes.buffer);
    const most = Math.floor(blockBytes / (entryBytes + OFFSET_BYTES)) + 1;
    this.offsets = new Uint16Array(most);
    this.sequences = new Float64Array(most);
  }

  /**
   * Compares a key with the last one of the table: positive when it follows, zero when it is the same, negative when it precedes.
   * Every `add` and `separator` is about the key that was compared last.
   */
  abstract compare(key: Uint8Array, keyStart: number, keyEnd: number): number;

  /** A copy of the last key. */
  abstract lastKey(): Buffer;

  /** A short key that is not less than the last one and less than `next`, unless they are equal. */
  abstract separator(next: Uint8Array, nextStart: number, nextEnd: number): Buffer;

  /** Bytes that a key of this size takes in the heap, at most. */
  protected abstract heapKeyBytes(keyBytes: number): number;

  /** Bytes of keys or slots for `count` entries. */
  protected abstract arrayBytes(count: number): number;

  /** Appends what the heap holds of the key; `fresh` when it isn't the last key again. */
  protected abstract addKey(key: Uint8Array, keyStart: number, keyEnd: number, h2: number, fresh: boolean): void;

  /** Writes the keys or slots so that they end at `end`. */
  protected abstract sealKeys(end: number): void;

  /** Bytes of the block under construction, nearly. */
  get pendingBytes(): number {
    return this.count === 0 ? 0 : this.heap + this.arrayBytes(this.count) + OFFSET_BYTES * this.count + TAIL_BYTES;
  }

  /** Whether another entry fits; an empty block takes any. */
  fits(keyBytes: number, valueBytes: number, sequence: number): boolean {
    const count = this.count + 1;
    if (count === 1) return true;
    const min = Math.min(sequence, this.minSequence);
    const max = Math.max(sequence, this.maxSequence);
    const arrays = this.arrayBytes(count) + (OFFSET_BYTES + sequenceWidth(max - min)) * count;
    return this.heap + this.heapKeyBytes(keyBytes) + valueBytes + arrays + TAIL_BYTES <= this.blockBytes;
  }

  /** Appends an entry. `h2` is the second half of the key's hash. */
  add(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    h2: number,
    fresh: boolean,
    sequence: number,
    deleted: boolean,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    const { count } = this;
    const valueBytes = deleted ? 0 : valueEnd - valueStart;
    this.ensure(this.heap + this.heapKeyBytes(keyEnd - keyStart) + valueBytes);
    this.offsets[count] = deleted ? this.heap | DELETED_BIT : this.heap;
    this.sequences[count] = sequence;
    if (count === 0 || sequence < this.minSequence) this.minSequence = sequence;
    if (count === 0 || sequence > this.maxSequence) this.maxSequence = sequence;
    this.addKey(key, keyStart, keyEnd, h2, fresh);
    const { bytes } = this;
    const at = this.start + this.heap;
    if (valueBytes < COPY_LOOP_BYTES) {
      for (let i = 0; i < valueBytes; i++) bytes[at + i] = value[valueStart + i]!;
    } else {
      bytes.set(value.subarray(valueStart, valueEnd), at);
    }
    this.heap += valueBytes;
    this.count = count + 1;
  }

  /**
   * Appends `order[from]` and what follows, as far as the block has room and not beyond `to`; a block takes these only, or those of
   * `add`. Answers the first that was not appended, the one that `separator` is about next, or -1 where one does not follow the key before it.
   */
  abstract addSorted(entries: SortedEntries, from: number, to: number, filter: BloomBuilder | null): number;

  /** Completes the image, but for its checksum, and begins the next block behind it; answers its size in bytes. */
  seal(number: number): number {
    const { count, heap, start, minSequence } = this;
    const width = sequenceWidth(this.maxSequence - minSequence);
    const arrays = this.arrayBytes(count) + (OFFSET_BYTES + width) * count;
    const size = Math.ceil((heap + arrays + TAIL_BYTES) / FRAME_BYTES) * FRAME_BYTES;
    this.ensure(size);
    const { bytes, view } = this;
    const end = start + size;
    bytes.fill(0, start + heap, end - TAIL_BYTES - arrays);
    const offsetsAt = end - TAIL_BYTES - OFFSET_BYTES * count;
    for (let i = 0; i < count; i++) view.setUint16(offsetsAt + OFFSET_BYTES * i, this.offsets[i]!, true);
    const sequencesAt = offsetsAt - width * count;
    if (width > 0) {
      for (let i = 0; i < count; i++) {
        putSequence(view, sequencesAt + width * i, width, this.sequences[i]! - minSequence);
      }
    }
    view.setFloat64(end - BASE_SEQUENCE_AT, minSequence, true);
    view.setUint32(end - SIZE_AT, size, true);
    view.setUint32(end - HEAP_END_AT, heap, true);
    view.setUint16(end - COUNT_AT, count, true);
    view.setUint16(end - WIDTH_AT, width, true);
    view.setUint32(end - NUMBER_AT, number, true);
    this.sealKeys(sequencesAt);
    this.start = end;
    this.count = 0;
    this.heap = 0;
    return size;
  }

  /** Copies a value, or several that stand one behind the other, to `at` in the heap. */
  protected copyValues(source: Uint8Array, sourceStart: number, sourceEnd: number, at: number): void {
    const size = sourceEnd - sourceStart;
    this.heap = at;
    this.ensure(at + size);
    const { bytes } = this;
    const target = this.start + at;
    if (size >= COPY_LOOP_BYTES) bytes.set(source.subarray(sourceStart, sourceEnd), target);
    else for (let i = 0; i < size; i++) bytes[target + i] = source[sourceStart + i]!;
  }

  /** Makes room for `count` bytes from `start` on. */
  ensure(count: number): void {
    if (this.start + count <= this.bytes.length) return;
    const bytes = plainBytes(Math.max(this.bytes.length * 2, this.start + count));
    bytes.set(this.bytes.subarray(0, this.start + this.heap));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}

/** Not filled, and no Buffer: cutting a piece out of one costs a call of its constructor. */
function plainBytes(size: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
}
