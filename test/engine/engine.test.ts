import { describe, expect, it } from 'vitest';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { type Engine, openEngine, type Tree } from '../../runtime/engine/index.js';
import { ClosedError, DatabaseLockedError, LimitError, StorageError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { bytes, drain } from './model.js';

const open = (vfs = new MemoryVfs()): Promise<Engine> => openEngine({ vfs, path: '/db', memory: 1 << 20 });

function load(engine: Engine, tree: Tree, rows: number): void {
  const bulk = engine.bulkLoad();
  for (let i = 0; i < rows; i++) {
    const key = `key-${String((i * 7919) % rows).padStart(6, '0')}`;
    bulk.beginPut(tree, bytes(key), key.length).append(bytes(`${i}`));
    bulk.endPut();
  }
  bulk.finishSync();
}

describe('the engine', () => {
  it('keeps its trees and their kinds of keys, and refuses another kind', async () => {
    const vfs = new MemoryVfs();
    const engine = await open(vfs);
    const tree = engine.openTree('a', { keySize: 8 });
    expect(engine.openTree('a', { keySize: 8 })).toBe(tree);
    expect(() => engine.openTree('a', { keySize: null })).toThrow(StorageError);
    expect(() => engine.openTree('b', { keySize: 0 })).toThrow(LimitError);
    await engine.close();
    const again = await open(vfs);
    expect([...again.trees.keys()]).toEqual(['a']);
    expect(again.trees.get('a')?.keySize).toBe(8);
    await again.close();
  });

  it('is open once, and says so after it was closed', async () => {
    const vfs = new MemoryVfs();
    const engine = await open(vfs);
    const tree = engine.openTree('t', { keySize: null });
    await expect(open(vfs)).rejects.toBeInstanceOf(DatabaseLockedError);
    load(engine, tree, 3);
    const cursors = [tree.cursor(), tree.cursor()];
    expect(cursors[0]!.next()).toBe(true);
    await engine.close();
    await engine.close();
    for (const cursor of cursors) {
      expect(() => cursor.next()).toThrow(ClosedError);
      expect(() => cursor.seek(bytes('k'))).toThrow(ClosedError);
      cursor.close();
    }
    const into = new ByteSpan();
    expect(() => tree.get(bytes('k'), 1, into)).toThrow(ClosedError);
    expect(() => tree.cursor()).toThrow(ClosedError);
    expect(() => engine.snapshot()).toThrow(ClosedError);
    await expect(engine.write(engine.createBatch())).rejects.toBeInstanceOf(ClosedError);
    await (await open(vfs)).close();
  });

  it('knows a dropped tree and a closed snapshot when it meets them', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: null });
    const batch = engine.createBatch();
    batch.delete(tree, bytes('k'), 1);
    engine.dropTree('t');
    engine.dropTree('t');
    expect(() => engine.writeSync(batch)).toThrow(ClosedError);
    const other = engine.openTree('t', { keySize: null });
    expect(other.id).not.toBe(tree.id);
    const snapshot = engine.snapshot();
    snapshot.close();
    snapshot.close();
    expect(() => other.cursor({}, { at: snapshot })).toThrow(ClosedError);
    await engine.close();
  });

  it('counts entries and tells its figures by stable names', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: null });
    load(engine, tree, 5000);
    expect(tree.estimateEntries()).toBe(5000);
    const batch = engine.createBatch();
    for (const key of ['key-000001', 'key-000002']) batch.delete(tree, bytes(key), key.length);
    engine.writeSync(batch);
    expect(tree.estimateEntries()).toBe(4998);
    expect(drain(tree.cursor())).toHaveLength(4998);
    await engine.compact(true);
    expect(tree.estimateEntries()).toBe(4998);
    const stats = engine.stats();
    expect(stats.sequence).toBe(engine.sequence);
    expect(stats.trees[0]).toMatchObject({ name: 't', memtableEntries: 0, memtableBytes: 0 });
    expect(stats.trees[0]!.writeAmplification).toBeGreaterThan(1);
    expect(stats.compactions).toMatchObject({ running: false, count: 1 });
    await engine.close();
  });
});
