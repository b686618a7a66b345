import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ByteSpan } from '../../../runtime/bytes/writer.js';
import { type Engine, type EngineOptions, loadFilters, openEngine, type Tree } from '../../../runtime/engine/index.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';

/** Workers run what was built. */
const WORKER = new URL('../../../dist/runtime/engine/compaction/worker.js', import.meta.url);

describe.skipIf(!existsSync(WORKER))('compaction in a worker', () => {
  let path = '';

  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'quantadb-worker-'));
  });

  afterEach(() => {
    rmSync(path, { recursive: true, force: true });
  });

  const open = (options: Partial<EngineOptions> = {}): Promise<Engine> =>
    openEngine({
      vfs: new NodeVfs(),
      path,
      durability: 'os',
      memtableBytes: 64 * 1024,
      tableBytes: 64 * 1024,
      levelBytes: 256 * 1024,
      compactionWorker: WORKER,
      ...options,
    });

  function putAll(engine: Engine, tree: Tree, value: string, rows: number): void {
    const batch = engine.createBatch();
    for (let i = 0; i < rows; i++) {
      batch.clear();
      const key = Buffer.from(String((i * 7919) % rows).padStart(6, '0'));
      batch.put(tree, key, key.length, Buffer.from(value), 0, value.length);
      engine.writeSync(batch);
    }
  }

  function expectAll(tree: Tree, value: string, rows: number): void {
    const cursor = tree.cursor();
    let count = 0;
    while (cursor.next()) {
      count++;
      if (cursor.value.copy().toString() !== value) throw new Error(`row ${count} holds another value`);
    }
    cursor.close();
    expect(count).toBe(rows);
  }

  it('merges while writes go on, and loses no row', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: 6 });
    for (let round = 0; round < 5; round++) {
      putAll(engine, tree, `${round}`.padEnd(100, '.'), 3000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const snapshot = engine.snapshot();
    putAll(engine, tree, 'last'.padEnd(100, '.'), 3000);
    await engine.compact(true);
    expect(engine.stats().compactions.count).toBeGreaterThan(0);
    expect(engine.stats().trees[0]!.levels[0]!.tables).toBe(0);
    expectAll(tree, 'last'.padEnd(100, '.'), 3000);
    const into = new ByteSpan();
    expect(tree.get(Buffer.from('000042'), 6, into, snapshot)).toBe(true);
    expect(into.copy().toString()).toBe('4'.padEnd(100, '.'));
    snapshot.close();
    await engine.close();
    const again = await open();
    expectAll(again.openTree('t', { keySize: 6 }), 'last'.padEnd(100, '.'), 3000);
    await again.close();
  });

  it('makes writers wait once merges fall behind, and says so', async () => {
    const engine = await open({ memtableBytes: 16 * 1024 });
    const tree = engine.openTree('t', { keySize: 6 });
    expect(engine.stats().stalls).toEqual({ count: 0, milliseconds: 0 });
    // Without a turn of the event loop no merge is brought in but by who waits for it.
    putAll(engine, tree, 'v'.repeat(200), 8000);
    const { count, milliseconds } = engine.stats().stalls;
    expect(count).toBeGreaterThan(0);
    expect(milliseconds).toBeGreaterThan(0);
    expect(engine.stats().trees[0]!.levels[0]!.tables).toBeLessThan(40);
    expectAll(tree, 'v'.repeat(200), 8000);
    await engine.close();
  });

  it('closes in the midst of a merge, at once and blocking', async () => {
    for (const close of ['close', 'closeSync'] as const) {
      const engine = await open();
      const tree = engine.openTree(close, { keySize: 6 });
      putAll(engine, tree, 'v'.repeat(200), 5000);
      await engine[close]();
      const again = await open({ compaction: 'manual' });
      expectAll(again.openTree(close, { keySize: 6 }), 'v'.repeat(200), 5000);
      await again.close();
    }
  });

  it('forgets what it made of a tree that was dropped meanwhile', async () => {
    const engine = await open({ compaction: 'manual' });
    const [tree, other] = [engine.openTree('t', { keySize: 6 }), engine.openTree('other', { keySize: 6 })];
    for (const each of [tree, other]) for (let round = 0; round < 3; round++) putAll(engine, each, `${round}`, 3000);
    const merged = engine.compact(true);
    engine.dropTree('t');
    await merged;
    expectAll(other, '2', 3000);
    expect(engine.stats().trees.map(({ name }) => name)).toEqual(['other']);
    await engine.close();
    const tables = engine.stats().trees[0]!.levels.reduce((sum, level) => sum + level.tables, 0);
    expect(readdirSync(path).filter((name) => name.endsWith('.table'))).toHaveLength(tables);
    const again = await open({ compaction: 'manual' });
    expectAll(again.openTree('other', { keySize: 6 }), '2', 3000);
    await again.close();
  });

  it('tells whoever waits when the thread ends by itself', async () => {
    const file = join(path, 'ending.mjs');
    writeFileSync(file, 'export const ending = () => ({ judge: () => process.exit(3) });');
    const module = pathToFileURL(file).href;
    await loadFilters(module);
    const engine = await open({ path: join(path, 'db'), compaction: 'manual' });
    const tree = engine.openTree('t', { keySize: 6 });
    engine.setFilter(tree, () => ({ kind: 'module', module, name: 'ending', parameters: null }));
    putAll(engine, tree, 'v', 10);
    await expect(engine.compact(true)).rejects.toThrow(/code 3/);
    expectAll(tree, 'v', 10);
    await engine.close();
    const again = await open({ path: join(path, 'db'), compaction: 'manual' });
    expectAll(again.openTree('t', { keySize: 6 }), 'v', 10);
    await again.close();
  });

  it("merges in the engine's thread when the worker is not to be had", async () => {
    const engine = await open({ compactionWorker: new URL('missing.js', WORKER) });
    const tree = engine.openTree('t', { keySize: 6 });
    putAll(engine, tree, 'v'.repeat(200), 3000);
    await engine.compact();
    expect(engine.stats().compactions.count).toBeGreaterThan(0);
    expectAll(tree, 'v'.repeat(200), 3000);
    await engine.close();
  });
});
