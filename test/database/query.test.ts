// Queries against plain array computation: random rows, index sets, predicates, orders, limits and offsets.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Expression } from '../../runtime/query/expression.js';
import type { EntityModel, FieldType } from '../../runtime/schema/model.js';
import { openTest, type TestDao } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';
import { arrowOf, type Predicate, predicates } from '../support/predicates.js';

const FIELDS = [
  field('id', { kind: 'int32' }),
  field('name', { kind: 'string' }),
  field('city', { kind: 'string' }, { nullable: true, optional: true }),
  field('score', { kind: 'float64' }, { nullable: true }),
  field('ratio', { kind: 'float32' }),
  field('level', { kind: 'uint8' }),
  field('big', { kind: 'int64' }),
  field('at', { kind: 'date' }),
  field('on', { kind: 'boolean' }),
  field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
];

/** Every index that the property may choose; by name, for each entity has its own set. */
const INDEXES = [
  index(['name']),
  index(['name', 'score']),
  index(['name'], { caseInsensitive: true }),
  index(['city', 'level']),
  index(['score']),
  index(['ratio']),
  index(['level', 'on', 'name']),
  index(['big']),
  index(['at', 'ratio']),
  index(['on']),
  index(['tags'], { multiEntry: true }),
  index(['tags', 'level'], { multiEntry: true }),
];

// Values are few, so that rows tie and predicates hit; odd ones are among them.
const STRINGS = [
  '',
  'a',
  'A',
  'ab',
  'b',
  'a\0',
  '\0',
  'é',
  '\ud83d\ude00',
  '\ud83d',
  '\uffff',
  '\ue000',
  'a\ud83d\ude00z',
  'a\uffff',
];
const NUMBERS = [0, -0, 1, -1, 0.5, 0.1, 3, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300];

function values(type: FieldType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'string':
      return fc.constantFrom(...STRINGS);
    case 'float64':
      return fc.constantFrom(...NUMBERS);
    // Also numbers that no float32, int32 or uint8 column can hold.
    case 'float32':
    case 'int32':
    case 'uint8':
      return fc.constantFrom(...NUMBERS, 2, 5, 254, 255, 256, 0.30000001192092896);
    case 'int64':
      return fc.constantFrom(0n, 1n, -1n, 7n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 64n);
    case 'date':
      return fc.constantFrom(0, 1, -5, Number.NaN, 8.64e15).map((time) => new Date(time));
    case 'boolean':
      return fc.boolean();
    default:
      throw new Error(type.kind);
  }
}

const rowArbitrary: fc.Arbitrary<AnyRow> = fc.record({
  name: fc.constantFrom(...STRINGS),
  city: fc.oneof(fc.constantFrom(...STRINGS), fc.constantFrom(null, undefined)),
  score: fc.oneof(fc.constantFrom(...NUMBERS), fc.constant(null)),
  ratio: fc.constantFrom(...NUMBERS).map(Math.fround),
  level: fc.constantFrom(0, 1, 2, 5, 254, 255),
  big: fc.constantFrom(0n, 1n, -1n, 7n, 2n ** 63n - 1n, -(2n ** 63n)),
  at: values({ kind: 'date' }),
  on: fc.boolean(),
  tags: fc.array(fc.constantFrom(...STRINGS), { maxLength: 4 }),
});

const orderArbitrary = fc.array(
  fc.record({
    name: fc.constantFrom('id', 'name', 'city', 'score', 'ratio', 'level', 'big', 'at', 'on'),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
  }),
  { maxLength: 3 },
);

const ENTITY = model('Thing', FIELDS, []);
const predicateArbitrary = predicates(ENTITY, values);

interface Case {
  readonly indexes: EntityModel['indexes'];
  readonly rows: readonly AnyRow[];
  readonly deleted: readonly number[];
  readonly queries: readonly Asked[];
}

interface Asked {
  readonly where: readonly Predicate[];
  readonly order: readonly { readonly name: string; readonly direction: 'asc' | 'desc' }[];
  readonly limit: number | null;
  readonly offset: number;
}

const caseArbitrary: fc.Arbitrary<Case> = fc.record({
  indexes: fc.subarray(INDEXES, { minLength: 3 }),
  rows: fc.array(rowArbitrary, { minLength: 1, maxLength: 30 }),
  deleted: fc.array(fc.nat(29), { maxLength: 5 }),
  queries: fc.array(
    fc.record({
      where: fc.array(predicateArbitrary, { maxLength: 2 }),
      order: orderArbitrary,
      limit: fc.option(fc.nat(8)),
      offset: fc.constantFrom(0, 0, 1, 5),
    }),
    { minLength: 1, maxLength: 25 },
  ),
});

test('every comparison of every indexed column with every odd value', async () => {
  const columns = FIELDS.filter(({ name, type }) => name !== 'id' && type.kind !== 'array');
  const samples = (type: FieldType) => [
    ...new Map(fc.sample(values(type), { numRuns: 300, seed: 1 }).map((value) => [show(value), value])).values(),
  ];
  const singles = columns.map(({ name }) => index([name]));
  await using db = await openTest([model('Thing', FIELDS, singles)]);
  const dao = db.dao('Thing');
  const rows = fc.sample(rowArbitrary, { numRuns: 300, seed: 2 }).map((row, i) => ({ ...row, id: i - 3 }));
  dao.putManySync(rows);
  for (const { name, type } of columns) {
    for (const value of samples(type)) {
      for (const op of ['===', '<', '<=', '>', '>='] as const) {
        const expression = { op, left: { op: 'field', path: [name] }, right: { op: 'param', index: 0 } } as const;
        const arrow = arrowOf(expression, [value]);
        const query = dao.where(arrow, { expression, parameters: () => [value] });
        const expected = rows.filter(arrow).map(({ id }) => id);
        const text = `${name} ${op} ${String(value)}: ${query.explain()}`;
        expect(
          query.toArraySync().map(({ id }) => id),
          text,
        ).toEqual(expected);
        expect(query.countSync(), text).toBe(expected.length);
      }
    }
  }
});

test('a union counts a primary key only where it has a row', async () => {
  await using db = await openTest([model('Thing', FIELDS, [index(['tags'], { multiEntry: true })])]);
  const dao = db.dao('Thing');
  dao.putSync({
    id: 1,
    name: '',
    city: null,
    score: 0,
    ratio: 0,
    level: 0,
    big: 0n,
    at: new Date(0),
    on: true,
    tags: ['x'],
  });
  const expression: Expression = {
    op: '||',
    args: [
      { op: 'arrayIncludes', subject: { op: 'field', path: ['tags'] }, argument: { op: 'param', index: 0 } },
      { op: '===', left: { op: 'field', path: ['id'] }, right: { op: 'param', index: 1 } },
    ],
  };
  const query = dao.where((row) => (row.tags as string[]).includes('x') || row.id === 7, {
    expression,
    parameters: () => ['x', 7],
  });
  expect(dao.everyWay(query.toQuery()).map(({ count }) => count)).not.toContain(2);
  expect(query.countSync()).toBe(1);
});

test('any query gives the rows, and the order, of the same computation on an array', async () => {
  await fc.assert(
    fc.asyncProperty(caseArbitrary, fc.boolean(), async (given, inTransaction) => {
      const { indexes, rows, deleted, queries } = given;
      const stored = rows.map((row, i): AnyRow => ({ ...row, id: i - 3 }));
      await using db = await openTest([model('Thing', FIELDS, indexes)]);
      const check = (dao: TestDao) => {
        const left = stored.filter((_, i) => !deleted.includes(i));
        for (const asked of queries) {
          const answer = ask(dao, asked);
          const expected = compute(left, asked);
          expect(
            answer.toArraySync().map((row) => row.id),
            `${answer.explain()}`,
          ).toEqual(expected.map((row) => row.id));
          expect(answer.countSync(), `${answer.explain()}`).toBe(expected.length);
          expect(answer.firstSync()?.id).toBe(expected[0]?.id);
          for (const { way, rows, count } of dao.everyWay(answer.toQuery())) {
            expect(
              rows.map((row) => row.id),
              way,
            ).toEqual(expected.map((row) => row.id));
            expect(count, way).toBe(expected.length);
          }
          expect([...answer].map((row) => row.id)).toEqual(expected.map((row) => row.id));
        }
      };
      const fill = (dao: TestDao, part: readonly AnyRow[]) => {
        for (const row of part) {
          dao.putSync({ ...row, name: 'z', tags: ['q'], level: 9 });
          dao.putSync(row);
        }
      };
      const half = stored.length >> 1;
      fill(db.dao('Thing'), stored.slice(0, half));
      const rest = (dao: TestDao) => {
        fill(dao, stored.slice(half));
        dao.deleteManySync(deleted.map((i) => i - 3));
        check(dao);
      };
      if (inTransaction) db.transactionSync((tx) => rest(tx.dao('Thing')));
      else rest(db.dao('Thing'));
      check(db.dao('Thing'));
    }),
    { numRuns: 100 },
  );
});

/** Tells -0 from 0, and dates by their time. */
function show(value: unknown): string {
  return Object.is(value, -0)
    ? '-0'
    : value instanceof Date
      ? String(value.getTime())
      : `${typeof value} ${String(value)}`;
}

function ask(dao: TestDao, { where, order, limit, offset }: Asked) {
  let query = dao.all();
  for (const { arrow, lowered } of where) query = query.where(arrow, lowered);
  order.forEach(({ name, direction }, i) => {
    query = i === 0 ? query.sortBy((row) => row[name], direction) : query.thenBy((row) => row[name], direction);
  });
  if (limit !== null) query = query.limit(limit);
  return query.offset(offset);
}

function compute(rows: readonly AnyRow[], { where, order, limit, offset }: Asked): AnyRow[] {
  const found = rows.filter((row) => where.every(({ arrow }) => arrow(row)));
  found.sort((a, b) => {
    for (const { name, direction } of order) {
      const difference = Buffer.compare(rank(a[name]), rank(b[name]));
      if (difference !== 0) return direction === 'asc' ? difference : -difference;
    }
    return (a.id as number) - (b.id as number);
  });
  return found.slice(offset, limit === null ? undefined : offset + limit);
}

/** Bytes that compare as values do: undefined, null, then values; NaN behind all numbers, strings by code point. */
function rank(value: unknown): Buffer {
  if (value === undefined) return Buffer.of(0);
  if (value === null) return Buffer.of(1);
  if (typeof value === 'string') return Buffer.concat([Buffer.of(2), codePoints(value)]);
  const number = value instanceof Date ? value.getTime() : typeof value === 'bigint' ? null : Number(value);
  const bytes = Buffer.alloc(17, 2);
  if (number === null) {
    bytes.writeBigUInt64BE((value as bigint) + 2n ** 63n, 1);
    return bytes;
  }
  if (Number.isNaN(number)) return bytes.fill(0xff, 1);
  bytes.writeDoubleBE(number + 0, 1);
  for (let i = 1; i < 9; i++) bytes[i]! ^= number + 0 < 0 ? 0xff : i === 1 ? 0x80 : 0;
  return bytes;
}

function codePoints(text: string): Buffer {
  const points = [...text].map((character) => character.codePointAt(0)!);
  const bytes = Buffer.alloc(points.length * 4);
  points.forEach((point, i) => {
    bytes.writeUInt32BE(point + 1, i * 4);
  });
  return bytes;
}
