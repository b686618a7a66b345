// Random operations on a database against a Map: rows, keys, unique indexes and every index entry, across flushes and reopening.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyExistsError, NotFoundError, UniqueViolationError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openTest, type TestDao, type TestDatabase } from '../support/database.js';
import { type AnyRow, field, index, model, type Values } from '../support/entities.js';

const THING = model(
  'Thing',
  [
    field('id', { kind: 'int32' }),
    field('code', { kind: 'string' }, { nullable: true }),
    field('a', { kind: 'uint8' }),
    field('b', { kind: 'uint8' }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [
    index(['code'], { unique: true }),
    index(['a', 'b'], { unique: true }),
    index(['b']),
    index(['tags'], { multiEntry: true }),
  ],
  { autoIncrement: true },
);
const A_B = 0;
const CODE = 2;
const IDS = [1, 2, 3, 4, 5, 6];
const CODES = ['x', 'y', 'z', null];
const TAGS = ['p', 'q', 'r'];

const values = fc.record({
  code: fc.constantFrom(...CODES),
  a: fc.nat(2),
  b: fc.nat(2),
  tags: fc.array(fc.constantFrom(...TAGS), { maxLength: 3 }),
});
const input = fc
  .tuple(fc.option(fc.constantFrom(...IDS), { nil: undefined }), values)
  .map(([id, rest]): Values => ({ ...rest, id }));
const id = fc.constantFrom(...IDS);

type Operation =
  | { readonly kind: 'put' | 'insert'; readonly input: Values }
  | { readonly kind: 'putMany'; readonly inputs: readonly Values[] }
  | { readonly kind: 'update'; readonly id: number; readonly values: Values }
  | { readonly kind: 'delete'; readonly id: number }
  | { readonly kind: 'clear' };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('put' as const, 'insert' as const), input }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('putMany' as const), inputs: fc.array(input, { maxLength: 4 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      id,
      values: fc
        .subarray(['code', 'a', 'b', 'tags'] as const)
        .chain((names) => values.map((all) => Object.fromEntries(names.map((name) => [name, all[name]])))),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), id }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'clear' as const }) },
);

type Step =
  | { readonly kind: 'run'; readonly operation: Operation }
  | { readonly kind: 'transaction'; readonly operations: readonly Operation[]; readonly fails: boolean }
  | { readonly kind: 'reopen' };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: operation.map((one): Step => ({ kind: 'run', operation: one })) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('transaction' as const),
      operations: fc.array(operation, { maxLength: 5 }),
      fails: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Step>({ kind: 'reopen' }) },
);

/** What the database should be. */
class Model {
  rows = new Map<number, AnyRow>();
  /** The last key that was given out, or chosen. */
  lastId = 0;
  /** The largest key that a committed row ever had. */
  lastCommitted = 0;

  put(given: Values, mustBeNew = false): void {
    const key = (given.id as number | undefined) ?? this.lastId + 1;
    this.lastId = Math.max(this.lastId, key);
    if (mustBeNew && this.rows.has(key)) throw new KeyExistsError('Thing', key);
    this.store({ ...given, id: key });
  }

  private store(row: AnyRow): void {
    for (const other of this.rows.values()) {
      if (other.id === row.id) continue;
      if ((row.code !== null && other.code === row.code) || (other.a === row.a && other.b === row.b)) {
        throw new UniqueViolationError('Thing', '', '');
      }
    }
    this.rows.set(row.id as number, row);
  }

  apply(operation: Operation): unknown {
    const before = new Map(this.rows);
    try {
      switch (operation.kind) {
        case 'put':
        case 'insert':
          return this.put(operation.input, operation.kind === 'insert');
        case 'putMany':
          for (const one of operation.inputs) this.put(one);
          return operation.inputs.length;
        case 'update': {
          const old = this.rows.get(operation.id);
          if (old === undefined) throw new NotFoundError('', '');
          return this.store({ ...old, ...operation.values });
        }
        case 'delete':
          return this.rows.delete(operation.id);
        case 'clear': {
          const { size } = this.rows;
          this.rows.clear();
          return size;
        }
      }
    } catch (error) {
      this.rows = before;
      throw error;
    }
  }
}

function run(dao: TestDao, operation: Operation): unknown {
  switch (operation.kind) {
    case 'put':
      return void dao.putSync(operation.input);
    case 'insert':
      return void dao.insertSync(operation.input);
    case 'putMany':
      return dao.putManySync(operation.inputs);
    case 'update':
      return void dao.updateSync(operation.id, operation.values);
    case 'delete':
      return dao.deleteSync(operation.id);
    case 'clear':
      return dao.clearSync();
  }
}

/** Both do the same, or throw the same. */
function both(dao: TestDao, model: Model, operation: Operation): void {
  const outcome = (work: () => unknown) => {
    try {
      return { value: work() };
    } catch (error) {
      if (error instanceof UniqueViolationError || error instanceof KeyExistsError || error instanceof NotFoundError) {
        return { thrown: error.name };
      }
      throw error;
    }
  };
  const expected = outcome(() => model.apply(operation));
  expect(outcome(() => run(dao, operation))).toEqual(expected);
  // A chunk that is refused may have drawn keys for rows behind the one that was at fault.
  model.lastId = dao.lastKey;
}

function compare(dao: TestDao, { rows }: Model): void {
  const sorted = [...rows.values()].sort((x, y) => (x.id as number) - (y.id as number));
  expect(
    dao
      .all()
      .toArraySync()
      .map((row) => ({ ...row })),
  ).toEqual(sorted);
  for (const key of IDS) expect(dao.getSync(key)?.code).toEqual(rows.get(key)?.code);
  for (const code of CODES) {
    if (code !== null) expect(dao.getBy(CODE, code)?.id).toBe(sorted.find((row) => row.code === code)?.id);
  }
  for (let a = 0; a < 3; a++) {
    for (let b = 0; b < 3; b++) {
      expect(dao.getBy(A_B, a, b)?.id).toBe(sorted.find((row) => row.a === a && row.b === b)?.id);
    }
  }
  // Walks of whole indexes, and counts that no row is read for: an entry too many or too few shows.
  expect(dao.sortBy((row) => row.b).toArraySync().length).toBe(rows.size);
  for (const tag of TAGS) {
    const tagged = dao.where((row) => (row.tags as string[]).includes(tag), {
      expression: {
        op: 'arrayIncludes',
        subject: { op: 'field', path: ['tags'] },
        argument: { op: 'literal', value: tag },
      },
      parameters: () => [],
    });
    expect(tagged.explain()).toMatchObject({ access: 'index tags', recheck: false });
    expect(tagged.countSync()).toBe(sorted.filter((row) => (row.tags as string[]).includes(tag)).length);
  }
}

test('any sequence of operations leaves what a Map of rows would hold', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const vfs = new MemoryVfs();
      const reference = new Model();
      let db: TestDatabase = await openTest([THING], { vfs });
      for (const one of steps) {
        if (one.kind === 'reopen') {
          await db.close();
          db = await openTest([THING], { vfs });
          // Keys that no committed row ever had may be given again, and no others.
          expect(db.dao('Thing').lastKey).toBeGreaterThanOrEqual(reference.lastCommitted);
          reference.lastId = db.dao('Thing').lastKey;
        } else if (one.kind === 'run') {
          both(db.dao('Thing'), reference, one.operation);
        } else {
          const before = new Map(reference.rows);
          const boom = new Error('boom');
          const body = () =>
            db.transactionSync((tx) => {
              for (const operation of one.operations) both(tx.dao('Thing'), reference, operation);
              compare(tx.dao('Thing'), reference);
              if (one.fails) throw boom;
            });
          if (one.fails) {
            expect(body).toThrow(boom);
            reference.rows = before;
          } else body();
        }
        compare(db.dao('Thing'), reference);
        reference.lastCommitted = Math.max(reference.lastCommitted, ...reference.rows.keys());
      }
      await db.close();
    }),
    { numRuns: 120 },
  );
});
