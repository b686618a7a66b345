import { describe, expect, it } from 'vitest';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { readOnlyError, storageError } from '../../runtime/engine/failure.js';
import {
  type Engine,
  MAX_BATCH_BYTES,
  MAX_KEY_BYTES,
  MAX_VALUE_BYTES,
  openEngine,
} from '../../runtime/engine/index.js';
import { Batch } from '../../runtime/engine/write/batch.js';
import { DiskFullError, LimitError, ReadOnlyError, StorageError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { bytes, drain } from './model.js';

const open = (): Promise<Engine> => openEngine({ vfs: new MemoryVfs(), path: '/db', durability: 'os' });

describe('limits', () => {
  it('of values: one byte too many is refused, by batches and loads alike', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: null });
    const tooLong = Buffer.alloc(MAX_VALUE_BYTES + 1);
    const batch = engine.createBatch();
    const bulk = engine.bulkLoad();
    for (const target of [batch, bulk]) {
      const put = (key: string, value: Uint8Array): void => {
        target.beginPut(tree, Buffer.from(key), 1).append(value);
        target.endPut();
      };
      put(target === batch ? 'a' : 'c', Buffer.from('1'));
      const { byteLength } = target;
      expect(() => put('k', tooLong)).toThrow(LimitError);
      // What was refused is not in it, and it can be gone on with.
      expect(target.byteLength).toBe(byteLength);
      put(target === batch ? 'b' : 'd', Buffer.from('2'));
    }
    engine.writeSync(batch);
    bulk.finishSync();
    expect(drain(tree.cursor())).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '1'],
      ['d', '2'],
    ]);
    await engine.close();
  });

  it('of keys: sizes that no tree can have, and keys that no tree can hold', async () => {
    const engine = await open();
    for (const keySize of [0, -1, 1.5, MAX_KEY_BYTES + 1]) {
      expect(() => engine.openTree('odd', { keySize })).toThrow(LimitError);
    }
    const tree = engine.openTree('t', { keySize: 2 });
    const batch = engine.createBatch();
    expect(() => engine.bulkLoad().beginPut(tree, Buffer.alloc(3), 3)).toThrow(LimitError);
    expect(() => batch.delete(tree, Buffer.alloc(1), 1)).toThrow(LimitError);
    expect([...engine.trees.keys()]).toEqual(['t']);
    const varying = engine.openTree('varying', { keySize: null });
    const [longest, tooLong] = [Buffer.alloc(MAX_KEY_BYTES, 1), Buffer.alloc(MAX_KEY_BYTES + 1, 1)];
    expect(() => batch.put(varying, tooLong, tooLong.length, tooLong, 0, 1)).toThrow(LimitError);
    expect(() => batch.delete(varying, tooLong, tooLong.length)).toThrow(LimitError);
    expect(() => engine.bulkLoad().beginPut(varying, tooLong, tooLong.length)).toThrow(LimitError);
    expect(batch.byteLength).toBe(0);
    batch.put(varying, longest, longest.length, longest, 0, 1);
    engine.writeSync(batch);
    engine.flush();
    expect(varying.get(longest, longest.length, new ByteSpan())).toBe(true);
    expect(varying.get(tooLong, tooLong.length, new ByteSpan())).toBe(false);
    await engine.close();
  });

  it('of batches: the change that passes it is refused, the others can be written', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: 1 });
    const batch = new Batch();
    batch.put(tree, bytes('a'), 1, bytes('1'), 0, 1);
    const { byteLength } = batch;
    // As after very many changes, whose bytes no test needs to make.
    batch.writer.at = MAX_BATCH_BYTES - 4;
    expect(() => batch.put(tree, bytes('b'), 1, bytes('2'), 0, 1)).toThrow(LimitError);
    expect(() => batch.delete(tree, bytes('b'), 1)).not.toThrow();
    expect(() => batch.delete(tree, bytes('c'), 1)).toThrow(LimitError);
    expect(batch).toMatchObject({ byteLength: MAX_BATCH_BYTES, count: 2 });
    batch.writer.at = byteLength;
    engine.writeSync(batch);
    expect(drain(tree.cursor())).toEqual([['a', '1']]);
    await engine.close();
  });
});

describe('failures of the file system', () => {
  const failed = (code: string): Error => Object.assign(new Error(code), { code });

  it('become typed errors; what is typed already stays, and what is no error of ours too', () => {
    expect(storageError(failed('ENOSPC'), 'a row')).toBeInstanceOf(DiskFullError);
    expect(storageError(failed('EDQUOT'), 'a row')).toBeInstanceOf(DiskFullError);
    expect(storageError(failed('EIO'), 'a row')).toMatchObject({ code: 'QDB4031' });
    const typed = new StorageError('QDB4013', 'x');
    expect(storageError(typed, 'a row')).toBe(typed);
    const bug = new TypeError('x');
    expect(storageError(bug, 'a row')).toBe(bug);
    expect(storageError('x', 'a row')).toEqual(new Error('x'));
  });

  it('that leave the disk unknown turn read-only, with the first cause', () => {
    const first = readOnlyError(failed('EIO'), 'syncing');
    expect(first).toBeInstanceOf(ReadOnlyError);
    expect(first.message).toContain('EIO');
    expect(readOnlyError(first, 'writing')).toBe(first);
    expect(readOnlyError('x', 'writing').message).toContain('(x)');
  });
});
