// A small history of writes that comes through every part of the engine, for tests of what failures leave behind.
import { expect } from 'vitest';
import type { BulkLoad, Engine, EngineOptions, Tree, WriteBatch } from '../../runtime/engine/index.js';
import { integer, seeded } from '../support/random.js';
import { bytes, drain, sorted } from './model.js';

/** Sizes so small that a hundred writes are flushed and merged many times. */
export const TINY: Omit<EngineOptions, 'vfs'> = {
  path: '/db',
  memory: 64 * 1024,
  memtableBytes: 3000,
  tableBytes: 8 * 1024,
  levelBytes: 16 * 1024,
  logGrowBytes: 8 * 1024,
};

export type Entries = ReadonlyMap<string, string>;

/** One write of the history: what it does to the engine, and to a map. Rows and their index entries are always in step. */
export interface Write {
  readonly kind: 'batch' | 'load' | 'empty';
  readonly puts: readonly (readonly [key: string, value: string])[];
  readonly deletes: readonly string[];
}

export function history(seed: number, length: number): Write[] {
  const random = seeded(seed);
  const key = (): string => `k${String(integer(random, 60)).padStart(3, '0')}`;
  return Array.from({ length }, (_, i): Write => {
    if (i % 50 === 49) return { kind: 'empty', puts: [], deletes: [] };
    if (i % 16 === 15) {
      const start = integer(random, 1000);
      const puts = Array.from(
        { length: 20 },
        (_, row) => [`l${String(start + row).padStart(4, '0')}`, `${i}`] as const,
      );
      return { kind: 'load', puts, deletes: [] };
    }
    const puts = Array.from(
      { length: 1 + integer(random, 4) },
      () => [key(), `${i}`.padEnd(integer(random, 200), '.')] as const,
    );
    return { kind: 'batch', puts, deletes: integer(random, 3) === 0 ? [key()] : [] };
  });
}

export function after(entries: Entries, { kind, puts, deletes }: Write): Entries {
  const next = new Map(kind === 'empty' ? [] : entries);
  for (const [key, value] of puts) next.set(key, value);
  for (const key of deletes) next.delete(key);
  return next;
}

/** Does a write to two trees, rows and a reverse index of them. */
export function perform(engine: Engine, write: Write): void {
  if (write.kind === 'batch') {
    engine.writeSync(batchOf(engine, write));
    return;
  }
  if (write.kind === 'empty') {
    expect(engine.emptyTrees(['rows', 'index'].map((name) => engine.trees.get(name)!))).toBe(true);
    return;
  }
  const load = engine.bulkLoad();
  putAll(engine, load, write);
  load.finishSync();
}

/** The same for a batch, without waiting. */
export function writeAsync(engine: Engine, write: Write): Promise<void> {
  return engine.write(batchOf(engine, write));
}

function batchOf(engine: Engine, write: Write): WriteBatch {
  const batch = engine.createBatch();
  const { rows, index } = putAll(engine, batch, write);
  for (const key of write.deletes) {
    batch.delete(rows, bytes(key), key.length);
    batch.delete(index, bytes(reversed(key)), key.length);
  }
  return batch;
}

function putAll(engine: Engine, target: WriteBatch | BulkLoad, { puts }: Write): { rows: Tree; index: Tree } {
  const rows = engine.openTree('rows', { keySize: null });
  const index = engine.openTree('index', { keySize: null });
  const put = (tree: Tree, key: string, value: string): void => {
    target.beginPut(tree, bytes(key), key.length).append(bytes(value));
    target.endPut();
  };
  for (const [key, value] of new Map(puts)) {
    put(rows, key, value);
    put(index, reversed(key), value);
  }
  return { rows, index };
}

/** All rows of the engine, once rows and index have been seen to agree. */
export function contents(engine: Engine): Entries {
  const rows = engine.trees.get('rows');
  const index = engine.trees.get('index');
  const entries = rows === undefined ? [] : drain(rows.cursor());
  const indexed =
    index === undefined ? [] : drain(index.cursor()).map(([key, value]) => [reversed(key), value] as const);
  expect(sorted(indexed)).toEqual(entries);
  return new Map(entries);
}

export function same(a: Entries, b: Entries): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
}

function reversed(key: string): string {
  return [...key].reverse().join('');
}
