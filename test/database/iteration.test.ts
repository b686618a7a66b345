// Loops over queries: they stream, they see one moment, and they let go of it.
import { expect, test } from 'vitest';
import { QueryError } from '../../runtime/errors.js';
import { openTest } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';

const ITEM = model('Item', [field('id', { kind: 'int32' }), field('rank', { kind: 'float64' })], [index(['rank'])]);
const COUNT = 2_000;

async function open() {
  const db = await openTest([ITEM]);
  const items = db.dao('Item');
  items.putManySync(Array.from({ length: COUNT }, (_, id) => ({ id, rank: -id })));
  return { db, items, [Symbol.asyncDispose]: () => db.close() };
}

test.each(['id', 'rank'])('a loop sorted by %s sees the rows as they were when it began', async (name) => {
  await using opened = await open();
  const { items } = opened;
  const seen: unknown[] = [];
  for await (const row of items.sortBy((item) => item[name])) {
    seen.push(row.id);
    items.deleteSync(row.id);
    items.putSync({ id: COUNT + seen.length, rank: 0.5 });
  }
  const ids = Array.from({ length: COUNT }, (_, id) => id);
  expect(seen).toEqual(name === 'id' ? ids : ids.reverse());
  expect(items.countSync()).toBe(COUNT);
  expect(items.getSync(0)).toBeUndefined();
});

test('a loop that awaits nothing but its rows leaves the event loop its turns', async () => {
  await using opened = await open();
  opened.items.putManySync(Array.from({ length: 60_000 }, (_, id) => ({ id: COUNT + id, rank: id })));
  let isFirst = true;
  let turned = false;
  for await (const _ of opened.items.all()) {
    if (isFirst) setImmediate(() => (turned = true));
    isFirst = false;
  }
  expect(turned).toBe(true);
});

test('both kinds give the same rows, and reading stops where the loop does', async () => {
  await using opened = await open();
  const { items } = opened;
  let looked = 0;
  const odd = items.where((item) => {
    looked++;
    return (item.id as number) % 2 === 1;
  });
  const first = async (query: Iterable<AnyRow> | AsyncIterable<AnyRow>) => {
    const ids: unknown[] = [];
    for await (const row of query) if (ids.push(row.id) === 3) break;
    return ids;
  };
  expect(await first(odd)).toEqual([1, 3, 5]);
  expect(await first({ [Symbol.iterator]: () => odd[Symbol.iterator]() })).toEqual([1, 3, 5]);
  expect(
    odd
      .limit(3)
      .toArraySync()
      .map(({ id }) => id),
  ).toEqual([1, 3, 5]);
  expect(looked).toBeLessThan(200);
});

test('what a loop held is let go: the database closes, and compacts what was deleted', async () => {
  await using opened = await open();
  const { db, items } = opened;
  for (const row of items.all()) if (row.id === 1) break;
  items.clearSync();
  await db.compact(true);
  expect(
    db
      .stats()
      .trees.find(({ name }) => name === 'Item')
      ?.levels.reduce((sum, level) => sum + level.entries, 0),
  ).toBe(0);
});

test('an iterator that has ended, or was ended before it began, gives nothing more', async () => {
  await using opened = await open();
  const { items } = opened;
  const rows = items.all().limit(1)[Symbol.iterator]();
  expect(rows[Symbol.iterator]()).toBe(rows);
  expect(rows.next().value?.id).toBe(0);
  expect([rows.next(), rows.next()]).toEqual(Array(2).fill({ value: undefined, done: true }));
  const unread = items.all()[Symbol.iterator]();
  expect(unread.return?.()).toEqual({ value: undefined, done: true });
  expect(unread.next().done).toBe(true);
});

test('a loop that fails lets go of what it held, and has ended', async () => {
  await using opened = await open();
  const { db, items } = opened;
  const rows = items
    .where((item) => {
      if (item.id === 1_000) throw new Error('refused');
      return true;
    })
    [Symbol.iterator]();
  expect(() => [...rows]).toThrow('refused');
  expect(rows.next().done).toBe(true);
  items.clearSync();
  await db.compact(true);
  expect(db.stats().trees.find(({ name }) => name === 'Item')?.levels[0]?.entries ?? 0).toBe(0);
});

test('limits, offsets and sort fields that make no sense are refused', async () => {
  await using opened = await open();
  const { items } = opened;
  expect(() => items.all().limit(-1)).toThrow(QueryError);
  expect(() => items.all().offset(1.5)).toThrow('QDB2102');
  expect(() => items.sortBy((item) => (item.rank as number) + 1)).toThrow('QDB2101');
  expect(() => items.sortBy(() => 'rank')).toThrow('QDB2101');
  expect(() => items.sortBy((item) => item)).toThrow('QDB2101');
});
