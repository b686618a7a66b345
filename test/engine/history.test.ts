// The history: every state inside its span can be read again, whatever was written, flushed, loaded, merged, reopened or cut off
// since; beyond it there is a typed error, and its space comes back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Engine, type EngineOptions, openEngine, type Tree } from '../../runtime/engine/index.js';
import { HistoryError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { bytes, drain, type Entries, sorted } from './model.js';

const SPAN = 60_000;
/** What dates are good to, in milliseconds. */
const RESOLUTION = 1000;
const TINY: Omit<EngineOptions, 'vfs'> = {
  path: '/db',
  memory: 64 * 1024,
  memtableBytes: 2048,
  tableBytes: 4096,
  levelBytes: 8192,
};

/** Every state that there ever was, with its time. */
interface Moment {
  readonly sequence: number;
  readonly time: number;
  readonly entries: Entries;
}

type Step =
  | { readonly do: 'write' | 'load'; readonly changes: readonly (readonly [string, string | null])[] }
  | { readonly do: 'pass'; readonly milliseconds: number }
  | { readonly do: 'at'; readonly back: number }
  | { readonly do: 'atCommit'; readonly which: number }
  | { readonly do: 'flush' | 'compact' | 'compactAll' | 'reopen' | 'crash' };

const key = fc.constantFrom('a', 'b', 'c', 'dd', 'dde', 'f');
const value = fc.oneof(
  fc.string({ maxLength: 4 }).map((text) => Buffer.from(text).toString('latin1')),
  fc.constant('w'.repeat(700)),
);
const changes = fc.uniqueArray(fc.tuple(key, fc.option(value, { nil: null, freq: 4 })), {
  minLength: 1,
  maxLength: 4,
  selector: ([name]) => name,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('write' as const), changes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('load' as const), changes }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      milliseconds: fc.oneof(fc.integer({ min: 1, max: 1500 }), fc.integer({ min: 1, max: 40_000 })),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('at' as const), back: fc.integer({ min: 1, max: 90_000 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('atCommit' as const), which: fc.nat(60) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'flush' as const,
        'compact' as const,
        'compactAll' as const,
        'reopen' as const,
        'crash' as const,
      ),
    }),
  },
);

describe('the history of an engine', () => {
  it('shows the state of every commit and date in its span', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 120, size: 'max' }), (steps) => run(steps)),
      { numRuns: 60 },
    );
  });

  it('is begun, lengthened, shortened and ended by the option, and kept where none is given', async () => {
    const vfs = new MemoryVfs();
    let now = 1_000_000;
    const open = (history?: number): Promise<Engine> =>
      openEngine({ ...TINY, vfs, date: () => now, history: history ?? null });
    const at = (engine: Engine, when: number | Date): string => {
      const snapshot = engine.snapshotAt(when);
      const text = textOf(engine.trees.get('t')!, snapshot);
      snapshot.close();
      return text;
    };
    let engine = await open();
    write(engine, engine.openTree('t', { keySize: null }), 'a', '1');
    const before = engine.sequence;
    expect(() => engine.snapshotAt(before - 1)).toThrow(/QDB4117.*no history is kept/);
    expect(at(engine, before)).toBe('a=1');
    await engine.close();

    engine = await open(10_000);
    expect(() => engine.snapshotAt(new Date(now - 1))).toThrow(HistoryError);
    now += 5000;
    write(engine, engine.trees.get('t')!, 'a', '2');
    await engine.compact(true);
    expect(at(engine, new Date(now - 1))).toBe('a=1');
    await engine.close();

    engine = await open();
    expect(engine.stats().history?.milliseconds).toBe(10_000);
    expect(at(engine, new Date(now - 1))).toBe('a=1');
    now += 9000;
    expect(at(engine, new Date(now - 9001))).toBe('a=1');
    await engine.close();

    engine = await open(2000);
    expect(() => engine.snapshotAt(new Date(now - 9001))).toThrow(HistoryError);
    await engine.close();
    engine = await open(100_000);
    expect(() => engine.snapshotAt(new Date(now - 9001))).toThrow(HistoryError);
    expect(at(engine, new Date(now - 1))).toBe('a=2');
    write(engine, engine.trees.get('t')!, 'a', '3');
    now += 50_000;
    expect(at(engine, new Date(now - 50_001))).toBe('a=2');
    await engine.close();

    engine = await open(0);
    expect(engine.stats().history).toBeNull();
    expect([...engine.trees.keys()]).toEqual(['t']);
    expect(() => engine.snapshotAt(new Date(now - 1))).toThrow(/no history is kept/);
    await engine.compact(true);
    expect(versionsOnDisk(engine)).toBe(1);
    await engine.close();
  });

  it('names what can be read when more is asked for, and no future either', async () => {
    const now = 5_000_000;
    const engine = await openEngine({ ...TINY, vfs: new MemoryVfs(), date: () => now, history: SPAN });
    write(engine, engine.openTree('t', { keySize: null }), 'a', '1');
    for (const when of [
      new Date(now - SPAN - 1),
      new Date(now + 1),
      new Date(Number.NaN),
      -1,
      engine.sequence + 1,
      Number.NaN,
    ]) {
      const error = catchError(() => engine.snapshotAt(when));
      expect(error).toBeInstanceOf(HistoryError);
      expect(error).toMatchObject({ code: 'QDB4117', oldest: new Date(now) });
    }
    await engine.close();
    expect(() => engine.snapshotAt(1)).toThrow(/QDB4040/);
    await expect(openEngine({ ...TINY, vfs: new MemoryVfs(), history: -1 })).rejects.toThrow(/QDB4014/);
  });

  it('costs no more than its span: overwrites behind it leave the disk, and marks too', async () => {
    let now = 0;
    const engine = await openEngine({ ...TINY, vfs: new MemoryVfs(), date: () => now, history: SPAN });
    const tree = engine.openTree('t', { keySize: null });
    for (let i = 0; i < 500; i++) {
      write(engine, tree, 'a', String(i));
      now += RESOLUTION;
    }
    await engine.compact(true);
    expect(versionsOnDisk(engine)).toBeLessThanOrEqual(2 * (SPAN / RESOLUTION + 2));
    expect(versionsOnDisk(engine)).toBeGreaterThan(SPAN / RESOLUTION);
    now += 10 * SPAN;
    await engine.compact(true);
    expect(versionsOnDisk(engine)).toBe(2);
    await engine.close();
  });

  it('a clock that is set back neither loses nor invents anything', async () => {
    const vfs = new MemoryVfs();
    let now = 10_000_000;
    const open = (): Promise<Engine> => openEngine({ ...TINY, vfs, date: () => now, history: SPAN });
    let engine = await open();
    write(engine, engine.openTree('t', { keySize: null }), 'a', '1');
    const first = engine.sequence;
    now += 2 * SPAN;
    write(engine, engine.trees.get('t')!, 'a', '2');
    now += 2 * SPAN;
    write(engine, engine.trees.get('t')!, 'a', '3');
    await engine.compact(true);
    await engine.close();
    now -= 4 * SPAN;
    engine = await open();
    write(engine, engine.trees.get('t')!, 'a', '4');
    expect(() => engine.snapshotAt(first)).toThrow(HistoryError);
    expect(textOf(engine.trees.get('t')!)).toBe('a=4');
    await engine.close();
  });
});

async function run(steps: readonly Step[]): Promise<void> {
  let vfs = new MemoryVfs();
  let now = 1_000_000;
  const open = (): Promise<Engine> => openEngine({ ...TINY, vfs, date: () => now, durability: 'os', history: SPAN });
  let engine = await open();
  let tree = engine.openTree('t', { keySize: null });
  const begun = now;
  const moments: Moment[] = [{ sequence: engine.sequence, time: now, entries: new Map() }];
  const check = (when: number | Date, expected: (sequence: number) => boolean, mustBeThere: boolean): void => {
    let snapshot: ReturnType<Engine['snapshotAt']>;
    try {
      snapshot = engine.snapshotAt(when);
    } catch (error) {
      if (error instanceof HistoryError && !mustBeThere) return;
      throw error;
    }
    const { sequence } = snapshot;
    const moment = moments.findLast((one) => one.sequence <= sequence)!;
    if (!expected(moment.sequence)) throw new Error(`${when} shows commit ${sequence}`);
    const entries = drain(tree.cursor({}, { at: snapshot }));
    expect(entries).toEqual(sorted(moment.entries));
    snapshot.close();
  };
  for (const one of steps) {
    switch (one.do) {
      case 'write':
      case 'load': {
        const entries = new Map(moments.at(-1)!.entries);
        const batch = engine.createBatch();
        const load = engine.bulkLoad();
        for (const [name, text] of one.changes) {
          if (one.do === 'load') {
            if (text === null) continue;
            load.beginPut(tree, bytes(name), name.length).append(bytes(text));
            load.endPut();
          } else if (text === null) batch.delete(tree, bytes(name), name.length);
          else batch.put(tree, bytes(name), name.length, bytes(text), 0, text.length);
          if (text === null) entries.delete(name);
          else entries.set(name, text);
        }
        const before = engine.sequence;
        if (one.do === 'load') await load.finish();
        else engine.writeSync(batch);
        if (engine.sequence > before) moments.push({ sequence: engine.sequence, time: now, entries });
        break;
      }
      case 'pass':
        now += one.milliseconds;
        break;
      case 'at': {
        const when = now - one.back;
        const latest = moments.findLast(({ time }) => time <= when)?.sequence ?? -1;
        const sure = moments.findLast(({ time }) => time + RESOLUTION <= when)?.sequence ?? -1;
        check(new Date(when), (sequence) => sequence >= sure && sequence <= latest, one.back <= SPAN && when >= begun);
        break;
      }
      case 'atCommit': {
        const which = one.which % moments.length;
        const { sequence } = moments[which]!;
        const ended = moments[which + 1]?.time ?? Number.POSITIVE_INFINITY;
        check(sequence, (seen) => seen === sequence, ended > now - SPAN);
        break;
      }
      case 'flush':
        engine.flush();
        break;
      case 'compact':
      case 'compactAll':
        await engine.compact(one.do === 'compactAll');
        break;
      case 'reopen':
        await engine.close();
        engine = await open();
        tree = engine.trees.get('t')!;
        break;
      case 'crash':
        // What the kernel has; the old engine goes on with files that nobody looks at.
        vfs = copyOf(vfs);
        engine = await open();
        tree = engine.trees.get('t')!;
        break;
    }
  }
  expect(drain(tree.cursor())).toEqual(sorted(moments.at(-1)!.entries));
  await engine.close();
}

function copyOf(from: MemoryVfs): MemoryVfs {
  const to = new MemoryVfs();
  to.mkdir('/db');
  for (const name of from.list('/db')) {
    if (name.startsWith('LOCK')) continue;
    const source = from.open(`/db/${name}`, 'read');
    const target = to.open(`/db/${name}`, 'create');
    const content = Buffer.alloc(source.size());
    source.read(content, 0, content.length, 0);
    target.write(content, 0, content.length, 0);
    source.close();
    target.close();
  }
  return to;
}

function write(engine: Engine, tree: Tree, name: string, text: string): void {
  const batch = engine.createBatch();
  batch.put(tree, bytes(name), name.length, bytes(text), 0, text.length);
  engine.writeSync(batch);
}

function textOf(tree: Tree, at?: ReturnType<Engine['snapshotAt']>): string {
  return drain(tree.cursor({}, at === undefined ? {} : { at }))
    .map(([name, text]) => `${name}=${text}`)
    .join(' ');
}

function versionsOnDisk(engine: Engine): number {
  return engine
    .stats()
    .trees.flatMap(({ levels }) => levels)
    .reduce((sum, { entries }) => sum + entries, 0);
}

function catchError(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}
