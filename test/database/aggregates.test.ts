// Figures over rows and groups: what they are of odd values and of none, and that it makes no difference how rows are read.
import { expect, test } from 'vitest';
import { QuantaError } from '../../runtime/errors.js';
import type { Expression } from '../../runtime/query/expression.js';
import { openGenerated } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';

const GEO = {
  kind: 'embedded',
  className: 'Geo',
  fields: [field('city', { kind: 'string' }), field('lat', { kind: 'float32' })],
} as const;
const ORDER = model(
  'Order',
  [
    field('id', { kind: 'int32' }),
    field('city', { kind: 'string' }),
    field('price', { kind: 'float64' }),
    field('discount', { kind: 'float64' }, { nullable: true, optional: true }),
    field('quantity', { kind: 'uint16' }),
    field('cents', { kind: 'int64' }),
    field('huge', { kind: 'bigint' }, { optional: true }),
    field('at', { kind: 'date' }),
    field('paid', { kind: 'boolean' }),
    field('state', { kind: 'enum', values: ['done', 'new', 'sent'] }),
    field('note', { kind: 'string' }, { optional: true }),
    field('place', GEO),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [index(['at']), index(['discount']), index(['city', 'price'])],
);

const CITIES = ['Bern', 'Zürich', 'Basel', '北京', ''];
const ROWS = Array.from({ length: 40 }, (_, id) => ({
  id,
  city: CITIES[id % 5]!,
  price: id / 8,
  discount: [undefined, null, id][id % 3],
  quantity: (id * 7) % 11,
  cents: BigInt(id) * 10n ** 15n,
  huge: id % 2 === 0 ? 2n ** 70n + BigInt(id) : undefined,
  at: new Date(1e12 + id * 1000),
  paid: id % 4 === 0,
  state: ['done', 'new', 'sent'][id % 3]!,
  note: id % 5 === 0 ? undefined : `n${id % 3}`,
  place: { city: CITIES[(id + 1) % 5]!, lat: id },
  tags: [`t${id % 2}`],
}));
type Order = (typeof ROWS)[number];

async function open(rows: readonly object[] = ROWS) {
  const db = await openGenerated([ORDER]);
  const orders = db.dao('Order');
  orders.putManySync(rows as AnyRow[]);
  // Tables give entries by the run, the memtable one by one.
  await db.compact(true);
  return { db, orders, [Symbol.asyncDispose]: () => db.close() };
}

const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error instanceof QuantaError ? error.code : error;
  }
};
const number = (name: string) => (o: AnyRow) => o[name] as number;

test('of all kinds of fields', async () => {
  await using opened = await open();
  const all = opened.orders.all();
  expect(await all.sum((o) => o.price as number)).toBe(97.5);
  expect(await all.sum((o) => o.quantity as number)).toBe(ROWS.reduce((sum, { quantity }) => sum + quantity, 0));
  expect(await all.sum((o) => o.cents as bigint)).toBe(780n * 10n ** 15n);
  expect(await all.sum((o) => o.huge as bigint)).toBe(20n * 2n ** 70n + 380n);
  expect(await all.sum((o) => o.id as number)).toBe(780);
  expect(await all.avg((o) => o.price as number)).toBe(97.5 / 40);
  expect(await all.avg((o) => o.cents as bigint)).toBe(19.5e15);
  expect(await all.avg((o) => o.at as Date)).toEqual(new Date(1e12 + 19500));
  expect(await all.min((o) => o.at as Date)).toEqual(ROWS[0]!.at);
  expect(await all.max((o) => o.at as Date)).toEqual(ROWS.at(-1)!.at);
  expect(await all.max((o) => o.huge as bigint)).toBe(2n ** 70n + 38n);
  expect(await all.min((o) => o.city as string)).toBe('');
  expect(await all.max((o) => o.city as string)).toBe('北京');
  expect(await all.max((o) => (o.place as Order['place']).city)).toBe('北京');
  expect(await all.avg((o) => (o.place as Order['place']).lat)).toBe(19.5);
  expect(await all.max((o) => o.state as string)).toBe('sent');
  expect(await all.min((o) => o.paid as boolean)).toBe(false);
});

test('what is missing counts for nothing, and of no values there is nothing but a sum', async () => {
  await using opened = await open();
  const { orders } = opened;
  const discounts = ROWS.map(({ discount }) => discount).filter((one) => typeof one === 'number');
  const sum = discounts.reduce((a, b) => a + b, 0);
  const figures = orders.all().aggregateSync((of) => ({
    rows: of.count(),
    sum: of.sum(number('discount')),
    avg: of.avg(number('discount')),
    least: of.min(number('discount')),
    most: of.max(number('discount')),
  }));
  const most = Math.max(...discounts);
  expect(figures).toEqual({ rows: 40, sum, avg: sum / discounts.length, least: 2, most });
  expect(orders.all().minSync(number('discount'))).toBe(2);
  expect(orders.all().maxSync(number('discount'))).toBe(most);
  const none = orders.where({ id: -1 });
  expect(
    none.aggregateSync((of) => ({
      rows: of.count(),
      sum: of.sum(number('price')),
      cents: of.sum((o) => o.cents as bigint),
      avg: of.avg(number('price')),
      date: of.avg((o) => o.at as Date),
      min: of.min(number('discount')),
      max: of.max((o) => o.city as string),
    })),
  ).toEqual({ rows: 0, sum: 0, cents: 0n, avg: undefined, date: undefined, min: undefined, max: undefined });
  expect(none.sumSync((o) => o.cents as bigint)).toBe(0n);
  expect([none.minSync((o) => o.at as Date), none.maxSync((o) => o.at as Date)]).toEqual([undefined, undefined]);
  expect(none.groupBy((o) => o.city).toArraySync()).toEqual([]);
});

test.each([
  [[1, Number.NaN, 3], { sum: Number.NaN, avg: Number.NaN, min: 1, max: Number.NaN }],
  [[Number.NaN], { sum: Number.NaN, avg: Number.NaN, min: Number.NaN, max: Number.NaN }],
  [[-0, 0], { sum: 0, avg: 0, min: 0, max: 0 }],
  [[Number.POSITIVE_INFINITY, 1], { sum: Infinity, avg: Infinity, min: 1, max: Infinity }],
  [[Infinity, -Infinity], { sum: Number.NaN, avg: Number.NaN, min: -Infinity, max: Infinity }],
  [[1e100, 1, -1e100], { sum: 1, avg: 1 / 3, min: -1e100, max: 1e100 }],
  [[-Infinity], { sum: -Infinity, avg: -Infinity, min: -Infinity, max: -Infinity }],
])('of %j', async (prices, expected) => {
  await using opened = await open(prices.map((price, id) => ({ ...ROWS[0]!, id, price })));
  const { orders } = opened;
  // Straight from the record, from rows, and computed.
  for (const [query, read] of [
    [orders.all(), number('price')],
    [orders.all().limit(100), number('price')],
    [orders.all(), (o: AnyRow) => (o.paid === null ? 0 : (o.price as number))],
  ] as const) {
    const figures = query.aggregateSync((of) => ({
      sum: of.sum(read),
      avg: of.avg(read),
      min: of.min(read),
      max: of.max(read),
    }));
    expect(figures).toEqual(expected);
    expect(query.minSync(read)).toBe(expected.min);
    expect(query.maxSync(read)).toBe(expected.max);
  }
});

const product: Expression = {
  op: '*',
  left: { op: 'field', path: ['price'] },
  right: { op: 'field', path: ['quantity'] },
};

test('of what is computed, lowered or not, keys and parameters among it', async () => {
  await using opened = await open();
  const { orders } = opened;
  const value = ROWS.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  const times = (o: AnyRow) => (o.price as number) * (o.quantity as number);
  expect(orders.all().sumSync(times)).toBe(value);
  let factor = 2;
  const lowered = {
    expression: { op: '*', left: product, right: { op: 'param', index: 0 } } as Expression,
    parameters: () => [factor],
  };
  // Lowered, the function itself isn't asked.
  const never = (): number => expect.fail('a row was decoded');
  expect(orders.all().sumSync(never, lowered)).toBe(2 * value);
  factor = 3;
  expect(orders.all().sumSync(never, lowered)).toBe(3 * value);
  const keyed: Expression = { op: '+', left: { op: 'field', path: ['id'] }, right: { op: 'field', path: ['price'] } };
  expect(orders.all().maxSync(never, { expression: keyed, parameters: () => [] })).toBe(39 + 39 / 8);
  expect(
    orders.where({ id: -1 }).sumSync(never as unknown as () => bigint, {
      expression: { op: '*', left: { op: 'field', path: ['cents'] }, right: { op: 'param', index: 0 } },
      parameters: () => [2n],
    }),
  ).toBe(0n);
});

test('groups by every kind of key, in its order', async () => {
  await using opened = await open();
  const { orders } = opened;
  const counts = (keyOf: (o: Order) => unknown) => {
    const groups = new Map<unknown, number>();
    for (const row of ROWS) groups.set(keyOf(row), (groups.get(keyOf(row)) ?? 0) + 1);
    return groups;
  };
  const grouped = (keyOf: (o: AnyRow) => unknown) =>
    orders
      .all()
      .groupBy(keyOf)
      .aggregate((of) => ({ rows: of.count() }))
      .toArraySync();
  for (const name of ['city', 'quantity', 'paid', 'state', 'note', 'discount', 'cents', 'id', 'huge'] as const) {
    const groups = grouped((o) => o[name]);
    const expected = counts((o) => o[name]);
    expect(new Map(groups.map(({ key, rows }) => [key, rows]))).toEqual(expected);
    const byOrder = orders
      .all()
      .distinctBy((o) => o[name])
      .sortBy((o) => o[name])
      .select((o) => o[name]);
    expect(groups.map(({ key }) => key)).toEqual(byOrder.toArraySync());
  }
  expect(grouped((o) => (o.place as Order['place']).city).map(({ key }) => key)).toEqual([...CITIES].sort());
  expect(grouped((o) => [o.paid, o.state])[0]).toEqual({ key: [false, 'done'], rows: 10 });
  expect(grouped((o) => ({ state: o.state, paid: o.paid })).map(({ key }) => key)).toEqual(
    ['done', 'new', 'sent'].flatMap((state) => [false, true].map((paid) => ({ state, paid }))),
  );
  expect(grouped((o) => new Date(Math.floor(+(o.at as Date) / 20_000) * 20_000)).map(({ rows }) => rows)).toEqual([
    20, 20,
  ]);
});

test('having, order, limit and offset are of groups', async () => {
  await using opened = await open();
  const { orders } = opened;
  const groups = orders
    .where({ id: { lt: 33 } })
    .groupBy((o) => o.city as string)
    .aggregate((of) => ({ rows: of.count(), price: of.sum((o) => o.price as number) }))
    .aggregate((of) => ({ last: of.max((o) => o.id as number) }));
  expect(groups.toArraySync()).toEqual([
    { key: '', rows: 6, price: 99 / 8, last: 29 },
    { key: 'Basel', rows: 7, price: 119 / 8, last: 32 },
    { key: 'Bern', rows: 7, price: 105 / 8, last: 30 },
    { key: 'Zürich', rows: 7, price: 112 / 8, last: 31 },
    { key: '北京', rows: 6, price: 93 / 8, last: 28 },
  ]);
  const large = groups.having((g) => g.rows > 6).sortBy((g) => g.price, 'desc');
  expect((await large.toArray()).map(({ key }) => key)).toEqual(['Basel', 'Zürich', 'Bern']);
  expect(large.offset(1).limit(1).firstSync()?.key).toBe('Zürich');
  expect(await large.count()).toBe(3);
  expect([...groups.sortBy((g) => g.rows).thenBy((g) => g.last, 'desc')].map(({ last }) => last)).toEqual([
    29, 28, 32, 31, 30,
  ]);
  const seen: string[] = [];
  for await (const { key } of large.limit(2)) seen.push(key);
  expect(seen).toEqual(['Basel', 'Zürich']);
  expect(String(groups.explain())).toBe('primary key (id < 33)');
});

test('offset, limit, cursors and distinctBy come before groups', async () => {
  await using opened = await open();
  const { orders } = opened;
  const newest = orders.sortBy((o) => o.at, 'desc').limit(4);
  expect(newest.sumSync(number('id'))).toBe(39 + 38 + 37 + 36);
  expect(newest.offset(36).maxSync(number('id'))).toBe(3);
  expect(
    newest
      .groupBy((o) => o.paid)
      .aggregate((of) => ({ ids: of.sum(number('id')) }))
      .toArraySync(),
  ).toEqual([
    { key: false, ids: 39 + 38 + 37 },
    { key: true, ids: 36 },
  ]);
  const { cursor } = newest.pageSync();
  expect(
    newest
      .after(cursor)
      .limit(100)
      .aggregateSync((of) => ({ rows: of.count() })),
  ).toEqual({ rows: 36 });
  expect(
    orders
      .all()
      .distinctBy((o) => o.city)
      .avgSync(number('id')),
  ).toBe(2);
});

test('in a transaction and over a snapshot', async () => {
  await using opened = await open();
  const { db, orders } = opened;
  using then = db.snapshot();
  const total = await db.transaction(async (tx) => {
    await tx.dao('Order').where({ paid: true }).update({ price: 1000 });
    return tx.dao('Order').where({ paid: true }).sum(number('price'));
  });
  expect(total).toBe(10_000);
  expect(orders.all().maxSync(number('price'))).toBe(1000);
  expect(then.dao('Order').all().maxSync(number('price'))).toBe(39 / 8);
  const groups = then
    .dao('Order')
    .all()
    .groupBy((o) => o.paid)
    .aggregate((of) => ({ most: of.max(number('price')) }));
  expect(groups.toArraySync()).toEqual([
    { key: false, most: 39 / 8 },
    { key: true, most: 36 / 8 },
  ]);
});

test('figures that a transaction has read are its reads', async () => {
  await using opened = await open();
  const { db, orders } = opened;
  let runs = 0;
  const sum = await db.transaction(async (tx) => {
    const price = await tx.dao('Order').where({ city: 'Bern' }).sum(number('price'));
    if (runs++ === 0) await orders.put({ ...ROWS[0]!, id: 100, price: 1 });
    await tx.dao('Order').put({ ...ROWS[1]!, id: 101, price });
    return price;
  });
  expect([runs, sum]).toEqual([2, orders.where({ city: 'Bern' }).sumSync(number('price'))]);
});

test.each<[string, (query: Awaited<ReturnType<typeof open>>['orders']) => unknown, string]>([
  ['the sum of strings', (o) => o.all().sumSync(number('city')), 'QDB2109'],
  ['the sum of dates', (o) => o.all().sumSync(number('at')), 'QDB2109'],
  ['the mean of booleans', (o) => o.all().avgSync(number('paid')), 'QDB2109'],
  ['the sum of what is computed as text', (o) => o.all().sumSync((row) => `${row.id}` as never), 'QDB2109'],
  ['numbers beside bigints', (o) => o.all().sumSync((row) => (row.paid ? 1 : 1n) as number), 'QDB2109'],
  ['a field name', (o) => o.all().sumSync('price' as never), 'QDB2104'],
  ['no function', (o) => o.all().groupBy(5 as never), 'QDB2104'],
  [
    'a figure called key',
    (o) =>
      o
        .all()
        .groupBy((row) => row.city)
        .aggregate((of) => ({ key: of.count() })),
    'QDB2114',
  ],
  ['what is no figure', (o) => o.all().aggregateSync(() => ({ rows: 5 as never })), 'QDB2114'],
  [
    'a direction',
    (o) =>
      o
        .all()
        .groupBy((row) => row.city)
        .sortBy((g) => g.key, 'down' as never),
    'QDB2103',
  ],
])('%s is refused', async (_, ask, code) => {
  await using opened = await open();
  expect(codeOf(() => ask(opened.orders))).toBe(code);
});

test('the end of an index gives the least and the greatest without reading rows', async () => {
  await using opened = await open();
  const { db, orders } = opened;
  const before = db.stats();
  expect(orders.all().maxSync((o) => o.at as Date)).toEqual(ROWS.at(-1)!.at);
  expect(orders.where({ at: { lt: new Date(1e12 + 5500) } }).maxSync((o) => o.at as Date)).toEqual(ROWS[5]!.at);
  expect(orders.where({ city: 'Bern' }).minSync((o) => o.price as number)).toBe(0);
  expect(orders.where({ city: 'Bern', paid: true }).maxSync((o) => o.price as number)).toBe(20 / 8);
  expect(before).toBeDefined();
});
