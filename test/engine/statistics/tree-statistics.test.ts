// What trees know of themselves, against what was written: counts in ranges, different values, over memtables, tables and both.
import { afterAll, expect, test } from 'vitest';
import type { KeyPart } from '../../../runtime/bytes/key-parts.js';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import type { Engine, Tree } from '../../../runtime/engine/api.js';
import { openEngine } from '../../../runtime/engine/index.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';

await loadXxh3();
const opened: Engine[] = [];
afterAll(() => {
  for (const engine of opened) engine.closeSync();
});

async function open(vfs = new MemoryVfs()): Promise<Engine> {
  const engine = await openEngine({ vfs, path: 'db', durability: 'os', compaction: 'manual' });
  opened.push(engine);
  return engine;
}

/** Keys of an even group of two bytes, and a number of four. */
const PARTS: readonly KeyPart[] = [
  { tagged: false, size: 2 },
  { tagged: false, size: 4 },
];
const GROUPS = 50;

function keyOf(group: number, number: number): Buffer {
  const key = Buffer.alloc(6);
  key.writeUInt16BE(group);
  key.writeUInt32BE(number, 2);
  return key;
}

function fill(engine: Engine, tree: Tree, from: number, to: number): void {
  const batch = engine.createBatch();
  for (let i = from; i < to; i++) {
    // In no order, and each group as large as the others.
    const number = (i * 7919) % 1_000_003;
    batch.put(tree, keyOf(number % GROUPS, number), 6, Buffer.alloc(20), 0, 20);
  }
  engine.writeSync(batch);
}

function group(from: number, to = from + 1): { gte: Buffer; lt: Buffer } {
  return { gte: keyOf(from, 0), lt: keyOf(to, 0) };
}

const ROWS = 40_000;
const layouts: readonly [name: string, write: (engine: Engine, tree: Tree) => Promise<void> | void][] = [
  ['a memtable', (engine, tree) => fill(engine, tree, 0, ROWS)],
  [
    'one table',
    (engine, tree) => {
      fill(engine, tree, 0, ROWS);
      engine.flush();
    },
  ],
  [
    'tables that overlap, and a memtable',
    (engine, tree) => {
      for (let part = 0; part < 4; part++) {
        if (part > 0) engine.flush();
        fill(engine, tree, (part * ROWS) / 4, ((part + 1) * ROWS) / 4);
      }
    },
  ],
  [
    'a merged level',
    async (engine, tree) => {
      fill(engine, tree, 0, ROWS / 2);
      engine.flush();
      fill(engine, tree, ROWS / 2, ROWS);
      await engine.compact(true);
    },
  ],
];

test.each(layouts)('%s', async (_, write) => {
  const engine = await open();
  const tree = engine.openTree('t', { keySize: 6, parts: PARTS });
  await write(engine, tree);
  const statistics = tree.statistics();
  expect(statistics.entries).toBe(ROWS);
  expect(statistics.entryBytes).toBeGreaterThanOrEqual(26);
  expect(statistics.entryBytes).toBeLessThan(40);
  expect(statistics.entriesIn({})).toBe(ROWS);
  expect(statistics.entriesIn(group(0, GROUPS / 2)) / ROWS).toBeCloseTo(0.5, 1);
  expect(statistics.entriesIn(group(7), 1)).toBeGreaterThan(ROWS / GROUPS / 2);
  expect(statistics.entriesIn(group(7), 1)).toBeLessThan((ROWS / GROUPS) * 2);
  expect(statistics.entriesIn(group(GROUPS + 1, GROUPS + 9))).toBeLessThan(ROWS / GROUPS);
  expect(statistics.distinct(1)).toBeGreaterThan(GROUPS * 0.7);
  expect(statistics.distinct(1)).toBeLessThan(GROUPS * 1.5);
  expect(statistics.distinct(2)).toBeGreaterThan(ROWS * 0.04);
});

test('a value that is rarer than a block has entries counts as what values have on average', async () => {
  const engine = await open();
  const tree = engine.openTree('t', { keySize: 6, parts: PARTS });
  const batch = engine.createBatch();
  for (let i = 0; i < 20_000; i++) batch.put(tree, keyOf(i >> 1, i), 6, Buffer.alloc(0), 0, 0);
  engine.writeSync(batch);
  engine.flush();
  const statistics = tree.statistics();
  expect(statistics.distinct(1)).toBeCloseTo(10_000, -3);
  expect(statistics.entriesIn(group(5000), 1)).toBeGreaterThan(1);
  expect(statistics.entriesIn(group(5000), 1)).toBeLessThan(4);
});

test('what tables say of their keys outlives closing, and merges say it anew', async () => {
  const vfs = new MemoryVfs();
  const first = await open(vfs);
  fill(first, first.openTree('t', { keySize: 6, parts: PARTS }), 0, ROWS);
  first.flush();
  first.closeSync();
  const second = await open(vfs);
  // Nobody says again what the parts are.
  const tree = second.openTree('t', { keySize: 6 });
  expect(Math.abs(tree.statistics().distinct(1) - GROUPS)).toBeLessThan(GROUPS / 3);
  await second.compact(true);
  expect(Math.abs(tree.statistics().distinct(1) - GROUPS)).toBeLessThan(GROUPS / 3);
});
