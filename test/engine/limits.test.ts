import { describe, expect, it } from 'vitest';
import { readOnlyError, storageError } from '../../runtime/engine/failure.js';
import { type Engine, MAX_KEY_BYTES, MAX_TREES, MAX_VALUE_BYTES, openEngine } from '../../runtime/engine/index.js';
import { DiskFullError, LimitError, ReadOnlyError, StorageError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';

const open = (): Promise<Engine> => openEngine({ vfs: new MemoryVfs(), path: '/db', durability: 'os' });

describe('limits', () => {
  it('of values: one byte too many is refused, by batches and loads alike', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: null });
    const tooLong = Buffer.alloc(MAX_VALUE_BYTES + 1);
    const targets = [engine.createBatch(), engine.bulkLoad()];
    for (const target of targets) {
      target.beginPut(tree, Buffer.from('k'), 1).append(tooLong);
      expect(() => target.endPut()).toThrow(LimitError);
    }
    await engine.close();
  });

  it('of keys: sizes that no tree can have, and keys that no tree can hold', async () => {
    const engine = await open();
    for (const keySize of [0, -1, 1.5, MAX_KEY_BYTES + 1]) {
      expect(() => engine.openTree('odd', { keySize })).toThrow(LimitError);
    }
    const tree = engine.openTree('t', { keySize: 2 });
    expect(() => engine.bulkLoad().beginPut(tree, Buffer.alloc(3), 3)).toThrow(LimitError);
    expect([...engine.trees.keys()]).toEqual(['t']);
    await engine.close();
  });

  it('of trees', { timeout: 60_000 }, async () => {
    const engine = await open();
    for (let i = 0; i < MAX_TREES; i++) engine.openTree(`t${i}`, { keySize: null });
    expect(() => engine.openTree('one more', { keySize: null })).toThrow(LimitError);
    engine.dropTree('t7');
    engine.openTree('one more', { keySize: null });
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
