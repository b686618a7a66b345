// What stats() tells of trees and their levels: counted where it happened, and amplifications that mean what figures.ts says.
import { expect, it } from 'vitest';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import {
  type Engine,
  type EngineOptions,
  type LevelStats,
  openEngine,
  type Tree,
  type TreeStats,
} from '../../runtime/engine/index.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';

const ROWS = 1000;
const VALUE = Buffer.alloc(100, 1);

const open = (options: Partial<EngineOptions> = {}): Promise<Engine> =>
  openEngine({ vfs: new MemoryVfs(), path: '/db', compaction: 'manual', ...options });

function keyOf(number: number): Buffer {
  const key = Buffer.alloc(8);
  key.writeUInt32BE(number, 4);
  return key;
}

function put(engine: Engine, tree: Tree, from: number, count: number, step = 1): void {
  const batch = engine.createBatch();
  for (let i = 0; i < count; i++) batch.put(tree, keyOf(from + i * step), 8, VALUE, 0, VALUE.length);
  engine.writeSync(batch);
}

function get(tree: Tree, number: number): boolean {
  return tree.get(keyOf(number), 8, new ByteSpan());
}

const statsOf = (engine: Engine): TreeStats => engine.stats().trees[0]!;
const reads = ({ levels }: TreeStats): number[] => levels.map((level) => level.reads);

/** Even keys in level 1, every tenth of them again in L0. */
async function twoLevels(): Promise<{ engine: Engine; tree: Tree }> {
  const engine = await open();
  const tree = engine.openTree('t', { keySize: 8 });
  put(engine, tree, 0, ROWS, 2);
  await engine.compact(true);
  put(engine, tree, 0, ROWS / 10, 20);
  engine.flush();
  return { engine, tree };
}

it('tells what stands in each level, and what was written there', async () => {
  const { engine } = await twoLevels();
  const stats = statsOf(engine);
  const [l0, l1] = stats.levels as [LevelStats, LevelStats];
  expect(l0).toMatchObject({ level: 0, tables: 1, entries: ROWS / 10, tombstones: 0 });
  expect(l1).toMatchObject({ level: 1, tables: 1, entries: ROWS, tombstones: 0 });
  expect(l1.bytesWritten).toBe(l1.bytes);
  // The flush before the merge wrote as much once more.
  expect(l0.bytesWritten).toBeGreaterThan(l0.bytes + l1.bytes / 2);
  expect(stats.bytes).toBe(l0.bytes + l1.bytes);
  expect(stats.entries).toBe(ROWS + ROWS / 10);
  await engine.close();
});

it('counts lookups and block reads at the level where they came to', async () => {
  const { engine, tree } = await twoLevels();
  expect(statsOf(engine)).toMatchObject({ reads: 0, readAmplification: 0, hits: 0, misses: 0 });
  expect([get(tree, 20), get(tree, 20), get(tree, 20)]).toEqual([true, true, true]);
  expect(get(tree, 22)).toBe(true);
  const stats = statsOf(engine);
  expect(reads(stats).slice(0, 3)).toEqual([3, 1, 0]);
  expect(stats.levels[0]).toMatchObject({ hits: 2, misses: 1 });
  expect(stats.levels[1]).toMatchObject({ hits: 0, misses: 1 });
  expect(stats).toMatchObject({ reads: 4, readAmplification: 1, hits: 2, misses: 2 });
  expect(tree.pages).toEqual({ hits: 2, misses: 2 });
  await engine.close();
});

it('counts what memtables and filters answer as reads of no block, and each key of a getMany once', async () => {
  const { engine, tree } = await twoLevels();
  put(engine, tree, 4, 1);
  expect([get(tree, 4), get(tree, 5), get(tree, 20), get(tree, 22)]).toEqual([true, false, true, true]);
  const keys = Buffer.concat([4, 20, 22].map(keyOf));
  tree.getMany(keys, Int32Array.of(8, 16, 24), 3, () => undefined);
  const stats = statsOf(engine);
  expect(stats.reads).toBe(7);
  expect(reads(stats).slice(0, 2)).toEqual([2, 2]);
  expect(stats.readAmplification).toBe(4 / 7);
  await engine.close();
});

it('counts the blocks of scans as hits and misses, not as reads', async () => {
  const { engine, tree } = await twoLevels();
  for (let round = 0; round < 2; round++) {
    const cursor = tree.cursor();
    while (cursor.next());
    cursor.close();
  }
  const { levels, readAmplification } = statsOf(engine);
  for (const { level, misses, hits, reads } of levels.slice(0, 2)) {
    expect({ level, read: hits > 0 && misses > 0, reads }).toEqual({ level, read: true, reads: 0 });
  }
  expect(readAmplification).toBe(0);
  await engine.close();
});

it('leaves what was counted at a level when a table moves on', async () => {
  const vfs = new MemoryVfs();
  const before = await open({ vfs });
  put(before, before.openTree('t', { keySize: 8 }), 0, ROWS);
  await before.compact(true);
  await before.close();
  const engine = await open({ vfs, levelBytes: 20_000 });
  const tree = engine.openTree('t', { keySize: 8 });
  get(tree, 1);
  await engine.compact();
  const moved = statsOf(engine);
  expect(moved.levels.map(({ tables }) => tables).slice(0, 3)).toEqual([0, 0, 1]);
  expect(moved.writeAmplification).toBe(0);
  get(tree, 1);
  get(tree, 2);
  expect(reads(statsOf(engine)).slice(0, 3)).toEqual([0, 1, 2]);
  await engine.close();
});

it('tells how much space older versions and deletions take', async () => {
  const engine = await open();
  const tree = engine.openTree('t', { keySize: 8 });
  expect(statsOf(engine).spaceAmplification).toBe(0);
  for (let round = 0; round < 3; round++) {
    put(engine, tree, 0, ROWS);
    engine.flush();
  }
  expect(statsOf(engine).spaceAmplification).toBeCloseTo(3, 1);
  await engine.compact(true);
  expect(statsOf(engine).spaceAmplification).toBe(1);
  // Elsewhere in the order of keys, so nothing of it can be a newer version.
  put(engine, tree, ROWS, ROWS);
  engine.flush();
  expect(statsOf(engine).spaceAmplification).toBe(1);
  const batch = engine.createBatch();
  for (let i = 0; i < ROWS; i++) batch.delete(tree, keyOf(i), 8);
  engine.writeSync(batch);
  engine.flush();
  expect(statsOf(engine).spaceAmplification).toBeGreaterThan(1);
  await engine.compact(true);
  expect(statsOf(engine).spaceAmplification).toBe(1);
  await engine.close();
});

it('takes no more of a larger table for newer versions than a smaller one below can have', async () => {
  const engine = await open();
  const tree = engine.openTree('t', { keySize: 8 });
  put(engine, tree, 0, 2, ROWS);
  await engine.compact(true);
  put(engine, tree, 0, ROWS);
  engine.flush();
  const { spaceAmplification, levels } = statsOf(engine);
  expect(spaceAmplification).toBe((levels[0]!.bytes + levels[1]!.bytes) / levels[0]!.bytes);
  await engine.close();
});

it('tell with the memory map which frames are taken', async () => {
  const { engine, tree } = await twoLevels();
  for (let i = 0; i < ROWS; i += 2) get(tree, i);
  const map = engine.memoryMap();
  const { memory } = engine.stats();
  expect(map.length * 4096).toBe(memory.budget);
  const taken = map.filter(({ table }) => table !== null);
  expect(taken.length * 4096).toBe(memory.used);
  expect(taken.some(({ referenced }) => referenced)).toBe(true);
  expect(taken.every(({ pinned }) => !pinned)).toBe(true);
  await engine.close();
});
