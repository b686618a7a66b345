// clear() of many rows takes their tables away; where somebody may still ask for the rows, each is deleted. Nobody sees which.
import { expect, test } from 'vitest';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openTest } from '../support/database.js';
import { field, index, model, type Values } from '../support/entities.js';

const ITEM = model(
  'Item',
  [field('id', { kind: 'int32' }), field('code', { kind: 'string' })],
  [index(['code'], { unique: true })],
  { autoIncrement: true },
);
const OTHER = model('Other', [field('id', { kind: 'int32' })], []);
const CODE = 0;
/** More than are deleted one by one. */
const MANY = 2_100;

const items = (count: number): Values[] => Array.from({ length: count }, (_, i) => ({ code: `c${i}` }));

test('many rows go at once, with their index entries, for good, and keys go on', async () => {
  const vfs = new MemoryVfs();
  {
    await using db = await openTest([ITEM, OTHER], { vfs });
    const dao = db.dao('Item');
    db.dao('Other').putSync({ id: 1 });
    await dao.putMany(items(MANY));
    dao.putSync({ code: 'in memory' });
    expect(await dao.clear()).toBe(MANY + 1);
    expect(dao.countSync()).toBe(0);
    expect(dao.getBy(CODE, 'c7')).toBeUndefined();
  }
  await using db = await openTest([ITEM, OTHER], { vfs });
  const dao = db.dao('Item');
  expect([dao.countSync(), db.dao('Other').countSync()]).toEqual([0, 1]);
  expect(dao.putSync({ code: 'c7' }).id).toBe(MANY + 2);
  await dao.putMany(items(7));
  expect(dao.clearSync()).toBe(8);
});

test('snapshots go on to show them', async () => {
  await using db = await openTest([ITEM]);
  const dao = db.dao('Item');
  await dao.putMany(items(MANY));
  using snapshot = db.snapshot();
  expect(dao.clearSync()).toBe(MANY);
  expect(dao.countSync()).toBe(0);
  expect(snapshot.dao('Item').countSync()).toBe(MANY);
});

test('a transaction that has read some is run again', async () => {
  await using db = await openTest([ITEM]);
  const dao = db.dao('Item');
  await dao.putMany(items(MANY));
  let runs = 0;
  const seen = await db.transaction(async (tx) => {
    const row = tx.dao('Item').getSync(1);
    if (runs++ === 0) expect(await dao.clear()).toBe(MANY);
    tx.dao('Item').putSync({ code: 'fresh' });
    return row;
  });
  expect([runs, seen, dao.countSync()]).toEqual([2, undefined, 1]);
});

test('in a transaction they go with it, or stay', async () => {
  await using db = await openTest([ITEM]);
  const dao = db.dao('Item');
  await dao.putMany(items(MANY));
  const failed = db.transaction(async (tx) => {
    expect(await tx.dao('Item').clear()).toBe(MANY);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(dao.countSync()).toBe(MANY);
  expect(db.transactionSync((tx) => tx.dao('Item').clearSync())).toBe(MANY);
  expect(dao.countSync()).toBe(0);
});
