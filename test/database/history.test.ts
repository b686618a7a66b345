// The past of a database: `db.at`, and opening it as it was. Rows that expire have their own time in each state.
import { expect, test } from 'vitest';
import { restoreBackup } from '../../runtime/engine/index.js';
import { HistoryError, ReadOnlyError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { TestSnapshot } from '../support/database.js';
import { openTest, openTestPast } from '../support/database.js';
import { field, index, model } from '../support/entities.js';

const HOUR = 3_600_000;
const ACCOUNT = model(
  'Account',
  [field('id', { kind: 'int32' }), field('owner', { kind: 'string' }), field('sum', { kind: 'float64' })],
  [index(['owner'], { unique: true }), index(['sum'])],
);
const SESSION = {
  ...model('Session', [field('id', { kind: 'int32' }), field('createdAt', { kind: 'date' })], [index(['createdAt'])]),
  ttl: { field: 'createdAt', milliseconds: HOUR },
};
const OWNER = 0;

function idsOf(snapshot: TestSnapshot, name: string): unknown[] {
  return snapshot
    .dao(name)
    .sortBy((row) => row.id)
    .toArraySync()
    .map((row) => row.id);
}

test('rows and indexes are those of that time, whatever was done since', async () => {
  let now = 100 * HOUR;
  await using db = await openTest([ACCOUNT], { history: '7d', clock: () => now });
  const accounts = db.dao('Account');
  accounts.putManySync(Array.from({ length: 50 }, (_, id) => ({ id, owner: `o${id}`, sum: id })));
  const { sequence } = db.stats();
  now += HOUR;
  accounts.updateSync(1, { owner: 'new', sum: 1000 });
  accounts.deleteSync(2);
  accounts.putSync({ id: 99, owner: 'o2', sum: -1 });
  now += HOUR;
  accounts.clearSync();
  for (let merges = 0; merges < 2; merges++) {
    for (const when of [sequence, new Date(now - 2 * HOUR + 1000), new Date(now - HOUR - 1)]) {
      using then = db.at(when);
      const past = then.dao('Account');
      expect(then.sequence).toBe(sequence);
      expect(past.getSync(1)).toMatchObject({ owner: 'o1', sum: 1 });
      expect(past.getBy(OWNER, 'o2')?.id).toBe(2);
      expect([past.getBy(OWNER, 'new'), past.hasSync(99), past.countSync()]).toEqual([undefined, false, 50]);
      expect(() => (past as ReturnType<typeof db.dao>).deleteSync(1)).toThrow(ReadOnlyError);
    }
    using later = db.at(new Date(now - 1));
    expect(later.dao('Account').getBy(OWNER, 'o2')?.id).toBe(99);
    expect(later.dao('Account').countSync()).toBe(50);
    expect(accounts.countSync()).toBe(0);
    await db.compact(true);
  }
  expect(db.stats().history).toMatchObject({ milliseconds: 168 * HOUR, oldest: new Date(100 * HOUR) });
  now += 170 * HOUR;
  expect(() => db.at(sequence)).toThrow(HistoryError);
  await db.compact(true);
  expect(
    db
      .stats()
      .trees.find(({ name }) => name === 'Account')!
      .levels.every(({ tables }) => tables === 0),
  ).toBe(true);
});

test('a database is opened as it was, and is itself left as it is; a backup has its history', async () => {
  const vfs = new MemoryVfs();
  let now = 100 * HOUR;
  const options = { vfs, clock: () => now };
  const db = await openTest([ACCOUNT], { ...options, history: '1d' });
  db.dao('Account').putSync({ id: 1, owner: 'ann', sum: 1 });
  now += HOUR;
  const before = new Date(now - 1);
  db.dao('Account').deleteSync(1);
  await expect(openTestPast([ACCOUNT], { ...options, at: before })).rejects.toThrow(/QDB4020/);
  await db.backup('/backup');
  await db.close();
  await restoreBackup(vfs, '/backup', '/restored');

  for (const path of ['db', '/restored']) {
    const then = await openTestPast([ACCOUNT], { ...options, path, at: before });
    expect(idsOf(then, 'Account')).toEqual([1]);
    then.close();
    await expect(openTestPast([ACCOUNT], { ...options, path, at: new Date(now - 48 * HOUR) })).rejects.toThrow(
      /QDB4117/,
    );
    await using again = await openTest([ACCOUNT], { ...options, path });
    expect(again.dao('Account').countSync()).toBe(0);
    using past = again.at(before);
    expect(idsOf(past, 'Account')).toEqual([1]);
  }
  await expect(openTestPast([ACCOUNT], { ...options, path: '/none', at: before })).rejects.toThrow(/QDB4018/);
  expect(vfs.exists('/none')).toBe(false);
  await expect(openTest([ACCOUNT], { history: '7 days' as '7d' })).rejects.toThrow(/QDB4014.*history/);
});

test('what expired is there in the states of its life, as long as the history has them, and then leaves the disk', async () => {
  let now = 100 * HOUR;
  await using db = await openTest([SESSION], { history: '1d', clock: () => now });
  const sessions = db.dao('Session');
  sessions.putSync({ id: 1, createdAt: new Date(now) });
  const { sequence } = db.stats();
  now += 30 * 60_000;
  sessions.putSync({ id: 2, createdAt: new Date(now) });
  now += 45 * 60_000;
  await db.compact(true);
  expect(
    sessions
      .sortBy((row) => row.id)
      .toArraySync()
      .map((row) => row.id),
  ).toEqual([2]);
  const seen = (when: Date | number): unknown[] => {
    using then = db.at(when);
    return idsOf(then, 'Session');
  };
  const start = 100 * HOUR;
  now += 2 * HOUR;
  await db.compact(true);
  expect(seen(new Date(start + 1000))).toEqual([1]);
  expect(seen(sequence)).toEqual([1]);
  expect(seen(new Date(start + 40 * 60_000))).toEqual([1, 2]);
  expect(seen(new Date(start + 75 * 60_000))).toEqual([2]);
  expect(seen(new Date(start + 2 * HOUR))).toEqual([]);
  now += 26 * HOUR;
  await db.compact(true);
  const { trees } = db.stats();
  for (const name of ['Session', 'Session/createdAt']) {
    expect(trees.find((tree) => tree.name === name)!.levels.every(({ tables }) => tables === 0)).toBe(true);
  }
});

test('a unique value that passed on as its row expired is held once in the state of that commit', async () => {
  let now = 100 * HOUR;
  const plain = model(
    'Login',
    [field('id', { kind: 'int32' }), field('owner', { kind: 'string' }), field('createdAt', { kind: 'date' })],
    [index(['owner'], { unique: true })],
  );
  const login = { ...plain, ttl: { field: 'createdAt', milliseconds: HOUR } };
  await using db = await openTest([login], { history: '7d', clock: () => now });
  const logins = db.dao('Login');
  const sequences = [now, now + 500, now + 5_000].map((time, i) => {
    now = time;
    // Each expires 300 ms later.
    logins.putSync({ id: i, owner: 'ann', createdAt: new Date(now - HOUR + 300) });
    return db.stats().sequence;
  });
  for (const [i, sequence] of sequences.entries()) {
    using past = db.at(sequence);
    const rows = past.dao('Login').all().toArraySync();
    const [byOwner] = [past.dao('Login').getBy(OWNER, 'ann')];
    expect(rows.length, `commit ${i}`).toBeLessThanOrEqual(1);
    expect(byOwner).toEqual(rows[0]);
  }
});
