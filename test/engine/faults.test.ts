import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import type { Engine } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { DiskFullError, QuantaError, ReadOnlyError } from '../../runtime/errors.js';
import { type Call, FaultyVfs } from '../support/faulty-vfs.js';
import { after, contents, type Entries, history, perform, same, TINY } from './workload.js';

const writes = history(3, 34);

/** One of so many calls fails, from another first one in every run; in `npm run test:deep` each of them does. */
const EVERY = Number(process.env.FAULTS_EVERY ?? 3);

/** Runs the history up to a failing call; answers the state before and after the write that failed. */
function runUntilFailure(
  engine: Engine,
  vfs: FaultyVfs,
): { error: unknown; before: Entries; afterwards: Entries; rest: number } {
  let before: Entries = new Map();
  for (const [i, write] of writes.entries()) {
    const afterwards = after(before, write);
    try {
      perform(engine, write);
    } catch (error) {
      return { error, before, afterwards, rest: i };
    }
    before = afterwards;
    if (vfs.faults > 0) return { error: undefined, before, afterwards: before, rest: i + 1 };
  }
  return { error: undefined, before, afterwards: before, rest: writes.length };
}

/** Opens; where the failing call was one of the opening, that has told so and left nothing open, and the next one is right. */
function openAtSecond(vfs: FaultyVfs): Engine {
  try {
    return openEngineSync({ ...TINY, vfs });
  } catch (error) {
    expect(error).toBeInstanceOf(QuantaError);
    expect(vfs.faults).toBe(1);
    expect(vfs.openFiles).toBe(0);
    // What the history is to meet from here on has failed already.
    vfs.faults = 0;
    return openEngineSync({ ...TINY, vfs });
  }
}

/** The calls of the history, and of closing after it, that are of these kinds; all of them without any. */
function callsOfHistory(...names: readonly Call['name'][]): number[] {
  const calls: number[] = [];
  const vfs = new FaultyVfs(({ index, name }) => {
    if (names.length === 0 || names.includes(name)) calls.push(index);
    return undefined;
  });
  const engine = openEngineSync({ ...TINY, vfs });
  for (const write of writes) perform(engine, write);
  engine.closeSync();
  const first = Math.floor(Math.random() * EVERY);
  return calls.filter((_, i) => i % EVERY === first);
}

describe('a call of the file system that fails once', () => {
  beforeAll(loadXxh3);

  it('with ENOSPC: the write fails and leaves nothing, the next one succeeds', () => {
    let failures = 0;
    for (const failing of callsOfHistory('write', 'open')) {
      const vfs = new FaultyVfs(({ index }) => (index === failing ? 'ENOSPC' : undefined));
      const engine = openAtSecond(vfs);
      const { error, before, rest } = runUntilFailure(engine, vfs);
      if (error !== undefined) {
        failures++;
        expect(error).toBeInstanceOf(DiskFullError);
        expect(same(contents(engine), before)).toBe(true);
      }
      let state = before;
      for (const write of writes.slice(rest)) {
        perform(engine, write);
        state = after(state, write);
      }
      if (vfs.calls > failing) expect(same(contents(engine), state)).toBe(true);
      engine.closeSync();
      expect(vfs.openFiles).toBe(0);
      const reopened = openEngineSync({ ...TINY, vfs });
      expect(same(contents(reopened), state)).toBe(true);
      reopened.closeSync();
    }
    expect(failures * EVERY).toBeGreaterThan(30);
  });

  it.each(['EIO', 'ENOSPC'] as const)(
    'with %s, whatever it is: the error comes, reads go on, and a reopen finds all that was acknowledged',
    (fault) => {
      let readOnly = 0;
      for (const failing of callsOfHistory()) {
        const vfs = new FaultyVfs(({ index }) => (index === failing ? fault : undefined));
        const engine = openAtSecond(vfs);
        const { error, before, afterwards } = runUntilFailure(engine, vfs);
        if (error !== undefined) expect(error).toBeInstanceOf(QuantaError);
        // Calls behind the history are those of closing.
        if (vfs.calls > failing) {
          const live = contents(engine);
          expect(same(live, before) || same(live, afterwards)).toBe(true);
          try {
            perform(engine, { kind: 'batch', puts: [], deletes: ['none'] });
          } catch (refusal) {
            readOnly++;
            expect(refusal).toBeInstanceOf(ReadOnlyError);
          }
        }
        try {
          engine.closeSync();
        } catch (refusal) {
          expect(refusal).toBeInstanceOf(QuantaError);
        }
        const reopened = openEngineSync({ ...TINY, vfs });
        const found = contents(reopened);
        expect(same(found, before) || same(found, afterwards)).toBe(true);
        expect(() => perform(reopened, { kind: 'batch', puts: [['after', 'all']], deletes: [] })).not.toThrow();
        reopened.closeSync();
        expect(vfs.openFiles).toBe(0);
      }
      expect(readOnly * EVERY).toBeGreaterThan(fault === 'EIO' ? 20 : 5);
    },
  );

  it('turns commits in flight away together, and every later one', async () => {
    let failing = false;
    const vfs = new FaultyVfs(({ name }) => (failing && name === 'sync' ? 'EIO' : undefined));
    const engine = openEngineSync({ ...TINY, vfs });
    const tree = engine.openTree('t', { keySize: null });
    const put = (key: string): Promise<void> => {
      const batch = engine.createBatch();
      batch.put(tree, Buffer.from(key), key.length, Buffer.from('v'), 0, 1);
      return engine.write(batch);
    };
    await put('a');
    failing = true;
    const outcomes = await Promise.allSettled([put('b'), put('c')]);
    failing = false;
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    await expect(put('d')).rejects.toBeInstanceOf(ReadOnlyError);
    expect(() => engine.flush()).toThrow(ReadOnlyError);
    expect(tree.cursor().next()).toBe(true);
    engine.closeSync();
  });
});
