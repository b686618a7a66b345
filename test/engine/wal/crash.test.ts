// The log under power cuts, failing calls and damage: every record that was synced comes back, in order and unchanged, or a typed
// error says why not.
import { expect, test } from 'vitest';
import { BLOCK_BYTES } from '../../../runtime/engine/wal/fragment.js';
import type { WalPosition, WalRecovery } from '../../../runtime/engine/wal/log.js';
import { replay } from '../../../runtime/engine/wal/replay.js';
import { WalWriter } from '../../../runtime/engine/wal/writer.js';
import { DiskFullError, QuantaError, ReadOnlyError } from '../../../runtime/errors.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import type { Vfs } from '../../../runtime/vfs/vfs.js';
import { type Acknowledged, cutEverywhere } from '../../support/crash.js';
import { type Fault, FaultyVfs } from '../../support/faulty-vfs.js';
import { integer, seeded } from '../../support/random.js';

const OPTIONS = { growBytes: BLOCK_BYTES, keepFree: 1 };

/** Record `i` is known by its bytes, so that a mix-up of two shows. */
function record(i: number): Buffer {
  RECORDS[i] ??= Buffer.alloc([3, 250, 700, 1500, 12_000, 40_000][i % 6]! + (i % 7), `${i},`);
  return RECORDS[i];
}
const RECORDS: Buffer[] = [];

function append(wal: WalWriter, i: number): void {
  const bytes = record(i);
  wal.append(i, bytes, 0, bytes.length);
}

/** Replays, checks that what comes is a row of whole records, and returns the numbers of the first and last of them. */
function read(vfs: Vfs, from = 0, durable: WalPosition | null = null): WalRecovery & { first: number; last: number } {
  let first = 0;
  let last = 0;
  const recovery = replay(vfs, '', from, durable, (sequence, bytes, start, end) => {
    if (first === 0) first = sequence;
    else expect(sequence).toBe(last + 1);
    expect(bytes.subarray(start, end).equals(record(sequence))).toBe(true);
    last = sequence;
  });
  return { ...recovery, first, last };
}

interface State {
  /** Records up to this one were synced. */
  readonly last: number;
  /** Records from this one on must be there: older ones were released. */
  readonly first: number;
  readonly from: number;
}

test('a power cut anywhere loses nothing that was synced, and the log goes on', () => {
  const vfs = new FaultyVfs();
  const random = seeded(7);
  const acknowledged: Acknowledged<State>[] = [];
  let state: State = { last: 0, first: 1, from: 0 };
  let wal = WalWriter.open(vfs, '', read(vfs), OPTIONS);
  const firstOf = new Map([[wal.segment, 1]]);
  for (let i = 1; i <= 110; i++) {
    append(wal, i);
    const dice = integer(random, 20);
    if (dice < 8) {
      wal.flush();
      continue;
    }
    if (dice === 8) {
      firstOf.set(wal.rotate(), i + 1);
      const from = Math.max(state.from, wal.segment - integer(random, 2));
      state = { last: i, first: firstOf.get(from)!, from };
      // The manifest would be on disk now; only then are files recycled.
      acknowledged.push({ position: vfs.operations.length, value: state });
      wal.release(from);
    } else if (dice === 9) {
      wal.close();
      wal = WalWriter.open(vfs, '', read(vfs, state.from), OPTIONS);
    } else {
      wal.sync();
    }
    state = { ...state, last: i };
    acknowledged.push({ position: vfs.operations.length, value: state });
  }
  wal.close();

  let torn = 0;
  const cuts = cutEverywhere(vfs.operations, acknowledged, { seed: 1, randomCuts: 4 }, (cut) => {
    const { last, first, from } = cut.acknowledged ?? { last: 0, first: 1, from: 0 };
    const found = read(cut.vfs, from);
    if (last >= first) {
      expect(found.first).toBe(first);
      expect(found.last).toBeGreaterThanOrEqual(last);
    }
    if (found.tornBytes > 0) torn++;
    // What comes next stands right behind what was found.
    const again = WalWriter.open(cut.vfs, '', found, OPTIONS);
    append(again, found.last + 1);
    const end = again.close();
    expect(read(cut.vfs, from, end).last).toBe(found.last + 1);
  });
  expect(cuts).toBeGreaterThan(1000);
  expect(torn).toBeGreaterThan(100);
});

/** One closed log of two segments and a recycled file. */
function closedLog(): { vfs: MemoryVfs; from: number; end: WalPosition } {
  const vfs = new MemoryVfs();
  let wal = WalWriter.open(vfs, '', read(vfs), { growBytes: 1024, keepFree: 1 });
  for (const i of [6, 7, 8]) append(wal, i);
  const second = wal.rotate();
  for (const i of [9, 12]) append(wal, i);
  wal.rotate();
  wal.release(second);
  for (const i of [13, 14]) append(wal, i);
  wal.close();
  wal = WalWriter.open(
    vfs,
    '',
    replay(vfs, '', second, null, () => {}),
    { growBytes: 1024 },
  );
  append(wal, 18);
  return { vfs, from: second, end: wal.close()! };
}

const CLOSED = [9, 12, 13, 14, 18];

/** The records, or undefined for a typed error. Anything else fails the test. */
function outcome(vfs: Vfs, from: number, end: WalPosition): number[] | undefined {
  const found: number[] = [];
  try {
    replay(vfs, '', from, end, (sequence, bytes, start, stop) => {
      expect(bytes.subarray(start, stop).equals(record(sequence))).toBe(true);
      found.push(sequence);
    });
  } catch (error) {
    expect(error).toBeInstanceOf(QuantaError);
    return undefined;
  }
  return found;
}

test('in a closed log, every byte flipped and every length cut is noticed, or does no harm', () => {
  const { vfs, from, end } = closedLog();
  expect(outcome(vfs, from, end)).toEqual(CLOSED);
  const random = seeded(3);
  let noticed = 0;
  for (const name of vfs.list('')) {
    const file = vfs.open(name, 'write');
    const bytes = Buffer.alloc(file.size());
    file.read(bytes, 0, bytes.length, 0);
    for (let at = 0; at < bytes.length; at++) {
      file.write(Uint8Array.of(bytes[at]! ^ (1 << integer(random, 8))), 0, 1, at);
      const records = outcome(vfs, from, end);
      if (records === undefined) noticed++;
      else expect(records).toEqual(CLOSED);
      file.write(bytes, at, at + 1, at);
    }
    for (let size = bytes.length - 1; size >= 0; size--) {
      file.truncate(size);
      const records = outcome(vfs, from, end);
      if (records === undefined) noticed++;
      else expect(records).toEqual(CLOSED);
    }
    file.write(bytes, 0, bytes.length, 0);
  }
  expect(noticed).toBeGreaterThan(5000);
});

/** Appends and syncs records of 1 to 30, in groups of three, with rotations; tells `failure` at once what failed. */
function workload(
  vfs: Vfs,
  failure: (records: number[], error: unknown) => void,
): { synced: number[]; wal: WalWriter } {
  const synced: number[] = [];
  const wal = WalWriter.open(
    vfs,
    '',
    replay(vfs, '', 0, null, () => {}),
    OPTIONS,
  );
  for (let i = 1; i <= 30; i += 3) {
    const group = [i, i + 1, i + 2];
    try {
      for (const each of group) append(wal, each);
      wal.sync();
      synced.push(...group);
    } catch (error) {
      failure(group, error);
    }
    try {
      if (i % 10 === 0) wal.rotate();
    } catch (error) {
      failure([], error);
    }
  }
  return { synced, wal };
}

function cleanRun(): FaultyVfs {
  const vfs = new FaultyVfs();
  const { synced, wal } = workload(vfs, (_, error) => {
    throw error;
  });
  wal.close();
  expect(synced).toHaveLength(30);
  return vfs;
}

test.each<Fault>(['EIO', 'ENOSPC'])(
  'each call failing once with %s reaches the caller, and no failed record stays',
  (fault) => {
    const calls = cleanRun().calls;
    for (let index = 0; index < calls; index++) {
      let name = '';
      const vfs = new FaultyVfs((call) => {
        if (call.index !== index) return undefined;
        name = call.name;
        return fault;
      });
      const failed: number[] = [];
      const errors: unknown[] = [];
      const failure = (records: number[], error: unknown) => {
        failed.push(...records);
        errors.push(error);
        // Neither the process dying now nor the power leaves anything of them.
        if (name !== 'sync') {
          expect(outcomeOf(vfs).filter((i) => records.includes(i))).toEqual([]);
          expect(outcomeOf(vfs.disk().afterCut('some', seeded(index))).filter((i) => records.includes(i))).toEqual([]);
        }
      };
      let result: ReturnType<typeof workload>;
      try {
        result = workload(vfs, failure);
      } catch (error) {
        // Opening has failed, leaves nothing open, and can be tried again.
        expect(vfs.openFiles).toBe(0);
        expect(error instanceof QuantaError ? error.cause : error).toMatchObject({ code: fault });
        result = workload(vfs, failure);
      }
      const { synced } = result;
      if (name === 'sync' && failed.length > 0) {
        // Never as if it had worked: all later ones are refused.
        expect(synced.length + failed.length).toBe(30);
        expect(errors.slice(1).every((error) => error instanceof ReadOnlyError)).toBe(true);
        expect(result.wal.close()).toBeNull();
      } else {
        expect(errors.length).toBeLessThanOrEqual(1);
        expect(synced.length + failed.length).toBe(30);
        if (fault === 'ENOSPC' && failed.length > 0) expect(errors[0]).toBeInstanceOf(DiskFullError);
        // Closing cuts the log: what fails there is told, too.
        if (vfs.faults === 0) expect(() => result.wal.close()).toThrow(fault);
        else result.wal.close();
      }
      const found = outcomeOf(vfs);
      expect(found.filter((i) => synced.includes(i))).toEqual(synced);
      if (name !== 'sync') expect(found.filter((i) => failed.includes(i))).toEqual([]);
    }
  },
);

function outcomeOf(vfs: Vfs): number[] {
  const found: number[] = [];
  replay(vfs, '', 0, null, (sequence) => found.push(sequence));
  return found;
}

test('after a failed sync and a power cut, nothing that was acknowledged is missing', () => {
  const calls = cleanRun().calls;
  let checked = 0;
  for (let index = 0; index < calls; index++) {
    const vfs = new FaultyVfs((call) => (call.index === index && call.name === 'sync' ? 'EIO' : undefined));
    let synced: number[];
    try {
      ({ synced } = workload(vfs, () => {}));
    } catch (error) {
      expect(error instanceof QuantaError ? error.cause : error).toMatchObject({ code: 'EIO' });
      continue;
    }
    if (vfs.faults === 0) continue;
    for (let seed = 0; seed < 5; seed++, checked++) {
      const found = outcomeOf(vfs.disk().afterCut('some', seeded(seed)));
      expect(found.slice(0, synced.length)).toEqual(synced);
    }
  }
  expect(checked).toBeGreaterThan(30);
});

test('what a reopen has found stays, even if only the kernel had it', () => {
  const vfs = new FaultyVfs();
  const dies = WalWriter.open(vfs, '', read(vfs), OPTIONS);
  for (let i = 1; i <= 5; i++) append(dies, i);
  dies.flush();
  const found = read(vfs);
  expect(found.last).toBe(5);
  WalWriter.open(vfs, '', found, OPTIONS);
  expect(read(vfs.disk().afterCut('nothing', seeded(1))).last).toBe(5);
});

test('a read that falls short is damage, never a wrong or missing record', () => {
  const vfs = cleanRun();
  const { end } = read(vfs);
  const from = vfs.calls;
  expect(outcome(vfs, 1, end)).toHaveLength(30);
  const calls = vfs.calls - from;
  for (let index = 0; index < calls; index++) {
    const at = vfs.calls + index;
    vfs.plan = (call) => (call.index === at && call.name === 'read' ? 'short' : undefined);
    const records = outcome(vfs, 1, end);
    if (records !== undefined) expect(records).toHaveLength(30);
  }
});

test('syncs off the thread share one, and cover what was appended while they waited', async () => {
  const vfs = new FaultyVfs();
  const wal = WalWriter.open(vfs, '', read(vfs), OPTIONS);
  const waiting: Promise<void>[] = [];
  for (let i = 1; i <= 64; i++) {
    append(wal, i);
    waiting.push(wal.syncAsync());
  }
  await Promise.all(waiting);
  expect(wal.counters.syncs).toBeLessThanOrEqual(3);
  expect(read(vfs.disk().afterCut('nothing', seeded(1))).last).toBe(64);
});

test('a sync off the thread flushes only what was appended before it, so a failed write is told to whom it belongs', async () => {
  const vfs = new FaultyVfs();
  const wal = WalWriter.open(vfs, '', read(vfs), OPTIONS);
  append(wal, 1);
  const first = wal.syncAsync();
  append(wal, 2);
  const second = wal.syncAsync();
  append(wal, 3);
  vfs.plan = (call) => (call.name === 'write' ? 'ENOSPC' : undefined);
  await Promise.all([first, second]);
  expect(() => wal.flush()).toThrow(DiskFullError);
});

test('rotating, releasing and closing while a sync is under way is safe', async () => {
  const vfs = new FaultyVfs();
  const wal = WalWriter.open(vfs, '', read(vfs), OPTIONS);
  append(wal, 1);
  const first = wal.syncAsync();
  append(wal, 2);
  const second = wal.syncAsync();
  wal.release(wal.rotate());
  append(wal, 3);
  const third = wal.syncAsync();
  wal.close();
  await Promise.all([first, second, third]);
  expect(read(vfs, 2).last).toBe(3);
});

test('a failed sync off the thread fails everyone who waits, and all who come later', async () => {
  const vfs = new FaultyVfs();
  const wal = WalWriter.open(vfs, '', read(vfs), OPTIONS);
  vfs.plan = (call) => (call.name === 'sync' ? 'EIO' : undefined);
  append(wal, 1);
  const waiting = [wal.syncAsync()];
  append(wal, 2);
  waiting.push(wal.syncAsync());
  const results = await Promise.allSettled(waiting);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  vfs.plan = () => undefined;
  append(wal, 3);
  expect(() => wal.sync()).toThrow(ReadOnlyError);
});
