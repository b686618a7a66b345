import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClosedError, ConflictError, StorageError, UniqueViolationError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openTest, type TestDatabase, type TestTransaction } from '../support/database.js';
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

function open(): Promise<TestDatabase> {
  return openTest([ACCOUNT, NOTE]);
}

function fill(db: TestDatabase, sums: readonly number[]): void {
  sums.forEach((sum, id) => {
    db.dao('Account').putSync({ id, owner: `o${id}`, sum });
  });
}

function sums(db: TestDatabase): unknown[] {
  return db
    .dao('Account')
    .all()
    .toArraySync()
    .map((row) => row.sum);
}

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

test('commits over entities together', async () => {
  const vfs = new MemoryVfs();
  {
    await using db = await openTest([ACCOUNT, NOTE], { vfs });
    const result = await db.transaction(async (tx) => {
      await tx.dao('Account').put({ id: 1, owner: 'a', sum: 1 });
      return (await tx.dao('Note').put({ text: 'n' })).id;
    });
    expect(result).toBe(1);
  }
  await using db = await openTest([ACCOUNT, NOTE], { vfs });
  expect([db.dao('Account').countSync(), db.dao('Note').countSync()]).toEqual([1, 1]);
});

test('a throw rolls everything back, in both kinds', async () => {
  await using db = await open();
  const boom = new Error('boom');
  await expect(
    db.transaction(async (tx) => {
      await tx.dao('Account').put({ id: 1, owner: 'a', sum: 1 });
      await tx.dao('Note').put({ text: 'n' });
      throw boom;
    }),
  ).rejects.toBe(boom);
  expect(() =>
    db.transactionSync((tx) => {
      tx.dao('Account').putSync({ id: 1, owner: 'a', sum: 1 });
      throw boom;
    }),
  ).toThrow(boom);
  expect([db.dao('Account').countSync(), db.dao('Note').countSync()]).toEqual([0, 0]);
});

test('reads its own writes by key, unique index and query; others see nothing before the commit', async () => {
  await using db = await open();
  fill(db, [1, 2, 3]);
  await db.transaction(async (tx) => {
    const accounts = tx.dao('Account');
    await accounts.update(1, { sum: 20, owner: 'new' });
    await accounts.delete(2);
    await accounts.put({ id: 9, owner: 'o9', sum: 15 });
    expect(accounts.getSync(1)?.sum).toBe(20);
    expect(accounts.getBy(OWNER, 'o1')).toBeUndefined();
    expect(accounts.getBy(OWNER, 'new')?.id).toBe(1);
    expect(accounts.getManySync([0, 2, 9]).map((row) => row?.sum)).toEqual([1, undefined, 15]);
    expect(
      accounts
        .sortBy((a) => a.sum)
        .toArraySync()
        .map((row) => row.id),
    ).toEqual([0, 9, 1]);
    expect(
      accounts
        .sortBy((a) => a.sum, 'desc')
        .limit(1)
        .firstSync()?.id,
    ).toBe(1);
    expect(sums(db)).toEqual([1, 2, 3]);
  });
  expect(sums(db)).toEqual([1, 20, 15]);
});

test('a write that is refused leaves nothing of itself, and the rest of the transaction stands', async () => {
  await using db = await open();
  fill(db, [1]);
  db.transactionSync((tx) => {
    const accounts = tx.dao('Account');
    accounts.putSync({ id: 5, owner: 'five', sum: 5 });
    expect(() =>
      accounts.putManySync([
        { id: 6, owner: 'six', sum: 6 },
        { id: 7, owner: 'o0', sum: 7 },
      ]),
    ).toThrow(UniqueViolationError);
    expect(accounts.countSync()).toBe(2);
  });
  expect(sums(db)).toEqual([1, 5]);
});

test('a hundred concurrent increments are all counted', async () => {
  await using db = await open();
  fill(db, [0]);
  await Promise.all(
    Array.from({ length: 100 }, () =>
      db.transaction(async (tx) => {
        const row = await tx.dao('Account').get(0);
        await pause();
        await tx.dao('Account').update(0, { sum: (row!.sum as number) + 1 });
      }),
    ),
  );
  expect(sums(db)).toEqual([100]);
});

test('write skew: of two that each read what the other writes, one sees the other', async () => {
  await using db = await open();
  fill(db, [1, 1]);
  const withdraw = (id: number) =>
    db.transaction(async (tx) => {
      const rows = await tx.dao('Account').all().toArray();
      await pause();
      if (rows.reduce((sum, row) => sum + (row.sum as number), 0) === 2) await tx.dao('Account').update(id, { sum: 0 });
    });
  await Promise.all([withdraw(0), withdraw(1)]);
  expect((sums(db) as number[]).reduce((a, b) => a + b)).toBe(1);
});

test('phantoms: what an index range did not hold is read, too', async () => {
  await using db = await open();
  const insertOnce = (id: number) =>
    db.transaction(async (tx) => {
      const rich = tx.dao('Account').where((a) => (a.sum as number) > 10, {
        expression: { op: '>', left: { op: 'field', path: ['sum'] }, right: { op: 'literal', value: 10 } },
        parameters: () => [],
      });
      expect(rich.explain().access).toBe('index sum');
      const found = await rich.count();
      await pause();
      if (found === 0) await tx.dao('Account').put({ id, owner: `o${id}`, sum: 11 });
    });
  await Promise.all([1, 2, 3].map(insertOnce));
  expect(sums(db)).toEqual([11]);
});

test('a single write beside a transaction is a conflict; a transaction that only reads never is', async () => {
  await using db = await open();
  fill(db, [1, 2]);
  let runs = 0;
  await db.transaction(async (tx) => {
    runs++;
    const row = await tx.dao('Account').get(0);
    if (runs === 1) await db.dao('Account').update(0, { sum: 10 });
    await tx.dao('Account').update(0, { sum: (row!.sum as number) + 1 });
  });
  expect([runs, ...sums(db)]).toEqual([2, 11, 2]);

  runs = 0;
  const seen = await db.transaction(async (tx) => {
    runs++;
    const before = await tx.dao('Account').get(0);
    await db.dao('Account').update(0, { sum: 99 });
    return [before!.sum, (await tx.dao('Account').get(0))!.sum];
  });
  expect([runs, ...seen]).toEqual([1, 11, 11]);
});

test('gives up with ConflictError after ten attempts', async () => {
  await using db = await open();
  fill(db, [0]);
  let runs = 0;
  await expect(
    db.transaction(async (tx) => {
      runs++;
      const row = await tx.dao('Account').get(0);
      await db.dao('Account').update(0, { sum: -runs });
      await tx.dao('Account').update(0, { sum: row!.sum });
    }),
  ).rejects.toThrow(ConflictError);
  expect([runs, ...sums(db)]).toEqual([10, -10]);
});

test('a transaction that waits for another, which lost the same conflict, is not waited for forever', async () => {
  await using db = await open();
  fill(db, [0]);
  const increment = async (tx: TestTransaction) => {
    const row = await tx.dao('Account').get(0);
    await tx.dao('Account').update(0, { sum: (row!.sum as number) + 1 });
  };
  let outer = 0;
  let inner = 0;
  await db.transaction(async (tx) => {
    await increment(tx);
    if (++outer === 1) await db.dao('Account').update(0, { sum: 10 });
    if (outer !== 2) return;
    await db.transaction(async (other) => {
      await increment(other);
      if (++inner === 1) await db.dao('Account').update(0, { sum: 20 });
    });
  });
  expect([outer, inner, ...sums(db)]).toEqual([3, 2, 22]);
});

test('nested use joins; a nested throw dooms the whole', async () => {
  await using db = await open();
  await db.transaction(async (tx) => {
    await tx.dao('Account').put({ id: 1, owner: 'a', sum: 1 });
    await tx.transaction(async (inner) => {
      expect(inner.dao('Account').getSync(1)?.sum).toBe(1);
      await inner.dao('Account').put({ id: 2, owner: 'b', sum: 2 });
    });
  });
  expect(sums(db)).toEqual([1, 2]);
  const boom = new Error('boom');
  await expect(
    db.transaction(async (tx) => {
      await tx.dao('Account').clear();
      await tx.transaction(() => Promise.reject(boom)).catch(() => {});
    }),
  ).rejects.toBe(boom);
  db.transactionSync(() =>
    db.transactionSync((inner) => {
      inner.dao('Account').deleteSync(1);
    }),
  );
  expect(sums(db)).toEqual([2]);
});

test('misuse is refused: a promise in a synchronous body, writes beside it, and `tx` after its end', async () => {
  await using db = await open();
  expect(() => db.transactionSync(async (tx) => tx.dao('Account').put({ id: 1, owner: 'a', sum: 1 }))).toThrow(
    'QDB4113',
  );
  // Nobody can wait for this body: its failure must not end the process either.
  expect(() => db.transactionSync(() => Promise.reject(new Error('too late')))).toThrow('QDB4113');
  expect(() => db.transactionSync(() => db.dao('Account').putSync({ id: 1, owner: 'a', sum: 1 }))).toThrow(
    StorageError,
  );
  let leaked!: TestTransaction;
  await db.transaction((tx) => {
    leaked = tx;
  });
  expect(() => leaked.dao('Account').getSync(1)).toThrow(ClosedError);
  expect(sums(db)).toEqual([]);
});

test('random transfers, single writes and failures keep the bank whole, and equal some serial order', async () => {
  const step = fc.record({
    from: fc.nat(4),
    to: fc.nat(4),
    amount: fc.integer({ min: 1, max: 5 }),
    pauses: fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }),
    kind: fc.constantFrom('transfer', 'transfer', 'transfer', 'throws', 'sync'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      await using db = await open();
      fill(db, [10, 10, 10, 10, 10]);
      // Each commit notes what it read; replaying the notes in commit order on a model must read the same.
      await Promise.all(
        steps.map(async ({ from, to, amount, pauses, kind }) => {
          const wait = async (i: number) => {
            for (let n = 0; n < pauses[i]!; n++) await pause();
          };
          await wait(0);
          const note = (a: number, b: number) => ({ text: JSON.stringify({ from, to, amount, a, b }) });
          if (kind === 'sync') {
            db.transactionSync((tx) => {
              const [a, b] = [from, to].map((id) => tx.dao('Account').getSync(id)!.sum as number) as [number, number];
              tx.dao('Account').updateSync(from, { sum: a - amount });
              tx.dao('Account').updateSync(to, { sum: (from === to ? a - amount : b) + amount });
              tx.dao('Note').putSync(note(a, b));
            });
            return;
          }
          const done = db.transaction(async (tx) => {
            const a = (await tx.dao('Account').get(from))!.sum as number;
            await wait(1);
            const b = (await tx.dao('Account').get(to))!.sum as number;
            await tx.dao('Account').update(from, { sum: a - amount });
            await wait(2);
            await tx.dao('Account').update(to, { sum: (from === to ? a - amount : b) + amount });
            if (kind === 'throws') throw new Error('boom');
            // The key is the number of commits so far, which is what orders them.
            await tx.dao('Note').put({ id: (await tx.dao('Note').count()) + 1, ...note(a, b) });
          });
          await (kind === 'throws' ? expect(done).rejects.toThrow('boom') : done);
        }),
      );
      const bank = [10, 10, 10, 10, 10];
      const notes = db.dao('Note').all().toArraySync();
      expect(notes.length).toBe(steps.filter(({ kind }) => kind !== 'throws').length);
      for (const { text } of notes) {
        const { from, to, amount, a, b } = JSON.parse(text as string) as Record<string, number>;
        expect([bank[from!], bank[to!]]).toEqual([a, b]);
        bank[from!]! -= amount!;
        bank[to!]! += amount!;
      }
      expect(sums(db)).toEqual(bank);
    }),
    { numRuns: 60 },
  );
});
