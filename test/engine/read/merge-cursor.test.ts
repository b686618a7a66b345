import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { H1, hashKey } from '../../../runtime/bytes/hash.js';
import type { Cursor, KeyRange } from '../../../runtime/engine/api.js';
import { Memtable } from '../../../runtime/engine/memtable/memtable.js';
import { MemtableSource } from '../../../runtime/engine/read/memtable-source.js';
import { MergeCursor } from '../../../runtime/engine/read/merge-cursor.js';
import { Readers } from '../../../runtime/engine/readers.js';

const OPEN = { closed: false };
const WHOLE = { isUndone: false };

type Layer = ReadonlyMap<string, string | null>;

function source(layer: Layer): MemtableSource {
  const table = new Memtable(new Readers());
  for (const [key, value] of layer) {
    const bytes = Buffer.from(key, 'latin1');
    const data = Buffer.from(value ?? '');
    hashKey(bytes, 0, bytes.length);
    table.put(bytes, 0, bytes.length, H1, 1, value === null, data, 0, data.length);
  }
  return new MemtableSource(table, table.sortedKeys(), 1);
}

function visible(layers: readonly Layer[]): [string, string][] {
  const merged = new Map<string, string | null>();
  for (const layer of [...layers].reverse()) for (const [key, value] of layer) merged.set(key, value);
  const live = [...merged].filter((entry): entry is [string, string] => entry[1] !== null);
  return live.sort(([a], [b]) => (a < b ? -1 : 1));
}

function drain(cursor: Cursor): [string, string][] {
  const entries: [string, string][] = [];
  while (cursor.next()) entries.push([cursor.key.copy().toString('latin1'), cursor.value.copy().toString()]);
  return entries;
}

const key = fc.string({ unit: fc.constantFrom('a', 'b', '\u0000', 'ÿ'), maxLength: 4 });
const layers = fc.array(
  fc
    .array(fc.tuple(key, fc.option(fc.string({ maxLength: 3 }), { nil: null })), { maxLength: 12 })
    .map((entries) => new Map(entries)),
  { maxLength: 5 },
);
const bound = fc.option(key, { nil: undefined, freq: 2 });
const ranges = fc.record({ gte: bound, gt: bound, lte: bound, lt: bound });

function within({ gte, gt, lte, lt }: { gte?: string; gt?: string; lte?: string; lt?: string }, at: string): boolean {
  return !(
    (gte !== undefined && at < gte) ||
    (gt !== undefined && at <= gt) ||
    (lte !== undefined && at > lte) ||
    (lt !== undefined && at >= lt)
  );
}

function bytes(range: Record<string, string | undefined>): KeyRange {
  const entries = Object.entries(range).filter((entry) => entry[1] !== undefined);
  return Object.fromEntries(entries.map(([name, text]) => [name, Buffer.from(text!, 'latin1')]));
}

describe('MergeCursor', () => {
  it('gives what a map of the layers holds, in any range and both ways', () => {
    fc.assert(
      fc.property(layers, ranges, fc.boolean(), (stack, range, reverse) => {
        const cursor = new MergeCursor(stack.map(source), bytes(range), reverse, OPEN, WHOLE, () => undefined);
        const expected = visible(stack).filter(([at]) => within(range as Record<string, string>, at));
        if (reverse) expected.reverse();
        expect(drain(cursor)).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it('seeks, also outside its range and after its end', () => {
    fc.assert(
      fc.property(layers, ranges, fc.boolean(), fc.array(key, { maxLength: 4 }), (stack, range, reverse, targets) => {
        const cursor = new MergeCursor(stack.map(source), bytes(range), reverse, OPEN, WHOLE, () => undefined);
        const all = visible(stack).filter(([at]) => within(range as Record<string, string>, at));
        if (reverse) all.reverse();
        for (const target of targets) {
          cursor.seek(Buffer.from(target, 'latin1'));
          expect(drain(cursor)).toEqual(all.filter(([at]) => (reverse ? at <= target : at >= target)));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('releases once, and gives nothing after close', () => {
    let released = 0;
    const cursor = new MergeCursor([source(new Map([['a', '1']]))], {}, false, OPEN, WHOLE, () => released++);
    cursor.close();
    cursor.close();
    expect(released).toBe(1);
    expect(cursor.next()).toBe(false);
  });
});
