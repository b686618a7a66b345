// Compaction filters: what is out of date leaves the disk, nothing older comes to light behind it, and whoever reads the past
// still finds it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteSpan } from '../../../runtime/bytes/writer.js';
import { type Engine, openEngine, type Snapshot, type Tree } from '../../../runtime/engine/index.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';

const WORKER = new URL('../../../dist/runtime/engine/compaction/worker.js', import.meta.url);
/** Before the date stands what tells versions apart. */
const DATE_AT = 8;

function put(engine: Engine, tree: Tree, key: number, version: number, date: number): void {
  const batch = engine.createBatch();
  const value = Buffer.alloc(16);
  value.writeDoubleLE(version, 0);
  value.writeDoubleLE(date, DATE_AT);
  batch.put(tree, Buffer.from([key]), 1, value, 0, value.length);
  engine.writeSync(batch);
}

function versionOf(tree: Tree, key: number, at?: Snapshot): number | undefined {
  const found = new ByteSpan();
  return tree.get(Buffer.from([key]), 1, found, at) ? found.view.getFloat64(found.start, true) : undefined;
}

function entriesOnDisk(engine: Engine): number {
  return engine.stats().trees[0]!.levels.reduce((sum, { entries }) => sum + entries, 0);
}

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('put' as const), key: fc.nat(7), age: fc.integer({ min: -3, max: 6 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('tick' as const, 'flush' as const, 'compact' as const, 'open' as const, 'close' as const),
      key: fc.nat(7),
      age: fc.constant(0),
    }),
  },
);

test('random writes, merges and snapshots, as time goes by', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const engine = await openEngine({ vfs: new MemoryVfs(), path: '/db', tableBytes: 1, levelBytes: 4096 });
      const tree = engine.openTree('t', { keySize: 1 });
      let now = 0;
      engine.setFilter(tree, () => ({ kind: 'expiry', dateAt: DATE_AT, cutoff: now }));
      const newest = new Map<number, { version: number; date: number }>();
      const open: { snapshot: Snapshot; at: number; rows: typeof newest }[] = [];
      let version = 0;
      for (const { kind, key, age } of steps) {
        if (kind === 'put') {
          newest.set(key, { version: ++version, date: now + age });
          put(engine, tree, key, version, now + age);
        } else if (kind === 'tick') now++;
        else if (kind === 'flush') engine.flush();
        else if (kind === 'compact') await engine.compact(true);
        else if (kind === 'open') open.push({ snapshot: engine.snapshot(), at: now, rows: new Map(newest) });
        else open.splice(key, 1)[0]?.snapshot.close();
        for (let i = 0; i < 8; i++) {
          for (const { snapshot, at, rows } of [...open, { snapshot: undefined, at: now, rows: newest }]) {
            const row = rows.get(i);
            const seen = versionOf(tree, i, snapshot);
            const right =
              row !== undefined && row.date > at ? seen === row.version : seen === undefined || seen === row?.version;
            if (!right) throw new Error(`key ${i} shows version ${seen} at time ${at}`);
          }
        }
      }
      for (const { snapshot } of open) snapshot.close();
      await engine.compact(true);
      expect(entriesOnDisk(engine)).toBe([...newest.values()].filter(({ date }) => date > now).length);
      await engine.close();
    }),
    { numRuns: 60 },
  );
});

test('an invalid date and a value too short for one never go', async () => {
  const engine = await openEngine({ vfs: new MemoryVfs(), path: '/db' });
  const tree = engine.openTree('t', { keySize: 1 });
  engine.setFilter(tree, () => ({ kind: 'expiry', dateAt: -8, cutoff: Number.MAX_VALUE }));
  put(engine, tree, 1, 1, Number.NaN);
  put(engine, tree, 2, 2, 5);
  const batch = engine.createBatch();
  batch.put(tree, Buffer.from([3]), 1, Buffer.alloc(7), 0, 7);
  engine.writeSync(batch);
  await engine.compact(true);
  expect([1, 2].map((key) => versionOf(tree, key))).toEqual([1, undefined]);
  expect(entriesOnDisk(engine)).toBe(2);
  await engine.close();
});

test.skipIf(!existsSync(WORKER))('a worker does the same', async () => {
  const path = mkdtempSync(join(tmpdir(), 'quantadb-filter-'));
  try {
    const engine = await openEngine({ vfs: new NodeVfs(), path, durability: 'os', compactionWorker: WORKER });
    const tree = engine.openTree('t', { keySize: 1 });
    engine.setFilter(tree, () => ({ kind: 'expiry', dateAt: DATE_AT, cutoff: 100 }));
    for (let key = 0; key < 200; key++) put(engine, tree, key, key, key);
    const snapshot = engine.snapshot();
    await engine.compact(true);
    expect(entriesOnDisk(engine)).toBe(200);
    snapshot.close();
    await engine.compact(true);
    expect([100, 101].map((key) => versionOf(tree, key))).toEqual([undefined, 101]);
    expect(entriesOnDisk(engine)).toBe(99);
    await engine.close();
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
});
