// Compaction filters: what is out of date leaves the disk, nothing older comes to light behind it, and whoever reads the past
// still finds it.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteSpan } from '../../../runtime/bytes/writer.js';
import { type Engine, loadFilters, openEngine, type Snapshot, type Tree } from '../../../runtime/engine/index.js';
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

/** Drops versions below `drop`; marks those below `rewrite` by adding 1,000, once, and a byte more. */
const MARKING = `
export const marking = ({ drop, rewrite }) => ({
  judge(key, value, rewritten) {
    const version = value.view.getFloat64(value.start, true);
    if (version < drop) return 1;
    if (version >= rewrite) return 0;
    rewritten.append(value.bytes, value.start, value.end);
    rewritten.view.setFloat64(0, version + 1000, true);
    rewritten.append(key.bytes, key.start, key.start + 1);
    return 2;
  },
});`;

const places = [
  { where: 'in this thread', worker: null },
  { where: 'in a worker', worker: WORKER },
].filter(({ worker }) => worker === null || existsSync(worker));

for (const { where, worker } of places) {
  test(`a filter out of a module drops, keeps and rewrites, and a snapshot sees what was, ${where}`, async () => {
    const path = mkdtempSync(join(tmpdir(), 'quantadb-filter-'));
    try {
      const file = join(path, 'marking.mjs');
      writeFileSync(file, MARKING);
      const module = pathToFileURL(file).href;
      const engine = await openEngine({
        vfs: new NodeVfs(),
        path: join(path, 'db'),
        durability: 'os',
        compactionWorker: worker,
      });
      const tree = engine.openTree('t', { keySize: 1 });
      const parameters = { drop: 50, rewrite: 100 };
      const filter = { kind: 'module' as const, module, name: 'marking', parameters };
      expect(() => engine.setFilter(tree, () => filter)).toThrow(/QDB4118/);
      await loadFilters(module);
      expect(() => engine.setFilter(tree, () => ({ ...filter, name: 'none' }))).toThrow(/QDB4118/);
      engine.setFilter(tree, () => filter);
      for (let round = 0; round < 3; round++) for (let key = 0; key < 200; key++) put(engine, tree, key, key, 0);
      const before = engine.snapshot();
      await engine.compact(true);
      const seen = (at?: Snapshot): (number | undefined)[] =>
        [0, 49, 50, 99, 100, 199].map((key) => versionOf(tree, key, at));
      expect(seen()).toEqual([0, 49, 50, 99, 100, 199]);
      put(engine, tree, 49, 60, 0);
      before.close();
      await engine.compact(true);
      expect(seen()).toEqual([undefined, 1060, 1050, 1099, 100, 199]);
      expect(entriesOnDisk(engine)).toBe(151);
      const found = new ByteSpan();
      tree.get(Buffer.from([60]), 1, found);
      expect(found.copy().subarray(8)).toEqual(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 60]));
      const later = engine.snapshot();
      await engine.compact(true);
      expect(seen(later)).toEqual([undefined, 1060, 1050, 1099, 100, 199]);
      later.close();
      await engine.close();
    } finally {
      rmSync(path, { recursive: true, force: true });
    }
  });
}
