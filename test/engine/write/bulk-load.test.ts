import { describe, expect, it } from 'vitest';
import { type Engine, openEngine } from '../../../runtime/engine/index.js';
import { ClosedError, DiskFullError, LimitError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { FaultyVfs } from '../../support/faulty-vfs.js';
import { bytes, drain } from '../model.js';

const open = (): Promise<Engine> => openEngine({ vfs: new MemoryVfs(), path: '/db', memory: 1 << 20 });

describe('a bulk load', () => {
  it('tells of keys that were given twice, and then writes nothing of any tree', async () => {
    const engine = await open();
    const [a, b] = ['a', 'b'].map((name) => engine.openTree(name, { keySize: null }));
    const load = engine.bulkLoad();
    for (const key of ['x', 'y', 'x', 'z', 'x']) {
      load.beginPut(a!, bytes(key), key.length).append(bytes('v'));
      load.endPut();
    }
    load.beginPut(b!, bytes('k'), 1);
    load.endPut();
    const clashes: number[][] = [];
    load.onDuplicate(a!, (first, second) => clashes.push([first, second]));
    await expect(load.finish()).rejects.toMatchObject({ code: 'QDB4051' });
    expect(clashes).toEqual([
      [0, 2],
      [2, 4],
    ]);
    expect([drain(a!.cursor()), drain(b!.cursor())]).toEqual([[], []]);
    expect(() => load.finishSync()).toThrow(ClosedError);
    await engine.close();
  });

  it.each(['in ascending', 'in descending', 'in ascending, then random'] as const)(
    'holds rows of every size, given %s order',
    async (order) => {
      const engine = await open();
      const tree = engine.openTree('t', { keySize: null });
      const rows = Array.from({ length: 3000 }, (_, i): [key: string, value: string] => {
        // Some are larger than the chunks in which values are collected.
        const length = i % 1000 === 999 ? 1.5 * 2 ** 20 : (i * 37) % 3000;
        return [`key${String(i).padStart(5, '0')}`, `${i} `.padEnd(length, 'x')];
      });
      const given = [...rows];
      if (order === 'in descending') given.reverse();
      if (order === 'in ascending, then random') {
        for (let i = 2000; i < 3000; i++) given.push(given.splice((i * 7919) % i, 1)[0]!);
      }
      const load = engine.bulkLoad();
      for (const [key, value] of given) {
        load.beginPut(tree, bytes(key), key.length).append(bytes(value));
        load.endPut();
      }
      expect(load.byteLength).toBe(rows.reduce((sum, [key, value]) => sum + key.length + value.length, 0));
      await load.finish();
      const found = drain(tree.cursor());
      // Compared by hand: a difference of megabytes is not for printing.
      expect(found.length).toBe(rows.length);
      expect(found.every(([key, value], i) => key === rows[i]![0] && value === rows[i]![1])).toBe(true);
      await engine.close();
    },
  );

  it('tells of a key that comes twice in a row, where the keys ascend otherwise', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: 1 });
    const load = engine.bulkLoad();
    for (const key of ['a', 'b', 'b', 'c']) {
      load.beginPut(tree, bytes(key), 1);
      load.endPut();
    }
    await expect(load.finish()).rejects.toMatchObject({ code: 'QDB4051' });
    await engine.close();
  });

  it('hides older rows and is hidden by newer ones, wherever they stand', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: null });
    const put = (key: string, value: string): void => {
      const batch = engine.createBatch();
      batch.put(tree, bytes(key), key.length, bytes(value), 0, value.length);
      engine.writeSync(batch);
    };
    put('a', 'old');
    put('b', 'old');
    const load = engine.bulkLoad();
    for (const key of ['b', 'c']) {
      load.beginPut(tree, bytes(key), 1).append(bytes('loaded'));
      load.endPut();
    }
    load.finishSync();
    put('c', 'new');
    const expected = [
      ['a', 'old'],
      ['b', 'loaded'],
      ['c', 'new'],
    ];
    expect(drain(tree.cursor())).toEqual(expected);
    await engine.compact(true);
    expect(drain(tree.cursor())).toEqual(expected);
    await engine.close();
  });

  it('that a full disk refused can be finished once there is space, and is whole then', async () => {
    for (let refused = 0; ; refused++) {
      const vfs = new FaultyVfs();
      const engine = await openEngine({ vfs, path: '/db', tableBytes: 16 * 1024 });
      const trees = ['a', 'b'].map((name) => engine.openTree(name, { keySize: 5 }));
      const load = engine.bulkLoad();
      const expected = Array.from({ length: 4000 }, (_, i): [string, string] => [String(i).padStart(5, '0'), `${i}`]);
      for (const [key, value] of expected) {
        for (const tree of trees) {
          load.beginPut(tree, bytes(key), 5).append(bytes(value));
          load.endPut();
        }
      }
      let writes = 0;
      vfs.plan = ({ name }) => (name === 'write' && writes++ === refused ? 'ENOSPC' : undefined);
      const outcome: unknown = await load.prepare().catch((error: unknown) => error);
      vfs.plan = () => undefined;
      if (vfs.faults > 0) expect(outcome).toBeInstanceOf(DiskFullError);
      load.finishSync();
      for (const tree of trees) expect(drain(tree.cursor())).toEqual(expected);
      await engine.close();
      if (vfs.faults === 0) break;
      expect(refused).toBeLessThan(100);
    }
  });

  it('keeps to the limits, and leaves nothing when it is aborted', async () => {
    const engine = await open();
    const tree = engine.openTree('t', { keySize: 2 });
    const load = engine.bulkLoad();
    expect(() => load.beginPut(tree, bytes('abc'), 3)).toThrow(LimitError);
    load.beginPut(tree, bytes('ab'), 2);
    load.endPut();
    load.abort();
    expect(drain(tree.cursor())).toEqual([]);
    await engine.close();
  });
});
