import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { H1, hashKey } from '../../../runtime/bytes/hash.js';
import { ByteSpan } from '../../../runtime/bytes/writer.js';
import { Memtable } from '../../../runtime/engine/memtable/memtable.js';
import { MemtableSource } from '../../../runtime/engine/read/memtable-source.js';
import { Readers } from '../../../runtime/engine/readers.js';
import { ABSENT, DELETED, FOUND } from '../../../runtime/engine/table/table.js';

const NEWEST = Number.MAX_SAFE_INTEGER;

function put(table: Memtable, sequence: number, key: string, value: string | null): void {
  const bytes = Buffer.from(key);
  const data = Buffer.from(value ?? '');
  hashKey(bytes, 0, bytes.length);
  table.put(bytes, 0, bytes.length, H1, sequence, value === null, data, 0, data.length);
}

/** The value, null when deleted, undefined when absent. */
function get(table: Memtable, key: string, sequence = NEWEST): string | null | undefined {
  const bytes = Buffer.from(key);
  hashKey(bytes, 0, bytes.length);
  const into = new ByteSpan();
  const found = table.get(bytes, 0, bytes.length, H1, sequence, into);
  if (found === ABSENT) return undefined;
  if (found === DELETED) return null;
  expect(found).toBe(FOUND);
  return into.copy().toString();
}

function walk(table: Memtable, sequence = NEWEST): [string, string | null][] {
  const entries: [string, string | null][] = [];
  for (const run of table.sortedRuns()) {
    const source = new MemtableSource(table, run, sequence);
    for (let on = source.first(); on; on = source.next()) {
      entries.push([source.key.copy().toString(), source.deleted ? null : source.value.copy().toString()]);
    }
  }
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('Memtable', () => {
  it('answers the newest version, or the newest at a sequence number while a reader stands there', () => {
    const readers = new Readers();
    const table = new Memtable(readers);
    put(table, 1, 'a', 'one');
    readers.add(1);
    put(table, 2, 'a', 'two, longer than one');
    put(table, 3, 'a', null);
    expect(get(table, 'a')).toBeNull();
    expect(get(table, 'a', 1)).toBe('one');
    expect(get(table, 'a', 0)).toBeUndefined();
    expect(get(table, 'b')).toBeUndefined();
  });

  it('reuses the room of versions that nobody reads', () => {
    const table = new Memtable(new Readers());
    put(table, 1, 'a', 'x'.repeat(100));
    put(table, 2, 'a', 'y'.repeat(100));
    const size = table.byteLength;
    for (let sequence = 3; sequence < 1000; sequence++) put(table, sequence, 'a', 'z'.repeat(100));
    expect(table.byteLength).toBe(size);
    expect(get(table, 'a')).toBe('z'.repeat(100));
  });

  it('reuses room also under the floor, where one older version has to stay', () => {
    const readers = new Readers();
    const table = new Memtable(readers);
    for (let sequence = 1; sequence < 4; sequence++) {
      put(table, sequence, 'a', 'x'.repeat(100));
      readers.floor = sequence;
    }
    const size = table.byteLength;
    for (let sequence = 4; sequence < 1000; sequence++) {
      put(table, sequence, 'a', `${sequence}`.padEnd(100));
      readers.floor = sequence;
    }
    expect(table.byteLength).toBe(size);
    expect(get(table, 'a')).toBe('999'.padEnd(100));
  });

  it('takes back what was not logged: overwrites, deletions and new keys', () => {
    const readers = new Readers();
    const table = new Memtable(readers);
    put(table, 1, 'kept', 'old');
    put(table, 2, 'deleted', 'old');
    readers.floor = 2;
    put(table, 3, 'kept', 'new');
    put(table, 4, 'kept', 'newer');
    put(table, 4, 'deleted', null);
    put(table, 5, 'fresh', 'new');
    table.undo(2);
    expect(get(table, 'kept')).toBe('old');
    expect(get(table, 'deleted')).toBe('old');
    expect(get(table, 'fresh')).toBeUndefined();
    expect(walk(table).map(([key]) => key)).toEqual(['deleted', 'kept']);
    put(table, 6, 'fresh', 'again');
    expect(get(table, 'fresh')).toBe('again');
  });

  it('agrees with a map at every sequence number that has a reader', () => {
    const step = fc.record({
      key: fc.constantFrom('', 'a', 'b', 'ab', 'abc', 'b\u0000', 'c', 'longer key'),
      value: fc.option(fc.string({ maxLength: 40 }), { nil: null, freq: 4 }),
      action: fc.constantFrom('put', 'put', 'put', 'open', 'close', 'walk'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const readers = new Readers();
        const table = new Memtable(readers);
        const model = new Map<string, string | null>();
        const open: { sequence: number; state: Map<string, string | null> }[] = [];
        let sequence = 0;
        for (const { key, value, action } of steps) {
          if (action === 'put') {
            put(table, ++sequence, key, value);
            model.set(key, value);
          } else if (action === 'open') {
            readers.add(sequence);
            open.push({ sequence, state: new Map(model) });
          } else if (action === 'close') {
            const reader = open.shift();
            if (reader !== undefined) readers.remove(reader.sequence);
          } else {
            table.sortedRuns();
          }
        }
        for (const { sequence: at, state } of [...open, { sequence: NEWEST, state: model }]) {
          for (const key of model.keys()) expect(get(table, key, at)).toBe(state.has(key) ? state.get(key) : undefined);
          const entries = [...state].sort(([a], [b]) => (a < b ? -1 : 1));
          expect(walk(table, at)).toEqual(entries);
        }
      }),
      { numRuns: 300 },
    );
  });
});
