// The ways in which a query takes its conditions, through the DAO: an arrow, a shared filter, data, and a filter in memory.
import { expect, test } from 'vitest';
import { defineFilter } from '../../runtime/query/filter.js';
import { openTest } from '../support/database.js';
import { field, index, model } from '../support/entities.js';

const CITY = model(
  'City',
  [field('id', { kind: 'int32' }), field('name', { kind: 'string' }), field('people', { kind: 'float64' })],
  [index(['name'])],
);

async function cities() {
  const db = await openTest([CITY]);
  const dao = db.dao('City');
  const names = ['Bern', 'Basel', 'Ulm', 'Zug'];
  await dao.putMany(names.map((name, id) => ({ id, name, people: id * 10 })));
  return { db, dao };
}

test('data is planned like an arrow, and several wheres are joined', async () => {
  const { db, dao } = await cities();
  await using _ = db;
  const query = dao.where({ name: { startsWith: 'B' } }).where({ people: { gt: 0 } });
  expect(await query.toArray()).toMatchObject([{ name: 'Basel' }]);
  expect(query.explain()).toMatchObject({ access: 'index name', reason: null });
  expect(() => dao.where({ mayor: 'x' })).toThrow(expect.objectContaining({ code: 'QDB2110' }));
});

test('a shared filter carries its lowering, and reads what it captures when the query runs', async () => {
  const { db, dao } = await cities();
  await using _ = db;
  let sought = 'Bern';
  const field = { op: 'field', path: ['name'] } as const;
  const isSought = defineFilter<{ name: string }>((city) => city.name === sought, {
    expression: { op: '===', left: field, right: { op: 'param', index: 0 } },
    parameters: () => [sought],
  });
  const query = dao.where(isSought as never);
  sought = 'Ulm';
  expect(await query.toArray()).toMatchObject([{ name: 'Ulm' }]);
  expect(query.explain().access).toBe('index name');
});

test('a filter runs in memory after the index, and the plan says so', async () => {
  const { db, dao } = await cities();
  await using _ = db;
  const query = dao.where({ name: { startsWith: 'B' } }).filter((city) => String(city.name).length === 4);
  expect(await query.toArray()).toMatchObject([{ name: 'Bern' }]);
  expect(query.explain()).toMatchObject({ access: 'index name', reason: 'a filter runs in memory, after the index' });
});

test('a filter that comes by way of a variable is known where the plugin could not see it', async () => {
  const { db, dao } = await cities();
  await using _ = db;
  const isBern = defineFilter<{ name: string }>((city) => city.name === 'Bern', {
    expression: { op: '===', left: { op: 'field', path: ['name'] }, right: { op: 'literal', value: 'Bern' } },
    parameters: () => [],
  });
  expect(dao.where(isBern as never, null).explain().access).toBe('index name');
});

test('captured values that can not be had leave the arrow to throw by itself, or not', async () => {
  const { db, dao } = await cities();
  await using _ = db;
  const failing = (): number => {
    throw new RangeError('no such limit');
  };
  const where = (isReady: boolean) =>
    dao.where((city) => isReady && (city.people as number) > failing(), {
      expression: {
        op: '&&',
        args: [
          { op: 'param', index: 0 },
          { op: '>', left: { op: 'field', path: ['people'] }, right: { op: 'param', index: 1 } },
        ],
      },
      parameters: () => [isReady, failing()],
    });
  expect(await where(false).toArray()).toEqual([]);
  await expect(where(true).toArray()).rejects.toThrow(RangeError);
});

test('an order is one of stored values, and a cursor of any names changes nothing outside', async () => {
  const { db, dao } = await cities();
  await using _ = db;
  const by = (selector: (city: Record<string, unknown>) => unknown) => () => dao.all().sortBy(selector as never);
  expect(by((city) => city.mayor)).toThrow(/QDB2101.*mayor is not stored.*id, name, people/);
  expect(by((city) => (city.name as unknown as { first: string }).first)).toThrow(/QDB2101/);
  const prototype = '__proto__';
  expect(by((city) => (city[prototype] as Record<string, unknown>).polluted)).toThrow(/QDB2101/);
  expect((await by((city) => (city.name as string).length)().toArray()).map(({ id }) => id)).toEqual([2, 3, 0, 1]);
});
