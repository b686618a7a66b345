// Trees are emptied at a stroke: with what is in tables and what is in memory, for good, unless somebody still reads there. Power
// cuts meet it in crash.test.ts and, over rows, in test/deep.
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import type { MergeTask } from '../../runtime/engine/compaction/merge.js';
import { mergeTables } from '../../runtime/engine/compaction/merge.js';
import type { MergeRunner } from '../../runtime/engine/compaction/runner.js';
import type { Engine, Tree } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { ClosedError, DiskFullError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { bytes, drain } from './model.js';

beforeAll(loadXxh3);

const open = (vfs: Vfs, options: object = {}, runner?: MergeRunner): Engine =>
  openEngineSync({ vfs, path: '/db', memory: 1 << 20, compaction: 'manual', ...options }, runner);

function put(engine: Engine, name: string, ...keys: string[]): Tree {
  const batch = engine.createBatch();
  const tree = engine.openTree(name, { keySize: null });
  for (const key of keys) batch.put(tree, bytes(key), key.length, bytes('v'), 0, 1);
  engine.writeSync(batch);
  return tree;
}

const keysOf = (tree: Tree): string[] => drain(tree.cursor()).map(([key]) => key);

const tablesIn = (vfs: Vfs): string[] => vfs.list('/db').filter((name) => name.endsWith('.table'));

/** A tree with entries in a table and in memory, beside another one. */
function prepared(engine: Engine): { emptied: Tree; other: Tree } {
  put(engine, 'emptied', 'a', 'b');
  engine.flush();
  put(engine, 'emptied', 'b', 'c');
  return { emptied: engine.trees.get('emptied')!, other: put(engine, 'other', 'x') };
}

test('nothing is left of them, in files neither, and others keep what they hold', async () => {
  const vfs = new MemoryVfs();
  let engine = open(vfs);
  const { emptied, other } = prepared(engine);
  const { sequence } = engine;
  expect(engine.emptyTrees([emptied])).toBe(true);
  expect(engine.sequence).toBe(sequence + 1);
  expect([keysOf(emptied), keysOf(other)]).toEqual([[], ['x']]);
  expect(tablesIn(vfs)).toHaveLength(1);
  put(engine, 'emptied', 'later');
  expect(keysOf(emptied)).toEqual(['later']);
  await engine.close();
  engine = open(vfs);
  expect(['emptied', 'other'].map((name) => keysOf(engine.trees.get(name)!))).toEqual([['later'], ['x']]);
  await engine.close();
});

test('snapshots, cursors and a history are in the way, and see what they saw', async () => {
  const engine = open(new MemoryVfs());
  const { emptied } = prepared(engine);
  const snapshot = engine.snapshot();
  expect(engine.emptyTrees([emptied])).toBe(false);
  snapshot.close();
  const cursor = emptied.cursor();
  expect(engine.emptyTrees([emptied])).toBe(false);
  expect(drain(cursor)).toHaveLength(3);
  expect(engine.emptyTrees([emptied])).toBe(true);
  await engine.close();

  const past = open(new MemoryVfs(), { history: 3_600_000 });
  const kept = prepared(past).emptied;
  expect(past.emptyTrees([kept])).toBe(false);
  expect(keysOf(kept)).toEqual(['a', 'b', 'c']);
  await past.close();
});

test('trees that are gone are refused', async () => {
  const engine = open(new MemoryVfs());
  const { emptied, other } = prepared(engine);
  engine.dropTree('emptied');
  expect(() => engine.emptyTrees([other, emptied])).toThrow(ClosedError);
  expect(keysOf(other)).toEqual(['x']);
  await engine.close();
  expect(() => engine.emptyTrees([other])).toThrow(ClosedError);
});

test('a load that is under way meets an empty tree', async () => {
  const engine = open(new MemoryVfs());
  const { emptied } = prepared(engine);
  const load = engine.bulkLoad();
  const part = load.part(emptied);
  for (const key of ['b', 'd']) {
    load.beginPut(emptied, bytes(key), 1).append(bytes('loaded'));
    load.endPut();
  }
  await load.prepare([part]);
  expect(part.firstStored()).toBe(0);
  expect(engine.emptyTrees([emptied])).toBe(true);
  expect(part.firstStored()).toBe(-1);
  load.finishSync();
  expect(keysOf(emptied)).toEqual(['b', 'd']);
  await engine.close();
});

test('the outcome of a merge that was under way is thrown away', async () => {
  const vfs = new MemoryVfs();
  const waiting: (() => void)[] = [];
  const runner: MergeRunner = {
    inBackground: true,
    run: (task: MergeTask, done) => {
      const tables = mergeTables(vfs, task);
      waiting.push(() => done(null, tables));
    },
    poll: () => {},
    wait: () => {},
    cancel: () => {},
    close: () => {},
  };
  const engine = open(vfs, {}, runner);
  const { emptied } = prepared(engine);
  const compacted = engine.compact(true);
  expect(waiting).toHaveLength(1);
  expect(engine.emptyTrees([emptied])).toBe(true);
  while (waiting.length > 0) waiting.shift()!();
  await compacted;
  expect(keysOf(emptied)).toEqual([]);
  expect(tablesIn(vfs).length).toBe(
    engine
      .stats()
      .trees.flatMap(({ levels }) => levels)
      .reduce((sum, { tables }) => sum + tables, 0),
  );
  await engine.close();
});

test('a full disk leaves them as they were', async () => {
  const vfs = new FaultyVfs();
  const engine = open(vfs);
  const { emptied, other } = prepared(engine);
  vfs.plan = (call) => (call.name === 'write' ? 'ENOSPC' : undefined);
  expect(() => engine.emptyTrees([emptied])).toThrow(DiskFullError);
  expect([keysOf(emptied), keysOf(other)]).toEqual([['a', 'b', 'c'], ['x']]);
  vfs.plan = () => undefined;
  expect(engine.emptyTrees([emptied])).toBe(true);
  expect([keysOf(emptied), keysOf(other)]).toEqual([[], ['x']]);
  await engine.close();
});
