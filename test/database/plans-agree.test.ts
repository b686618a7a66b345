// Orders and conditions over which an index must not be trusted too far: every plan of a query gives what the scan gives.
import { expect, test } from 'vitest';
import type { Expression } from '../../runtime/query/expression.js';
import { openTest } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';

const text = { type: { kind: 'string' as const }, nullable: false, optional: false };
const ITEM = model(
  'Item',
  [
    field('id', { kind: 'int32' }),
    field('group', { kind: 'string' }),
    field('name', { kind: 'string' }),
    field('score', { kind: 'float64' }),
    field('tags', { kind: 'array', element: text }),
  ],
  [
    index(['name']),
    index(['score']),
    index(['tags'], { multiEntry: true }),
    index(['tags', 'group'], { multiEntry: true, caseInsensitive: true }),
  ],
);

const ROWS = [
  { id: 1, group: 'b', name: 'Ann', score: -0, tags: ['vip', 'z'] },
  { id: 2, group: 'A', name: 'bob', score: 0, tags: ['a', 'vip'] },
  { id: 3, group: 'B', name: 'ann', score: -1, tags: ['VIP', 'c'] },
  { id: 4, group: 'a', name: 'Bob', score: 2, tags: ['vip'] },
  { id: 5, group: 'B', name: 'cy', score: Number.NaN, tags: ['vip', 'VIP'] },
];

type Arrow = (row: AnyRow) => boolean;
const of = (name: string): Expression => ({ op: 'field', path: [name] });
const vip: Expression = { op: 'arrayIncludes', subject: of('tags'), argument: { op: 'literal', value: 'vip' } };
const isVip: Arrow = (row) => (row.tags as string[]).includes('vip');
/** A set that has what only differs by case, which its elements don't say. */
class Loose extends Set<string> {
  override has(value: string): boolean {
    return super.has(value.toLowerCase());
  }
}
class LooseList extends Array<string> {
  override includes(value: string): boolean {
    return super.includes(value.toLowerCase());
  }
}

const loose = new Loose(['ann']);
const looseList = LooseList.from(['ann']);

const cases: readonly [
  what: string,
  arrow: Arrow,
  where: Expression,
  parameters: unknown[],
  order: string | null,
  ids: number[],
][] = [
  ['one element of an array is constant, the array is not', isVip, vip, [], 'tags', [2, 4, 5, 1]],
  ['an index of lower case is no order of the column behind', isVip, vip, [], 'group', [2, 5, 4, 1]],
  [
    'division tells -0 from 0',
    (row) => (row.score as number) <= 0 && 1 / (row.score as number) < -2,
    {
      op: '&&',
      args: [
        { op: '<=', left: of('score'), right: { op: 'literal', value: 0 } },
        {
          op: '<',
          left: { op: '/', left: { op: 'literal', value: 1 }, right: of('score') },
          right: { op: 'literal', value: -2 },
        },
      ],
    },
    [],
    null,
    [1],
  ],
  [
    'a set with an idea of its own',
    (row) => loose.has(row.name as string),
    { op: 'setHas', subject: { op: 'param', index: 0 }, argument: of('name') },
    [loose],
    null,
    [1, 3],
  ],
  [
    'a list with an idea of its own',
    (row) => looseList.includes(row.name as string),
    { op: 'arrayIncludes', subject: { op: 'param', index: 0 }, argument: of('name') },
    [looseList],
    null,
    [1, 3],
  ],
];

test.each(cases)('%s', async (_, arrow, where, parameters, order, ids) => {
  await using db = await openTest([ITEM]);
  const dao = db.dao('Item');
  await dao.putMany(ROWS);
  const filtered = dao.where(arrow, { expression: where, parameters: () => parameters });
  const query = order === null ? filtered : filtered.sortBy((row: AnyRow) => row[order]);
  expect((await query.toArray()).map(({ id }) => id)).toEqual(ids);
  for (const { way, rows, count } of dao.everyWay(query.toQuery())) {
    if (!way.startsWith('count')) expect([way, rows.map(({ id }) => id)]).toEqual([way, ids]);
    expect([way, count]).toEqual([way, ids.length]);
  }
});
