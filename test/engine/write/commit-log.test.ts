import { describe, expect, it } from 'vitest';
import { ByteSpan } from '../../../runtime/bytes/writer.js';
import { type Clock, type Engine, openEngine, type Tree } from '../../../runtime/engine/index.js';
import { DiskFullError } from '../../../runtime/errors.js';
import { FaultyVfs } from '../../support/faulty-vfs.js';

async function open(options: { durability?: 'commit' | 'interval' | 'os'; clock?: Clock } = {}): Promise<{
  engine: Engine;
  tree: Tree;
  vfs: FaultyVfs;
}> {
  const vfs = new FaultyVfs();
  const engine = await openEngine({ vfs, path: '/db', memory: 1 << 20, ...options });
  return { engine, tree: engine.openTree('t', { keySize: null }), vfs };
}

function put(engine: Engine, tree: Tree, key: string): Promise<void> {
  const batch = engine.createBatch();
  batch.put(tree, Buffer.from(key), key.length, Buffer.from('v'), 0, 1);
  return engine.write(batch);
}

function has(tree: Tree, key: string): boolean {
  return tree.get(Buffer.from(key), key.length, new ByteSpan());
}

describe('group commit', () => {
  it('serves many commits in flight with one sync, also when they start some awaits apart', async () => {
    const { engine, tree } = await open();
    const before = engine.stats().wal.syncs;
    const late = async (hops: number): Promise<void> => {
      for (let i = 0; i < hops; i++) await null;
      await put(engine, tree, `late${hops}`);
    };
    await Promise.all([...Array.from({ length: 64 }, (_, i) => put(engine, tree, `key${i}`)), late(1), late(2)]);
    expect(engine.stats().wal.syncs - before).toBe(1);
    await engine.close();
  });

  it('shows a commit at once, and resolves it when it is durable', async () => {
    const { engine, tree, vfs } = await open();
    let syncs = 0;
    vfs.plan = ({ name }) => {
      if (name === 'sync') syncs++;
      return undefined;
    };
    const pending = put(engine, tree, 'a');
    expect(has(tree, 'a')).toBe(true);
    expect(syncs).toBe(0);
    await pending;
    expect(syncs).toBe(1);
    await engine.close();
  });

  it("syncs by itself with 'interval' where no timer has a turn: no commit is older than that and unsynced", async () => {
    let now = 0;
    const clock: Clock = { now: () => now, after: () => () => {} };
    const { engine, tree } = await open({ durability: 'interval', clock });
    const syncs = (): number => engine.stats().wal.syncs;
    const before = syncs();
    for (let i = 0; i <= 20; i++, now += 30) {
      if (i % 2 === 0) await put(engine, tree, `key${i}`);
      else {
        const batch = engine.createBatch();
        batch.put(tree, Buffer.from('k'), 1, Buffer.from('v'), 0, 1);
        engine.writeSync(batch);
      }
    }
    // Commits at 0, 30, ... 600: the one at 120 finds that of 0 unsynced, the one at 270 that of 150, and so on.
    expect(syncs() - before).toBe(4);
    await engine.close();
  });

  it('leaves no timer behind where the log ends before the turn of a group', async () => {
    let now = 0;
    const timers: (() => void)[] = [];
    const clock: Clock = {
      // Each look at it is late, so that the group waits for a turn of the event loop.
      now: () => (now += 20),
      after: (_, action) => {
        timers.push(action);
        return () => timers.splice(timers.indexOf(action), 1);
      },
    };
    const { engine, tree } = await open({ durability: 'interval', clock });
    const pending = put(engine, tree, 'a');
    await null;
    await engine.close();
    await pending;
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    expect(timers).toEqual([]);
  });

  it.each(['commit', 'os'] as const)(
    'leaves the event loop its turns with %s, however commits are awaited',
    async (durability) => {
      const { engine, tree } = await open({ durability });
      let turns = 0;
      const timer = setInterval(() => turns++, 1);
      const until = performance.now() + 5_000;
      while (turns === 0 && performance.now() < until)
        await Promise.all(Array.from({ length: 16 }, (_, i) => put(engine, tree, `${i}`)));
      clearInterval(timer);
      expect(turns).toBeGreaterThan(0);
      await engine.close();
    },
  );

  it("syncs nothing with 'os', and once an interval with 'interval'", async () => {
    const timers: (() => void)[] = [];
    const clock: Clock = {
      now: () => 0,
      after: (_, action) => {
        timers.push(action);
        return () => timers.splice(timers.indexOf(action), 1);
      },
    };
    for (const durability of ['os', 'interval'] as const) {
      const { engine, tree } = await open({ durability, clock });
      const before = engine.stats().wal.syncs;
      for (let i = 0; i < 10; i++) await put(engine, tree, `key${i}`);
      expect(engine.stats().wal.syncs).toBe(before);
      expect(timers.length).toBe(durability === 'os' ? 0 : 1);
      for (const timer of timers.splice(0)) timer();
      await new Promise((resolve) => setImmediate(resolve));
      expect(engine.stats().wal.syncs - before).toBe(durability === 'os' ? 0 : 1);
      await engine.close();
      expect(timers).toEqual([]);
    }
  });

  it("syncs with 'os' for the one commit that asks, even when another is written at once in between", async () => {
    const { engine, tree } = await open({ durability: 'os' });
    const batch = engine.createBatch();
    batch.put(tree, Buffer.from('a'), 1, Buffer.from('v'), 0, 1);
    const syncs = (): number => engine.stats().wal.syncs;
    let before = syncs();
    await Promise.all([engine.write(batch), engine.write(batch, 'commit'), engine.write(batch)]);
    expect(syncs() - before).toBe(1);
    before = syncs();
    const pending = engine.write(batch, 'commit');
    engine.writeSync(batch);
    expect(syncs() - before).toBe(1);
    await pending;
    await engine.write(batch);
    expect(syncs() - before).toBe(1);
    await engine.close();
  });

  it('takes back every commit of a group that the disk has no room for, and none before it', async () => {
    const { engine, tree, vfs } = await open();
    await put(engine, tree, 'before');
    const failing = vfs.calls;
    vfs.plan = ({ index }) => (index === failing ? 'ENOSPC' : undefined);
    const group = [put(engine, tree, 'a'), put(engine, tree, 'b'), put(engine, tree, 'before')];
    expect(has(tree, 'a')).toBe(true);
    const outcomes = await Promise.allSettled(group);
    for (const outcome of outcomes) {
      expect(outcome.status).toBe('rejected');
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(DiskFullError);
    }
    expect([has(tree, 'a'), has(tree, 'b'), has(tree, 'before')]).toEqual([false, false, true]);
    await put(engine, tree, 'after');
    await engine.close();
    const again = await openEngine({ vfs, path: '/db', memory: 1 << 20 });
    const tree2 = again.openTree('t', { keySize: null });
    expect(['a', 'b', 'before', 'after'].map((key) => has(tree2, key))).toEqual([false, false, true, true]);
    await again.close();
  });
});
