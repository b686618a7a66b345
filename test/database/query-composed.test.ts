// Composed queries against the same computation on arrays: random rows, index sets, predicates, orders, limits and offsets under every
// form of answer, live, inside a transaction and over a snapshot.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { QueryBuilder } from '../../runtime/database/query-builder.js';
import type { Expression } from '../../runtime/query/expression.js';
import { compareValues } from '../../runtime/query/order.js';
import type { EntityModel, FieldType } from '../../runtime/schema/model.js';
import { openGenerated, type TestDao } from '../support/database.js';
import { type AnyRow, field, index, model, type Values } from '../support/entities.js';
import { type Predicate, predicates } from '../support/predicates.js';

const FLAT = [
  field('id', { kind: 'int32' }),
  field('city', { kind: 'string' }, { nullable: true, optional: true }),
  field('name', { kind: 'string' }),
  field('price', { kind: 'float64' }),
  field('rebate', { kind: 'float32' }, { nullable: true }),
  field('quantity', { kind: 'uint8' }),
  field('cents', { kind: 'int64' }),
  field('at', { kind: 'date' }, { optional: true }),
  field('on', { kind: 'boolean' }),
];
const PLACE: FieldType = {
  kind: 'embedded',
  className: 'Place',
  fields: [field('town', { kind: 'string' }), field('height', { kind: 'int16' })],
};
const FIELDS = [...FLAT, field('place', PLACE)];
const INDEXES = [
  index(['at']),
  index(['city', 'price']),
  index(['name']),
  index(['name', 'quantity', 'at']),
  index(['on', 'cents']),
  index(['price']),
  index(['quantity']),
  index(['rebate']),
];

const STRINGS = ['', 'a', 'ab', 'b', 'é', '\ud83d\ude00'];
// Sums of these are exact, in whatever order they are added.
const NUMBERS = [0, -0, 1, -1.5, 0.25, 7, Number.NaN, Number.POSITIVE_INFINITY];
const TIMES = [0, 1, 86_400_000, Number.NaN];
const date = fc.constantFrom(...TIMES).map((time) => new Date(time));

function values({ kind }: FieldType): fc.Arbitrary<unknown> {
  if (kind === 'string') return fc.constantFrom(...STRINGS);
  if (kind === 'int64') return fc.constantFrom(-1n, 0n, 5n);
  if (kind === 'date') return date;
  return kind === 'boolean' ? fc.boolean() : fc.constantFrom(...NUMBERS);
}

const rowArbitrary: fc.Arbitrary<AnyRow> = fc.record({
  city: fc.constantFrom(...STRINGS, null, undefined),
  name: fc.constantFrom(...STRINGS),
  price: fc.constantFrom(...NUMBERS),
  rebate: fc.constantFrom(...NUMBERS, null),
  quantity: fc.constantFrom(0, 1, 3, 255),
  cents: fc.constantFrom(-1n, 0n, 5n, 2n ** 60n),
  at: fc.option(date, { nil: undefined }),
  on: fc.boolean(),
  place: fc.record({ town: fc.constantFrom(...STRINGS), height: fc.constantFrom(-1, 0, 8) }),
});

const NAMES = FLAT.map(({ name }) => name);
const askedArbitrary = fc.record({
  where: fc.array(predicates(model('Sale', FLAT, []), values), { maxLength: 1 }),
  order: fc.array(
    fc.record({ name: fc.constantFrom(...NAMES), direction: fc.constantFrom('asc' as const, 'desc' as const) }),
    {
      maxLength: 2,
    },
  ),
  distinct: fc.option(fc.constantFrom(...NAMES), { freq: 3 }),
  limit: fc.option(fc.nat(8)),
  offset: fc.constantFrom(0, 0, 2),
  by: fc.constantFrom(...NAMES),
  isLowered: fc.boolean(),
});

interface Asked {
  readonly where: readonly Predicate[];
  readonly order: readonly { readonly name: string; readonly direction: 'asc' | 'desc' }[];
  readonly distinct: string | null;
  readonly limit: number | null;
  readonly offset: number;
  readonly by: string;
  readonly isLowered: boolean;
}

type Query = QueryBuilder<AnyRow, unknown, Values>;

const ref = (...path: string[]): Expression => ({ op: 'field', path });
const lowered = (expression: Expression) => ({ expression, parameters: () => [] });

function ask(dao: TestDao, { where, order, distinct, limit, offset }: Asked): Query {
  let query: Query = dao.all();
  for (const one of where) query = query.where(one.arrow, one.lowered);
  order.forEach(({ name, direction }, i) => {
    query = i === 0 ? query.sortBy((row) => row[name], direction) : query.thenBy((row) => row[name], direction);
  });
  if (distinct !== null) query = query.distinctBy((row) => row[distinct]);
  if (limit !== null) query = query.limit(limit);
  return query.offset(offset);
}

/** The answer without offset and limit. */
function computeAll(rows: readonly AnyRow[], { where, order, distinct }: Asked): AnyRow[] {
  const found = rows.filter((row) => where.every(({ arrow }) => arrow(row)));
  found.sort((a, b) => {
    for (const { name, direction } of order) {
      const difference = compareValues(a[name], b[name]);
      if (difference !== 0) return direction === 'asc' ? difference : -difference;
    }
    return (a.id as number) - (b.id as number);
  });
  return distinct === null ? found : firstOfEach(found, distinct);
}

function firstOfEach(rows: readonly AnyRow[], name: string): AnyRow[] {
  const seen = new Set<unknown>();
  return rows.filter((row) => {
    const key = keyOf(row[name]);
    return !seen.has(key) && seen.add(key);
  });
}

const keyOf = (value: unknown) => (value instanceof Date ? `@${value.getTime()}` : value);

const present = <T>(rows: readonly AnyRow[], name: string) =>
  rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined) as T[];

function figures(rows: readonly AnyRow[]) {
  const prices = present<number>(rows, 'price');
  const rebates = present<number>(rows, 'rebate');
  const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);
  const times = present<Date>(rows, 'at').map(Number);
  const extreme = (name: string, sign: number) => {
    const [first] = present(rows, name).sort((a, b) => sign * compareValues(a, b));
    return first === 0 ? 0 : first;
  };
  return {
    rows: rows.length,
    sum: sum(prices),
    avg: prices.length === 0 ? undefined : sum(prices) / prices.length,
    rebate: sum(rebates),
    quantity: sum(present(rows, 'quantity')),
    height: sum(rows.map(({ place }) => (place as { height: number }).height)),
    cents: present<bigint>(rows, 'cents').reduce((a, b) => a + b, 0n),
    value: sum(rows.map(({ price, quantity }) => (price as number) * (quantity as number))),
    mean: times.length === 0 ? undefined : new Date(sum(times) / times.length),
    least: extreme('rebate', 1),
    most: extreme('price', -1),
    first: extreme('at', 1),
    name: extreme('name', -1),
    id: extreme('id', -1),
  };
}

const product = { op: '*', left: ref('price'), right: ref('quantity') } as const;

function askedFigures(isLowered: boolean) {
  return (of: Parameters<Parameters<Query['aggregate']>[0]>[0]) => ({
    rows: of.count(),
    sum: of.sum((row) => row.price as number),
    avg: of.avg((row) => row.price as number),
    rebate: of.sum((row) => row.rebate as number | null),
    quantity: of.sum((row) => row.quantity as number),
    height: of.sum((row) => (row.place as { height: number }).height),
    cents: of.sum((row) => row.cents as bigint),
    value: of.sum((row) => (row.price as number) * (row.quantity as number), isLowered ? lowered(product) : null),
    mean: of.avg((row) => row.at as Date),
    least: of.min((row) => row.rebate as number),
    most: of.max((row) => row.price as number),
    first: of.min((row) => row.at as Date),
    name: of.max((row) => row.name as string),
    id: of.max((row) => row.id as number),
  });
}

/** Every form of answer to `asked` over `dao`, which holds `rows`. */
function check(dao: TestDao, rows: readonly AnyRow[], asked: Asked): void {
  const { limit, offset, by, isLowered } = asked;
  const query = ask(dao, asked);
  const all = computeAll(rows, asked);
  const expected = all.slice(offset, limit === null ? undefined : offset + limit);
  const text = `${query.explain()}`;
  const ids = (found: readonly AnyRow[]) => found.map(({ id }) => id);

  expect(ids(query.toArraySync()), text).toEqual(ids(expected));
  expect(ids([...query]), text).toEqual(ids(expected));
  expect(query.countSync(), text).toBe(expected.length);
  expect(query.existsSync(), text).toBe(expected.length > 0);
  expect(query.firstSync()?.id, text).toBe(expected[0]?.id);

  const made = (row: AnyRow) => ({ by: row[by], town: (row.place as { town: string }).town, id: row.id });
  const shape: Expression = {
    op: 'object',
    entries: [
      ['by', ref(by)],
      ['town', ref('place', 'town')],
      ['id', ref('id')],
    ],
  };
  expect(query.select(made, isLowered ? lowered(shape) : undefined).toArraySync(), text).toEqual(expected.map(made));

  const size = (limit ?? 3) + 1;
  const paged: AnyRow[] = [];
  let cursor: string | null = null;
  do {
    const page = query.offset(0).limit(size).after(cursor).pageSync();
    paged.push(...page.rows);
    cursor = page.cursor;
  } while (cursor !== null);
  expect(ids(paged), text).toEqual(ids(all));

  expect(query.aggregateSync(askedFigures(isLowered)), text).toEqual(figures(expected));
  const groups = new Map<unknown, AnyRow[]>();
  for (const row of expected) groups.set(keyOf(row[by]), [...(groups.get(keyOf(row[by])) ?? []), row]);
  const grouped = [...groups.values()].map((members) => {
    const key = members[0]![by];
    return { key: key === 0 ? 0 : key, ...figures(members) };
  });
  grouped.sort((a, b) => compareValues(a.key, b.key));
  expect(
    query
      .groupBy((row) => row[by])
      .aggregate(askedFigures(isLowered))
      .toArraySync(),
    text,
  ).toEqual(grouped);
  const many = query
    .groupBy((row) => row[by])
    .aggregate((of) => ({ rows: of.count() }))
    .having(({ rows: n }) => n > 1);
  expect(
    many.toArraySync().map(({ rows: n }) => n),
    text,
  ).toEqual(grouped.filter((g) => g.rows > 1).map((g) => g.rows));
}

/** Changes the answer, and checks what is left. */
function change(dao: TestDao, rows: readonly AnyRow[], asked: Asked): void {
  const { limit, offset } = asked;
  const chosen = computeAll(rows, asked).slice(offset, limit === null ? undefined : offset + limit);
  const isChosen = new Set(chosen.map(({ id }) => id));
  const updated = ask(dao, asked).updateSync((row) => ({
    quantity: ((row.quantity as number) + 1) % 256,
    name: 'new',
  }));
  expect(updated).toBe(chosen.length);
  const left = rows.map((row) =>
    isChosen.has(row.id) ? { ...row, quantity: ((row.quantity as number) + 1) % 256, name: 'new' } : row,
  );
  expect(dao.where({ name: 'new' }).countSync()).toBe(chosen.length);
  const gone = computeAll(left, asked).slice(offset, limit === null ? undefined : offset + limit);
  expect(ask(dao, asked).deleteSync()).toBe(gone.length);
  const rest = left.filter((row) => !gone.includes(row));
  check(dao, rest, asked);
}

test('any composed query gives what the same computation on an array gives', async () => {
  interface Case {
    readonly indexes: EntityModel['indexes'];
    readonly rows: readonly AnyRow[];
    readonly asked: readonly Asked[];
    readonly inTransaction: boolean;
    readonly inTables: boolean;
  }
  const cases: fc.Arbitrary<Case> = fc.record({
    indexes: fc.subarray(INDEXES, { minLength: 2 }),
    rows: fc.array(rowArbitrary, { minLength: 1, maxLength: 25 }),
    asked: fc.array(askedArbitrary, { minLength: 1, maxLength: 8 }),
    inTransaction: fc.boolean(),
    inTables: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ indexes, rows, asked, inTransaction, inTables }) => {
      const stored = rows.map((row, i): AnyRow => ({ ...row, id: i - 3 }));
      await using db = await openGenerated([model('Sale', FIELDS, indexes)]);
      // Tables give entries by the run, the memtable one by one.
      const half = inTables ? stored.length : stored.length >> 1;
      db.dao('Sale').putManySync(stored.slice(0, half));
      await db.compact(true);
      const rest = (dao: TestDao) => {
        for (const row of stored.slice(half)) dao.putSync(row);
        for (const one of asked) check(dao, stored, one);
      };
      if (inTransaction) db.transactionSync((tx) => rest(tx.dao('Sale')));
      else rest(db.dao('Sale'));
      using then = db.snapshot();
      if (inTransaction) db.transactionSync((tx) => change(tx.dao('Sale'), stored, asked[0]!));
      else change(db.dao('Sale'), stored, asked[0]!);
      check(then.dao('Sale'), stored, asked[0]!);
    }),
    { numRuns: Number(process.env.RUNS ?? 40) },
  );
});
