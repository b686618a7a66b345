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

  it('walks the range that it was given, though the bounds stand in a buffer that is used again', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: null });
    load(engine, tree, 30);
    const bound = Buffer.from('key-000010');
    const cursor = tree.cursor({ lt: bound });
    bound.write('key-000020');
    let count = 0;
    while (cursor.next()) count++;
    expect(count).toBe(10);
    cursor.close();
    await engine.close();
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

  it('closes once, at whatever call, and a closed cursor stays closed', async () => {
    const vfs = new MemoryVfs();
    const engine = await open(vfs);
    const tree = engine.openTree('t', { keySize: null });
    load(engine, tree, 3);
    const cursor = tree.cursor();
    cursor.close();
    cursor.close();
    cursor.seek(bytes('k'));
    expect(cursor.next()).toBe(false);
    engine.closeSync();
    engine.closeSync();
    await engine.close();
    const again = await open(vfs);
    expect(drain(again.trees.get('t')!.cursor())).toHaveLength(3);
    await again.close();
  });

  it('finds nothing under a key of another size, and nothing for many in a dropped tree', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: 3 });
    const batch = engine.createBatch();
    batch.put(tree, bytes('abc'), 3, bytes('1'), 0, 1);
    engine.writeSync(batch);
    const into = new ByteSpan();
    expect(tree.get(bytes('abc'), 3, into)).toBe(true);
    expect(tree.get(bytes('abc'), 2, into)).toBe(false);
    expect(tree.get(bytes('abcd'), 4, into)).toBe(false);
    const many = (): void => tree.getMany(bytes('abc'), Int32Array.of(3), 1, () => undefined);
    expect(many).not.toThrow();
    engine.dropTree('t');
    expect(many).toThrow(ClosedError);
    await engine.close();
  });

  it('keeps keys apart that are much longer than those before them, through flushes, merges and either way', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: null });
    const keys = [1, 2, 60, 70, 200, 600, 1000].map((length) => 'k'.repeat(length));
    const batch = engine.createBatch();
    let snapshot = engine.snapshot();
    for (let round = 0; round < 3; round++) {
      batch.clear();
      for (const key of keys) batch.put(tree, bytes(key), key.length, bytes(`${round}`), 0, 1);
      engine.writeSync(batch);
      if (round === 1) {
        snapshot.close();
        snapshot = engine.snapshot();
      }
      if (round < 2) engine.flush();
    }
    const expected = (value: string): [string, string][] => keys.map((key) => [key, value]);
    for (let merged = 0; merged < 2; merged++) {
      for (const [at, value] of [
        [{}, '2'],
        [{ at: snapshot }, '1'],
      ] as const) {
        expect(drain(tree.cursor({}, at))).toEqual(expected(value));
        expect(drain(tree.cursor({}, { ...at, reverse: true }))).toEqual(expected(value).reverse());
      }
      engine.flush();
      await engine.compact(true);
    }
    snapshot.close();
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
