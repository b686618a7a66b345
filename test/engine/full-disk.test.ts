// A disk that is full for a while, and files that cannot be read for a moment.
import { beforeAll, describe, expect, it } from 'vitest';
import { EntryRun } from '../../runtime/bytes/entry-run.js';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import type { Engine } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { DiskFullError, QuantaError, ReadFailedError } from '../../runtime/errors.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { contents, type Entries, history, perform, same, after as stateAfter, TINY, writeAsync } from './workload.js';

const writes = history(4, 48);

/** A closed database of all writes, on a file system that can be made to fail. */
function closedDatabase(): { vfs: FaultyVfs; expected: Entries } {
  const vfs = new FaultyVfs();
  const engine = openEngineSync({ ...TINY, vfs });
  for (const write of writes) perform(engine, write);
  engine.closeSync();
  return { vfs, expected: writes.reduce(stateAfter, new Map() as Entries) };
}

describe('a full disk', () => {
  beforeAll(loadXxh3);

  it('refuses writes for as long as it is full, loses nothing, and takes them once there is space', () => {
    let refusals = 0;
    for (let fullFrom = 0; fullFrom < writes.length - 8; fullFrom++) {
      const vfs = new FaultyVfs();
      const engine = openEngineSync({ ...TINY, logGrowBytes: 1024, vfs });
      let state: Entries = new Map();
      for (const [i, write] of writes.entries()) {
        vfs.full = i >= fullFrom && i < fullFrom + 8;
        try {
          perform(engine, write);
          state = stateAfter(state, write);
        } catch (error) {
          refusals++;
          expect(vfs.full).toBe(true);
          expect(error).toBeInstanceOf(DiskFullError);
        }
        expect(same(contents(engine), state)).toBe(true);
      }
      engine.closeSync();
      const reopened = openEngineSync({ ...TINY, vfs });
      expect(same(contents(reopened), state)).toBe(true);
      reopened.closeSync();
    }
    expect(refusals).toBeGreaterThan(40);
  });

  it('tells everyone whose commit was in flight', async () => {
    const vfs = new FaultyVfs();
    const engine = openEngineSync({ ...TINY, memtableBytes: 1024 * 1024, logGrowBytes: 1024, vfs });
    let state: Entries = new Map();
    let refusals = 0;
    for (let round = 0; round < 20; round++) {
      vfs.full = round % 4 === 3;
      const group = history(round, 8).filter(({ kind }) => kind === 'batch');
      const outcomes = await Promise.allSettled(group.map((write) => writeAsync(engine, write)));
      for (const [i, outcome] of outcomes.entries()) {
        if (outcome.status === 'fulfilled') state = stateAfter(state, group[i]!);
        else {
          refusals++;
          expect(outcome.reason).toBeInstanceOf(DiskFullError);
        }
      }
      expect(same(contents(engine), state)).toBe(true);
    }
    expect(refusals).toBeGreaterThan(0);
    vfs.full = false;
    await engine.close();
    const reopened = openEngineSync({ ...TINY, vfs });
    expect(same(contents(reopened), state)).toBe(true);
  });

  it('ends what saw the refused commit, and nothing else', async () => {
    const vfs = new FaultyVfs();
    const engine = openEngineSync({ ...TINY, memtableBytes: 1024 * 1024, logGrowBytes: 1024, vfs });
    const tree = engine.openTree('t', { keySize: null });
    const key = Buffer.from('k');
    const write = (bytes: number): Promise<void> => {
      const batch = engine.createBatch();
      batch.put(tree, key, 1, Buffer.alloc(bytes), 0, bytes);
      return engine.write(batch);
    };
    await write(1);
    const snapshots = [engine.snapshot()];
    const walks = [tree.cursor()];
    vfs.full = true;
    const refused = write(4096);
    const during = engine.snapshot();
    const [placed, unplaced, sought] = [tree.cursor(), tree.cursor(), tree.cursor({}, { at: during })];
    expect(placed.next()).toBe(true);
    await expect(refused).rejects.toBeInstanceOf(DiskFullError);
    // Those that come now have seen nothing of it, and nothing of the next.
    snapshots.push(engine.snapshot());
    walks.push(tree.cursor());
    await expect(write(8192)).rejects.toBeInstanceOf(DiskFullError);
    vfs.full = false;
    await write(2);

    const value = new ByteSpan();
    for (const read of [
      () => tree.get(key, 1, value, during),
      () => tree.getMany(key, Int32Array.of(1), 1, () => undefined, during),
      () => tree.cursor({}, { at: during }),
      () => placed.next(),
      () => unplaced.nextRun(new EntryRun()),
      () => sought.seek(key),
    ]) {
      expect(read).toThrow(expect.objectContaining({ code: 'QDB4119' }));
    }
    for (const snapshot of snapshots) {
      expect(tree.get(key, 1, value, snapshot)).toBe(true);
      expect(value.end - value.start).toBe(1);
    }
    for (const walk of walks) {
      expect(walk.next()).toBe(true);
      expect(walk.value.end - walk.value.start).toBe(1);
    }
    for (const reader of [...snapshots, ...walks, during, placed, unplaced, sought]) reader.close();
    await engine.close();
  });
});

describe('closing', () => {
  beforeAll(loadXxh3);

  /** More in memory than a closing would leave there, and nothing of it synced. */
  function unflushed(vfs: FaultyVfs): { engine: Engine; expected: Entries } {
    const engine = openEngineSync({ path: TINY.path, vfs, durability: 'os', logGrowBytes: 1024 });
    const puts = Array.from({ length: 20 }, (_, i) => [`k${i}`, 'v'.repeat(30_000)] as const);
    perform(engine, { kind: 'batch', puts, deletes: [] });
    return { engine, expected: new Map(puts) };
  }

  it('on a full disk leaves in the log what finds no room in tables, and syncs it', () => {
    const vfs = new FaultyVfs();
    const { engine, expected } = unflushed(vfs);
    vfs.full = true;
    engine.closeSync();
    engine.closeSync();
    expect(vfs.openFiles).toBe(0);
    expect(vfs.list(TINY.path).filter((name) => name.endsWith('.table'))).toEqual([]);
    const after = vfs.disk().afterCut('nothing', () => 0);
    for (const files of [after, vfs]) {
      vfs.full = false;
      const reopened = openEngineSync({ ...TINY, vfs: files });
      expect(same(contents(reopened), expected)).toBe(true);
      reopened.closeSync();
    }
  });

  it('syncs the log and gives all back, whichever call fails', () => {
    for (const fault of ['EIO', 'ENOSPC'] as const) {
      for (let failing = 0; ; failing++) {
        const vfs = new FaultyVfs();
        const { engine, expected } = unflushed(vfs);
        const first = vfs.calls;
        vfs.plan = ({ index }) => (index === first + failing ? fault : undefined);
        try {
          engine.closeSync();
        } catch (error) {
          expect(vfs.faults).toBe(1);
          expect(error).toBeInstanceOf(QuantaError);
        }
        const { faults, lastFault } = vfs;
        vfs.plan = () => undefined;
        engine.closeSync();
        expect(vfs.openFiles).toBe(0);
        const isLogSync = lastFault?.name === 'sync' && lastFault.path.includes('wal-');
        const cut = isLogSync ? [] : [vfs.disk().afterCut('nothing', () => 0)];
        for (const files of [...cut, vfs]) {
          const reopened = openEngineSync({ ...TINY, vfs: files });
          expect(same(contents(reopened), expected)).toBe(true);
          reopened.closeSync();
        }
        if (faults === 0) {
          expect(failing).toBeGreaterThan(20);
          break;
        }
      }
    }
  });
});

describe('a call that fails once', () => {
  beforeAll(loadXxh3);

  it.each(['EIO', 'ENOSPC'] as const)(
    'with %s while a database is opened: the error comes, nothing stays open or locked',
    (fault) => {
      for (let failing = 0; ; failing++) {
        const { vfs, expected } = closedDatabase();
        const first = vfs.calls;
        vfs.plan = ({ index }) => (index === first + failing ? fault : undefined);
        try {
          const engine = openEngineSync({ ...TINY, vfs });
          // The opening had no such call, or did not need it.
          if (vfs.faults === 0) {
            expect(failing).toBeGreaterThan(10);
            break;
          }
          engine.closeSync();
        } catch (error) {
          expect(vfs.faults).toBe(1);
          expect(error).toBeInstanceOf(QuantaError);
        }
        expect(vfs.openFiles).toBe(0);
        const engine = openEngineSync({ ...TINY, vfs });
        expect(same(contents(engine), expected)).toBe(true);
        engine.closeSync();
      }
    },
  );

  it('is told of by a merge whose files can not be removed either', async () => {
    const { vfs, expected } = closedDatabase();
    const engine = openEngineSync({ ...TINY, compaction: 'manual', vfs });
    let kept = 0;
    vfs.plan = ({ name, path }) => {
      if (name === 'remove' && path.endsWith('.table')) {
        kept++;
        return 'EIO';
      }
      return name === 'write' && path.includes('MANIFEST') ? 'ENOSPC' : undefined;
    };
    await expect(engine.compact(true)).rejects.toBeInstanceOf(DiskFullError);
    expect(kept).toBeGreaterThan(0);
    vfs.plan = () => undefined;
    await engine.compact(true);
    expect(same(contents(engine), expected)).toBe(true);
    await engine.close();
    const files = vfs.list(TINY.path).filter((name) => name.endsWith('.table'));
    const reopened = openEngineSync({ ...TINY, vfs });
    expect(same(contents(reopened), expected)).toBe(true);
    expect(vfs.list(TINY.path).filter((name) => name.endsWith('.table')).length).toBeLessThan(files.length);
    reopened.closeSync();
  });

  it('with EIO while rows are read: the error comes, and the next reader finds all of them', () => {
    const { vfs, expected } = closedDatabase();
    for (let failing = 0; ; failing++) {
      const engine = openEngineSync({ ...TINY, memory: 16 * 1024, compaction: 'manual', vfs });
      const first = vfs.calls;
      vfs.faults = 0;
      vfs.plan = ({ index }) => (index === first + failing ? 'EIO' : undefined);
      try {
        contents(engine);
      } catch (error) {
        expect(vfs.faults).toBe(1);
        const { path: file } = vfs.lastFault!;
        expect(error).toBeInstanceOf(ReadFailedError);
        expect(error).toMatchObject({ code: 'QDB4033', file });
      }
      vfs.plan = () => undefined;
      const passed = vfs.faults === 0;
      expect(same(contents(engine), expected)).toBe(true);
      engine.closeSync();
      expect(vfs.openFiles).toBe(0);
      if (passed) {
        expect(failing).toBeGreaterThan(10);
        break;
      }
    }
  });
});
