// Replacement in the page cache: a tiny budget under load, what a scan may evict, pins, runs of several frames, counters, snapshot.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { BlockPlaces } from '../../../runtime/engine/cache/block-places.js';
import { CacheCounters, FRAME_BYTES, type FrameOwner, PageCache } from '../../../runtime/engine/cache/page-cache.js';
import { openTable } from '../../../runtime/engine/table/reader.js';
import type { TableReader } from '../../../runtime/engine/table/table.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import {
  expectSame,
  expectVersion,
  get,
  PATH,
  scan,
  standing,
  TABLE,
  type Version,
  version,
  write,
} from '../table/rig.js';

beforeAll(loadXxh3);

/** One entry a block nearly: 1,500 bytes each, some larger than a page. */
const rows: Version[] = Array.from({ length: 400 }, (_, i) =>
  version(`k${String(i).padStart(7, '0')}`, Buffer.alloc(i % 50 === 7 ? 9000 : 1500, i)),
);

function open(cache: PageCache, counters = new CacheCounters(), keySize: number | null = 8): TableReader {
  const vfs = new MemoryVfs();
  write(vfs, rows, { keySize, bitsPerKey: 16 });
  return openTable(vfs, PATH, TABLE, cache, counters);
}

/** Deterministic order of reads. */
function* random(seed: number, below: number, count: number): Generator<number> {
  let x = seed;
  for (let i = 0; i < count; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield Math.floor((x / 2 ** 32) * below);
  }
}

/** Frames, owners and blocks must agree: no frame in two runs, every block's place backed by its run. */
function checkBooks(cache: PageCache): void {
  const states = cache.snapshot();
  expect(states.length).toBe(cache.frames);
  expect(states.filter((s) => s.table !== null).length * FRAME_BYTES).toBe(cache.used);
}

describe('a tiny budget under load', () => {
  it.each([1, 16, 64])('answers rightly with room for %i pages', (pages) => {
    const cache = new PageCache(pages * FRAME_BYTES);
    const tables = [open(cache), open(cache, new CacheCounters(), null)];
    for (const i of random(1, rows.length, 4000)) {
      expectSame(get(tables[i & 1]!, rows[i]!.key), rows[i]!.value);
    }
    checkBooks(cache);
    expect(cache.used).toBeLessThanOrEqual(cache.budget);
    for (const table of tables) table.close();
    expect(cache.used).toBe(0);
    expect(cache.snapshot().every((s) => s.table === null && !s.pinned)).toBe(true);
  });
});

/** Per block: one past its last frame, or 0. */
function ends({ places }: FrameOwner): number[] {
  return Array.from({ length: places.blocks }, (_, block) => places.frameEnd(block));
}

/** Tells of each of so many frames which block stands there, after blocks of those sizes were asked for in turn. */
function allocateAll(cache: PageCache, owner: FrameOwner, sizes: readonly number[]): void {
  const first = ends(owner).indexOf(0);
  sizes.forEach((pages, i) => {
    owner.places.setFrameEnd(first + i, cache.allocate(owner, first + i, pages, false));
  });
}

it('is never so large that the end of a block has no place in an Int32Array', () => {
  const { frames } = new PageCache(2 ** 31);
  expect(Int32Array.of(frames * FRAME_BYTES)[0]).toBe(frames * FRAME_BYTES);
});

describe('a block of several pages', () => {
  const owner = (): FrameOwner => ({ id: 1, places: new BlockPlaces(200) });
  const resident = (one: FrameOwner): number => ends(one).filter((end) => end > 0).length;

  it('evicts nothing while neighbouring frames are free', () => {
    const cache = new PageCache(64 * FRAME_BYTES);
    const blocks = owner();
    const sizes = [...new Array<number>(20).fill(1), 3, 5, 1, 8, 8, 1, 4, 4, 2, 8];
    allocateAll(cache, blocks, sizes);
    expect(cache.used).toBe(64 * FRAME_BYTES);
    expect(resident(blocks)).toBe(sizes.length);
  });

  it('finds the frames that a closed table gave back, wherever they are', () => {
    const cache = new PageCache(256 * FRAME_BYTES);
    const [early, closed, late] = [owner(), owner(), owner()];
    allocateAll(cache, early, new Array<number>(100).fill(1));
    allocateAll(cache, closed, new Array<number>(24).fill(4));
    allocateAll(cache, late, new Array<number>(60).fill(1));
    expect(cache.used).toBe(256 * FRAME_BYTES);
    cache.releaseAll(closed);
    const large = owner();
    allocateAll(cache, large, new Array<number>(12).fill(8));
    expect([resident(early), resident(late), resident(large)]).toEqual([100, 60, 12]);
  });

  it('takes the place of others when what is free lies scattered, and looks again once more is free', () => {
    const cache = new PageCache(64 * FRAME_BYTES);
    const [blocks, large] = [owner(), owner()];
    allocateAll(cache, blocks, new Array<number>(64).fill(1));
    const giveBack = (block: number): void => {
      cache.release(blocks.places.frameEnd(block));
      blocks.places.setFrameEnd(block, 0);
    };
    for (let block = 32; block < 64; block += 4) giveBack(block);
    allocateAll(cache, large, [2]);
    expect([resident(blocks), resident(large)]).toEqual([54, 1]);
    for (const block of [41, 42, 43]) giveBack(block);
    allocateAll(cache, large, [2, 2]);
    expect([resident(blocks), resident(large)]).toEqual([51, 3]);
  });
});

describe('a scan', () => {
  it('does not flush what point reads keep hot', () => {
    const cache = new PageCache(100 * FRAME_BYTES);
    const counters = new CacheCounters();
    const table = open(cache, counters);
    const hot = rows.slice(10, 40);
    for (let round = 0; round < 2; round++) for (const row of hot) get(table, row.key);
    for (let round = 0; round < 5; round++) {
      expect(scan(table).length).toBe(rows.length);
      const before = counters.misses;
      for (const row of hot) get(table, row.key);
      expect(counters.misses - before).toBe(0);
    }
    table.close();
  });

  it.each([
    ['of many sizes', (i: number) => [1500, 9000, 1500, 20_000, 5000][i % 5]!],
    ['of eight pages', () => 30_000],
  ])('does not either where blocks are %s', (_, bytesOf) => {
    const vfs = new MemoryVfs();
    const sized = rows.map(({ key }, i) => version(key, Buffer.alloc(bytesOf(i), i)));
    write(vfs, sized, { keySize: 8, bitsPerKey: 16 });
    const cache = new PageCache(256 * FRAME_BYTES);
    const counters = new CacheCounters();
    const table = openTable(vfs, PATH, TABLE, cache, counters);
    const hot = sized.slice(100, 110);
    for (let round = 0; round < 2; round++) for (const row of hot) get(table, row.key);
    for (let round = 0; round < 5; round++) {
      expect(scan(table).length).toBe(rows.length);
      const before = counters.misses;
      for (const row of hot) get(table, row.key);
      expect(counters.misses - before).toBe(0);
    }
    checkBooks(cache);
    table.close();
  });
});

describe('cursors under eviction', () => {
  it('keep their key and value while everything else is evicted around them', () => {
    const cache = new PageCache(1);
    const tables = [open(cache), open(cache, new CacheCounters(), null)];
    const walks = [...random(7, rows.length, 6)].map((at, i) => ({ at, cursor: tables[i & 1]!.cursor() }));
    for (const { at, cursor } of walks) cursor.seek(rows[at]!.key, 0, 8);
    for (const step of random(3, walks.length * 2, 3000)) {
      const walk = walks[step >> 1]!;
      const forward = step & 1 ? walk.at + 1 < rows.length : walk.at === 0;
      walk.at += forward ? 1 : -1;
      expect(forward ? walk.cursor.next() : walk.cursor.prev()).toBe(true);
      for (const { at, cursor } of walks) expectVersion(standing(cursor), rows[at]!);
      get(tables[step & 1]!, rows[(step * 31) % rows.length]!.key);
    }
    for (const { cursor } of walks) cursor.close();
    expect(cache.snapshot().some((s) => s.pinned)).toBe(false);
    for (const table of tables) table.close();
    expect(cache.used).toBe(0);
  });

  it('more cursors than frames still walk, aside of the cache', () => {
    const cache = new PageCache(1);
    const table = open(cache);
    const cursors = Array.from({ length: cache.frames * 3 }, () => table.cursor());
    for (const [i, cursor] of cursors.entries()) cursor.seek(rows[i * 10]!.key, 0, 8);
    expect(cache.snapshot().every((s) => s.pinned)).toBe(true);
    for (const [i, cursor] of cursors.entries()) expectVersion(standing(cursor), rows[i * 10]!);
    expectSame(get(table, rows[399]!.key), rows[399]!.value);
    for (const cursor of cursors) cursor.close();
    table.close();
    expect(cache.used).toBe(0);
  });
});

describe('counters and states', () => {
  it('count hits and misses per tree and show referenced and pinned frames', () => {
    const cache = new PageCache(1 << 22);
    const counters = new CacheCounters();
    const table = open(cache, counters);
    get(table, rows[0]!.key);
    get(table, rows[0]!.key);
    get(table, rows[0]!.key);
    expect(counters).toMatchObject({ hits: 2, misses: 1 });
    const cursor = table.cursor();
    cursor.seekToLast();
    const taken = cache.snapshot().filter((s) => s.table !== null);
    expect(taken.map(({ table: id, block, referenced, pinned }) => ({ id, block, referenced, pinned }))).toEqual([
      { id: 1, block: 0, referenced: true, pinned: false },
      { id: 1, block: table.blocks - 1, referenced: false, pinned: true },
    ]);
    cursor.close();
    table.close();
  });

  it('a block too large for the cache is read aside and takes no frame', () => {
    const cache = new PageCache(1);
    const vfs = new MemoryVfs();
    const big = version('big', Buffer.alloc(100_000, 1));
    write(vfs, [big], { keySize: null, bitsPerKey: 8 });
    const table = openTable(vfs, PATH, TABLE, cache);
    expectSame(get(table, big.key), big.value);
    expect(cache.used).toBe(0);
    table.close();
  });
});

describe('frames', () => {
  it('are never booked twice, whatever is allocated, pinned, touched and released', () => {
    const step = fc.record({
      kind: fc.constantFrom('allocate', 'allocate', 'allocate', 'touch', 'pin', 'unpin', 'release'),
      pages: fc.integer({ min: 1, max: 4 }),
      which: fc.nat(1000),
      scanned: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const cache = new PageCache(32 * FRAME_BYTES);
        const owner: FrameOwner = { id: 1, places: new BlockPlaces(1000) };
        const { places } = owner;
        const pages = new Map<number, number>();
        const pinned: number[] = [];
        let block = 0;
        for (const { kind, pages: count, which, scanned } of steps) {
          const resident = ends(owner).flatMap((end, i) => (end > 0 ? [i] : []));
          const some = resident[which % Math.max(1, resident.length)];
          if (kind === 'allocate') {
            const end = cache.allocate(owner, block, count, scanned);
            if (end > 0) {
              places.setFrameEnd(block, end);
              pages.set(block++, count);
            } else {
              expect(pinned.length).toBeGreaterThan(0);
            }
          } else if (some !== undefined && kind === 'touch') {
            places.mark(some);
          } else if (some !== undefined && kind === 'pin') {
            cache.pin(places.frameEnd(some));
            pinned.push(some);
          } else if (kind === 'unpin' && pinned.length > 0) {
            cache.unpin(places.frameEnd(pinned.pop()!));
          } else if (some !== undefined && kind === 'release' && !pinned.includes(some)) {
            const end = places.frameEnd(some);
            places.setFrameEnd(some, 0);
            cache.release(end);
          }
          const frames = new Map<number, number>();
          ends(owner).forEach((end, i) => {
            for (let frame = end - (end > 0 ? pages.get(i)! : 0); frame < end; frame++) {
              if (frames.has(frame)) throw new Error(`frame ${frame} holds blocks ${frames.get(frame)} and ${i}`);
              frames.set(frame, i);
            }
          });
          expect(cache.used).toBe(frames.size * FRAME_BYTES);
          for (const at of pinned) expect(places.frameEnd(at)).toBeGreaterThan(0);
          for (const state of cache.snapshot()) {
            if ((state.table === null ? undefined : state.block) !== frames.get(state.frame)) {
              throw new Error(`the state of frame ${state.frame} is wrong`);
            }
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});
