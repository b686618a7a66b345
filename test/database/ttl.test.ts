// Rows that expire: gone from every read at once, from disk with the next merge, and never back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openStore } from '../../runtime/database/open.js';
import { NotFoundError, UniqueViolationError } from '../../runtime/errors.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { compile } from '../emit/compile.js';
import { openTest, TestDatabase } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';

const LIFETIME = 10;
const OWNER = 0;

function expiring(milliseconds: number, key: Partial<EntityModel['key']> = {}): EntityModel {
  const fields = [
    field('id', { kind: 'int32' }),
    field('owner', { kind: 'string' }),
    field('rank', { kind: 'float64' }),
    field('createdAt', { kind: 'date' }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ];
  const indexes = [index(['owner'], { unique: true }), index(['rank']), index(['tags'], { multiEntry: true })];
  return { ...model('Session', fields, indexes, key), ttl: { field: 'createdAt', milliseconds } };
}

const SESSION = expiring(LIFETIME);

function row(id: number, owner: string, createdAt: number, rank = 0): AnyRow {
  return { id, owner, rank, createdAt: new Date(createdAt), tags: ['t', owner] };
}

function entriesOnDisk(db: TestDatabase): number {
  return db
    .stats()
    .trees.filter(({ name }) => name !== '$meta')
    .reduce((sum, { levels }) => sum + levels.reduce((inner, { entries }) => inner + entries, 0), 0);
}

/** `rank < 5`, lowered, so that its index alone can count. */
const LOW = [
  (session: AnyRow) => (session.rank as number) < 5,
  {
    expression: {
      op: '<' as const,
      left: { op: 'field' as const, path: ['rank'] },
      right: { op: 'literal' as const, value: 5 },
    },
    parameters: () => [],
  },
] as const;

test('at its time a row is gone from all reads, and with the next merge from all trees', async () => {
  let now = 0;
  await using db = await openTest([SESSION], { clock: () => now });
  const sessions = db.dao('Session');
  sessions.putManySync([row(1, 'ann', 0), row(2, 'bob', 5)]);
  const seen = () => [
    sessions.getSync(1)?.owner,
    sessions.getManySync([1, 2]).map((one) => one?.owner),
    sessions.hasSync(1),
    sessions.getBy(OWNER, 'ann')?.id,
    sessions.countSync(),
    sessions.where(...LOW).countSync(),
    sessions
      .sortBy((one) => one.rank, 'desc')
      .toArraySync()
      .map(({ id }) => id),
  ];
  expect(sessions.where(...LOW).explain()).toMatchObject({ access: 'index rank', recheck: false });
  now = LIFETIME - 1;
  expect(seen()).toEqual(['ann', ['ann', 'bob'], true, 1, 2, 2, [1, 2]]);
  now = LIFETIME;
  const gone = [undefined, [undefined, 'bob'], false, undefined, 1, 1, [2]];
  expect(seen()).toEqual(gone);
  expect(sessions.deleteSync(1)).toBe(false);
  expect(() => sessions.updateSync(1, { rank: 1 })).toThrow(NotFoundError);
  await db.compact(true);
  expect(seen()).toEqual(gone);
  // bob, and his entries: an owner, a rank and two tags.
  expect(entriesOnDisk(db)).toBe(5);
});

test('generated records have the date where the merge looks for it', async () => {
  let now = 0;
  const runtimes = [compile(SESSION).runtime];
  await using db = await openStore(
    { path: 'db', vfs: new MemoryVfs(), clock: () => now },
    runtimes,
    (session) => new TestDatabase(session, runtimes),
  );
  db.dao('Session').putManySync([row(1, 'ann', 0), row(2, 'bob', 5)]);
  now = LIFETIME;
  expect(db.dao('Session').all().toArraySync()).toEqual([row(2, 'bob', 5)]);
  await db.compact(true);
  expect(entriesOnDisk(db)).toBe(5);
});

test('a loop and a snapshot go on with the rows of their moment; a clock set back brings nothing back', async () => {
  let now = 0;
  await using db = await openTest([SESSION], { clock: () => now });
  const sessions = db.dao('Session');
  sessions.putManySync(Array.from({ length: 100 }, (_, id) => row(id, `${id}`, 0, id)));
  const loop = sessions.sortBy((one) => one.rank, 'desc')[Symbol.iterator]();
  loop.next();
  const snapshot = db.snapshot();
  now = LIFETIME;
  await db.compact(true);
  expect([...loop].length).toBe(99);
  expect(snapshot.dao('Session').countSync()).toBe(100);
  expect(snapshot.dao('Session').getBy(OWNER, '7')?.id).toBe(7);
  expect(sessions.countSync()).toBe(0);
  now = 1;
  expect(sessions.countSync()).toBe(0);
  snapshot.close();
  await db.compact(true);
  expect(entriesOnDisk(db)).toBe(0);
});

test('the values of a row that expired are free for another, one by one and in bulk', async () => {
  let now = 0;
  await using db = await openTest([SESSION], { clock: () => now });
  const sessions = db.dao('Session');
  sessions.putManySync([row(1, 'ann', 0), row(2, 'o7', 0), row(3, 'cy', 1)]);
  expect(() => sessions.putSync(row(9, 'ann', 0))).toThrow(UniqueViolationError);
  now = LIFETIME;
  sessions.putSync(row(9, 'ann', now));
  expect(() => sessions.putSync(row(8, 'cy', now))).toThrow(UniqueViolationError);
  sessions.putManySync(Array.from({ length: 3000 }, (_, i) => row(100 + i, `o${i}`, now)));
  expect([sessions.getBy(OWNER, 'ann')?.id, sessions.getBy(OWNER, 'o7')?.id]).toEqual([9, 107]);
  // The key of a row that is gone takes a new row, whose entries have nothing to do with the old one's.
  sessions.putSync(row(1, 'dee', now));
  sessions.putManySync([row(50, 'zed', now - LIFETIME), row(51, 'zed', now)]);
  await db.compact(true);
  expect([sessions.getBy(OWNER, 'ann')?.id, sessions.getBy(OWNER, 'zed')?.id]).toEqual([9, 51]);
});

test('that a row which a transaction read expires before its commit is a conflict', async () => {
  let now = 0;
  await using db = await openTest([SESSION], { clock: () => now });
  db.dao('Session').putSync(row(1, 'ann', 0));
  let runs = 0;
  await db.transaction(async (tx) => {
    runs++;
    const found = tx.dao('Session').getSync(1);
    if (runs === 1) {
      expect(found?.owner).toBe('ann');
      now = LIFETIME;
      // Others may take the owner now, which touches nothing that the transaction has read.
      db.dao('Session').putSync(row(2, 'ann', now));
      expect(tx.dao('Session').getSync(1)?.owner).toBe('ann');
    }
    if (found === undefined) await tx.dao('Session').put(row(3, 'found none', now));
    else await tx.dao('Session').update(1, { owner: 'eve' });
  });
  expect(runs).toBe(2);
  expect(db.dao('Session').getBy(OWNER, 'ann')?.id).toBe(2);
  expect(db.dao('Session').getBy(OWNER, 'found none')?.id).toBe(3);
});

test('auto-increment keys of rows that vanished are not given out again', async () => {
  let now = 0;
  const vfs = new MemoryVfs();
  const counted = expiring(LIFETIME, { autoIncrement: true });
  const { id: _, ...keyless } = row(0, 'a', 0);
  {
    await using db = await openTest([counted], { vfs, clock: () => now });
    for (const owner of ['a', 'b', 'c']) db.dao('Session').putSync({ ...keyless, owner });
    now = LIFETIME;
    await db.compact(true);
    expect(entriesOnDisk(db)).toBe(0);
  }
  await using db = await openTest([counted], { vfs, clock: () => now });
  expect(db.dao('Session').putSync(keyless).id).toBe(4);
});

test('a longer ttl keeps what lives, and brings nothing back that had expired', async () => {
  let now = 0;
  const vfs = new MemoryVfs();
  const open = (milliseconds: number) => openTest([expiring(milliseconds)], { vfs, clock: () => now });
  {
    await using db = await open(LIFETIME);
    db.dao('Session').putManySync([row(1, 'ann', 0), row(2, 'bob', 5)]);
  }
  now = LIFETIME;
  for (let opening = 0; opening < 2; opening++) {
    await using db = await open(LIFETIME * 10);
    expect(
      db
        .dao('Session')
        .getManySync([1, 2])
        .map((one) => one?.owner),
    ).toEqual([undefined, 'bob']);
    now += LIFETIME;
  }
  await expect(openTest([{ ...SESSION, ttl: undefined } as never], { vfs })).rejects.toMatchObject({ code: 'QDB3001' });
});

test('random writes, merges, snapshots and time: the database equals a model', async () => {
  const step = fc.record({
    kind: fc.constantFrom(
      'put',
      'put',
      'put',
      'update',
      'redate',
      'delete',
      'tick',
      'compact',
      'open',
      'close',
      'bulk',
    ),
    id: fc.nat(6),
    owner: fc.constantFrom('a', 'b', 'c', 'd'),
    ago: fc.integer({ min: -4, max: LIFETIME + 1 }),
    rank: fc.nat(8),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      let now = 100;
      await using db = await openTest([SESSION], { clock: () => now });
      const sessions = db.dao('Session');
      const stored = new Map<number, AnyRow>();
      const lives = (one: AnyRow) => (one.createdAt as Date).getTime() + LIFETIME > now;
      const living = () => [...stored.values()].filter(lives).sort((a, b) => (a.id as number) - (b.id as number));
      const open: { snapshot: ReturnType<typeof db.snapshot>; rows: AnyRow[] }[] = [];
      const check = (dao: typeof sessions, rows: readonly AnyRow[]) => {
        expect(dao.all().toArraySync()).toEqual(rows);
        expect([dao.countSync(), dao.where(...LOW).countSync()]).toEqual([rows.length, rows.filter(LOW[0]).length]);
        for (const owner of ['a', 'b', 'c', 'd']) {
          expect(dao.getBy(OWNER, owner)?.id).toBe(rows.find((one) => one.owner === owner)?.id);
        }
      };
      for (const { kind, id, owner, ago, rank } of steps) {
        const before = stored.get(id);
        const old = before !== undefined && lives(before) ? before : undefined;
        const change = (next: AnyRow, write: () => unknown) => {
          const taken = living().some((one) => one.owner === next.owner && one.id !== id);
          if (taken) expect(write).toThrow(UniqueViolationError);
          else {
            write();
            stored.set(id, next);
          }
        };
        const fresh = row(id, owner, now - ago, rank);
        if (kind === 'put') change(fresh, () => sessions.putSync(fresh));
        else if (kind === 'bulk') change(fresh, () => sessions.putManySync([fresh]));
        else if (kind === 'update' && old) change({ ...old, owner }, () => sessions.updateSync(id, { owner }));
        else if (kind === 'redate' && old) {
          const createdAt = new Date(now - ago);
          change({ ...old, createdAt }, () => sessions.updateSync(id, { createdAt }));
        } else if (kind === 'delete') {
          expect(sessions.deleteSync(id)).toBe(old !== undefined);
          if (old) stored.delete(id);
        } else if (kind === 'tick') now += 3;
        else if (kind === 'compact') await db.compact(true);
        else if (kind === 'open') open.push({ snapshot: db.snapshot(), rows: living() });
        else if (kind === 'close') open.splice(id, 1)[0]?.snapshot.close();
        check(sessions, living());
        for (const { snapshot, rows } of open) check(snapshot.dao('Session'), rows);
      }
      for (const { snapshot } of open) snapshot.close();
      now += 100;
      await db.compact(true);
      expect(entriesOnDisk(db)).toBe(0);
    }),
    { numRuns: 50 },
  );
});
