// What a query can be asked beside its rows: pages by cursor, one row, rows that differ, parts of rows, changes of all of them.
import { expect, test } from 'vitest';
import { QuantaError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openGenerated, type TestDao } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';

const USER = model(
  'User',
  [
    field('id', { kind: 'int32' }),
    field('email', { kind: 'string' }),
    field('city', { kind: 'string' }, { optional: true }),
    field('score', { kind: 'float64' }),
    field('at', { kind: 'date' }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [index(['email'], { unique: true }), index(['city', 'score']), index(['at'])],
);

const CITIES = ['Bern', 'Basel', undefined, 'Chur'];
const ROWS = Array.from({ length: 23 }, (_, id) => ({
  id,
  email: `u${id}@x.io`,
  city: CITIES[id % 4],
  score: id % 5 === 4 ? Number.NaN : (id * 7) % 5,
  at: new Date(1e12 + (id % 6) * 1000),
  tags: ['a', `t${id % 3}`],
}));

async function open() {
  const db = await openGenerated([USER]);
  const users = db.dao('User');
  users.putManySync(ROWS.slice(0, 12));
  await db.compact(true);
  users.putManySync(ROWS.slice(12));
  return { db, users, [Symbol.asyncDispose]: () => db.close() };
}

const ids = (rows: readonly unknown[]) => rows.map((row) => (row as AnyRow).id);
const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error instanceof QuantaError ? error.code : error;
  }
};

const ORDERS: readonly (readonly [name: string, sorted: (users: TestDao) => ReturnType<TestDao['all']>])[] = [
  ['primary key', (users) => users.all()],
  ['primary key, descending', (users) => users.sortBy((u) => u.id, 'desc')],
  ['index', (users) => users.sortBy((u) => u.at)],
  ['index, descending', (users) => users.sortBy((u) => u.at, 'desc')],
  ['index of two columns', (users) => users.sortBy((u) => u.city).thenBy((u) => u.score)],
  ['index, against the direction', (users) => users.sortBy((u) => u.city, 'desc').thenBy((u) => u.score)],
  ['no index', (users) => users.sortBy((u) => u.score, 'desc')],
  ['equality on the first column', (users) => users.where({ city: 'Bern' }).sortBy((u) => u.score)],
  [
    'equality, sorted by it',
    (users) =>
      users
        .where({ city: 'Bern' })
        .sortBy((u) => u.city)
        .thenBy((u) => u.score),
  ],
  ['unique index', (users) => users.sortBy((u) => u.email)],
];

test.each(ORDERS)('pages by cursor are the whole answer, in order: %s', async (_, sorted) => {
  await using opened = await open();
  const query = sorted(opened.users);
  const all = ids(query.toArraySync());
  for (const size of [1, 4, 23, 100]) {
    const seen: unknown[] = [];
    let cursor: string | null = null;
    do {
      const page = await query.after(cursor).limit(size).page();
      expect(page.rows.length).toBeLessThanOrEqual(size);
      seen.push(...ids(page.rows));
      cursor = page.cursor;
    } while (cursor !== null);
    expect(seen).toEqual(all);
  }
  const rows = query.toArraySync();
  rows.forEach((row, i) => {
    const after = query.after(query.cursorOfSync(row));
    expect(ids(after.toArraySync())).toEqual(all.slice(i + 1));
    expect(after.countSync()).toBe(all.length - i - 1);
  });
});

test('a page stays where it was while rows come and go', async () => {
  await using opened = await open();
  const { users } = opened;
  const query = users.sortBy((u) => u.at).limit(5);
  const first = query.pageSync();
  users.deleteSync(first.rows.at(-1)!.id);
  users.putSync({ ...ROWS[0]!, id: 100, email: 'new', at: new Date(0) });
  const rest = ids(query.after(first.cursor).limit(100).toArraySync());
  expect([...ids(first.rows), ...rest]).toEqual(ids([...ROWS].sort((a, b) => +a.at - +b.at || a.id - b.id)));
});

test('a walk by index begins at the cursor', async () => {
  await using opened = await open();
  const { users } = opened;
  let looked = 0;
  const query = users
    .all()
    .filter(() => ++looked > 0)
    .sortBy((u) => u.at);
  const cursor = query.cursorOfSync(query.toArraySync().at(-2)!);
  looked = 0;
  expect(query.after(cursor).toArraySync().length).toBe(1);
  expect(looked).toBeLessThan(5);
});

test('a cursor that was changed, or is of another query or database, is refused', async () => {
  await using opened = await open();
  await using other = await open();
  const { users } = opened;
  const query = (limit: number) => users.where({ score: { lt: limit } }).sortBy((u) => u.at);
  const cursor = query(3).limit(2).pageSync().cursor!;
  expect(
    codeOf(
      () =>
        query(3)
          .limit(9)
          .offset(1)
          .select((u) => u.id)
          .after(cursor)
          .toArraySync().length,
    ),
  ).toBe(9);
  for (const another of [
    query(2),
    users.where({ score: { lt: 3 } }),
    users.where({ score: { lt: 3 } }).sortBy((u) => u.at, 'desc'),
    users.sortBy((u) => u.at),
    query(3).distinctBy((u) => u.city),
    query(3).filter(() => true),
  ]) {
    expect(codeOf(() => another.after(cursor).toArraySync())).toBe('QDB2106');
  }
  const here = () => users.where({ score: { lt: 3 } }).sortBy((u) => u.at);
  for (let i = 0; i < cursor.length; i++) {
    const changed = cursor.slice(0, i) + (cursor[i] === 'A' ? 'B' : 'A') + cursor.slice(i + 1);
    expect(codeOf(() => here().after(changed).toArraySync())).toBe('QDB2105');
  }
  for (const wrong of ['', 'x', `${cursor} `, cursor.slice(1), `${cursor}A`, 5 as unknown as string]) {
    expect(codeOf(() => here().after(wrong).toArraySync())).toBe('QDB2105');
  }
  expect(
    codeOf(() =>
      other.users
        .where({ score: { lt: 3 } })
        .sortBy((u) => u.at)
        .after(cursor)
        .toArraySync(),
    ),
  ).toBe('QDB2105');
});

test('a cursor holds every odd value', async () => {
  const odd = ['', '\0', '\ud800', '\uffff', '\ud83d\ude00', 'a'];
  await using opened = await open();
  const { users } = opened;
  odd.forEach((city, i) => {
    users.putSync({
      ...ROWS[0]!,
      id: 200 + i,
      email: `odd${i}`,
      city,
      score: [-0, 1e300, Number.NEGATIVE_INFINITY][i % 3],
    });
  });
  users.putSync({ ...ROWS[0]!, id: 300, email: 'invalid', at: new Date(Number.NaN) });
  for (const name of ['city', 'score', 'at', 'email']) {
    for (const direction of ['asc', 'desc'] as const) {
      const query = users.sortBy((u) => u[name], direction);
      const all = query.toArraySync();
      all.forEach((row, i) => {
        expect(ids(query.after(query.cursorOfSync(row)).limit(3).toArraySync())).toEqual(ids(all.slice(i + 1, i + 4)));
      });
    }
  }
});

test('a cursor outlives the database being closed', async () => {
  const vfs = new MemoryVfs();
  const query = (users: TestDao) => users.sortBy((u) => u.at);
  let cursor: string | null;
  {
    await using db = await openGenerated([USER], { vfs });
    db.dao('User').putManySync(ROWS);
    cursor = query(db.dao('User')).limit(20).pageSync().cursor;
  }
  await using db = await openGenerated([USER], { vfs });
  expect(query(db.dao('User')).after(cursor).countSync()).toBe(3);
});

test('single is one row, and says so otherwise', async () => {
  await using opened = await open();
  const { users } = opened;
  expect((await users.where({ email: 'u3@x.io' }).single()).id).toBe(3);
  expect(
    users
      .where({ email: 'u3@x.io' })
      .select(() => undefined)
      .singleSync(),
  ).toBeUndefined();
  expect(codeOf(() => users.where({ email: 'nobody' }).singleSync())).toBe('QDB2107');
  expect(codeOf(() => users.where({ city: 'Bern' }).singleSync())).toBe('QDB2108');
  expect(codeOf(() => users.where({ city: 'Bern' }).limit(1).singleSync())).toMatchObject({ city: 'Bern' });
});

test('distinctBy keeps the first of each kind, before offset and limit', async () => {
  await using opened = await open();
  const { users } = opened;
  const byCity = users.sortBy((u) => u.id, 'desc').distinctBy((u) => u.city);
  expect(byCity.toArraySync().map(({ city }) => city)).toEqual([undefined, 'Basel', 'Bern', 'Chur']);
  expect(await byCity.count()).toBe(4);
  expect(
    byCity
      .offset(1)
      .limit(2)
      .select((u) => u.city)
      .toArraySync(),
  ).toEqual(['Basel', 'Bern']);
  expect(byCity.limit(2).countSync()).toBe(2);
  const times = new Set(ROWS.map(({ at }) => +at));
  expect(
    users
      .all()
      .distinctBy((u) => u.at)
      .countSync(),
  ).toBe(times.size);
  expect(
    users
      .all()
      .distinctBy((u) => u.tags)
      .countSync(),
  ).toBe(3);
  expect(
    users
      .all()
      .distinctBy((u) => [u.city, u.score])
      .countSync(),
  ).toBe(new Set(ROWS.map(({ city, score }) => `${city} ${score}`)).size);
  expect(
    users
      .all()
      .distinctBy((u) => u.score)
      .countSync(),
  ).toBe(new Set(ROWS.map(({ score }) => score)).size);
});

test('select gives what it makes, in pages, loops and single rows', async () => {
  await using opened = await open();
  const { users } = opened;
  const query = users
    .sortBy((u) => u.at)
    .limit(4)
    .select((u) => ({ id: u.id, tags: u.tags }));
  const expected = users
    .sortBy((u) => u.at)
    .limit(4)
    .toArraySync()
    .map(({ id, tags }) => ({ id, tags }));
  expect(await query.toArray()).toEqual(expected);
  expect([...query]).toEqual(expected);
  expect((await query.page()).rows).toEqual(expected);
  expect(query.firstSync()).toEqual(expected[0]);
  expect(query.countSync()).toBe(4);
  const emails = users.where({ city: 'Bern' }).select((u) => u.email);
  expect(emails.toArraySync()).toEqual(ROWS.filter(({ city }) => city === 'Bern').map(({ email }) => email));
  expect(await emails.exists()).toBe(true);
});

test('update and delete change all rows of the answer, with their indexes, or none', async () => {
  await using opened = await open();
  const { users } = opened;
  expect(await users.where({ city: 'Bern' }).update({ city: 'Biel' })).toBe(6);
  expect(users.where({ city: 'Bern' }).countSync()).toBe(0);
  expect(users.where({ city: 'Biel' }).countSync()).toBe(6);
  expect(users.where({ city: 'Biel' }).updateSync((u) => ({ score: Number(u.id) + 0.5 }))).toBe(6);
  expect(users.getSync(4)).toMatchObject({ score: 4.5, city: 'Biel', email: 'u4@x.io' });
  expect(codeOf(() => users.where({ city: 'Biel' }).updateSync({ email: 'same' }))).toBe('QDB4101');
  expect(users.where({ email: 'same' }).existsSync()).toBe(false);
  expect(codeOf(() => users.all().updateSync({ id: 99 }))).toBe('QDB1130');
  expect(codeOf(() => users.all().updateSync({ score: 'much' }))).toBe('QDB1101');
  expect(
    await users
      .sortBy((u) => u.id)
      .limit(2)
      .delete(),
  ).toBe(2);
  expect(ids(users.all().limit(1).toArraySync())).toEqual([2]);
  expect(users.where({ city: 'Biel' }).deleteSync()).toBe(5);
  expect(users.countSync()).toBe(16);
  expect(users.where({ city: 'Biel' }).toArraySync()).toEqual([]);
});

test('in a transaction they are part of it, and a row that appears meanwhile is a conflict', async () => {
  await using opened = await open();
  const { db, users } = opened;
  let runs = 0;
  const count = await db.transaction(async (tx) => {
    const deleted = await tx.dao('User').where({ city: 'Chur' }).delete();
    expect(tx.dao('User').where({ city: 'Chur' }).existsSync()).toBe(false);
    expect(users.where({ city: 'Chur' }).existsSync()).toBe(true);
    if (runs++ === 0) await users.put({ ...ROWS[3]!, id: 50, email: 'late' });
    return deleted;
  });
  expect([runs, count]).toEqual([2, 6]);
  expect(users.where({ city: 'Chur' }).countSync()).toBe(0);
  await expect(
    db.transaction(async (tx) => {
      await tx.dao('User').where({ city: 'Bern' }).update({ city: 'Biel' });
      throw new Error('back');
    }),
  ).rejects.toThrow('back');
  expect(users.where({ city: 'Bern' }).countSync()).toBe(6);
});

test('a snapshot answers all of them and refuses changes', async () => {
  await using opened = await open();
  const { db, users } = opened;
  using then = db.snapshot();
  users.clearSync();
  const old = then.dao('User');
  const page = old
    .sortBy((u) => u.at)
    .limit(20)
    .pageSync();
  expect(
    ids(
      old
        .sortBy((u) => u.at)
        .after(page.cursor)
        .toArraySync(),
    ).length,
  ).toBe(3);
  expect(
    old
      .all()
      .distinctBy((u) => u.city)
      .countSync(),
  ).toBe(4);
  expect(codeOf(() => old.where({ city: 'Bern' }).deleteSync())).toBe('QDB4114');
  expect(codeOf(() => old.where({ city: 'nowhere' }).updateSync({ city: 'Biel' }))).toBe('QDB4114');
});

type Loose = Record<string, (...args: unknown[]) => unknown>;

test.each<[string, unknown[], string]>([
  ['where', [5], 'QDB2112'],
  ['where', [null], 'QDB2112'],
  ['where', [], 'QDB2112'],
  ['sortBy', [5], 'QDB2101'],
  ['sortBy', [(u: AnyRow) => u.score, 'down'], 'QDB2103'],
  ['sortBy', [(u: AnyRow) => u.city ?? u.email], 'QDB2101'],
  ['sortBy', [(u: AnyRow) => (u.city ? u.city : u.email)], 'QDB2101'],
  ['putManySync', [5], 'QDB1101'],
  ['putManySync', [null], 'QDB1101'],
  ['putManySync', [], 'QDB1102'],
  ['getManySync', [5], 'QDB1101'],
  ['deleteManySync', [5], 'QDB1101'],
  ['updateSync', [1, null], 'QDB1101'],
  ['updateSync', [1, 5], 'QDB1101'],
  ['putSync', [5], 'QDB1101'],
])('%s(%j) is refused with %s', async (name, args, code) => {
  await using opened = await open();
  expect(codeOf(() => (opened.users as unknown as Loose)[name]!(...args))).toBe(code);
});

test.each<[string, unknown[], string]>([
  ['filter', [5], 'QDB2104'],
  ['select', [{ id: true }], 'QDB2104'],
  ['distinctBy', ['city'], 'QDB2104'],
  ['limit', [-1], 'QDB2102'],
  ['limit', ['5'], 'QDB2102'],
  ['thenBy', [(u: AnyRow) => u.score, 'up'], 'QDB2103'],
  ['pageSync', [], 'QDB2115'],
  ['updateSync', [null], 'QDB1101'],
  ['updateSync', [() => 5], 'QDB1101'],
])('a query refuses %s(%j) with %s', async (name, args, code) => {
  await using opened = await open();
  expect(codeOf(() => (opened.users.all() as unknown as Loose)[name]!(...args))).toBe(code);
});

test('a transaction is a function', async () => {
  await using opened = await open();
  const { db } = opened;
  await expect(db.transaction(5 as never)).rejects.toMatchObject({ code: 'QDB4116' });
  expect(codeOf(() => db.transactionSync(undefined as never))).toBe('QDB4116');
});
