// explain(): one golden tree for each way to get at rows, on a table of 20,000 rows, less times and numbers of rows.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QueryBuilder } from '../../runtime/database/query-builder.js';
import type { ObjectForm } from '../../runtime/query/object-form.js';
import { openGenerated, openTest, type TestDatabase } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';

const GOLDEN = fileURLToPath(new URL('./golden/plans.txt', import.meta.url));
const ROWS = 20_000;

const CITY = model(
  'City',
  [
    field('id', { kind: 'int32' }),
    field('country', { kind: 'string' }),
    field('name', { kind: 'string' }),
    field('code', { kind: 'string' }),
    field('latitude', { kind: 'float64' }),
    field('people', { kind: 'int32' }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [
    index(['code'], { unique: true }),
    index(['country', 'name']),
    index(['latitude']),
    index(['people']),
    index(['name'], { caseInsensitive: true }),
    index(['tags'], { multiEntry: true }),
  ],
);

type Cities = QueryBuilder<AnyRow, unknown, never>;
type Ask = (cities: Cities) => Cities;
const where =
  (condition: Readonly<Record<string, unknown>>): Ask =>
  (cities) =>
    cities.where(condition as ObjectForm<AnyRow>);

const paths: readonly [path: string, ask: Ask, of?: 'count'][] = [
  ['primary point', where({ id: 7 })],
  ['primary multi-get', where({ id: { in: [7, 8, 4000, 99_999] } })],
  ['primary range', where({ id: { gte: 10, lt: 20 } })],
  ['unique lookup', where({ code: 'c17' })],
  ['index range', where({ latitude: { gte: 20, lt: 20.5 } })],
  ['index prefix', where({ country: { startsWith: 'C39' } })],
  ['composite prefix with a range', where({ country: 'C12', name: { startsWith: 'Town 1' } })],
  ['multi-entry', where({ tags: { includes: 't3' } })],
  [
    'case-insensitive',
    (cities) =>
      cities.where((city) => (city.name as string).toLowerCase() === 'town 17', {
        expression: {
          op: '===',
          left: { op: 'toLowerCase', arg: { op: 'field', path: ['name'] } },
          right: { op: 'literal', value: 'town 17' },
        },
        parameters: () => [],
      }),
  ],
  ['index only', where({ country: 'C12', name: { endsWith: '7' } }), 'count'],
  ['index only, exactly', where({ country: 'C12' }), 'count'],
  ['index only, of a projection', (cities) => where({ country: 'C12' })(cities).select((city) => city.name) as never],
  ['ordered by an index, with an early stop', (cities) => cities.sortBy((city) => city.latitude, 'desc').limit(5)],
  ['sorted in groups', (cities) => where({ country: 'C12' })(cities).sortBy((city) => city.name, 'desc')],
  ['top k', (cities) => cities.sortBy((city) => city.name).limit(5)],
  ['union', where({ or: [{ code: 'c17' }, { latitude: { lt: -89.9 } }] })],
  ['intersection', where({ country: 'C12', tags: { includes: 't3' } })],
  ['scan', where({ name: { contains: 'own 39' } })],
  ['scan of what no plugin has lowered', (cities) => cities.filter((city) => city.id === 3)],
];

let db: TestDatabase;
beforeAll(async () => {
  db = await openTest([CITY]);
  db.dao('City').putManySync(
    Array.from({ length: ROWS }, (_, i) => ({
      id: i + 1,
      country: `C${i % 40}`,
      name: `Town ${(i * 31) % 700}`,
      code: `c${(i * 7919) % ROWS}`,
      latitude: ((i * 7907) % 18_000) / 100 - 90,
      people: (i * 104_729) % 1_000_000,
      tags: [`t${Math.floor(i / 40) % 40}`],
    })),
  );
});
afterAll(() => db.closeSync());

const all = (): Cities => db.dao('City').all() as unknown as Cities;

/** Times are of the machine, what was beaten by how much is of the constants, and estimates are held against the rows below. */
function withoutTimes(tree: string): string {
  return tree
    .replace(/\ninstead of(\n {2}.*)*/, '')
    .replace(/[\d.]+ (us|ms|s)\b/g, '<time>')
    .replace(/: [\d,.]+( of|$)/gm, ': <rows>$1');
}

test('each way to get at rows prints as its golden tree', () => {
  const text = paths
    .map(([path, ask, of]) => `# ${path}\n${withoutTimes(inspect(ask(all()).explain({ of: of ?? 'rows' })))}\n`)
    .join('\n');
  if (process.env.UPDATE_GOLDEN === '1' || !existsSync(GOLDEN)) writeFileSync(GOLDEN, text);
  expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
});

test.each(paths)('%s: expects about as many rows as there are', (_, ask) => {
  const query = ask(all());
  const rows = query.toArraySync().length;
  const { rows: expected } = query.explain();
  expect(expected).toBeGreaterThanOrEqual(rows / 8 - 2);
  expect(expected).toBeLessThanOrEqual(rows * 8 + ROWS / 3);
});

test('the plan is data: it says what it beat, what is lowered, and survives JSON', () => {
  const plan = where({ latitude: { gte: 20, lt: 20.5 } })(all()).explain();
  expect(plan).toMatchObject({
    entity: 'City',
    access: 'index latitude',
    rowsInTable: ROWS,
    measured: null,
    notLowered: [],
  });
  expect(plan.lowered).toEqual(['row.latitude >= 20 && row.latitude < 20.5']);
  const scan = plan.beaten.find(({ access }) => access === 'scan')!;
  expect(scan.times).toBeCloseTo(scan.cost / plan.cost, 5);
  expect(scan.times).toBeGreaterThan(1);
  expect(plan.toTree()).toMatch(/instead of\n.* x {2}scan/);
  expect(JSON.parse(JSON.stringify(plan)).access).toBe('index latitude');
});

test('analyze runs the query and tells what it took', async () => {
  const query = where({ latitude: { gte: 20, lt: 20.5 } })(all());
  const expected = query.countSync();
  const plan = await query.explain({ analyze: true });
  expect(plan.measured?.rows).toBe(expected);
  expect(plan.measured?.nanoseconds).toBeGreaterThan(0);
  expect(inspect(plan)).toMatch(
    /^City: .*\nmeasured: \d+ rows in .*, \d+ pages in memory, \d+ read, \d+ blocks skipped\n/,
  );
  expect(query.explainSync({ analyze: true, of: 'count' }).measured?.rows).toBe(expected);
});

test('a table of few rows is planned for those to come', async () => {
  await using small = await openTest([CITY]);
  const plan = small
    .dao('City')
    .where({ latitude: { gt: 20 } })
    .explain();
  expect(plan).toMatchObject({ access: 'index latitude', isAssumed: true, rows: 0, rowsInTable: 0 });
});

test('analyze tells the blocks that zone maps spared a scan', async () => {
  const readings = model(
    'Reading',
    [field('id', { kind: 'float64' }), field('at', { kind: 'float64' }), field('note', { kind: 'string' })],
    [],
  );
  await using db = await openGenerated([readings]);
  const note = 'n'.repeat(200);
  await db.dao('Reading').putMany(Array.from({ length: 4000 }, (_, i) => ({ id: i, at: i, note })));
  const query = db.dao('Reading').where({ at: { gte: 3990 } });
  const { measured } = query.explainSync({ analyze: true });
  expect(measured?.rows).toBe(10);
  expect(measured?.blocksSkipped).toBeGreaterThan(100);
});
