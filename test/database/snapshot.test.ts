// Snapshots: one moment, whatever is written, flushed and merged meanwhile; read only; reported when nobody closes them.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClosedError, ReadOnlyError } from '../../runtime/errors.js';
import { openTest, type TestDatabase } from '../support/database.js';
import { field, index, model } from '../support/entities.js';

const ACCOUNT = model(
  'Account',
  [field('id', { kind: 'int32' }), field('owner', { kind: 'string' }), field('sum', { kind: 'float64' })],
  [index(['owner'], { unique: true }), index(['sum'])],
);
const NOTE = model('Note', [field('id', { kind: 'int32' }), field('text', { kind: 'string' })], [], {
  autoIncrement: true,
});
const OWNER = 0;

const isPoorerThan100 = (account: Record<string, unknown>) => (account.sum as number) < 100;
const LOWERED = {
  expression: {
    op: '<' as const,
    left: { op: 'field' as const, path: ['sum'] },
    right: { op: 'literal' as const, value: 100 },
  },
  parameters: () => [],
};

test('every kind of read shows the moment, through writes and merges, and the next one the present', async () => {
  await using db = await openTest([ACCOUNT, NOTE]);
  const live = db.dao('Account');
  live.putManySync(Array.from({ length: 50 }, (_, id) => ({ id, owner: `o${id}`, sum: id })));
  db.dao('Note').putSync({ text: 'before' });
  using then = db.snapshot();
  const accounts = then.dao('Account');

  live.putSync({ id: 0, owner: 'new', sum: 1000 });
  live.deleteSync(1);
  live.putSync({ id: 99, owner: 'o1', sum: -1 });
  db.dao('Note').clearSync();
  for (let merges = 0; merges < 2; merges++) {
    expect(accounts.getSync(0)).toEqual({ id: 0, owner: 'o0', sum: 0 });
    expect(accounts.getManySync([1, 99])).toEqual([{ id: 1, owner: 'o1', sum: 1 }, undefined]);
    expect(accounts.getBy(OWNER, 'o1')?.id).toBe(1);
    expect(accounts.getBy(OWNER, 'new')).toBeUndefined();
    expect([accounts.hasSync(1), accounts.hasSync(99), await accounts.count()]).toEqual([true, false, 50]);
    const poor = accounts.where(isPoorerThan100, LOWERED);
    expect(poor.explain().access).toBe('index sum');
    expect(poor.countSync()).toBe(50);
    const backward = await accounts.sortBy((account) => account.sum, 'desc').toArray();
    expect(backward.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, id) => 49 - id));
    expect(then.dao('Note').countSync()).toBe(1);
    await db.compact(true);
  }
  using now = db.snapshot();
  expect(now.sequence).toBeGreaterThan(then.sequence);
  expect(now.dao('Account').getBy(OWNER, 'o1')?.id).toBe(99);
  expect(now.dao('Note').countSync()).toBe(0);
});

test.each(['asc', 'desc'] as const)('a loop over a snapshot (%s) goes on unmoved', async (direction) => {
  await using db = await openTest([ACCOUNT, NOTE]);
  const live = db.dao('Account');
  live.putManySync(Array.from({ length: 1500 }, (_, id) => ({ id, owner: `o${id}`, sum: -id })));
  using then = db.snapshot();
  live.clearSync();
  for (const name of ['id', 'sum']) {
    const seen: unknown[] = [];
    for await (const row of then.dao('Account').sortBy((account) => account[name], direction)) {
      if (seen.push(row.id) % 500 === 0) await db.compact(true);
      live.putSync({ id: 2000 + seen.length, owner: `${name}${seen.length}`, sum: 0.5 - seen.length });
    }
    const ids = Array.from({ length: 1500 }, (_, id) => id);
    expect(seen).toEqual((name === 'id') === (direction === 'asc') ? ids : ids.reverse());
  }
});

test('writes are refused with a typed error, and do nothing', async () => {
  await using db = await openTest([ACCOUNT, NOTE]);
  db.dao('Account').putSync({ id: 1, owner: 'a', sum: 1 });
  await using then = db.snapshot();
  const accounts = then.dao('Account');
  const row = { id: 2, owner: 'b', sum: 2 };
  const calls: (() => unknown)[] = [
    () => accounts.putSync(row),
    () => accounts.insertSync(row),
    () => accounts.putManySync([row]),
    () => accounts.updateSync(1, { sum: 5 }),
    () => accounts.deleteSync(1),
    () => accounts.clearSync(),
  ];
  for (const call of calls) expect(call).toThrow(ReadOnlyError);
  await expect(accounts.put(row)).rejects.toMatchObject({ code: 'QDB4114' });
  await expect(accounts.putMany(Array.from({ length: 3000 }, () => row))).rejects.toThrow(ReadOnlyError);
  expect(db.dao('Account').all().toArraySync()).toEqual([{ id: 1, owner: 'a', sum: 1 }]);
});

test('after its close a snapshot answers nothing', async () => {
  await using db = await openTest([ACCOUNT, NOTE], { warn: () => {} });
  const then = db.snapshot();
  then.close();
  then.close();
  expect(() => then.dao('Account').getSync(1)).toThrow(ClosedError);
  const late = db.snapshot();
  await db.close();
  expect(() => late.dao('Account').countSync()).toThrow(ClosedError);
});

test('one that is open when the database closes is reported, with where it was opened', async () => {
  const warnings: [string, string][] = [];
  const db = await openTest([ACCOUNT, NOTE], { warn: (...warning) => warnings.push(warning) });
  db.snapshot().close();
  openCarelessly(db);
  await db.close();
  expect(warnings).toEqual([[expect.stringMatching(/still open.*openCarelessly/s), 'QDB4115']]);
  expect(warnings[0]![0]).not.toContain('runtime/database/database');
});

test('one that nobody knows any more is closed and reported', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const warnings: string[] = [];
  await using db = await openTest([ACCOUNT, NOTE], { warn: (message) => warnings.push(message) });
  openCarelessly(db);
  for (let turns = 0; turns < 100 && warnings.length === 0; turns++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(warnings).toEqual([expect.stringMatching(/never closed.*openCarelessly/s)]);
});

function openCarelessly(db: TestDatabase): void {
  db.snapshot();
}

test('random writes, snapshots and merges: each snapshot equals the model as it was', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), id: fc.nat(9), sum: fc.nat(5) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), id: fc.nat(9), sum: fc.nat(5) }) },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom('open', 'close', 'compact'), id: fc.nat(9), sum: fc.nat(5) }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      await using db = await openTest([ACCOUNT]);
      const rows = new Map<number, { id: number; owner: string; sum: number }>();
      const open: { snapshot: ReturnType<typeof db.snapshot>; expected: unknown[] }[] = [];
      const ordered = () => [...rows.values()].sort((a, b) => a.sum - b.sum || a.id - b.id);
      for (const { kind, id, sum } of steps) {
        if (kind === 'put') rows.set(id, db.dao('Account').putSync({ id, owner: `${id}`, sum }) as never);
        if (kind === 'delete' && db.dao('Account').deleteSync(id)) rows.delete(id);
        if (kind === 'open') open.push({ snapshot: db.snapshot(), expected: ordered() });
        if (kind === 'close') open.splice(id, 1)[0]?.snapshot.close();
        if (kind === 'compact') await db.compact(true);
        for (const { snapshot, expected } of open) {
          const accounts = snapshot.dao('Account');
          expect(accounts.sortBy((account) => account.sum).toArraySync()).toEqual(expected);
          expect(accounts.countSync()).toBe(expected.length);
        }
      }
      for (const { snapshot } of open) snapshot.close();
    }),
    { numRuns: 60 },
  );
});
