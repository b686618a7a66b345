import { beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { type Acknowledged, cutEverywhere } from '../support/crash.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { integer, seeded } from '../support/random.js';
import {
  contents,
  type Entries,
  history,
  perform,
  same,
  after as stateAfter,
  TINY,
  type Write,
  writeAsync,
} from './workload.js';

describe('a power cut', () => {
  beforeAll(loadXxh3);

  it('at any write or sync leaves every acknowledged commit and load, whole, and nothing half', () => {
    const vfs = new FaultyVfs();
    const engine = openEngineSync({ ...TINY, vfs });
    const states: Entries[] = [new Map()];
    const acknowledged: Acknowledged<number>[] = [];
    for (const write of history(1, 100)) {
      states.push(stateAfter(states.at(-1)!, write));
      perform(engine, write);
      acknowledged.push({ position: vfs.operations.length, value: states.length - 1 });
    }
    engine.closeSync();
    expect(engine.stats().compactions.count).toBeGreaterThan(5);

    const cuts = cutEverywhere(vfs.operations, acknowledged, { seed: 1, randomCuts: 1 }, (cut) => {
      const reopened = openEngineSync({ ...TINY, compaction: 'manual', vfs: cut.vfs });
      const found = contents(reopened);
      const least = cut.acknowledged ?? 0;
      expect(states.slice(least, least + 2).some((state) => same(state, found))).toBe(true);
      reopened.closeSync();
    });
    expect(cuts).toBeGreaterThan(2000);
  });

  it('never brings back what the disk refused amid commits of the same size', async () => {
    const vfs = new FaultyVfs();
    const engine = openEngineSync({ ...TINY, memtableBytes: 1024 * 1024, vfs });
    const random = seeded(3);
    let armed = false;
    vfs.plan = ({ name, path }) => {
      if (!armed || name !== 'write' || !path.includes('wal')) return undefined;
      armed = false;
      return 'ENOSPC';
    };
    let state: Entries = new Map();
    let refusals = 0;
    /** What may be found from some position on. */
    const moments: Acknowledged<readonly Entries[]>[] = [];
    const from = (...value: Entries[]): number => moments.push({ position: vfs.operations.length, value });
    for (let round = 0; round < 40; round++) {
      const group = Array.from({ length: 1 + integer(random, 4) }, (_, i): Write => {
        const key = `k${(round * 4 + i) % 30}`.padEnd(4, '.');
        return { kind: 'batch', puts: [[key, `${round}`.padEnd(40, '.')]], deletes: [] };
      });
      // As long as nobody was told, any number of a group's commits may be there.
      const prefixes = [state];
      for (const write of group) prefixes.push(stateAfter(prefixes.at(-1)!, write));
      from(...prefixes);
      armed = integer(random, 3) === 0;
      const outcomes = await Promise.allSettled(group.map((write) => writeAsync(engine, write)));
      const refused = outcomes.filter(({ status }) => status === 'rejected').length;
      expect([0, group.length]).toContain(refused);
      if (refused > 0) refusals++;
      else state = prefixes.at(-1)!;
      from(state);
    }
    expect(refusals).toBeGreaterThan(8);
    cutEverywhere(vfs.operations, moments, { seed: 3, randomCuts: 1 }, (cut) => {
      const reopened = openEngineSync({ ...TINY, compaction: 'manual', vfs: cut.vfs });
      const found = contents(reopened);
      expect((cut.acknowledged ?? [new Map()]).some((state) => same(state, found))).toBe(true);
      reopened.closeSync();
    });
    engine.closeSync();
  });

  it('after an earlier one, at any write of the recovery, loses nothing either', () => {
    const first = new FaultyVfs();
    const writes = history(2, 40);
    const engine = openEngineSync({ ...TINY, vfs: first });
    for (const write of writes) perform(engine, write);
    const expected = writes.reduce(stateAfter, new Map() as Entries);
    const crashed = first.disk().afterCut('everything', () => 0.5);

    const second = new FaultyVfs();
    copyInto(crashed, second);
    const base = second.operations.length;
    const recovered = openEngineSync({ ...TINY, vfs: second });
    expect(same(contents(recovered), expected)).toBe(true);
    recovered.closeSync();
    cutEverywhere(second.operations, [{ position: base, value: true }], { seed: 2, randomCuts: 4 }, (cut) => {
      if (cut.acknowledged === undefined) return;
      const again = openEngineSync({ ...TINY, vfs: cut.vfs });
      expect(same(contents(again), expected)).toBe(true);
      again.closeSync();
    });
  });
});

/** All files of a directory, synced. */
function copyInto(from: { list(path: string): string[]; open: FaultyVfs['open'] }, to: FaultyVfs): void {
  to.mkdir('/db');
  for (const name of from.list('/db')) {
    const source = from.open(`/db/${name}`, 'read');
    const data = Buffer.alloc(source.size());
    source.read(data, 0, data.length, 0);
    const target = to.open(`/db/${name}`, 'create');
    target.write(data, 0, data.length, 0);
    target.sync();
    target.close();
    source.close();
  }
  to.syncDirectory('/db');
}
