// Random histories of engine calls, checked against sorted maps after every step.
import fc from 'fast-check';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import type { Cursor, Engine, KeyRange, Snapshot, Tree } from '../../runtime/engine/index.js';
import { expectSame, expectSameLists } from '../support/equal.js';

export type Entries = Map<string, string>;
export type State = Map<string, Entries>;

/** Keys in the tests are latin1 strings: their order is that of their bytes. */
export function bytes(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export function sorted(entries: Iterable<readonly [string, string]>): (readonly [string, string])[] {
  return [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

export function drain(cursor: Cursor): [string, string][] {
  const entries: [string, string][] = [];
  while (cursor.next()) entries.push([cursor.key.copy().toString('latin1'), cursor.value.copy().toString('latin1')]);
  cursor.close();
  return entries;
}

export function copyState(state: State): State {
  return new Map([...state].map(([name, entries]) => [name, new Map(entries)]));
}

export interface Bounds {
  readonly gte?: string | undefined;
  readonly gt?: string | undefined;
  readonly lte?: string | undefined;
  readonly lt?: string | undefined;
}

export function within({ gte, gt, lte, lt }: Bounds, key: string): boolean {
  return !(
    (gte !== undefined && key < gte) ||
    (gt !== undefined && key <= gt) ||
    (lte !== undefined && key > lte) ||
    (lt !== undefined && key >= lt)
  );
}

export function toRange(bounds: Bounds): KeyRange {
  const given = Object.entries(bounds).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given.map(([name, text]) => [name, bytes(text)]));
}

/** Everything a reader can ask, of every tree of the model. */
export function expectState(engine: Engine, state: State, at?: Snapshot): void {
  const options = at === undefined ? {} : { at };
  for (const [name, entries] of state) {
    const tree = engine.trees.get(name)!;
    const expected = sorted(entries);
    expectSameLists(drain(tree.cursor({}, options)), expected);
    expectSameLists(drain(tree.cursor({}, { ...options, reverse: true })), [...expected].reverse());
  }
}

export function expectGets(tree: Tree, entries: Entries, keys: readonly string[], at?: Snapshot): void {
  const into = new ByteSpan();
  for (const key of keys) {
    const found = tree.get(bytes(key), key.length, into, at) ? into.copy().toString('latin1') : undefined;
    expectSame(found, entries.get(key));
  }
  const all = bytes(keys.join(''));
  const ends = new Int32Array(keys.length);
  let end = 0;
  for (const [i, key] of keys.entries()) {
    end += key.length;
    ends[i] = end;
  }
  const many: [number, string][] = [];
  tree.getMany(all, ends, keys.length, (i, value) => many.push([i, value.copy().toString('latin1')]), at);
  const expected = keys.flatMap((key, i) => (entries.has(key) ? [[i, entries.get(key)!]] : []));
  expectSameLists(many, expected);
}

export type Change = { readonly tree: string; readonly key: string; readonly value: string | null };

export type Step =
  | { readonly do: 'write' | 'writeSync'; readonly changes: readonly Change[] }
  | { readonly do: 'load'; readonly changes: readonly Change[] }
  | {
      readonly do: 'range';
      readonly tree: string;
      readonly bounds: Bounds;
      readonly reverse: boolean;
      readonly seek?: string;
    }
  | { readonly do: 'gets'; readonly tree: string; readonly keys: readonly string[] }
  | { readonly do: 'snapshot' | 'flush' | 'compact' | 'compactAll' | 'reopen' }
  | { readonly do: 'release'; readonly which: number }
  | { readonly do: 'drop' | 'empty'; readonly tree: string };

const TREES: readonly (readonly [name: string, keySize: number | null])[] = [
  ['fixed', 2],
  ['variable', null],
];

export function openTrees(engine: Engine, state: State): void {
  for (const [name, keySize] of TREES) {
    engine.openTree(name, { keySize });
    if (!state.has(name)) state.set(name, new Map());
  }
}

const letter = fc.constantFrom('a', 'b', 'c', 'd', '\u0000', '\u00ff');
const fixedKey = fc.string({ unit: letter, minLength: 2, maxLength: 2 });
const variableKey = fc.string({ unit: letter, maxLength: 5 });
const key = fc.oneof(fixedKey, variableKey);
const value = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: letter, maxLength: 12 }) },
  { weight: 2, arbitrary: fc.integer({ min: 100, max: 700 }).map((length) => 'v'.repeat(length)) },
  { weight: 1, arbitrary: fc.constant('w'.repeat(6000)) },
);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ tree: fc.constant('fixed'), key: fixedKey, value: fc.option(value, { nil: null, freq: 4 }) }),
  fc.record({ tree: fc.constant('variable'), key: variableKey, value: fc.option(value, { nil: null, freq: 4 }) }),
);
const changes = fc.array(change, { maxLength: 12 });
const treeName = fc.constantFrom('fixed', 'variable');
const bound = fc.option(key, { nil: undefined, freq: 2 });

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constantFrom('write' as const, 'writeSync' as const), changes }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('load' as const), changes }) },
  {
    weight: 4,
    arbitrary: fc.record(
      {
        do: fc.constant('range' as const),
        tree: treeName,
        bounds: fc.record({ gte: bound, gt: bound, lte: bound, lt: bound }),
        reverse: fc.boolean(),
        seek: key,
      },
      { requiredKeys: ['do', 'tree', 'bounds', 'reverse'] },
    ),
  },
  {
    weight: 4,
    arbitrary: fc.oneof(
      fc.record({ do: fc.constant('gets' as const), tree: fc.constant('fixed'), keys: fc.array(fixedKey) }),
      fc.record({ do: fc.constant('gets' as const), tree: fc.constant('variable'), keys: fc.array(variableKey) }),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'snapshot' as const,
        'snapshot' as const,
        'flush' as const,
        'flush' as const,
        'compact' as const,
        'compactAll' as const,
        'reopen' as const,
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(8) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'empty' as const), tree: treeName }),
  },
);

/** Runs a history; `open` opens the engine on the same directory each time. */
export async function runHistory(open: () => Promise<Engine>, steps: readonly Step[]): Promise<void> {
  let engine = await open();
  const state: State = new Map();
  const snapshots: { readonly snapshot: Snapshot; readonly state: State }[] = [];
  const cursors: { readonly cursor: Cursor; readonly expected: readonly (readonly [string, string])[] }[] = [];
  openTrees(engine, state);
  const endReaders = (): void => {
    for (const { snapshot, state: seen } of snapshots.splice(0)) {
      expectState(engine, seen, snapshot);
      snapshot.close();
    }
    for (const { cursor, expected } of cursors.splice(0)) expectSameLists(drain(cursor), expected);
  };
  for (const now of steps) {
    switch (now.do) {
      case 'write':
      case 'writeSync': {
        const batch = engine.createBatch();
        for (const { tree, key: at, value: to } of now.changes) {
          if (to === null) batch.delete(engine.trees.get(tree)!, bytes(at), at.length);
          else batch.put(engine.trees.get(tree)!, bytes(at), at.length, bytes(to), 0, to.length);
          if (to === null) state.get(tree)!.delete(at);
          else state.get(tree)!.set(at, to);
        }
        if (now.do === 'write') await engine.write(batch);
        else engine.writeSync(batch);
        break;
      }
      case 'load': {
        const load = engine.bulkLoad();
        const seen = new Set<string>();
        for (const { tree, key: at, value: to } of now.changes) {
          if (to === null || seen.has(`${tree} ${at}`)) continue;
          seen.add(`${tree} ${at}`);
          load.beginPut(engine.trees.get(tree)!, bytes(at), at.length).append(bytes(to));
          load.endPut();
          state.get(tree)!.set(at, to);
        }
        await load.finish();
        break;
      }
      case 'range': {
        const cursor = engine.trees.get(now.tree)!.cursor(toRange(now.bounds), { reverse: now.reverse });
        let expected = sorted(state.get(now.tree)!).filter(([at]) => within(now.bounds, at));
        if (now.reverse) expected.reverse();
        const { seek } = now;
        if (seek !== undefined) {
          cursor.seek(bytes(seek));
          expected = expected.filter(([at]) => (now.reverse ? at <= seek : at >= seek));
        }
        if (expected.length % 2 === 0) expectSameLists(drain(cursor), expected);
        else cursors.push({ cursor, expected });
        break;
      }
      case 'gets':
        expectGets(engine.trees.get(now.tree)!, state.get(now.tree)!, now.keys);
        for (const { snapshot, state: seen } of snapshots) {
          const entries = seen.get(now.tree);
          if (entries !== undefined) expectGets(engine.trees.get(now.tree)!, entries, now.keys, snapshot);
        }
        break;
      case 'snapshot':
        snapshots.push({ snapshot: engine.snapshot(), state: copyState(state) });
        break;
      case 'release': {
        const [ended] = snapshots.splice(now.which % Math.max(1, snapshots.length), 1);
        if (ended === undefined) break;
        expectState(engine, ended.state, ended.snapshot);
        ended.snapshot.close();
        break;
      }
      case 'flush':
        engine.flush();
        break;
      case 'compact':
      case 'compactAll':
        await engine.compact(now.do === 'compactAll');
        break;
      case 'drop':
        endReaders();
        engine.dropTree(now.tree);
        state.set(now.tree, new Map());
        openTrees(engine, state);
        break;
      case 'empty':
        // Open snapshots and cursors are in its way.
        if (engine.emptyTrees([engine.trees.get(now.tree)!])) state.set(now.tree, new Map());
        break;
      case 'reopen':
        endReaders();
        await engine.close();
        engine = await open();
        openTrees(engine, state);
        break;
    }
  }
  expectState(engine, state);
  endReaders();
  await engine.close();
}
