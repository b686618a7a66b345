// Reading the page cache from outside its thread: what is in memory is found, what changes under the reader is never answered.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3, XXH3_HIGH, XXH3_LOW, xxh3 } from '../../../runtime/bytes/xxh3.js';
import { FRAME_BYTES, PageCache } from '../../../runtime/engine/cache/page-cache.js';
import { PageCacheReader } from '../../../runtime/engine/cache/page-cache-reader.js';
import { NUMBER_AT, SIZE_AT } from '../../../runtime/engine/table/block.js';
import { openTable } from '../../../runtime/engine/table/reader.js';
import type { TableReader } from '../../../runtime/engine/table/table.js';
import { CorruptionError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { get, PATH, TABLE, type Version, version, write } from '../table/rig.js';

beforeAll(loadXxh3);

/** Two entries a block, some blocks of several pages. */
const rows: Version[] = Array.from({ length: 400 }, (_, i) =>
  version(`k${String(i).padStart(7, '0')}`, Buffer.alloc(i % 20 === 7 ? 9000 : 1500, i)),
);

interface Rig {
  readonly cache: PageCache;
  readonly table: TableReader;
  readonly reader: PageCacheReader;
  readonly vfs: MemoryVfs;
}

function open(frames: number): Rig {
  const vfs = new MemoryVfs();
  write(vfs, rows, { keySize: 8, bitsPerKey: 16 });
  const cache = new PageCache(frames * FRAME_BYTES);
  return { cache, vfs, table: openTable(vfs, PATH, TABLE, cache), reader: new PageCacheReader(cache.handles) };
}

const numberOf = (bytes: Buffer, _: number, end: number): number => bytes.readUInt32LE(end - NUMBER_AT);

/** The blocks of the table that the reader finds, each of which must be itself. */
function found({ reader, table }: Rig): number[] {
  const blocks: number[] = [];
  for (let block = 0; block < table.blocks; block++) {
    const number = reader.read(TABLE.id, block, numberOf);
    if (number === undefined) continue;
    expect(number).toBe(block);
    blocks.push(block);
  }
  return blocks;
}

function resident(cache: PageCache): number[] {
  const blocks = cache.snapshot().flatMap(({ table, block }) => (table === null ? [] : [block]));
  return [...new Set(blocks)].sort((a, b) => a - b);
}

describe('a reader of the page cache', () => {
  it.each([8, 32, 4096])('finds the blocks that are in %i frames, and only them', (frames) => {
    const rig = open(frames);
    expect(found(rig)).toEqual([]);
    for (let step = 0; step < 1000; step++) {
      get(rig.table, rows[(step * 173) % rows.length]!.key);
      if (step % 50 === 0) expect(found(rig)).toEqual(resident(rig.cache));
    }
    expect(found(rig)).toEqual(resident(rig.cache));
    expect(found(rig).length).toBeGreaterThan(1);
    expect(rig.reader.read(TABLE.id + 1, found(rig)[0]!, numberOf)).toBe(undefined);
    rig.table.close();
    expect(found(rig)).toEqual([]);
  });

  it('gets all pages of a block', () => {
    const rig = open(4096);
    for (const row of rows) get(rig.table, row.key);
    const seen = new Set<number>();
    for (const block of found(rig)) {
      const sizes = rig.reader.read(TABLE.id, block, (bytes, start, end) => [
        end - start,
        bytes.readUInt32LE(end - SIZE_AT),
      ]);
      expect(sizes![0]).toBe(sizes![1]);
      seen.add(sizes![0]!);
    }
    expect(seen).toEqual(new Set([FRAME_BYTES, 3 * FRAME_BYTES]));
  });

  it('answers nothing when the block was evicted while it was read', () => {
    const { cache, reader, table } = open(8);
    get(table, rows[0]!.key);
    expect(reader.read(TABLE.id, 0, numberOf)).toBe(0);
    const evicted = reader.read(TABLE.id, 0, (bytes, start, end) => {
      for (let i = 100; i < 200; i++) get(table, rows[i]!.key);
      return numberOf(bytes, start, end);
    });
    expect(resident(cache)).not.toContain(0);
    expect(evicted).toBe(undefined);
  });

  it('answers nothing either when the frames hold the same block anew', () => {
    const { reader, table, cache } = open(8);
    get(table, rows[0]!.key);
    const reread = reader.read(TABLE.id, 0, () => {
      for (let i = 100; i < 200; i++) get(table, rows[i]!.key);
      for (let i = 0; !resident(cache).includes(0) && i < 8; i++) get(table, rows[0]!.key);
      return 'seen';
    });
    expect(reader.read(TABLE.id, 0, numberOf)).toBe(0);
    expect(reread).toBe(undefined);
  });

  it('passes on what is thrown over a block that stayed, and not what torn bytes make of it', () => {
    const { reader, table } = open(8);
    get(table, rows[0]!.key);
    const fail = (): never => {
      throw new RangeError('no such entry');
    };
    expect(() => reader.read(TABLE.id, 0, fail)).toThrow('no such entry');
    const torn = reader.read(TABLE.id, 0, () => {
      for (let i = 100; i < 200; i++) get(table, rows[i]!.key);
      return fail();
    });
    expect(torn).toBe(undefined);
  });

  it('never finds a block that turned out to be damaged', () => {
    const { reader, table, vfs } = open(64);
    const file = vfs.open(PATH, 'write');
    file.write(Buffer.from([0xff]), 0, 1, 5);
    file.close();
    expect(() => get(table, rows[0]!.key)).toThrow(CorruptionError);
    expect(reader.read(TABLE.id, 0, numberOf)).toBe(undefined);
  });
});

/** Of each block, a value of it: from where to where it lies in memory, and both halves of its hash. What lies between values may be anything. */
function valuesOf({ reader, table }: Rig): Uint32Array {
  const values = new Uint32Array(4 * table.blocks);
  for (const { key: k, value } of rows) {
    get(table, k);
    for (let block = 0; block < table.blocks; block++) {
      reader.read(TABLE.id, block, (bytes, start, end) => {
        const from = bytes.subarray(start, end).indexOf(value);
        if (from < 0 || value[0] === 0) return;
        xxh3(value, 0, value.length);
        values.set([from, from + value.length, XXH3_LOW, XXH3_HIGH], 4 * block);
      });
    }
  }
  return values;
}

const BUILT = new URL('../../../dist/runtime/engine/cache/page-cache-reader.js', import.meta.url);

describe.skipIf(!existsSync(BUILT))('a worker that reads while the main thread evicts', () => {
  it('never gets a torn block', async () => {
    const rig = open(24);
    const { cache, table } = rig;
    const [STOP, WHOLE, DISCARDED, TORN] = [0, 1, 2, 3];
    const state = new Int32Array(new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT));
    const workerData = { handles: cache.handles, table: TABLE.id, values: valuesOf(rig), state };
    const worker = new Worker(new URL('reading-worker.mjs', import.meta.url), { workerData });
    const done = once(worker, 'message');
    const until = performance.now() + 20_000;
    let step = 0;
    // Until the two have met often enough, however busy the machine is.
    while (performance.now() < until && (state[WHOLE]! < 20_000 || state[DISCARDED]! < 5)) {
      for (let i = 0; i < 1000; i++) get(table, rows[(++step * 173) % rows.length]!.key);
      await new Promise((resolve) => setImmediate(resolve));
    }
    Atomics.store(state, STOP, 1);
    await done;
    await worker.terminate();
    expect(state[TORN]).toBe(0);
    expect(state[WHOLE]).toBeGreaterThan(100);
    expect(state[DISCARDED]).toBeGreaterThan(0);
  });
});
