// Commits are seen before they are on the disk. When a full disk refuses one, nobody may go on with what he saw of it.
import { expect, test } from 'vitest';
import { DiskFullError, UndoneError } from '../../runtime/errors.js';
import { openTest, type TestDatabase } from '../support/database.js';
import { field, model } from '../support/entities.js';
import { FaultyVfs } from '../support/faulty-vfs.js';

const PAIR = model(
  'Pair',
  [field('id', { kind: 'string' }), field('n', { kind: 'int32' }), field('load', { kind: 'string' })],
  [],
);
/** One has room in the log as it is allocated, two have not; and one is not so much that it is written in the same tick. */
const LARGE = 'x'.repeat(900 * 1000);

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

async function filled(): Promise<{ vfs: FaultyVfs; db: TestDatabase }> {
  const vfs = new FaultyVfs();
  const db = await openTest([PAIR], { vfs });
  for (const id of ['a', 'x', 'z']) db.dao('Pair').putSync({ id, n: 1, load: id === 'a' ? LARGE : '' });
  return { vfs, db };
}

/** Starts a put of x = 777 that the disk will refuse. */
function doomed(vfs: FaultyVfs, db: TestDatabase): Promise<unknown> {
  vfs.full = true;
  return db
    .dao('Pair')
    .put({ id: 'x', n: 777, load: LARGE })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
}

const undone = expect.objectContaining({ code: 'QDB4119' });

test('a transaction that began on a commit which the disk refuses runs again', async () => {
  const { vfs, db } = await filled();
  const put = doomed(vfs, db);
  const seen: unknown[] = [];
  const transaction = db.transaction(async (tx) => {
    const x = await tx.dao('Pair').get('x');
    seen.push(x?.n);
    await put;
    vfs.full = false;
    await tx.dao('Pair').put({ id: 'y', n: x?.n, load: '' });
  });
  expect(await put).toBeInstanceOf(DiskFullError);
  await transaction;
  expect(seen).toEqual([777, 1]);
  expect(db.dao('Pair').getSync('y')?.n).toBe(1);
  await db.close();
  const reopened = await openTest([PAIR], { vfs });
  expect(reopened.dao('Pair').getSync('y')?.n).toBe(1);
  await reopened.close();
});

test('so does one that only reads, that reads on, or that fails over what it read', async () => {
  const ends: ((n: unknown) => void)[] = [
    () => undefined,
    (n) => {
      if (n !== 1) throw new Error('not one');
    },
  ];
  for (const end of ends) {
    for (const readsOn of [false, true]) {
      const { vfs, db } = await filled();
      const put = doomed(vfs, db);
      const value = await db.transaction(async (tx) => {
        const n = (await tx.dao('Pair').get('x'))?.n;
        await put;
        vfs.full = false;
        if (readsOn) await tx.dao('Pair').all().toArray();
        end(n);
        return n;
      });
      expect(value).toBe(1);
      await db.close();
    }
  }
});

test('a snapshot and a loop that saw it end with an error; later ones and earlier ones do not', async () => {
  const { vfs, db } = await filled();
  const before = db.snapshot();
  const put = doomed(vfs, db);
  const during = db.snapshot();
  expect(during.dao('Pair').getSync('x')?.n).toBe(777);
  const loop = db.dao('Pair').all()[Symbol.asyncIterator]();
  expect((await loop.next()).value).toMatchObject({ id: 'a' });
  expect(await put).toBeInstanceOf(DiskFullError);
  vfs.full = false;
  const after = db.snapshot();
  // A second refusal touches nobody who saw only the first, and nobody who saw neither.
  const again = doomed(vfs, db);
  const second = db.snapshot();
  expect(await again).toBeInstanceOf(DiskFullError);
  vfs.full = false;
  await db.dao('Pair').put({ id: 'x', n: 2, load: '' });
  for (const snapshot of [during, second]) {
    expect(() => snapshot.dao('Pair').getSync('x')).toThrow(undone);
    expect(() => snapshot.dao('Pair').getSync('a')).toThrow(UndoneError);
    expect(() => snapshot.dao('Pair').all().toArraySync()).toThrow(undone);
  }
  for (const snapshot of [before, after]) expect(snapshot.dao('Pair').getSync('x')?.n).toBe(1);
  await expect(
    (async () => {
      while (!(await loop.next()).done) await pause();
    })(),
  ).rejects.toThrow(undone);
  for (const snapshot of [before, during, second, after]) snapshot.close();
  await db.close();
});

test('a transactionSync during which it is refused is rolled back', async () => {
  const { vfs, db } = await filled();
  const put = doomed(vfs, db);
  let compaction: Promise<void> | undefined;
  expect(() =>
    db.transactionSync((tx) => {
      const n = tx.dao('Pair').getSync('x')?.n;
      compaction = db.compact(true);
      vfs.full = false;
      tx.dao('Pair').putSync({ id: 'y', n, load: '' });
    }),
  ).toThrow(undone);
  expect(await put).toBeInstanceOf(DiskFullError);
  await expect(compaction).rejects.toBeInstanceOf(DiskFullError);
  expect(db.dao('Pair').getSync('y')).toBeUndefined();
  await db.close();
});
