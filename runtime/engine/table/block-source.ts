// Brings blocks of one table from its file into the page cache, verified, and says where they stand.
import { CorruptionError } from '../../errors.js';
import { readFrom } from '../../vfs/failure.js';
import type { VfsFile } from '../../vfs/vfs.js';
import type { BlockPlaces } from '../cache/block-places.js';
import { type CacheCounters, FRAME_BYTES, type FrameOwner, type PageCache } from '../cache/page-cache.js';
import { NUMBER_AT, SIZE_AT, shapeOf } from './block.js';
import type { BlockIndex } from './block-index.js';
import { CHECKSUM_BYTES, checksumMatches } from './checksum.js';
import { DENSE, decompress, METHOD_AT, PACKED_TAIL_BYTES, PAYLOAD_BYTES_AT, PLAIN } from './compression.js';
import { unpackDense } from './dense-block.js';

/**
 * The blocks of an open table. `load` leaves the block in `bytes`, `view` and `end` (an image ends there, see block.ts): in a run of the
 * cache or, when that has no room, in memory of its own that lives as long as somebody holds `bytes`.
 */
export class BlockSource implements FrameOwner {
  readonly places: BlockPlaces;
  bytes: Buffer;
  view: DataView;
  end = 0;
  private packed: Buffer = Buffer.alloc(0);
  private packedView: DataView = new DataView(this.packed.buffer);

  constructor(
    readonly id: number,
    private readonly file: VfsFile,
    readonly index: BlockIndex,
    private readonly isPacked: boolean,
    readonly cache: PageCache,
    /** Of the level that the table is in now. */
    public counters: CacheCounters,
  ) {
    this.places = index.places;
    this.bytes = cache.bytes;
    this.view = cache.view;
  }

  /** Reads a block that is not in the cache; `scanned` when a cursor walked into it. Throws CorruptionError. */
  load(block: number, scanned: boolean): void {
    const { cache } = this;
    this.counters.misses++;
    const frameEnd = cache.allocate(this, block, this.index.pagesOf(block), scanned);
    if (frameEnd === 0) {
      this.readAside(block);
      return;
    }
    const end = frameEnd * FRAME_BYTES;
    const start = end - this.index.pagesOf(block) * FRAME_BYTES;
    try {
      this.read(block, cache.bytes, cache.view, start, end);
    } catch (error) {
      cache.release(frameEnd);
      throw error;
    }
    this.places.setFrameEnd(block, frameEnd);
    cache.publish(frameEnd);
    this.bytes = cache.bytes;
    this.view = cache.view;
    this.end = end;
  }

  /** Reads a block into memory of its own, past the cache. Throws CorruptionError. */
  readAside(block: number): void {
    const size = this.index.pagesOf(block) * FRAME_BYTES;
    const bytes = Buffer.allocUnsafeSlow(size);
    const view = new DataView(bytes.buffer);
    this.read(block, bytes, view, 0, size);
    this.bytes = bytes;
    this.view = view;
    this.end = size;
  }

  /** Lets go of memory aside, once its user holds `bytes` itself. */
  forgetAside(): void {
    this.bytes = this.cache.bytes;
    this.view = this.cache.view;
  }

  private read(block: number, bytes: Buffer, view: DataView, start: number, end: number): void {
    if (this.isPacked) this.unpack(block, bytes, start, end);
    else {
      this.readStored(block, bytes, start, end);
      if (!checksumMatches(bytes, view, start, end - CHECKSUM_BYTES)) throw this.damaged(block, 'a checksum is wrong');
    }
    this.places.setShape(block, shapeOf(view, end));
    // A block can be whole and yet another one, when a disk wrote or read at the wrong place.
    if (view.getUint32(end - NUMBER_AT, true) !== block || view.getUint32(end - SIZE_AT, true) !== end - start) {
      throw this.damaged(block, `block ${view.getUint32(end - NUMBER_AT, true)} stands where ${block} should`);
    }
  }

  private unpack(block: number, bytes: Buffer, start: number, end: number): void {
    const stored = this.index.storedBytes(block);
    if (this.packed.length < stored) {
      this.packed = Buffer.allocUnsafeSlow(stored);
      this.packedView = new DataView(this.packed.buffer);
    }
    const { packed, packedView: view } = this;
    this.readStored(block, packed, 0, stored);
    if (!checksumMatches(packed, view, 0, stored - CHECKSUM_BYTES)) throw this.damaged(block, 'a checksum is wrong');
    const image = end - start - CHECKSUM_BYTES;
    const size = view.getUint32(stored - PAYLOAD_BYTES_AT, true);
    const method = view.getUint32(stored - METHOD_AT, true);
    if (size > stored - PACKED_TAIL_BYTES) throw this.damaged(block, 'its packed size is impossible');
    if (method === DENSE) {
      if (!unpackDense(packed, view, size, bytes, start, end)) throw this.damaged(block, 'it unpacks to another size');
      return;
    }
    const payload = packed.subarray(0, size);
    const unpacked = method === PLAIN ? payload : decompress(method, payload, image);
    if (unpacked.length !== image) throw this.damaged(block, 'it unpacks to another size');
    bytes.set(unpacked, start);
  }

  private readStored(block: number, bytes: Buffer, start: number, end: number): void {
    const count = readFrom(this.file, bytes, start, end, this.index.storedStart(block));
    if (count !== end - start) throw this.damaged(block, 'the file ends inside a block');
  }

  private damaged(block: number, what: string): CorruptionError {
    return new CorruptionError(this.file.path, this.index.storedStart(block), what);
  }
}
