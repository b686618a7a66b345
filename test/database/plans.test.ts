// Which access each kind of query gets, as explain() says it in one line.
import { expect, test } from 'vitest';
import type { QueryBuilder } from '../../runtime/database/query-builder.js';
import type { Expression } from '../../runtime/query/expression.js';
import { openTest, type TestDao } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';
import { arrowOf } from '../support/predicates.js';

const CITY = model(
  'City',
  [
    field('id', { kind: 'int32' }),
    field('country', { kind: 'string' }),
    field('name', { kind: 'string' }),
    field('code', { kind: 'string' }),
    field('latitude', { kind: 'float64' }),
    field('capital', { kind: 'boolean' }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [
    index(['code'], { unique: true }),
    index(['country', 'name']),
    index(['latitude']),
    index(['name'], { caseInsensitive: true }),
    index(['tags'], { multiEntry: true }),
  ],
);

const of = (name: string): Expression => ({ op: 'field', path: [name] });
const is = (value: string | number): Expression => ({ op: 'literal', value });
const country: Expression = { op: '===', left: of('country'), right: is('CH') };
const from: Expression = { op: '>=', left: of('latitude'), right: is(59) };
const to: Expression = { op: '<', left: of('latitude'), right: is(60) };
const and = (...args: Expression[]): Expression => ({ op: '&&', args });
const or = (...args: Expression[]): Expression => ({ op: '||', args });
const starts = (name: string, text: string): Expression => ({
  op: 'startsWith',
  subject: of(name),
  argument: is(text),
});

type Query = QueryBuilder<AnyRow, unknown, never>;
type Shape = (query: Query) => unknown;
const asIs: Shape = (query) => query;
const byName: Shape = (query) => query.sortBy((city) => city.name);

const cases: readonly [where: Expression | null, shape: Shape, plan: string][] = [
  [null, asIs, 'scan'],
  [{ op: '===', left: of('id'), right: is(7) }, asIs, 'primary key (id = 7)'],
  [{ op: '>', left: is(7), right: of('id') }, asIs, 'primary key (id < 7)'],
  [null, (query) => query.sortBy((city) => city.id, 'desc').limit(1), 'scan, in order'],
  [{ op: '===', left: of('code'), right: is('x') }, asIs, "index code (code = 'x')"],
  [and(country, { op: '===', left: of('code'), right: is('x') }), asIs, "index code (code = 'x'), each row checked"],
  [country, byName, "index country_name (country = 'CH'), in order"],
  [
    country,
    (query) => query.sortBy((city) => city.name, 'desc'),
    "index country_name (country = 'CH'), sorted in groups",
  ],
  [country, (query) => query.sortBy((city) => city.latitude), "index country_name (country = 'CH'), sorted in memory"],
  [and(country, starts('name', 'Z')), asIs, "index country_name (country = 'CH' and name starts with 'Z')"],
  [and(from, to), asIs, 'index latitude (latitude >= 59 and latitude < 60)'],
  [null, (query) => query.sortBy((city) => city.latitude).limit(9), 'index latitude, in order'],
  [starts('name', 'Zü'), asIs, 'scan, each row checked'],
  [starts('name', 'Zu'), asIs, "index name_ci (name starts with 'Zu'), each row checked"],
  [{ op: 'arrayIncludes', subject: of('tags'), argument: is('old') }, asIs, "index tags (tags includes 'old')"],
  [or(country, from), asIs, "index country_name + index latitude (country = 'CH' or latitude >= 59)"],
  [
    or(country, and(from, of('capital'))),
    asIs,
    "index country_name + index latitude (country = 'CH' or latitude >= 59), each row checked",
  ],
  [
    { op: '===', left: { op: 'toLowerCase', arg: of('name') }, right: is('zug') },
    asIs,
    "index name_ci (lower case of name = 'zug')",
  ],
  [
    { op: 'startsWith', subject: { op: 'toLowerCase', arg: of('name') }, argument: is('zü') },
    asIs,
    "index name_ci (lower case of name starts with 'zü')",
  ],
  [
    { op: '===', left: { op: 'toLowerCase', arg: of('name') }, right: is('Zug') },
    asIs,
    'index name_ci (lower case of name has no such value)',
  ],
  [or(country, of('capital')), asIs, 'scan, each row checked'],
  [{ op: '!', arg: country }, asIs, 'scan, each row checked'],
  [
    { op: '===', left: of('name'), right: is('zug') },
    byName,
    "index name_ci (name = 'zug'), sorted in memory, each row checked",
  ],
];

test.each(cases)('%j', async (where, shape, plan) => {
  await using db = await openTest([CITY]);
  const dao: TestDao = db.dao('City');
  const all = dao.all() as unknown as Query;
  const query = where === null ? all : all.where(arrowOf(where, []), { expression: where, parameters: () => [] });
  expect(String((shape(query) as Query).explain())).toBe(plan);
});

test('a predicate that no plugin lowered is looked at row by row, and the plan says why', async () => {
  await using db = await openTest([CITY]);
  const { access, reason } = db
    .dao('City')
    .where((city) => city.country === 'CH')
    .explain();
  expect([access, reason]).toEqual(['scan', 'a predicate was not lowered by the compiler plugin']);
});
