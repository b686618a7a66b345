// Queries that read columns in memory instead of records give what arrays give, to the last bit: over tables and what lies above
// them, for values of every kind, before columns are there and after.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Dao } from '../../runtime/database/dao.js';
import { openStore } from '../../runtime/database/open.js';
import { fieldOfRow, compile as meaning } from '../../runtime/query/evaluate.js';
import type { Expression } from '../../runtime/query/expression.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { compile, type Row } from '../emit/compile.js';
import { field, model } from '../support/entities.js';
import { type Predicate, predicates } from '../support/predicates.js';

const ENTITY = model(
  'Thing',
  [
    field('id', { kind: 'float64' }),
    field('name', { kind: 'string' }),
    field('code', { kind: 'string' }),
    field('score', { kind: 'float64' }),
    field('rank', { kind: 'float64' }, { nullable: true, optional: true }),
    field('level', { kind: 'uint8' }),
    field('delta', { kind: 'int8' }, { optional: true }),
    field('heat', { kind: 'float32' }),
    field('at', { kind: 'date' }),
    field('state', { kind: 'enum', values: ['new', 'done', 'late'] }),
    field('on', { kind: 'boolean' }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [],
);
const { runtime } = compile(ENTITY);

const NAMES = [
  '',
  'a',
  'A',
  'ab',
  'a\0',
  'é',
  'ÿ',
  'ab\u0100',
  '\ud83d\ude00',
  '\ud83d',
  'a longer one, of more bytes',
  '北京',
];
const NUMBERS = [0, -0, 1, -1.5, 0.1, 1e100, -1e100, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 2 ** 53];
const FINITE = NUMBERS.filter(Number.isFinite);
const TIMES = [0, 1, -5, Number.NaN, 8.64e15];
const STATES = ['new', 'done', 'late'];

const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  name: fc.constantFrom(...NAMES),
  code: fc.nat(1e9).map((n) => `code ${n}`),
  // Sums tell something only where few of them are NaN or infinite.
  score: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...FINITE) },
    { weight: 1, arbitrary: fc.constantFrom(...NUMBERS) },
  ),
  rank: fc.constantFrom(...FINITE, null, undefined),
  level: fc.nat(3),
  delta: fc.constantFrom(-128, -2, -1, undefined),
  heat: fc.constantFrom(-0, -0.5, -(2 ** 100)),
  at: fc.constantFrom(...TIMES).map((time) => new Date(time)),
  state: fc.constantFrom(...STATES),
  on: fc.boolean(),
  tags: fc.constantFrom([], ['a'], ['a', 'b']),
});
const predicateArbitrary = predicates(ENTITY, ({ kind, ...type }) => {
  if (kind === 'string') return fc.constantFrom(...NAMES);
  if (kind === 'date') return fc.constantFrom(...TIMES).map((time) => new Date(time));
  if (kind === 'boolean') return fc.boolean();
  return kind === 'enum' ? fc.constantFrom(...(type as { values: string[] }).values) : fc.constantFrom(...NUMBERS);
});

/** Conjunctions that columns tell to the last row: of a boolean, a number, a date and a string. */
const toldArbitrary: fc.Arbitrary<Predicate> = fc
  .tuple(
    fc.constantFrom(null, true, false),
    fc.option(fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '==='), fc.constantFrom(...NUMBERS)), { nil: null }),
    fc.option(fc.tuple(fc.constantFrom('<', '>='), fc.constantFrom(...TIMES)), { nil: null }),
    fc.option(
      fc.tuple(fc.constantFrom('===', '!==', 'startsWith', 'endsWith', 'stringIncludes'), fc.constantFrom(...NAMES)),
      {
        nil: null,
      },
    ),
  )
  .map(([on, score, at, name]) => {
    const args: object[] = [];
    const field = (of: string) => ({ op: 'field', path: [of] });
    if (on !== null) args.push(on ? field('on') : { op: '!', arg: field('on') });
    if (score !== null) args.push({ op: score[0], left: field('score'), right: { op: 'literal', value: score[1] } });
    if (at !== null) args.push({ op: at[0], left: field('at'), right: { op: 'param', index: 0 } });
    if (name !== null) {
      const literal = { op: 'literal', value: name[1] };
      const isTest = name[0].length > 3;
      args.push({
        op: name[0],
        ...(isTest ? { subject: field('name'), argument: literal } : { left: field('name'), right: literal }),
      });
    }
    const expression = (args.length === 1 ? args[0] : { op: '&&', args }) as Expression;
    const parameters = at === null ? [] : [new Date(at[1])];
    return {
      arrow: meaning(expression, parameters, fieldOfRow) as Predicate['arrow'],
      lowered: { expression, parameters: () => parameters },
      text: JSON.stringify(expression),
    };
  });

const ALL: Predicate = {
  arrow: () => true,
  lowered: { expression: { op: '&&', args: [] }, parameters: () => [] },
  text: 'all',
};

/** Half of them told by columns alone. */
function predicatesFrom(seed: number, count: number): readonly Predicate[] {
  const some = fc.sample(predicateArbitrary, { numRuns: count / 2, seed });
  const told = fc.sample(toldArbitrary, { numRuns: count / 2, seed });
  return some.flatMap((one, i) => [i % 3 === 0 ? ALL : told[i]!, one]);
}

/** Rows of a test: the database's, and the same as an array in the order of keys. */
async function open(rows: readonly Row[], memory?: number) {
  const options = { path: 'db', vfs: new MemoryVfs(), durability: 'os', ...(memory && { memory }) } as const;
  const session = await openStore(options, [runtime as never], (store) => store);
  const dao = new Dao<Row, number, Row>(session as never, runtime as never);
  dao.putManySync(rows.map((row, id) => ({ ...row, id })));
  const { engine } = session.store;
  engine.flush();
  return {
    dao,
    engine,
    /** Pages that were looked up, in memory or not. */
    pages: () => engine.stats().memory.hits + engine.stats().memory.misses,
    columnBytes: () => engine.stats().memory.columns,
    [Symbol.dispose]: () => engine.closeSync(),
  };
}

/** The sum with what rounding loses, in the order of the rows (Neumaier). */
function total(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(sum) ? sum + lost : sum;
}

function extreme(values: readonly number[], sign: 1 | -1): number | undefined {
  // NaN is the greatest.
  const sorted = values.toSorted((a, b) => sign * (Number(Number.isNaN(a)) - Number(Number.isNaN(b)) || a - b || 0));
  return sorted.length === 0 ? undefined : sorted[0]! + 0;
}

const numberOf = (value: unknown): number[] => (value === null || value === undefined ? [] : [Number(value)]);

function figuresOf(rows: readonly Row[]) {
  const numbers = (name: string): number[] => rows.flatMap((row) => numberOf(row[name]));
  const [score, rank, delta, heat, at] = ['score', 'rank', 'delta', 'heat', 'at'].map(numbers) as [number[]] &
    number[][];
  return {
    rows: rows.length,
    sum: total(score),
    mean: rank!.length === 0 ? undefined : total(rank!) / rank!.length,
    least: extreme(heat!, 1),
    most: extreme(delta!, -1),
    level: total(numbers('level')),
    last: at!.length === 0 ? undefined : new Date(extreme(at!, -1)!),
  };
}

const GROUPED = ['name', 'code', 'level', 'name', 'delta', 'heat', 'at', 'state', 'on', 'score', 'rank'] as const;

/** What tells groups apart, and the key that they have. */
function keyOf(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : Object.is(value, -0) ? 0 : value;
}

function grouped(rows: readonly Row[], name: string): Map<unknown, Row[]> {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) {
    const key = keyOf(row[name]);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [row]);
    else members.push(row);
  }
  return groups;
}

type Opened = Awaited<ReturnType<typeof open>>;

/** Holds all forms of a query against the same on an array. */
function compare({ dao }: Opened, left: readonly Row[], asked: readonly Predicate[], turn: number) {
  for (const [i, { arrow, lowered, text }] of asked.entries()) {
    const query = dao.where(arrow as never, lowered);
    const rows = left.filter((row) => (arrow as (row: Row) => boolean)(row));
    expect(query.countSync(), text).toBe(rows.length);
    const figures = query.aggregateSync((of) => ({
      rows: of.count(),
      sum: of.sum((row) => row.score as number),
      mean: of.avg((row) => row.rank as number),
      most: of.max((row) => row.delta as number),
      least: of.min((row) => row.heat as number),
      level: of.sum((row) => row.level as number),
      last: of.max((row) => row.at as Date),
    }));
    expect(figures, text).toEqual(figuresOf(rows));
    const name = GROUPED[((i >> 1) + turn) % GROUPED.length]!;
    const groups = query
      .groupBy((row) => row[name])
      .aggregate((of) => ({ rows: of.count(), sum: of.sum((row) => row.score as number) }))
      .toArraySync();
    const expected = grouped(rows, name);
    expect(groups.length, `${text} by ${name}`).toBe(expected.size);
    expect(
      new Map(groups.map(({ key, rows: count, sum }) => [keyOf(key), [count, sum]])),
      `${text} by ${name}`,
    ).toEqual(
      new Map(
        [...expected].map(([key, members]) => [key, [members.length, total(members.map((row) => Number(row.score)))]]),
      ),
    );
    const distinct = query
      .distinctBy((row) => row[name])
      .select((row) => row[name])
      .toArraySync();
    expect(distinct.map(keyOf), `${text}, distinct ${name}`).toEqual([...expected.keys()]);
    const whole = query.distinctBy((row) => row[name]).toArraySync();
    expect(
      whole.map(({ id }) => id),
      `${text}, the first of each ${name}`,
    ).toEqual([...expected.values()].map(([first]) => first!.id));
    expect(query.select((row) => row[name]).toArraySync(), `${text}, ${name} alone`).toEqual(
      rows.map((row) => row[name]),
    );
  }
}

test('over a table, memtable rows beside it, more tables, and all of it merged', async () => {
  const count = 1000;
  const sample = fc.sample(rowArbitrary, { numRuns: 2 * count, seed: 5 });
  const rows = new Map(sample.slice(0, count).map((row, id) => [id, { ...row, id }] as [number, Row]));
  using opened = await open([...rows.values()]);
  const { dao, engine } = opened;
  const inOrder = () => [...rows.values()].sort((a, b) => Number(a.id) - Number(b.id));
  const asked = predicatesFrom(6, 40);
  const put = (id: number) => {
    const row = { ...sample[(count + id) % sample.length]!, id };
    rows.set(id, row);
    dao.putSync(row);
  };
  compare(opened, inOrder(), asked.slice(0, 20), 0);
  expect(opened.columnBytes()).toBeGreaterThan(count * 2);
  // A table beside it, whose strings have other codes.
  for (let id = count; id < count + 200; id++) put(id);
  engine.flush();
  compare(opened, inOrder(), asked.slice(10, 30), 0);
  for (let id = 3; id < count; id += 41) put(id);
  for (let id = 5; id < count; id += 97) {
    dao.deleteSync(id);
    rows.delete(id);
  }
  compare(opened, inOrder(), asked.slice(0, 8), 1);
  // With deletions in it, the table above has no columns; that of the range that nobody wrote to has.
  engine.flush();
  compare(opened, inOrder(), asked.slice(8, 16), 2);
  for (let id = 1; id < 400; id += 7) put(id);
  compare(opened, inOrder(), asked.slice(16, 24), 3);
  await engine.compact(true);
  compare(opened, inOrder(), asked.slice(24), 4);
});

test('a query of columns looks into few blocks', async () => {
  const rows = fc.sample(rowArbitrary, { numRuns: 4000, seed: 7 });
  using opened = await open(rows);
  const { dao, pages } = opened;
  const blocks =
    opened.engine
      .stats()
      .trees.find(({ name }) => name === 'Thing')!
      .levels.reduce((sum, { bytes }) => sum + bytes, 0) / 4096;
  const filter = {
    expression: {
      op: '&&',
      args: [
        { op: 'field', path: ['on'] },
        { op: 'startsWith', subject: { op: 'field', path: ['name'] }, argument: { op: 'literal', value: 'a' } },
      ],
    },
    parameters: () => [],
  } as const;
  const accepted = dao.where((row) => row.on === true && String(row.name).startsWith('a'), filter);
  const queries: [name: string, run: () => unknown][] = [
    ['count', () => accepted.countSync()],
    ['mean', () => accepted.avgSync((row) => row.rank as number)],
    [
      'groups',
      () =>
        dao
          .all()
          .groupBy((row) => row.name)
          .aggregate((of) => ({ rows: of.count(), last: of.max((row) => row.at as Date) }))
          .toArraySync(),
    ],
  ];
  for (const [name, run] of queries) {
    const answers = [run(), run(), run()];
    const before = pages();
    answers.push(run());
    expect(pages() - before, name).toBeLessThan(blocks / 3);
    for (const answer of answers) expect(answer, name).toEqual(answers[0]);
  }
});

test('each table numbers strings for itself', async () => {
  const [row] = fc.sample(rowArbitrary, { numRuns: 1, seed: 11 });
  const names = (ids: number[]) => ids.map((id): Row => ({ ...row!, id, name: `n${id % 3}`, score: id }));
  const ids = Array.from({ length: 1200 }, (_, i) => i);
  using opened = await open(names(ids.slice(0, 602)));
  // The first string of one table is the second of the other.
  for (const one of names(ids.slice(602))) opened.dao.putSync(one);
  opened.engine.flush();
  const groups = opened.dao
    .all()
    .groupBy((one) => one.name)
    .aggregate((of) => ({ rows: of.count(), sum: of.sum((one) => one.score as number) }));
  const expected = [0, 1, 2].map((n) => ({ key: `n${n}`, rows: 400, sum: 3 * 79_800 + 400 * n }));
  for (let walk = 0; walk < 4; walk++) expect(groups.toArraySync()).toEqual(expected);
});

test('columns may come, and go, while rows are being given', async () => {
  const rows = fc.sample(rowArbitrary, { numRuns: 4000, seed: 10 }).map((row, id): Row => ({ ...row, id }));
  using opened = await open(rows);
  const { dao, engine } = opened;
  const on: Expression = { op: 'field', path: ['on'] };
  const isA: Expression = { op: '!==', left: { op: 'field', path: ['name'] }, right: { op: 'literal', value: 'a' } };
  const lowered = (expression: Expression) => ({ expression, parameters: () => [] });
  const ofOn = dao.where((row) => row.on === true, lowered(on));
  const ofBoth = dao.where((row) => row.on === true && row.name !== 'a', lowered({ op: '&&', args: [on, isA] }));
  const expected = rows.filter((row) => row.on === true && row.name !== 'a').map(({ id }) => id);
  for (let walk = 0; walk < 3; walk++) ofOn.countSync();
  const ids: unknown[] = [];
  for (const { id } of ofBoth) {
    ids.push(id);
    if (ids.length % 500 === 200) ofBoth.countSync();
    // Other columns, which there is no room for beside these.
    if (ids.length === 1300) for (let walk = 0; walk < 3; walk++) ofBoth.sumSync((row) => row.score as number);
  }
  expect(ids).toEqual(expected);
  expect(engine.stats().memory.columns).toBeGreaterThan(0);
});

test('columns of too many strings, and more columns than there is memory for, are done without', async () => {
  const count = 1000;
  const rows = fc.sample(rowArbitrary, { numRuns: count, seed: 8 }).map((row, id): Row => ({ ...row, id }));
  const asked = predicatesFrom(9, 12);
  // A quarter of it is for columns: one of doubles and some bytes.
  using opened = await open(rows, 4 * 10_000);
  for (let turn = 0; turn < 4; turn++) {
    compare(opened, rows, asked.slice(turn * 3, turn * 3 + 3), turn);
    expect(opened.columnBytes()).toBeLessThanOrEqual(10_000);
  }
  const codes = opened.dao
    .all()
    .groupBy((row) => row.code)
    .aggregate((of) => ({ rows: of.count() }));
  for (let turn = 0; turn < 4; turn++)
    expect(codes.toArraySync().length).toBe(new Set(rows.map(({ code }) => code)).size);
});
