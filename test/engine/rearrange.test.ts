// Trees change names and go, several at once, by one edit: what a crash leaves is the state before or after, never between.
import { beforeAll, expect, test } from 'vitest';
import { ByteSpan } from '../../runtime/bytes/writer.js';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import type { Engine } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import { HistoryError, StorageError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { cutEverywhere } from '../support/crash.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { bytes } from './model.js';

beforeAll(loadXxh3);

const open = (vfs: Vfs, options: object = {}): Engine =>
  openEngineSync({ vfs, path: '/db', memory: 1 << 20, compaction: 'manual', ...options });

function put(engine: Engine, tree: string, value: string): void {
  const batch = engine.createBatch();
  const text = bytes(value);
  batch.put(engine.openTree(tree, { keySize: null }), bytes('k'), 1, text, 0, text.length);
  engine.writeSync(batch);
}

function read(engine: Engine): Record<string, string> {
  const into = new ByteSpan();
  return Object.fromEntries(
    [...engine.trees].map(([name, tree]) => [name, tree.get(bytes('k'), 1, into) ? into.copy().toString() : '']),
  );
}

const before = { real: 'old', shadow: 'new', other: 'x' };
const after = { archive: 'old', real: 'new' };

function prepared(vfs: Vfs): Engine {
  const engine = open(vfs);
  put(engine, 'real', 'old');
  engine.flush();
  put(engine, 'shadow', 'new');
  put(engine, 'other', 'x');
  return engine;
}

function rearrange(engine: Engine): void {
  engine.rearrangeTrees({
    rename: new Map([
      ['real', 'archive'],
      ['shadow', 'real'],
    ]),
    drop: ['other'],
  });
}

test('names pass from tree to tree, with what is in tables and what is in memory, also after reopening', async () => {
  const vfs = new MemoryVfs();
  const engine = prepared(vfs);
  const real = engine.trees.get('real')!;
  rearrange(engine);
  expect(read(engine)).toEqual(after);
  expect(real.name).toBe('archive');
  put(engine, 'real', 'newer');
  await engine.close();
  const again = open(vfs);
  expect(read(again)).toEqual({ ...after, real: 'newer' });
  await again.close();
});

test('a missing tree, or a name for two, changes nothing', async () => {
  const engine = prepared(new MemoryVfs());
  const refused = (rename: Record<string, string>, drop: string[] = []) =>
    expect(() => engine.rearrangeTrees({ rename: new Map(Object.entries(rename)), drop })).toThrow(StorageError);
  refused({ real: 'other' });
  refused({ none: 'a' });
  refused({ real: 'a', shadow: 'a' });
  refused({}, ['real', 'none']);
  expect(read(engine)).toEqual(before);
  await engine.close();
});

test('a power cut anywhere leaves all of it or nothing', () => {
  const vfs = new FaultyVfs();
  const engine = prepared(vfs);
  const begun = { position: vfs.operations.length, value: 'begun' };
  rearrange(engine);
  const done = { position: vfs.operations.length, value: 'done' };
  engine.closeSync();
  const seen = new Set<string>();
  cutEverywhere(vfs.operations, [begun, done], { seed: 1, randomCuts: 2 }, (cut) => {
    if (cut.acknowledged === undefined) return;
    const again = open(cut.vfs);
    const state = read(again);
    again.closeSync();
    if (cut.acknowledged === 'begun' && 'other' in state) expect(state).toEqual(before);
    else expect(state).toEqual(after);
    seen.add(JSON.stringify(state));
  });
  expect(seen.size).toBe(2);
});

test('a history ends where names change', async () => {
  const vfs = new MemoryVfs();
  const engine = open(vfs, { history: 3_600_000 });
  put(engine, 'real', 'old');
  const { sequence } = engine;
  put(engine, 'shadow', 'new');
  engine.rearrangeTrees({ rename: new Map([['shadow', 'renamed']]) });
  expect(() => engine.snapshotAt(sequence)).toThrow(HistoryError);
  await engine.close();
});

test('names that the manifest could not keep are refused: half a surrogate pair, and what is no string', () => {
  const engine = open(new MemoryVfs());
  put(engine, 'Zoë 🦊', 'x');
  const options = { keySize: null };
  for (const name of ['\ud800', 'a\udc01', undefined as never]) {
    expect(() => engine.openTree(name, options)).toThrow(expect.objectContaining({ code: 'QDB4014' }));
    expect(() => engine.rearrangeTrees({ rename: new Map([['Zoë 🦊', name]]) })).toThrow(
      expect.objectContaining({ code: 'QDB4014' }),
    );
  }
  expect([...engine.trees.keys()]).toEqual(['Zoë 🦊']);
});
