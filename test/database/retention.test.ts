// Rows that `retainWhile` refuses: gone from every read with the write or the opening that made them so, and from disk by merges.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import { DROP, KEEP } from '../../runtime/engine/index.js';
import type { Expression } from '../../runtime/query/expression.js';
import { retention } from '../../runtime/query/retention.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { compile } from '../emit/compile.js';
import { openGenerated, type TestDatabase } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';

const ACTIVE: Expression = { op: 'field', path: ['isActive'] };
const SCORED: Expression = {
  op: '>=',
  left: { op: 'field', path: ['score'] },
  right: { op: 'literal', value: 5 },
};
const EITHER: Expression = { op: '||', args: [ACTIVE, SCORED] };

function user(retainWhile: Expression | null, key: Partial<EntityModel['key']> = {}): EntityModel {
  const fields = [
    field('id', { kind: 'int32' }),
    field('email', { kind: 'string' }),
    field('isActive', { kind: 'boolean' }),
    field('score', { kind: 'float64' }),
  ];
  const plain = model('User', fields, [index(['email'], { unique: true }), index(['score'])], key);
  return retainWhile === null ? plain : { ...plain, retainWhile };
}

function row(id: number, isActive: boolean, score = 0): AnyRow {
  return { id, email: `${id}@x.io`, isActive, score };
}

/** Through the primary tree, the unique index and, counted from its entries alone, the other one. */
function seen(db: TestDatabase): { ids: unknown[]; byEmail: unknown[]; counted: number } {
  const users = db.dao('User');
  const positive = (one: AnyRow): boolean => (one.score as number) >= 0;
  const lowered = {
    expression: {
      op: '>=' as const,
      left: { op: 'field' as const, path: ['score'] },
      right: { op: 'literal' as const, value: 0 },
    },
    parameters: () => [],
  };
  return {
    ids: users
      .where(() => true)
      .toArraySync()
      .map(({ id }) => id),
    byEmail: [1, 2, 3].filter((id) => users.getBy(0, `${id}@x.io`) !== undefined),
    counted: users.where(positive, lowered).countSync(),
  };
}

function entriesOnDisk(db: TestDatabase): number {
  return db
    .stats()
    .trees.filter(({ name }) => name.startsWith('User'))
    .reduce((sum, { levels }) => sum + levels.reduce((inner, { entries }) => inner + entries, 0), 0);
}

test('a write of a row that is refused leaves nothing of it, and its unique values are free', async () => {
  await using db = await openGenerated([user(ACTIVE)]);
  const users = db.dao('User');
  users.putManySync([row(1, true), row(2, true), row(3, false)]);
  expect(seen(db)).toEqual({ ids: [1, 2], byEmail: [1, 2], counted: 2 });
  using before = db.snapshot();

  users.updateSync(1, { isActive: false });
  users.putSync({ ...row(4, false), email: '2@x.io' });
  expect(seen(db)).toEqual({ ids: [2], byEmail: [2], counted: 1 });
  users.insertSync({ ...row(5, true), email: '1@x.io' });
  expect(users.getBy(0, '1@x.io')?.id).toBe(5);
  expect(
    before
      .dao('User')
      .where(() => true)
      .toArraySync(),
  ).toHaveLength(2);
  before.close();

  await db.compact(true);
  expect(entriesOnDisk(db)).toBe(2 * 3);
});

test('in a transaction it is gone for its own reads', async () => {
  await using db = await openGenerated([user(ACTIVE)]);
  db.dao('User').putManySync([row(1, true), row(2, true)]);
  await db.transaction(async (tx) => {
    await tx.dao('User').update(1, { isActive: false });
    expect(await tx.dao('User').get(1)).toBeUndefined();
    expect(await tx.dao('User').count()).toBe(1);
  });
  expect(seen(db)).toEqual({ ids: [2], byEmail: [2], counted: 1 });
});

test.each([10, 5_000])('putMany of %i rows stores those that may stay and deletes the others', async (count) => {
  await using db = await openGenerated([user(ACTIVE)]);
  const users = db.dao('User');
  await users.putMany(Array.from({ length: count }, (_, id) => row(id, true)));
  await users.putMany(Array.from({ length: 2 * count }, (_, id) => row(id, id % 3 === 0)));
  expect(users.countSync()).toBe(Math.ceil((2 * count) / 3));
  expect(users.getBy(0, '1@x.io')).toBeUndefined();
});

test('the opening that brings a predicate, or another one, sweeps', async () => {
  const vfs = new MemoryVfs();
  const open = (retainWhile: Expression | null) => openGenerated([user(retainWhile)], { vfs });
  {
    await using db = await open(null);
    await db.dao('User').putMany([row(1, true, 1), row(2, false, 9), row(3, false, 1)]);
  }
  {
    await using db = await open(EITHER);
    expect(seen(db)).toEqual({ ids: [1, 2], byEmail: [1, 2], counted: 2 });
  }
  {
    await using db = await open(SCORED);
    expect(seen(db)).toEqual({ ids: [2], byEmail: [2], counted: 1 });
    await db.compact(true);
    expect(entriesOnDisk(db)).toBe(3);
  }
  {
    await using db = await open(null);
    await db.dao('User').putMany([row(3, true, 1)]);
    expect(seen(db).ids).toEqual([2, 3]);
  }
  // The same predicate again is a new one: rows came in without it.
  await using db = await open(SCORED);
  expect(seen(db)).toEqual({ ids: [2], byEmail: [2], counted: 1 });
});

test('many rows in tables: the sweep goes by blocks and batches', async () => {
  const vfs = new MemoryVfs();
  const rows = 20_000;
  {
    await using db = await openGenerated([user(null)], { vfs });
    await db.dao('User').putMany(Array.from({ length: rows }, (_, id) => row(id, id < rows / 2, id % 7)));
  }
  await using db = await openGenerated([user(ACTIVE)], { vfs });
  expect(db.dao('User').countSync()).toBe(rows / 2);
  expect(seen(db).counted).toBe(rows / 2);
  await db.compact(true);
  expect(entriesOnDisk(db)).toBe((rows / 2) * 3);
});

test('the history shows what was there before the sweep', async () => {
  const vfs = new MemoryVfs();
  let now = 0;
  const options = { vfs, clock: () => now, history: '1d' as const };
  {
    await using db = await openGenerated([user(null)], options);
    await db.dao('User').putMany([row(1, true), row(2, false)]);
  }
  now = 60_000;
  await using db = await openGenerated([user(ACTIVE)], options);
  expect(seen(db).ids).toEqual([1]);
  await db.compact(true);
  using before = db.at(new Date(30_000));
  expect(before.dao('User').countSync()).toBe(2);
});

test('auto-increment never gives a key again that a swept row had', async () => {
  const vfs = new MemoryVfs();
  const key = { autoIncrement: true };
  {
    await using db = await openGenerated([user(null, key)], { vfs });
    db.dao('User').putManySync([row(1, true), row(7, false)]);
  }
  await (await openGenerated([user(ACTIVE, key)], { vfs })).close();
  await using db = await openGenerated([user(ACTIVE, key)], { vfs });
  const users = db.dao('User');
  expect(users.putSync({ email: 'a', isActive: false, score: 0 })).toMatchObject({ id: 8 });
  expect(users.putSync({ email: 'a', isActive: true, score: 0 })).toMatchObject({ id: 9 });
});

test('a merge lets go of refused records by itself', () => {
  const entity = user(ACTIVE);
  const { runtime } = compile(entity);
  const judge = (one: AnyRow): number => {
    const [key, value] = [new ByteWriter(64), new ByteWriter(64)];
    runtime.key.write(runtime.keyOf(one as never), key);
    runtime.row.encode(one as never, value);
    return retention({ model: entity, expiry: null }).judge(spanOf(key), spanOf(value), new ByteWriter(8));
  };
  expect([judge(row(1, true)), judge(row(2, false))]).toEqual([KEEP, DROP]);
});

function spanOf(writer: ByteWriter): ByteSpan {
  const span = new ByteSpan();
  const bytes = Buffer.from(writer.bytes.subarray(0, writer.at));
  span.bytes = bytes;
  span.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  span.end = bytes.length;
  return span;
}

const ids = fc.integer({ min: 1, max: 3 });
const command = fc.oneof(
  fc.record({
    kind: fc.constant('put' as const),
    id: ids,
    isActive: fc.boolean(),
    score: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({ kind: fc.constant('delete' as const), id: ids }),
  fc.record({ kind: fc.constant('reopen' as const), predicate: fc.constantFrom(null, ACTIVE, SCORED, EITHER) }),
  fc.record({ kind: fc.constant('compact' as const) }),
);

test('against a model: whatever is written, under whichever predicate', async () => {
  const holds = (predicate: Expression | null, one: AnyRow): boolean =>
    predicate === null ||
    (predicate !== SCORED && (one.isActive as boolean)) ||
    (predicate !== ACTIVE && (one.score as number) >= 5);
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
      const vfs = new MemoryVfs();
      const expected = new Map<number, AnyRow>();
      let predicate: Expression | null = null;
      let db = await openGenerated([user(predicate)], { vfs });
      for (const one of commands) {
        if (one.kind === 'put') {
          const written = row(one.id, one.isActive, one.score);
          db.dao('User').putSync(written);
          if (holds(predicate, written)) expected.set(one.id, written);
          else expected.delete(one.id);
        } else if (one.kind === 'delete') {
          db.dao('User').deleteSync(one.id);
          expected.delete(one.id);
        } else if (one.kind === 'reopen') {
          await db.close();
          predicate = one.predicate;
          db = await openGenerated([user(predicate)], { vfs });
          for (const [id, there] of expected) if (!holds(predicate, there)) expected.delete(id);
        } else await db.compact(true);
        const left = [...expected.keys()].sort();
        expect(seen(db)).toEqual({ ids: left, byEmail: left, counted: left.length });
      }
      await db.close();
    }),
    { numRuns: 25 },
  );
});
