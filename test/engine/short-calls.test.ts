// File systems may do less than a call asks for: write(2) takes a part, and the rest of it may fail; read(2) gives a part.
import * as nodeFs from 'node:fs';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { DiskFullError } from '../../runtime/errors.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { type Acknowledged, cutEverywhere } from '../support/crash.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { integer, seeded } from '../support/random.js';
import { after, contents, type Entries, history, perform, same, TINY } from './workload.js';

const writes = history(6, 34);
const states: Entries[] = [new Map()];
for (const write of writes) states.push(after(states.at(-1)!, write));

describe('writes that fall short', () => {
  beforeAll(loadXxh3);

  it('leave nothing half, whichever of their parts was the last before the power failed', () => {
    const random = seeded(6);
    const vfs = new FaultyVfs(({ name }) => (name === 'write' && integer(random, 2) === 0 ? 'short' : undefined));
    const engine = openEngineSync({ ...TINY, vfs });
    const acknowledged: Acknowledged<number>[] = writes.slice(0, 20).map((write, i) => {
      perform(engine, write);
      return { position: vfs.operations.length, value: i + 1 };
    });
    engine.closeSync();
    expect(vfs.faults).toBeGreaterThan(60);

    const cuts = cutEverywhere(vfs.operations, acknowledged, { seed: 6, randomCuts: 1 }, (cut) => {
      const reopened = openEngineSync({ ...TINY, compaction: 'manual', vfs: cut.vfs });
      const found = contents(reopened);
      const least = cut.acknowledged ?? 0;
      if (!states.slice(least, least + 2).some((state) => same(state, found))) throw new Error('not one commit');
      reopened.closeSync();
    });
    expect(cuts).toBeGreaterThan(700);
  });

  it('and then find the disk full leave nothing, at once and after a crash', () => {
    const calls: number[] = [];
    const clean = new FaultyVfs(({ name, index }) => {
      if (name === 'write') calls.push(index);
      return undefined;
    });
    const whole = openEngineSync({ ...TINY, vfs: clean });
    for (const write of writes) perform(whole, write);
    whole.closeSync();
    let refused = 0;
    for (const failing of calls.filter((_, i) => i % 2 === 0)) {
      const vfs = new FaultyVfs(({ name, index }) => {
        if (name !== 'write' || index < failing || index > failing + 1) return undefined;
        return index === failing ? 'short' : 'ENOSPC';
      });
      let state: Entries = new Map();
      let engine: ReturnType<typeof openEngineSync>;
      try {
        engine = openEngineSync({ ...TINY, vfs });
      } catch (error) {
        expect(error).toBeInstanceOf(DiskFullError);
        engine = openEngineSync({ ...TINY, vfs });
      }
      for (const write of writes) {
        try {
          perform(engine, write);
          state = after(state, write);
        } catch (error) {
          refused++;
          expect(error).toBeInstanceOf(DiskFullError);
        }
        if (write.kind === 'load' && !same(contents(engine), state)) throw new Error('not what was acknowledged');
      }
      const crashed = openEngineSync({ ...TINY, vfs: vfs.disk().afterCut('everything', () => 0.5) });
      expect(same(contents(crashed), state)).toBe(true);
      crashed.closeSync();
      engine.closeSync();
      expect(vfs.openFiles).toBe(0);
    }
    expect(refused).toBeGreaterThan(30);
  });
});

it('calls that give and take a part, over a real disk, change no answer', async () => {
  await loadXxh3();
  const random = seeded(7);
  let short = 0;
  const part = (count: number): number => {
    if (count < 2 || integer(random, 3) > 0) return count;
    short++;
    return 1 + integer(random, count - 1);
  };
  const vfs = new NodeVfs({
    ...nodeFs,
    readSync: (fd: number, into: Uint8Array, at: number, count: number, offset: number) =>
      nodeFs.readSync(fd, into, at, part(count), offset),
    writeSync: (fd: number, from: Uint8Array, at: number, count: number, offset: number) =>
      nodeFs.writeSync(fd, from, at, part(count), offset),
  } as typeof nodeFs);
  const path = mkdtempSync(join(tmpdir(), 'quantadb-short-'));
  try {
    for (let i = 0; i < writes.length; i++) {
      const engine = openEngineSync({ ...TINY, memory: 32 * 1024, path, vfs });
      expect(same(contents(engine), states[i]!)).toBe(true);
      // Some are closed at once, some go on for a while.
      for (let more = i % 5; more > 0 && i < writes.length - 1; more--) perform(engine, writes[i++]!);
      perform(engine, writes[i]!);
      engine.closeSync();
    }
    const reopened = openEngineSync({ ...TINY, path, vfs });
    expect(same(contents(reopened), states.at(-1)!)).toBe(true);
    reopened.closeSync();
    expect(short).toBeGreaterThan(150);
  } finally {
    rmSync(path, { recursive: true });
  }
});
