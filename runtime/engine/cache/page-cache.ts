// Paged memory: a fixed budget of 4 KiB frames in one SharedArrayBuffer, which stands in for the mmap that Node lacks.
// Blocks of tables live here; eviction is a CLOCK with a ring for scans, so that a scan cannot flush what is hot.
import type { BlockPlaces } from './block-places.js';
import { ColumnMemory } from './column-memory.js';
import { directoryBytes, FrameDirectory } from './frame-directory.js';

/** Size in bytes of one frame, and the unit in which block images grow. */
export const FRAME_BYTES = 4096;
/** Frames in the smallest cache: anything less would only thrash. */
export const MIN_FRAMES = 8;
/** Frames in the largest: the end of the last one is still below 2^31, so that positions fit in an Int32Array. */
const MAX_FRAMES = 2 ** 31 / FRAME_BYTES - 1;
/** The largest share of the cache that one block may take; larger blocks are read beside it, each time anew. */
const MAX_RUN_SHARE = 1 / 8;
/** After no neighbouring frames were free, this share of the cache must have become free before anybody looks again: a look may walk all of it. */
const NEWLY_FREE_SHARE = 1 / 64;
/** The share of the cache that scans recycle among themselves once no frame is free. */
const SCAN_RING_SHARE = 1 / 8;
/** So many places of the ring are looked at for a run that is large enough. */
const MOST_RING_LOOKS = 32;

/** Columns of scanned tables may take this share of the budget, on top of it. */
const COLUMN_SHARE = 1 / 4;

const FREE = -1;

/** Whoever has blocks in the cache: one per open table. */
export interface FrameOwner {
  /** For people: the table's number. */
  readonly id: number;
  /** Where its blocks stand. The cache takes a block's frames away when it evicts, and its mark when the hand comes by. */
  readonly places: BlockPlaces;
}

/** What was read of tables: one object per tree and level, shared by the tables there. */
export class CacheCounters {
  /** Reads of blocks that found theirs in memory, and those that had to fetch it. */
  hits = 0;
  misses = 0;
  /** Those of them that looked for one key. */
  lookups = 0;
}

/** What another thread needs to read the cache: both are shared, not copied, when they are posted to a worker. */
export interface PageCacheHandles {
  /** The frames, one behind the other. */
  readonly memory: SharedArrayBuffer;
  /** What stands in them (frame-directory.ts). */
  readonly directory: SharedArrayBuffer;
}

/** What one frame holds, for the memory map of the inspector. */
export interface FrameState {
  readonly frame: number;
  /** Id of the table, or null when the frame is free. */
  readonly table: number | null;
  readonly block: number;
  /** Touched since the clock's hand last came by. */
  readonly referenced: boolean;
  /** A cursor stands on it. */
  readonly pinned: boolean;
}

/**
 * The frames and their replacement. A block of n pages takes n neighbouring frames (a run); a run is named by its end,
 * one past its last frame, because readers of a block begin at its tail.
 *
 * Replacement is CLOCK with SIEVE's rule for newcomers (Zhang et al., "SIEVE is simpler than LRU", NSDI 2024): a block enters
 * unmarked, who reads it again marks it in its owner's places, and the hand spares a marked run once. So that a scan longer than
 * the cache does not drive the hand round and round, blocks that a cursor walks into take the place of others that one walked
 * into before (as PostgreSQL's buffer rings do), unless those were marked since.
 *
 * A run that a cursor stands on is pinned and never evicted; when nothing can be evicted, `allocate` answers 0 and the caller
 * reads into memory of its own.
 */
export class PageCache {
  /** Calls of `allocate` so far: while it stays, no frame changes its contents. */
  allocations = 0;
  /** Number of frames. */
  readonly frames: number;
  /** For a `PageCacheReader` in a worker. */
  readonly handles: PageCacheHandles;
  readonly bytes: Buffer;
  readonly view: DataView;
  /** What is kept of tables besides their blocks. */
  readonly columns: ColumnMemory;
  private readonly pins: Int32Array;
  /** Per frame: the end of its run, or FREE. */
  private readonly runEnd: Int32Array;
  /** At the last frame of a run: its first frame, its owner, its block. */
  private readonly runStart: Int32Array;
  private readonly runOwner: (FrameOwner | null)[];
  private readonly runBlock: Int32Array;
  /**
   * Ends of the runs that scans allocated last, oldest at `ringAt`, each followed by as many zeros as it has further pages; a run that was
   * since evicted or marked is passed over.
   */
  private readonly ring: Int32Array;
  private ringAt = 0;
  private readonly isScanned: Uint8Array;
  private readonly maxRun: number;
  private hand = 0;
  private freeHand = 0;
  private free: number;
  /** No run of so many free frames was found when last looked for, and it is looked for again once so many frames are free. */
  private scarcePages = Number.POSITIVE_INFINITY;
  private enoughFree = 0;
  private readonly directory: FrameDirectory;

  /** @param budget bytes of memory for frames; at least {@link MIN_FRAMES} frames are made, at most {@link MAX_FRAMES}. */
  constructor(budget: number) {
    this.frames = Math.min(MAX_FRAMES, Math.max(MIN_FRAMES, Math.floor(budget / FRAME_BYTES)));
    const memory = new SharedArrayBuffer(this.frames * FRAME_BYTES);
    this.handles = { memory, directory: new SharedArrayBuffer(directoryBytes(this.frames)) };
    this.bytes = Buffer.from(memory);
    this.view = new DataView(memory);
    this.directory = new FrameDirectory(this.handles.directory, this.frames);
    this.directory.clear();
    this.pins = new Int32Array(this.frames);
    this.runEnd = new Int32Array(this.frames).fill(FREE);
    this.runStart = new Int32Array(this.frames);
    this.runOwner = new Array<FrameOwner | null>(this.frames).fill(null);
    this.runBlock = new Int32Array(this.frames);
    this.ring = new Int32Array(Math.max(1, Math.floor(this.frames * SCAN_RING_SHARE)));
    this.isScanned = new Uint8Array(this.frames);
    this.maxRun = Math.max(1, Math.floor(this.frames * MAX_RUN_SHARE));
    this.free = this.frames;
    this.columns = new ColumnMemory(budget * COLUMN_SHARE);
  }

  /** Bytes of the budget. */
  get budget(): number {
    return this.frames * FRAME_BYTES;
  }

  /** Bytes that hold blocks now. */
  get used(): number {
    return (this.frames - this.free) * FRAME_BYTES;
  }

  /** Keeps a run in place until `unpin`; pins are counted. */
  pin(end: number): void {
    this.pins[end - 1]!++;
  }

  unpin(end: number): void {
    this.pins[end - 1]!--;
  }

  /**
   * Makes room for `pages` neighbouring frames and books them for a block; answers the end of the run, or 0 when the block is too
   * large for this cache or everything is pinned. The caller fills the frames, enters `end` into its places and publishes it.
   * @param scanned a cursor walked into the block, nobody asked for it.
   */
  allocate(owner: FrameOwner, block: number, pages: number, scanned: boolean): number {
    this.allocations++;
    if (pages > this.maxRun) return 0;
    let start = this.findFree(pages);
    if (start < 0 && scanned) start = this.recycle(pages);
    if (start < 0) start = this.sweep(pages);
    if (start < 0) return 0;
    const end = start + pages;
    this.isScanned[end - 1] = scanned ? 1 : 0;
    if (scanned) {
      // As many places as pages, so that large blocks get no larger share.
      for (let i = 0; i < pages; i++) {
        this.ring[this.ringAt] = i === 0 ? end : 0;
        this.ringAt = this.ringAt + 1 === this.ring.length ? 0 : this.ringAt + 1;
      }
    }
    this.runEnd.fill(end, start, end);
    this.runStart[end - 1] = start;
    this.runOwner[end - 1] = owner;
    this.runBlock[end - 1] = block;
    this.free -= pages;
    return end;
  }

  /** Shows other threads a run that was filled. */
  publish(end: number): void {
    this.directory.publish(end, this.runOwner[end - 1]!.id, this.runBlock[end - 1]!, end - this.runStart[end - 1]!);
  }

  /** Gives a run back, as when its bytes turned out to be damaged. */
  release(end: number): void {
    const start = this.runStart[end - 1]!;
    this.directory.retire(end);
    this.runEnd.fill(FREE, start, end);
    this.runOwner[end - 1] = null;
    this.free += end - start;
  }

  /** Gives back all runs of a table that closes. */
  releaseAll(owner: FrameOwner): void {
    const { places } = owner;
    for (let block = 0; block < places.blocks; block++) {
      const end = places.frameEnd(block);
      if (end === 0) continue;
      places.setFrameEnd(block, 0);
      this.release(end);
    }
  }

  /** The state of every frame, in order: a copy, for people and tools. */
  snapshot(): FrameState[] {
    const states: FrameState[] = [];
    for (let frame = 0; frame < this.frames; frame++) {
      const end = this.runEnd[frame]!;
      const taken = end !== FREE;
      states.push({
        frame,
        table: taken ? this.runOwner[end - 1]!.id : null,
        block: taken ? this.runBlock[end - 1]! : 0,
        referenced: taken && this.isMarked(end),
        pinned: taken && this.pins[end - 1]! > 0,
      });
    }
    return states;
  }

  /** The start of the next `pages` neighbouring frames that are free; -1 where there are none, or none were to be found lately. */
  private findFree(pages: number): number {
    if (this.free < pages) return -1;
    const step = Math.max(pages, this.frames * NEWLY_FREE_SHARE);
    if (pages >= this.scarcePages && this.free < this.enoughFree) {
      this.enoughFree = Math.min(this.enoughFree, this.free + step);
      return -1;
    }
    let start = this.freeHand;
    for (let travelled = 0; travelled <= this.frames + pages; ) {
      let length = 0;
      while (length < pages && start + length < this.frames && this.runEnd[start + length] === FREE) length++;
      if (length === pages) {
        this.freeHand = start + pages === this.frames ? 0 : start + pages;
        if (pages >= this.scarcePages) this.scarcePages = Number.POSITIVE_INFINITY;
        return start;
      }
      travelled += length + 1;
      start = start + length + 1 < this.frames ? start + length + 1 : 0;
    }
    this.scarcePages = pages;
    this.enoughFree = this.free + step;
    return -1;
  }

  /**
   * Evicts a run of the scan ring that is large enough, one of the oldest, and answers its start; -1 where none of them is still there
   * and not in use. What it has too much becomes free.
   */
  private recycle(pages: number): number {
    const { ring, ringAt } = this;
    const looks = Math.min(ring.length, MOST_RING_LOOKS);
    for (let i = 0; i < looks; i++) {
      const at = ringAt + i < ring.length ? ringAt + i : ringAt + i - ring.length;
      const end = ring[at]!;
      if (end === 0 || this.runEnd[end - 1] !== end || end - this.runStart[end - 1]! < pages) continue;
      if (this.isScanned[end - 1] === 0 || this.isMarked(end) || this.pins[end - 1]! > 0) continue;
      const start = this.runStart[end - 1]!;
      this.evict(start, pages);
      // The oldest stays in the ring: the new run is going to stand in its place.
      ring[at] = ring[ringAt]!;
      return start;
    }
    return -1;
  }

  /** Moves the hand to the next `pages` frames that hold nothing pinned or marked, evicts them; -1 after two idle laps. */
  private sweep(pages: number): number {
    let start = this.hand;
    let travelled = 0;
    while (travelled <= 2 * this.frames + pages) {
      if (start + pages > this.frames) {
        travelled += this.frames - start;
        start = 0;
      }
      const obstacle = this.obstacle(start, pages);
      if (obstacle === 0) {
        this.evict(start, pages);
        this.hand = start + pages;
        return start;
      }
      this.runOwner[obstacle - 1]!.places.unmark(this.runBlock[obstacle - 1]!);
      travelled += obstacle - start;
      start = obstacle;
    }
    this.hand = start;
    return -1;
  }

  /** The end of the first run in the window that must stay, or 0. */
  private obstacle(start: number, pages: number): number {
    for (let frame = start; frame < start + pages; frame++) {
      const end = this.runEnd[frame]!;
      if (end !== FREE && (this.pins[end - 1]! > 0 || this.isMarked(end))) return end;
    }
    return 0;
  }

  private isMarked(end: number): boolean {
    return this.runOwner[end - 1]!.places.isMarked(this.runBlock[end - 1]!);
  }

  private evict(start: number, pages: number): void {
    for (let frame = start; frame < start + pages; frame++) {
      const end = this.runEnd[frame]!;
      if (end === FREE) continue;
      this.runOwner[end - 1]!.places.setFrameEnd(this.runBlock[end - 1]!, 0);
      this.release(end);
    }
  }
}
