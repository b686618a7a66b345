// A load is written in slices, and the world goes on between them.
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../runtime/engine/clock.js';
import { type BulkLoad, type Engine, openEngine, type Tree } from '../../../runtime/engine/index.js';
import { ClosedError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { bytes, drain } from '../model.js';

/** Every look at it finds that much time gone, so that each step of the work is a slice of its own. */
class RushingClock implements Clock {
  private time = 0;

  now(): number {
    this.time += 1000;
    return this.time;
  }

  after(): () => void {
    return () => undefined;
  }
}

const ROWS = 3000;
const open = (vfs: MemoryVfs): Promise<Engine> => openEngine({ vfs, path: '/db', clock: new RushingClock() });
const keyOf = (i: number): string => `key${String(i).padStart(5, '0')}`;

function put(engine: Engine, tree: Tree, key: string, value: string | null): void {
  const batch = engine.createBatch();
  if (value === null) batch.delete(tree, bytes(key), key.length);
  else batch.put(tree, bytes(key), key.length, bytes(value), 0, value.length);
  engine.writeSync(batch);
}

function loadOf(engine: Engine, tree: Tree): BulkLoad {
  const load = engine.bulkLoad();
  for (let i = 0; i < ROWS; i++) {
    load.beginPut(tree, bytes(keyOf(i)), 8).append(bytes('loaded'));
    load.endPut();
  }
  return load;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Lets `prepared` run to its end, with `between` in every pause; answers how many there were. */
async function beside(prepared: Promise<unknown>, between: (pause: number) => void): Promise<number> {
  let pauses = 0;
  let done = false;
  const ended = prepared.finally(() => {
    done = true;
  });
  ended.catch(() => undefined);
  for (; !done; await turn()) between(pauses++);
  await ended;
  return pauses;
}

describe('while a load is prepared', () => {
  it('others commit, and their commits stay older than it', async () => {
    const vfs = new MemoryVfs();
    let engine = await open(vfs);
    const tree = engine.openTree('t', { keySize: 8 });
    const load = loadOf(engine, tree);
    const pauses = await beside(load.prepare(), (pause) => {
      if (pause < 100) put(engine, tree, keyOf(pause), pause % 2 === 0 ? 'older' : null);
      expect(drain(tree.cursor({ gte: bytes(keyOf(200)) }))).toEqual([]);
    });
    expect(pauses).toBeGreaterThan(10);
    load.finishSync();
    const all = Array.from({ length: ROWS }, (_, i) => [keyOf(i), 'loaded']);
    expect(drain(tree.cursor())).toEqual(all);
    put(engine, tree, keyOf(7), 'newer');
    all[7] = [keyOf(7), 'newer'];
    await engine.compact(true);
    expect(drain(tree.cursor())).toEqual(all);
    await engine.close();
    engine = await open(vfs);
    expect(drain(engine.openTree('t', { keySize: 8 }).cursor())).toEqual(all);
    await engine.close();
  });

  it('a snapshot that was taken in between never sees it, nor does a merge make it', async () => {
    const engine = await open(new MemoryVfs());
    const tree = engine.openTree('t', { keySize: 8 });
    put(engine, tree, keyOf(5), 'before');
    const load = loadOf(engine, tree);
    const snapshots: ReturnType<Engine['snapshot']>[] = [];
    await beside(load.prepare(), (pause) => {
      if (pause === 3) snapshots.push(engine.snapshot());
    });
    load.finishSync();
    const [at] = snapshots;
    expect(drain(tree.cursor({}, { at: at! }))).toEqual([[keyOf(5), 'before']]);
    await engine.compact(true);
    expect(drain(tree.cursor({}, { at: at! }))).toEqual([[keyOf(5), 'before']]);
    expect(drain(tree.cursor())).toHaveLength(ROWS);
    at!.close();
    await engine.close();
  });

  it('a key that is stored in between is found at the end, and one that was stored before at once', async () => {
    const engine = await open(new MemoryVfs());
    const tree = engine.openTree('t', { keySize: 8 });
    put(engine, tree, keyOf(ROWS), 'outside');
    const load = loadOf(engine, tree);
    const part = load.part(tree);
    await beside(load.prepare([part]), (pause) => {
      if (pause === 8) put(engine, tree, keyOf(2500), 'meanwhile');
    });
    expect(part.firstStored()).toBe(2500);
    load.abort();

    const second = loadOf(engine, tree);
    await second.prepare([second.part(tree)]);
    expect(second.part(tree).firstStored()).toBe(2500);
    second.abort();
    await engine.close();
  });

  it('an abort at any moment ends it', async () => {
    const vfs = new MemoryVfs();
    const engine = await open(vfs);
    const tree = engine.openTree('t', { keySize: 8 });
    for (let moment = 0; ; moment++) {
      const load = engine.bulkLoad();
      for (let i = 0; i < ROWS; i++) {
        load.beginPut(tree, bytes(keyOf((i * 7) % ROWS)), 8).append(bytes('loaded'));
        load.endPut();
      }
      const pauses = await beside(load.prepare([load.part(tree)]), (pause) => {
        if (pause === moment) load.abort();
      });
      const isPrepared = pauses <= moment;
      if (isPrepared) load.abort();
      expect(vfs.list('/db').filter((name) => name.endsWith('.table'))).toEqual([]);
      if (isPrepared) break;
    }
    await engine.close();
  });

  it('an abort or a close leaves no file of it', async () => {
    const vfs = new MemoryVfs();
    const engine = await open(vfs);
    const tree = engine.openTree('t', { keySize: 8 });
    const tables = (): string[] => vfs.list('/db').filter((name) => name.endsWith('.table'));
    const aborted = loadOf(engine, tree);
    await beside(aborted.prepare(), (pause) => {
      if (pause === 6) expect(tables()).toHaveLength(1);
      if (pause === 6) aborted.abort();
    });
    expect(tables()).toEqual([]);
    const late = loadOf(engine, tree);
    const closing: Promise<void>[] = [];
    const prepared = beside(late.prepare(), (pause) => {
      if (pause === 6) closing.push(engine.close());
    });
    await prepared.catch((error: unknown) => expect(error).toBeInstanceOf(ClosedError));
    await Promise.all(closing);
    expect(tables()).toEqual([]);
    expect(() => late.finishSync()).toThrow(ClosedError);
  });
});
