// Rows refused on their encoded bytes are those that the arrow refuses: over tables and memtable, with the codec that is generated.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readColumn } from '../../runtime/bytes/columns.js';
import { EntryRun } from '../../runtime/bytes/entry-run.js';
import { ByteWriter } from '../../runtime/bytes/writer.js';
import { FIRST_LAYOUT, layoutRecord } from '../../runtime/codec/layout.js';
import { Dao } from '../../runtime/database/dao.js';
import { openStore } from '../../runtime/database/open.js';
import { columnBounds } from '../../runtime/query/column-bounds.js';
import { intervalOf } from '../../runtime/query/narrowing.js';
import { compareValues } from '../../runtime/query/order.js';
import { RowFilter } from '../../runtime/query/row-filter.js';
import type { FieldType } from '../../runtime/schema/model.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { compile, type Row } from '../emit/compile.js';
import { field, model } from '../support/entities.js';
import { predicates } from '../support/predicates.js';

const ENTITY = model(
  'Thing',
  [
    field('id', { kind: 'float64' }),
    field('name', { kind: 'string' }),
    field('city', { kind: 'string' }, { nullable: true, optional: true }),
    field('score', { kind: 'float64' }),
    field('rank', { kind: 'float64' }, { nullable: true }),
    field('level', { kind: 'uint8' }),
    field('big', { kind: 'int64' }),
    field('at', { kind: 'date' }),
    field('on', { kind: 'boolean' }),
    field('off', { kind: 'boolean' }, { optional: true }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [],
);
const { runtime } = compile(ENTITY);

const STRINGS = [
  '',
  'a',
  'A',
  'ab',
  'ba',
  'a\0',
  'é',
  'éa',
  '\ud83d\ude00',
  '\ud83d',
  '\uffff',
  'a longer one, of more bytes',
];
const NUMBERS = [0, -0, 1, -1, 0.5, 3, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324, 1.7e308];

function values(type: FieldType): fc.Arbitrary<unknown> {
  switch (type.kind) {
    case 'string':
      return fc.constantFrom(...STRINGS);
    case 'int64':
      return fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n);
    case 'date':
      return fc.constantFrom(0, 1, -5, Number.NaN, 8.64e15).map((time) => new Date(time));
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constantFrom(...NUMBERS);
  }
}

const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  name: values({ kind: 'string' }),
  city: fc.oneof(values({ kind: 'string' }), fc.constantFrom(null, undefined)),
  score: values({ kind: 'float64' }),
  rank: fc.oneof(values({ kind: 'float64' }), fc.constant(null)),
  level: fc.nat(3),
  big: values({ kind: 'int64' }),
  at: values({ kind: 'date' }),
  on: fc.boolean(),
  off: fc.option(fc.boolean(), { nil: undefined }),
  tags: fc.array(values({ kind: 'string' }), { maxLength: 2 }),
});
const predicateArbitrary = predicates(ENTITY, values);

/** The rows' records, one behind the other. */
function encoded(rows: readonly Row[]): EntryRun {
  const out = new ByteWriter();
  const run = new EntryRun();
  run.count = rows.length;
  rows.forEach((row, i) => {
    run.starts[i] = out.at;
    runtime.row.encode(row, out);
    run.ends[i] = out.at;
  });
  run.bytes = out.bytes;
  run.view = out.view;
  return run;
}

test('a filter selects what the arrow accepts', () => {
  let settled = 0;
  let all = 0;
  fc.assert(
    fc.property(
      fc.array(rowArbitrary, { maxLength: 20 }),
      fc.array(predicateArbitrary, { maxLength: 2 }),
      (inputs, asked) => {
        const rows = inputs.map((input, id) => runtime.create({ ...input, id }, 0));
        const filter = new RowFilter<Row>(
          ENTITY,
          FIRST_LAYOUT,
          asked.map(({ arrow, lowered }) => ({
            expression: lowered.expression,
            parameters: lowered.parameters(),
            predicate: arrow,
          })),
          null,
        );
        const selected = [...filter.selected.subarray(0, filter.select(encoded(rows)))];
        const text = asked.map((one) => one.text).join(' and ');
        const expected = rows.filter((row) => asked.every(({ arrow }) => arrow(row)));
        expect(
          selected.map((i) => rows[i]!).filter((row) => filter.accepts(row)),
          text,
        ).toEqual(expected);
        if (filter.decided) expect(selected.length, text).toBe(expected.length);
        all++;
        if (filter.decided) settled++;
      },
    ),
    { numRuns: 2000 },
  );
  // Most predicates are told from bytes alone, or the property would show little.
  expect(settled).toBeGreaterThan(all / 3);
});

test('rows that an arrow accepts lie inside the bounds that are told of their columns', () => {
  let bounded = 0;
  fc.assert(
    fc.property(fc.array(rowArbitrary, { maxLength: 20 }), predicateArbitrary, (inputs, { arrow, lowered, text }) => {
      const rows = inputs.map((input, id) => runtime.create({ ...input, id }, 0));
      const condition = { expression: lowered.expression, parameters: lowered.parameters(), predicate: arrow };
      const bounds = columnBounds(ENTITY, layoutRecord(ENTITY), [condition]);
      const { starts, view } = encoded(rows);
      rows.forEach((row, i) => {
        for (const { column, least, most } of arrow(row) ? bounds : []) {
          const number = readColumn(column, view, starts[i]!);
          expect(number >= least && number <= most, `${text}: ${column.kind} ${number}`).toBe(true);
        }
      });
      if (bounds.length > 0) bounded++;
    }),
    { numRuns: 2000 },
  );
  expect(bounded).toBeGreaterThan(100);
});

test('a record of another layout, or one that is cut short, is left for decoding', () => {
  const run = encoded([runtime.create({ ...fc.sample(rowArbitrary, 1)[0], id: 1, on: false }, 0)]);
  const condition = {
    expression: { op: 'field', path: ['on'] },
    parameters: [],
    predicate: (row: never) => (row as Row).on === true,
  } as const;
  const filter = new RowFilter(ENTITY, FIRST_LAYOUT, [condition], null);
  expect(filter.select(run)).toBe(0);
  run.bytes[run.starts[0]!] = 2;
  expect([filter.select(run), filter.decided]).toEqual([1, false]);
  run.bytes[run.starts[0]!] = 1;
  run.ends[0] = run.starts[0]! + 3;
  expect([filter.select(run), filter.decided]).toEqual([1, false]);
});

test('a comparison with a number is an interval', () => {
  const ops = { '===': 0, '!==': 0, '<': 0, '<=': 0, '>': 0, '>=': 0 };
  for (const op of Object.keys(ops) as (keyof typeof ops)[]) {
    for (const bound of NUMBERS) {
      for (const x of NUMBERS) {
        const { least, most, inside } = intervalOf(op, bound);
        const meant = {
          '===': x === bound,
          '!==': x !== bound,
          '<': x < bound,
          '<=': x <= bound,
          '>': x > bound,
          '>=': x >= bound,
        };
        expect((x >= least && x <= most) === inside, `${x} ${op} ${bound}`).toBe(meant[op]);
      }
    }
  }
});

test('queries over tables and memtable give what arrays give', async () => {
  const vfs = new MemoryVfs();
  const open = () => openStore({ path: 'db', vfs, durability: 'os' }, [runtime as never], (session) => session);
  const session = await open();
  const dao = new Dao<Row, unknown, Row>(session, runtime);
  const rows = fc.sample(rowArbitrary, { numRuns: 3000, seed: 3 }).map((row, id): Row => ({ ...row, id }));
  // Tables first (a bulk load), then overwritten and deleted rows in memory, which cut the runs of the tables short.
  dao.putManySync(rows);
  for (let id = 0; id < 3000; id += 37) {
    const row = { ...rows[id + 1]!, id };
    rows[id] = row;
    dao.putSync(row);
  }
  for (let id = 1; id < 3000; id += 90) {
    dao.deleteSync(id);
    rows[id] = undefined as never;
  }
  const left = rows.filter((row) => row !== undefined);
  const asked = fc.sample(predicateArbitrary, { numRuns: 150, seed: 4 });
  for (const [i, { arrow, lowered, text }] of asked.entries()) {
    const expected = left.filter(arrow);
    const query = dao.where(arrow, lowered);
    expect(query.countSync(), text).toBe(expected.length);
    expect(
      query.toArraySync().map(({ id }) => id),
      text,
    ).toEqual(expected.map(({ id }) => id));
    const name = (['score', 'at', 'rank', 'level', 'name'] as const)[i % 5]!;
    const direction = i % 2 === 0 ? 'asc' : 'desc';
    const sign = direction === 'asc' ? 1 : -1;
    const sorted = expected.toSorted((a, b) => sign * compareValues(a[name], b[name]) || Number(a.id) - Number(b.id));
    const top = query
      .sortBy((row) => row[name], direction)
      .limit(20)
      .offset(i % 3);
    expect(
      top.toArraySync().map(({ id }) => id),
      `${text} by ${name} ${direction}`,
    ).toEqual(sorted.slice(i % 3, 20 + (i % 3)).map(({ id }) => id));
  }
  const range = left.filter(({ id }) => Number(id) >= 100 && Number(id) < 160);
  const within = dao.where((row) => Number(row.id) >= 100 && Number(row.id) < 160, {
    expression: {
      op: '&&',
      args: [
        { op: '>=', left: { op: 'field', path: ['id'] }, right: { op: 'literal', value: 100 } },
        { op: '<', left: { op: 'field', path: ['id'] }, right: { op: 'literal', value: 160 } },
      ],
    },
    parameters: () => [],
  });
  expect(within.toArraySync().map(({ id }) => id)).toEqual(range.map(({ id }) => id));
  expect(within.countSync()).toBe(range.length);
  session.store.engine.closeSync();
});

test('runs of a cursor are its entries', async () => {
  const session = await openStore(
    { path: 'db', vfs: new MemoryVfs(), durability: 'os' },
    [runtime as never],
    (one) => one,
  );
  const dao = new Dao<Row, unknown, Row>(session, runtime);
  const [sample] = fc.sample(rowArbitrary, { numRuns: 1, seed: 5 });
  dao.putManySync(Array.from({ length: 4000 }, (_, id): Row => ({ ...sample!, id: id * 2 })));
  for (let id = 501; id < 700; id += 6) dao.putSync({ ...sample!, id });
  for (let id = 600; id < 900; id += 14) dao.deleteSync(id);
  const tree = session.store.engine.trees.get('Thing')!;
  const keyOf = (id: number): Buffer => {
    const out = new ByteWriter();
    runtime.key.write(id, out);
    return out.bytes.subarray(0, out.at);
  };
  fc.assert(
    fc.property(
      fc.integer({ min: -3, max: 8010 }),
      fc.nat(3000),
      fc.constantFrom(['gte', 'lt'] as const, ['gt', 'lte'] as const),
      fc.boolean(),
      (from, length, [low, high], reverse) => {
        const bounds = { [low]: keyOf(from), [high]: keyOf(from + length) };
        const plain: string[] = [];
        const cursor = tree.cursor(bounds, { reverse });
        while (cursor.next()) plain.push(`${cursor.key.copy().toString('hex')} ${cursor.value.copy().toString('hex')}`);
        cursor.close();
        const runs: string[] = [];
        const run = new EntryRun();
        const other = tree.cursor(bounds, { reverse });
        while (other.nextRun(run)) {
          for (let i = 0; i < run.count; i++) {
            const key = run.keyBytes.toString('hex', run.keyStarts[i], run.keyEnds[i]);
            runs.push(`${key} ${run.bytes.toString('hex', run.starts[i], run.ends[i])}`);
          }
        }
        other.close();
        expect(runs).toEqual(plain);
      },
    ),
    { numRuns: 100 },
  );
  session.store.engine.closeSync();
});
