// Walks a table entry by entry, pinning the block it stands on.
import type { EntryRun } from '../../bytes/entry-run.js';
import { ByteSpan } from '../../bytes/writer.js';
import { FRAME_BYTES } from '../cache/page-cache.js';
import {
  BASE_SEQUENCE_AT,
  blockStart,
  DELETED_BIT,
  entryCount,
  HEAP_END_AT,
  OFFSET_BYTES,
  OFFSET_MASK,
  sequenceAt,
  TAIL_BYTES,
  WIDTH_AT,
} from './block.js';
import type { BlockSource } from './block-source.js';
import { keysStart, lowerBound } from './fixed-block.js';
import { KEY_SLACK_BYTES, readKey, seekKey, VALUE_START } from './prefix-block.js';
import type { TableCursor } from './table.js';

const NOWHERE = -1;

export class BlockCursor implements TableCursor {
  readonly key = new ByteSpan();
  readonly value = new ByteSpan();
  sequence = 0;
  deleted = false;
  valid = false;
  /** The block it stands on, and everything about it that each step needs. */
  private block = NOWHERE;
  private entry = 0;
  private count = 0;
  private bytes: Buffer;
  private view: DataView;
  private end = 0;
  private heapStart = 0;
  private heapEnd = 0;
  private keysAt = 0;
  private isPlainSequence = true;
  /** The entry of this block whose key stands in `key`, where keys vary. */
  private readEntry = NOWHERE;
  /** End of the pinned run; 0 when the block stands aside. */
  private pinned = 0;
  private readonly keySize: number;

  /** @param longestKey bytes of the longest key in the table. */
  constructor(
    private readonly source: BlockSource,
    keySize: number | null,
    longestKey: number,
  ) {
    this.keySize = keySize ?? 0;
    this.bytes = source.cache.bytes;
    this.view = source.cache.view;
    if (keySize === null) {
      // Keys of prefix blocks are put together here.
      this.key.bytes = Buffer.allocUnsafeSlow(longestKey + KEY_SLACK_BYTES);
      this.key.view = new DataView(this.key.bytes.buffer);
    }
  }

  seekToFirst(): boolean {
    this.enter(0, false);
    return this.stand(0);
  }

  seekToLast(): boolean {
    this.enter(this.source.index.blocks - 1, false);
    return this.stand(this.count - 1);
  }

  seek(key: Uint8Array, keyStart: number, keyEnd: number): boolean {
    const block = this.source.index.find(key, keyStart, keyEnd);
    if (block === this.source.index.blocks) return this.leave();
    this.enter(block, true);
    const entry =
      this.keySize > 0
        ? lowerBound(this.view, this.keysAt, this.keySize, this.count, key, keyStart)
        : seekKey(this.bytes, this.view, this.end, key, keyStart, keyEnd);
    if (entry < this.count) return this.stand(entry);
    // Between the last key of this block and its separator.
    this.entry = entry - 1;
    return this.next();
  }

  next(): boolean {
    if (!this.hasBlock) return false;
    const entry = this.entry + 1;
    if (entry < this.count) return this.stand(entry);
    if (this.block + 1 === this.source.index.blocks) return this.leave();
    this.enter(this.block + 1, false);
    return this.stand(0);
  }

  prev(): boolean {
    if (!this.hasBlock) return false;
    if (this.entry > 0) return this.stand(this.entry - 1);
    if (this.block === 0) return this.leave();
    this.enter(this.block - 1, false);
    return this.stand(this.count - 1);
  }

  describe(into: EntryRun, most: number): number {
    const { view, keySize, heapStart, count, entry } = this;
    if (keySize === 0) return 0;
    into.keyBytes = this.bytes;
    into.bytes = this.bytes;
    into.view = view;
    const { keyStarts, keyEnds, starts, ends } = into;
    const entries = Math.min(most, count - entry);
    let at = this.end - TAIL_BYTES - OFFSET_BYTES * (count - entry);
    let keyAt = this.keysAt + entry * keySize;
    let offset = view.getUint16(at, true);
    for (let i = 0; i < entries; i++) {
      if ((offset & DELETED_BIT) !== 0) return i;
      at += OFFSET_BYTES;
      keyStarts[i] = keyAt;
      keyAt += keySize;
      keyEnds[i] = keyAt;
      starts[i] = heapStart + offset;
      offset = entry + i + 1 < count ? view.getUint16(at, true) : 0;
      ends[i] = entry + i + 1 < count ? heapStart + (offset & OFFSET_MASK) : this.heapEnd;
    }
    return entries;
  }

  skip(entries: number): void {
    this.stand(this.entry + entries);
  }

  close(): void {
    this.leave();
  }

  private get hasBlock(): boolean {
    return this.block !== NOWHERE;
  }

  /** Pins a block and reads its tail. A block that was sought is marked as read, one that was walked into is not. */
  private enter(block: number, sought: boolean): void {
    if (block === this.block) return;
    const { source } = this;
    const { cache } = source;
    let frameEnd = source.frameEnds[block]!;
    if (frameEnd === 0) {
      this.leave();
      source.load(block, !sought);
      frameEnd = source.frameEnds[block]!;
      this.bytes = source.bytes;
      this.view = source.view;
      this.end = source.end;
      source.forgetAside();
    } else {
      source.counters.hits++;
      if (sought) cache.touch(frameEnd);
      this.unpin();
      this.bytes = cache.bytes;
      this.view = cache.view;
      this.end = frameEnd * FRAME_BYTES;
    }
    this.pinned = frameEnd;
    if (frameEnd > 0) cache.pin(frameEnd);
    this.block = block;
    this.readEntry = NOWHERE;
    const { view, end } = this;
    this.count = entryCount(view, end);
    this.heapStart = blockStart(view, end);
    this.heapEnd = this.heapStart + view.getUint32(end - HEAP_END_AT, true);
    this.isPlainSequence = view.getUint16(end - WIDTH_AT, true) === 0;
    this.sequence = view.getFloat64(end - BASE_SEQUENCE_AT, true);
    this.value.bytes = this.bytes;
    this.value.view = view;
    if (this.keySize > 0) {
      this.keysAt = keysStart(view, end, this.keySize, this.count);
      this.key.bytes = this.bytes;
      this.key.view = view;
    }
  }

  private stand(entry: number): boolean {
    const { view, end, key, value } = this;
    this.entry = entry;
    const at = end - TAIL_BYTES - OFFSET_BYTES * (this.count - entry);
    const offset = view.getUint16(at, true);
    value.end =
      entry + 1 < this.count ? this.heapStart + (view.getUint16(at + OFFSET_BYTES, true) & OFFSET_MASK) : this.heapEnd;
    this.deleted = (offset & DELETED_BIT) !== 0;
    if (!this.isPlainSequence) this.sequence = sequenceAt(view, end, entry);
    if (this.keySize > 0) {
      value.start = this.heapStart + (offset & OFFSET_MASK);
      key.start = this.keysAt + entry * this.keySize;
      key.end = key.start + this.keySize;
    } else {
      key.end = readKey(this.bytes, view, end, entry, entry === this.readEntry + 1, key.view);
      this.readEntry = entry;
      value.start = VALUE_START;
    }
    this.valid = true;
    return true;
  }

  private leave(): boolean {
    this.unpin();
    this.block = NOWHERE;
    this.valid = false;
    return false;
  }

  private unpin(): void {
    if (this.pinned > 0) this.source.cache.unpin(this.pinned);
    this.pinned = 0;
  }
}
