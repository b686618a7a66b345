// Walks a table entry by entry, pinning the block it stands on.
import { equalBytes } from '../../bytes/compare.js';
import { type EntryRun, MAX_RUN_ENTRIES } from '../../bytes/entry-run.js';
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
  SHAPE_COUNT_MASK,
  SHAPE_WIDTH_SHIFT,
  sequenceAt,
  TAIL_BYTES,
  WIDTH_AT,
} from './block.js';
import type { BlockPath } from './block-path.js';
import type { BlockSource } from './block-source.js';
import { keyEquals, keysStart, lowerBound } from './fixed-block.js';
import { KEY_SLACK_BYTES, readKey, seekKey, VALUE_START } from './prefix-block.js';
import { fillColumns } from './sift.js';
import type { Sifting } from './sifting.js';
import type { TableCursor } from './table.js';
import type { ScannedColumns } from './table-columns.js';

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
  /** Ends of the runs that are pinned besides, for what was described last reaches into them. */
  private readonly held: number[] = [];
  private readonly keySize: number;
  /** The key that `sift` was last to stop at, and its place. */
  private until: { readonly key: Uint8Array; readonly ordinal: number; readonly isThere: boolean } | null = null;

  /**
   * @param longestKey bytes of the longest key in the table
   * @param oneSequence the sequence of all entries, where they have the same: blocks of a load hold 0 in its place
   */
  constructor(
    private readonly source: BlockSource,
    keySize: number | null,
    longestKey: number,
    private readonly oneSequence: number | null,
    private readonly path: BlockPath,
    private readonly sifting: Sifting | null,
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
    return this.standAtStart(this.path.from(0));
  }

  seekToLast(): boolean {
    return this.standAtEnd(this.path.downFrom(this.source.index.blocks - 1));
  }

  seek(key: Uint8Array, keyStart: number, keyEnd: number): boolean {
    const block = this.source.index.find(key, keyStart, keyEnd);
    if (block === this.source.index.blocks) return this.leave();
    const admitted = this.path.from(block);
    if (admitted !== block) return this.standAtStart(admitted);
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
    return this.standAtStart(this.path.from(this.block + 1));
  }

  prev(): boolean {
    if (!this.hasBlock) return false;
    if (this.entry > 0) return this.stand(this.entry - 1);
    return this.standAtEnd(this.path.downFrom(this.block - 1));
  }

  describe(into: EntryRun, most: number): number {
    if (this.keySize === 0) return 0;
    this.letGo();
    into.keyBytes = this.bytes;
    into.bytes = this.bytes;
    into.view = this.view;
    const { source, path, entry, count } = this;
    const inBlock = Math.min(most, count - entry);
    let described = this.describeBlock(into, 0, inBlock, this.end, this.source.places.shape(this.block), entry);
    if (entry === 0) this.sifting?.columns.noteWalked(1);
    if (described < inBlock || this.pinned === 0) return described;
    this.hold(this.block, this.pinned);
    let block = this.block;
    while (described < most) {
      block = path.from(block + 1);
      const frameEnd = block < 0 ? 0 : source.places.frameEnd(block);
      if (frameEnd === 0) return described;
      this.hold(block, frameEnd);
      this.sifting?.columns.noteWalked(1);
      const shape = source.places.shape(block);
      const wanted = Math.min(most - described, shape & SHAPE_COUNT_MASK);
      const more = this.describeBlock(into, described, wanted, frameEnd * FRAME_BYTES, shape, 0);
      described += more;
      if (more < wanted) return described;
    }
    return described;
  }

  sift(into: EntryRun, until: Uint8Array | null, start: number, end: number, takenIn: boolean): boolean {
    const { sifting } = this;
    if (sifting === null || (until !== null && end - start !== this.keySize)) return false;
    const columns = sifting.scanned();
    if (columns === null) return false;
    const { ordinals } = sifting.columns;
    const from = ordinals[this.block]! + this.entry;
    const last = until === null ? ordinals.at(-1)! : this.ordinalOf(ordinals, until, start, takenIn);
    // Another source stands on the same key: there is nothing to pass over.
    if (last <= from) return false;
    this.letGo();
    const seen =
      columns.reads === null ? this.describeSifted(into, columns, from, last) : fillColumns(into, columns, from, last);
    let block = this.block;
    while (ordinals[block + 1]! <= seen) block++;
    this.path.pass(this.block + 1, block);
    this.enter(block, false);
    this.stand(seen - ordinals[block]!);
    return true;
  }

  skip(entries: number): void {
    const { places } = this.source;
    let { block } = this;
    let entry = this.entry + entries;
    for (let count = this.count; entry >= count; count = places.shape(block) & SHAPE_COUNT_MASK) {
      entry -= count;
      block = this.path.from(block + 1);
    }
    this.enter(block, false);
    this.stand(entry);
  }

  close(): void {
    this.leave();
  }

  /**
   * Describes up to `most` entries from `entry` on of the block that ends at `end`, as numbers `at`, `at + 1`, ... of the run, up to
   * the first deletion; returns how many.
   */
  private describeBlock(into: EntryRun, at: number, most: number, end: number, shape: number, entry: number): number {
    const { view, keySize } = this;
    const { keyStarts, keyEnds, starts, ends } = into;
    const count = shape & SHAPE_COUNT_MASK;
    const offsetsAt = end - TAIL_BYTES - OFFSET_BYTES * count;
    const heapStart = blockStart(view, end);
    let keyAt = offsetsAt - (shape >>> SHAPE_WIDTH_SHIFT) * count - keySize * (count - entry);
    let offsetAt = offsetsAt + OFFSET_BYTES * entry;
    let offset = view.getUint16(offsetAt, true);
    for (let i = 0; i < most; i++) {
      if ((offset & DELETED_BIT) !== 0) return i;
      offsetAt += OFFSET_BYTES;
      keyStarts[at + i] = keyAt;
      keyAt += keySize;
      keyEnds[at + i] = keyAt;
      starts[at + i] = heapStart + offset;
      const isLast = entry + i + 1 === count;
      offset = isLast ? view.getUint32(end - HEAP_END_AT, true) : view.getUint16(offsetAt, true);
      ends[at + i] = heapStart + (isLast ? offset : offset & OFFSET_MASK);
    }
    return most;
  }

  /** The number of the first entry that is not moved over. */
  private ordinalOf(ordinals: Int32Array, key: Uint8Array, keyStart: number, takenIn: boolean): number {
    const { source, keySize, until } = this;
    const keyEnd = keyStart + keySize;
    if (until !== null && equalBytes(until.key, 0, keySize, key, keyStart, keyEnd))
      return until.ordinal + Number(takenIn && until.isThere);
    const block = source.index.find(key, keyStart, keyEnd);
    if (block === source.index.blocks) return ordinals.at(-1)!;
    if (source.places.frameEnd(block) === 0) source.load(block, true);
    const frameEnd = source.places.frameEnd(block);
    const view = frameEnd === 0 ? source.view : source.cache.view;
    const end = frameEnd === 0 ? source.end : frameEnd * FRAME_BYTES;
    const count = entryCount(view, end);
    const keysAt = keysStart(view, end, keySize, count);
    const entry = lowerBound(view, keysAt, keySize, count, key, keyStart);
    const isThere = entry < count && keyEquals(view, keysAt + keySize * entry, keySize, key, keyStart);
    source.forgetAside();
    const ordinal = ordinals[block]! + entry;
    // A copy: slice() of a Buffer would be a view of a page that others will fill.
    this.until = { key: Buffer.from(key.subarray(keyStart, keyEnd)), ordinal, isThere };
    return ordinal + Number(takenIn && isThere);
  }

  /**
   * Describes the entries in `[from, last)` that the columns admit, as many as fit and as have their blocks in the cache; if there
   * is none yet, the block of the first is loaded. Returns the last entry that need not be looked at again.
   */
  private describeSifted(into: EntryRun, columns: ScannedColumns, from: number, last: number): number {
    const { source, path } = this;
    const { columns: table, sift } = this.sifting!;
    const { ordinals } = table;
    let at = from;
    let block = this.block;
    let count = 0;
    let entry = sift.next(columns, at, last);
    while (entry >= 0 && count < MAX_RUN_ENTRIES) {
      const before = block;
      while (ordinals[block + 1]! <= entry) block++;
      path.pass(before + 1, block);
      let frameEnd = source.places.frameEnd(block);
      if (frameEnd === 0 || this.pinned === 0) {
        if (count > 0) break;
        this.enter(block, false);
        frameEnd = this.pinned;
      }
      if (frameEnd > 0) this.hold(block, frameEnd);
      if (columns.isPartial) table.noteWalked(1);
      into.keyBytes = this.bytes;
      into.bytes = this.bytes;
      into.view = this.view;
      const first = ordinals[block]!;
      const end = frameEnd === 0 ? this.end : frameEnd * FRAME_BYTES;
      const shape = source.places.shape(block);
      for (; entry >= 0 && entry < ordinals[block + 1]! && count < MAX_RUN_ENTRIES; count++) {
        this.describeBlock(into, count, 1, end, shape, entry - first);
        at = entry + 1;
        entry = sift.next(columns, at, last);
      }
      if (frameEnd === 0) break;
    }
    into.count = count;
    into.sifted = true;
    into.tested = columns.isTested;
    into.columns = null;
    return entry < 0 ? last - 1 : at - 1;
  }

  private hold(block: number, frameEnd: number): void {
    const { source } = this;
    source.counters.hits++;
    this.path.countRead(block);
    source.cache.pin(frameEnd);
    this.held.push(frameEnd);
  }

  private letGo(): void {
    const { cache } = this.source;
    for (let frameEnd = this.held.pop(); frameEnd !== undefined; frameEnd = this.held.pop()) cache.unpin(frameEnd);
  }

  private standAtStart(block: number): boolean {
    if (block < 0) return this.leave();
    this.enter(block, false);
    return this.stand(0);
  }

  private standAtEnd(block: number): boolean {
    if (block < 0) return this.leave();
    this.enter(block, false);
    return this.stand(this.count - 1);
  }

  private get hasBlock(): boolean {
    return this.block !== NOWHERE;
  }

  /** Pins a block and reads its tail. A block that was sought is marked as read, one that was walked into is not. */
  private enter(block: number, sought: boolean): void {
    if (block === this.block) return;
    this.path.countRead(block);
    const { source } = this;
    const { cache } = source;
    let frameEnd = source.places.frameEnd(block);
    if (frameEnd === 0) {
      this.unpin();
      this.block = NOWHERE;
      this.valid = false;
      source.load(block, !sought);
      frameEnd = source.places.frameEnd(block);
      this.bytes = source.bytes;
      this.view = source.view;
      this.end = source.end;
      source.forgetAside();
    } else {
      source.counters.hits++;
      if (sought) source.places.mark(block);
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
    this.sequence = this.oneSequence ?? view.getFloat64(end - BASE_SEQUENCE_AT, true);
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
    this.letGo();
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
