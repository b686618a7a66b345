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
