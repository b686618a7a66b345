import { expect, test } from 'vitest';
import { UniqueViolationError, ValidationError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openTest } from '../support/database.js';
import { field, index, model, type Values } from '../support/entities.js';

const ITEM = model(
  'Item',
  [
    field('id', { kind: 'int32' }),
    field('code', { kind: 'string' }, { optional: true }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [index(['code'], { unique: true }), index(['tags'], { multiEntry: true })],
  { autoIncrement: true },
);
const CODE = 0;
/** Rows that make a bulk load, and rows that do not. */
const MANY = 2_500;
const FEW = 100;

function items(count: number, from = 0): Values[] {
  return Array.from({ length: count }, (_, i) => ({
    code: `c${from + i}`,
    tags: ['all', i % 2 === 0 ? 'even' : 'odd'],
  }));
}

test.each([FEW, MANY])('%i rows are stored with keys, indexes and defaults, and survive reopening', async (count) => {
  const vfs = new MemoryVfs();
  {
    await using db = await openTest([ITEM], { vfs });
    expect(await db.dao('Item').putMany(items(count))).toBe(count);
  }
  await using db = await openTest([ITEM], { vfs });
  const dao = db.dao('Item');
  expect(dao.countSync()).toBe(count);
  expect(dao.getBy(CODE, `c${count - 1}`)?.id).toBe(count);
  expect(dao.putSync({ tags: [] }).id).toBe(count + 1);
  const even = dao.where((row) => (row.tags as string[]).includes('even'), {
    expression: {
      op: 'arrayIncludes',
      subject: { op: 'field', path: ['tags'] },
      argument: { op: 'literal', value: 'even' },
    },
    parameters: () => [],
  });
  expect(even.countSync()).toBe(count / 2);
});

test.each([FEW, MANY])('%i rows with one that repeats a unique value are refused whole', async (count) => {
  await using db = await openTest([ITEM]);
  const dao = db.dao('Item');
  dao.putSync({ code: 'stored', tags: [] });
  const clash = { code: 'c7', tags: [] };
  await expect(dao.putMany([...items(count), clash])).rejects.toMatchObject({ index: 'code', value: 'c7' });
  expect(() => dao.putManySync([...items(count), { ...clash, code: 'stored' }])).toThrow(UniqueViolationError);
  expect(() => dao.putManySync([...items(count), { code: 1, tags: [] }])).toThrow(ValidationError);
  expect(dao.countSync()).toBe(1);
  expect(dao.getBy(CODE, 'c7')).toBeUndefined();
});

test.each([FEW, MANY])(
  '%i rows that replace stored ones, or each other, take their index entries along',
  async (count) => {
    await using db = await openTest([ITEM]);
    const dao = db.dao('Item');
    dao.putManySync(items(count));
    const replaced = items(count, 1_000_000).map((row, i) => ({ ...row, id: i + 1 }));
    dao.putManySync([...replaced, { id: 1, code: 'last', tags: ['x'] }]);
    expect(dao.countSync()).toBe(count);
    expect(dao.getBy(CODE, 'c0')).toBeUndefined();
    expect(dao.getBy(CODE, 'c1000000')).toBeUndefined();
    expect(dao.getBy(CODE, 'last')?.id).toBe(1);
    expect(dao.getBy(CODE, 'c1000001')?.id).toBe(2);

    dao.clearSync();
    dao.putManySync([...items(count).map((row, i) => ({ ...row, id: i + 1 })), { id: 1, code: 'c0', tags: [] }]);
    expect(dao.countSync()).toBe(count);
    expect(dao.getSync(1)?.tags).toEqual([]);
  },
);

test('iterables of both kinds, and rows without the unique value', async () => {
  await using db = await openTest([ITEM]);
  const dao = db.dao('Item');
  async function* later() {
    for (let i = 0; i < MANY; i++) yield { tags: [String(i)] };
  }
  function* now() {
    for (let i = 0; i < MANY; i++) yield { tags: [String(i)] };
  }
  expect(await dao.putMany(later())).toBe(MANY);
  expect(await dao.putMany(now())).toBe(MANY);
  expect(dao.putManySync([])).toBe(0);
  expect(dao.countSync()).toBe(2 * MANY);
});

test('inside a transaction they are part of it', async () => {
  await using db = await openTest([ITEM]);
  const boom = new Error('boom');
  await expect(
    db.transaction(async (tx) => {
      await tx.dao('Item').putMany(items(MANY));
      expect(await tx.dao('Item').count()).toBe(MANY);
      throw boom;
    }),
  ).rejects.toBe(boom);
  expect(db.dao('Item').countSync()).toBe(0);
});

test('a load beside a running transaction is a conflict for it', async () => {
  await using db = await openTest([ITEM]);
  let runs = 0;
  await db.transaction(async (tx) => {
    runs++;
    const count = await tx.dao('Item').count();
    if (runs === 1) await db.dao('Item').putMany(items(MANY));
    await tx.dao('Item').put({ code: `counted ${count}`, tags: [] });
  });
  expect(runs).toBe(2);
  expect(db.dao('Item').getBy(CODE, `counted ${MANY}`)).toBeDefined();
});

const BLOB = model('Blob', [field('id', { kind: 'int32' }), field('text', { kind: 'string' })], []);
const MEGABYTE = 1_000_000;

/** Few rows, and yet more than one commit may hold. */
function large(letter: string) {
  return Array.from({ length: 30 }, (_, id) => ({ id, text: letter.repeat(MEGABYTE) }));
}

test('large rows that replace stored ones are committed by the size of their bytes, with a promise and without', async () => {
  await using db = await openTest([BLOB]);
  const dao = db.dao('Blob');
  const commits = async (store: () => unknown): Promise<number> => {
    const before = db.stats().sequence;
    await store();
    return db.stats().sequence - before;
  };
  dao.putManySync(large('x'));
  expect(await commits(() => dao.putManySync(large('y')))).toBe(2);
  expect(dao.getSync(29)?.text).toMatch(/^y/);
  expect(await commits(() => dao.putMany(large('z')))).toBe(2);
  expect(dao.where({ text: { startsWith: 'z' } }).countSync()).toBe(30);
});

test('large rows beside a transaction that runs go through the log by the size of their bytes', async () => {
  await using db = await openTest([BLOB]);
  const before = db.stats().sequence;
  await db.transaction(async () => {
    expect(await db.dao('Blob').putMany(large('x'))).toBe(30);
  });
  expect(db.stats().sequence - before).toBe(2);
  expect(db.dao('Blob').countSync()).toBe(30);
});
