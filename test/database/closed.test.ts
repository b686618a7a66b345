// Calls after close(), those too that come to no file; and what JSON makes of an open database.
import { expect, test } from 'vitest';
import { ClosedError } from '../../runtime/errors.js';
import { openTest } from '../support/database.js';
import { field, model } from '../support/entities.js';

const NOTE = model('Note', [field('id', { kind: 'int32' })], []);

test('after close(), calls with nothing to do throw as all others', async () => {
  const db = await openTest([NOTE]);
  const dao = db.dao('Note');
  await db.close();
  expect(() => db.transactionSync(() => 1)).toThrow(ClosedError);
  await expect(db.transaction(() => 1)).rejects.toThrow(/^QDB4040/);
  await expect(dao.putMany([])).rejects.toThrow(/^QDB4040/);
  await expect(dao.deleteMany([])).rejects.toThrow(/^QDB4040/);
  expect(() => dao.putManySync([])).toThrow(ClosedError);
  expect(() => dao.deleteManySync([])).toThrow(ClosedError);
  expect(() => dao.countSync()).toThrow(ClosedError);
});

test('JSON of a DAO names its entity, of the database too and of a snapshot; so does that of a query', async () => {
  await using db = await openTest([NOTE]);
  using then = db.snapshot();
  for (const dao of [db.dao('Note'), then.dao('Note')]) {
    expect(JSON.stringify({ dao, query: dao.all() })).toBe('{"dao":{"entity":"Note"},"query":{"entity":"Note"}}');
  }
});
