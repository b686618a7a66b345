// The power goes at every write and sync boundary of long histories: whatever the disk kept, the engine opens, holds every commit that
// was acknowledged, no part of another, and rows and index agree. At least 10,000 distinct moments.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import type { EngineOptions } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { after, contents, type Entries, history, perform, TINY, type Write, writeAsync } from '../engine/workload.js';
import { type Acknowledged, cutEverywhere } from '../support/crash.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { integer, seeded } from '../support/random.js';

const LEAST_MOMENTS = 10_000;

interface Run {
  readonly name: string;
  readonly seed: number;
  readonly writes: number;
  /** Commits that are in flight together, at most. */
  readonly inFlight: number;
  readonly options: Partial<EngineOptions>;
}

const RUNS: readonly Run[] = [
  { name: 'one commit at a time', seed: 11, writes: 220, inFlight: 1, options: {} },
  { name: 'many commits in flight', seed: 12, writes: 420, inFlight: 12, options: {} },
  { name: 'packed blocks', seed: 13, writes: 220, inFlight: 3, options: { compression: 'zlib', tableBytes: 2048 } },
  { name: 'commits that nobody syncs', seed: 14, writes: 300, inFlight: 1, options: { durability: 'os' } },
  { name: 'a flush at every commit', seed: 15, writes: 100, inFlight: 2, options: { memtableBytes: 1 } },
];

interface Recording {
  readonly vfs: FaultyVfs;
  /** What the rows may be after each number of writes. */
  readonly states: readonly string[];
  /** Operations that had reached the kernel when each write was begun. */
  readonly begun: readonly number[];
  readonly acknowledged: readonly Acknowledged<number>[];
}

/** Runs a history on a disk that notes everything. */
async function record({ seed, writes, inFlight, options }: Run): Promise<Recording> {
  const vfs = new FaultyVfs();
  const engine = openEngineSync({ ...TINY, ...options, vfs });
  const random = seeded(seed);
  const states = [text(new Map())];
  const begun: number[] = [];
  const acknowledged: Acknowledged<number>[] = [];
  let entries: Entries = new Map();
  let waiting: Promise<void>[] = [];
  const acknowledge = (count: number): void => {
    acknowledged.push({ position: vfs.operations.length, value: count });
  };
  const start = (write: Write, wait: boolean): void => {
    begun.push(vfs.operations.length);
    entries = after(entries, write);
    states.push(text(entries));
    const count = states.length - 1;
    if (wait || write.kind !== 'batch') {
      perform(engine, write);
      // Short of 'commit' only what goes past the log is promised, with everything before it.
      if (options.durability !== 'os' || write.kind !== 'batch') acknowledge(count);
    } else {
      waiting.push(writeAsync(engine, write).then(() => acknowledge(count)));
    }
  };
  for (const write of history(seed, writes)) {
    start(write, inFlight === 1);
    if (waiting.length >= 1 + integer(random, inFlight)) {
      await Promise.all(waiting);
      waiting = [];
    }
  }
  await Promise.all(waiting);
  engine.closeSync();
  acknowledge(states.length - 1);
  expect(engine.stats().compactions.count).toBeGreaterThan(5);
  return { vfs, states, begun, acknowledged };
}

function text(entries: Entries): string {
  return JSON.stringify([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('a power cut at any moment loses nothing that was promised', () => {
  let moments = 0;

  beforeAll(loadXxh3);
  afterAll(() => {
    console.log(`power cuts: ${moments} distinct moments, three disks at each`);
    expect(moments).toBeGreaterThanOrEqual(LEAST_MOMENTS);
  });

  for (const run of RUNS) {
    it(run.name, async () => {
      const { vfs, states, begun, acknowledged } = await record(run);
      const counts = new Map<string, number[]>();
      states.forEach((state, count) => {
        counts.set(state, [...(counts.get(state) ?? []), count]);
      });
      cutEverywhere(vfs.operations, acknowledged, { seed: run.seed, randomCuts: 1 }, (cut) => {
        const engine = openEngineSync({ ...TINY, ...run.options, compaction: 'manual', vfs: cut.vfs });
        const found = counts.get(text(contents(engine))) ?? [];
        const least = cut.acknowledged ?? 0;
        const most = begun.filter((position) => position <= cut.position).length;
        expect(
          found.some((count) => count >= least && count <= most),
          `found the state after ${found.join(' or ') || 'no number of'} writes; ${least} to ${most} were to be found`,
        ).toBe(true);
        perform(engine, { kind: 'batch', puts: [['after', 'the cut']], deletes: [] });
        engine.closeSync();
      });
      moments += vfs.operations.length + 1;
    });
  }
});
