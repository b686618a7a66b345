// Migrations that run: every kind of step, over random rows, up and down and up again.
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../runtime/database/doctor.js';
import { migrate } from '../../runtime/migrate/index.js';
import type { EntityModel, Field } from '../../runtime/schema/model.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { inputs } from '../codec/values.js';
import { arrayOf, entity, field, index, nullable, optional } from '../emit/schemas.js';
import { openGenerated, openMigrating } from '../support/database.js';
import { type Change, historyOf, initial } from './histories.js';

type Row = Record<string, unknown>;

const path = 'db';

async function write(vfs: MemoryVfs, model: EntityModel, rows: readonly Row[]): Promise<void> {
  const db = await openGenerated([model], { vfs });
  for (const row of rows) await db.dao(model.name).put(row);
  await db.close();
}

async function read(vfs: MemoryVfs, model: EntityModel): Promise<Row[]> {
  const db = await openGenerated([model], { vfs });
  const rows = await db.dao(model.name).all().toArray();
  await db.close();
  return rows.map((row) => ({ ...row }));
}

async function healthy(vfs: MemoryVfs): Promise<void> {
  const { findings, healthy } = await diagnose(vfs, path);
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  expect(healthy).toBe(true);
}

const id = field('id', 'int32');
const email = field('email', 'string');
const base = [id, email, field('age', 'float64'), field('seen', 'date'), field('nick', 'string', optional)];
const withIndexes = { indexes: [index(['email', 'id'], { unique: true }), index(['seen'])] };
const User = (fields: readonly Field[], options: Parameters<typeof entity>[2] = withIndexes): EntityModel =>
  entity('User', fields, options);
const before = User(base);

interface Case extends Change {
  /** The entity in the new version. */
  readonly after: EntityModel;
  readonly before?: EntityModel;
  /** What a row becomes; where not given, what stays. */
  readonly expected?: (row: Row) => Row;
}

const change = (after: EntityModel, rest: Omit<Case, 'after' | 'models'>): Case => ({
  after,
  models: [after],
  ...rest,
});

const cases: Record<string, Case> = {
  'add a field with a value': change(User([...base, field('visits', 'int32')]), {
    up: (step) => [step.addField('User', 'visits', 7 as never)],
    down: (step) => [step.dropField('User', 'visits')],
    expected: (row) => ({ ...row, visits: 7 }),
  }),
  'add a field out of the row': change(User([...base, field('label', 'string')]), {
    up: (step) => [step.addField('User', 'label', ((row: Row) => `${row.email}!`) as never)],
    down: (step) => [step.dropField('User', 'label')],
    expected: (row) => ({ ...row, label: `${row.email}!` }),
  }),
  'add fields that may be missing': change(
    User([field('first', 'string', nullable), ...base, field('last', 'date', optional)], {
      key: ['id'],
      ...withIndexes,
    }),
    {
      up: (step) => [step.addField('User', 'first'), step.addField('User', 'last')],
      down: (step) => [step.dropField('User', 'first'), step.dropField('User', 'last')],
      expected: (row) => ({ ...row, first: null, last: undefined }),
    },
  ),
  'drop fields': change(User([id, email, field('seen', 'date')]), {
    answers: { drop: ['User.age', 'User.nick'] },
    up: (step) => [step.dropField('User', 'age'), step.dropField('User', 'nick')],
    down: (step) => [step.addField('User', 'age', 0 as never), step.addField('User', 'nick')],
    expected: ({ id, email, seen }) => ({ id, email, seen }),
  }),
  'rename a field and its index': change(
    User([id, field('mail', 'string'), ...base.slice(2)], {
      indexes: [index(['mail', 'id'], { unique: true }), index(['seen'])],
    }),
    {
      answers: { rename: ['User.email=mail'] },
      up: (step) => [step.renameField('User', 'email', 'mail'), step.renameIndex('User', 'email_id', 'mail_id')],
      down: (step) => [step.renameField('User', 'mail', 'email'), step.renameIndex('User', 'mail_id', 'email_id')],
      expected: ({ email, ...row }) => ({ ...row, mail: email }),
    },
  ),
  'another order of fields': change(User([...base].reverse(), { key: ['id'], ...withIndexes }), {
    up: (step) => [step.changeEntity('User')],
    down: (step) => [step.changeEntity('User')],
  }),
  'retype with a loss': change(User([id, email, field('age', 'int8'), ...base.slice(3)]), {
    up: (step) => [
      step.changeField('User', 'age', ((n: number) => Math.max(0, Math.min(9, Math.round(n) || 0))) as never),
    ],
    down: (step) => [step.changeField('User', 'age')],
    expected: (row) => ({ ...row, age: Math.max(0, Math.min(9, Math.round(row.age as number) || 0)) }),
  }),
  'a field in an index changes its type': change(User([id, email, base[2]!, field('seen', 'float64'), base[4]!]), {
    up: (step) => [step.changeField('User', 'seen', ((seen: Date) => seen.getTime()) as never)],
    down: (step) => [step.changeField('User', 'seen', ((seen: number) => new Date(seen)) as never)],
    expected: (row) => ({ ...row, seen: (row.seen as Date).getTime() }),
  }),
  'one value becomes a list': change(User([id, email, base[2]!, base[3]!, field('nick', arrayOf('string'))]), {
    up: (step) => [
      step.changeField('User', 'nick', ((nick: string | undefined) => (nick === undefined ? [] : [nick])) as never),
    ],
    down: (step) => [step.changeField('User', 'nick', ((nick: string[]) => nick[0]) as never)],
    expected: (row) => ({ ...row, nick: row.nick === undefined ? [] : [row.nick] }),
  }),
  'optional becomes required': change(User([...base.slice(0, 4), field('nick', 'string')]), {
    up: (step) => [step.changeField('User', 'nick', ((nick: string | undefined) => nick ?? '-') as never)],
    down: (step) => [step.changeField('User', 'nick')],
    expected: (row) => ({ ...row, nick: row.nick ?? '-' }),
  }),
  'split a field': change(User([id, field('local', 'string'), field('domain', 'string'), ...base.slice(2)], {}), {
    answers: { split: ['User.email=local,domain'] },
    up: (step) => [
      step.dropIndex('User', 'email_id'),
      step.splitField('User', 'email', ['local', 'domain'], ((row: Row) => {
        const text = row.email as string;
        return { local: text.slice(0, 3), domain: text.slice(3) };
      }) as never),
    ],
    down: (step) => [
      step.mergeFields('User', ['local', 'domain'], 'email', ((row: Row) => `${row.local}${row.domain}`) as never),
      step.addIndex('User', 'email_id'),
    ],
    expected: ({ email, ...row }) => ({
      ...row,
      local: (email as string).slice(0, 3),
      domain: (email as string).slice(3),
    }),
  }),
  'indexes come and go': change(User(base, { indexes: [index(['seen', 'id'], { unique: true }), index(['nick'])] }), {
    up: (step) => [step.dropIndex('User', 'email_id'), step.addIndex('User', 'seen_id')],
    down: (step) => [step.dropIndex('User', 'seen_id'), step.addIndex('User', 'email_id')],
  }),
  'the entity has another name': change(
    { ...before, name: 'Member', storedName: 'Member', accessor: 'member' },
    {
      answers: { rename: ['User=Member'] },
      up: (step) => [step.renameEntity('User', 'Member')],
      down: (step) => [step.renameEntity('Member', 'User')],
    },
  ),
  'another primary key': change(User(base, { key: ['email', 'id'], indexes: [index(['seen'])] }), {
    up: (step) => [step.changeKey('User'), step.dropIndex('User', 'email_id')],
    down: (step) => [step.changeKey('User'), step.addIndex('User', 'email_id')],
  }),
  'a key that loses its meaning': change(
    User([field('uid', 'string'), ...base.slice(1)], { key: ['uid'], indexes: [index(['seen'])] }),
    {
      answers: { drop: ['User.id'] },
      up: (step) => [
        step.changeKey('User'),
        step.addField('User', 'uid', ((row: Row) => `u${row.id}`) as never),
        step.dropField('User', 'id'),
      ],
      down: (step) => [
        step.changeKey('User'),
        step.addField('User', 'id', ((row: Row) => (row.uid as string).length) as never),
        step.dropField('User', 'uid'),
      ],
      expected: ({ id, ...row }) => ({ ...row, uid: `u${id}` }),
    },
  ),
  transform: change(User(base), {
    up: (step) => [
      step.transform('User', ((row: Row) => ({ ...row, email: `x${row.email}`, nick: undefined })) as never),
    ],
    down: (step) => [step.transform('User', ((row: Row) => ({ ...row, email: 'lost', nick: 'lost' })) as never)],
    expected: (row) => ({ ...row, email: `x${row.email}`, nick: undefined }),
  }),
  'what is encrypted is marked': change(
    User([...base.slice(0, 4), field('nick', 'string', { ...optional, encrypted: { algorithm: 'aes-256-gcm' } })]),
    { up: (step) => [step.encryptField('User', 'nick')], down: (step) => [step.decryptField('User', 'nick')] },
  ),
};

const rowsOf = (fields: readonly Field[]) =>
  fc.uniqueArray(inputs(fields) as fc.Arbitrary<Row>, { maxLength: 12, selector: (row) => row.id });

describe('up, down and up again gives equal rows', () => {
  for (const [name, { after, expected = (row: Row) => row, ...rest }] of Object.entries(cases)) {
    test(name, async () => {
      const migrations = historyOf([initial([before]), rest]);
      await fc.assert(
        fc.asyncProperty(rowsOf(before.fields), async (rows) => {
          const vfs = new MemoryVfs();
          await write(vfs, before, rows);
          await migrate({ path, vfs }, { migrations, to: 1, baseline: 1 });
          const old = await read(vfs, before);
          expect(await migrate({ path, vfs }, { migrations })).toMatchObject({ from: 1, to: 2 });
          const up = await read(vfs, after);
          expect(sorted(up)).toEqual(sorted(old.map(expected)));
          await healthy(vfs);
          await migrate({ path, vfs }, { migrations, to: 1 });
          expect(await read(vfs, before)).toEqual(old);
          await healthy(vfs);
          await migrate({ path, vfs }, { migrations, to: 2 });
          expect(await read(vfs, after)).toEqual(up);
          await healthy(vfs);
        }),
        { numRuns: 5 },
      );
    });
  }
});

test('an entity that was dropped comes back with its rows and indexes, down to nothing and up', async () => {
  const other = entity('Note', [id, field('text', 'string')], { indexes: [index(['text'])] });
  const migrations = historyOf([
    initial([before, other]),
    { models: [before], up: (step) => [step.dropEntity('Note')], down: (step) => [step.addEntity('Note')] },
  ]);
  const vfs = new MemoryVfs();
  await write(vfs, before, []);
  await write(vfs, other, [
    { id: 1, text: 'a' },
    { id: 2, text: 'b' },
  ]);
  await migrate({ path, vfs }, { migrations });
  const at2 = await openGenerated([before], { vfs });
  await at2.close();
  await migrate({ path, vfs }, { migrations, to: 1 });
  expect(await read(vfs, other)).toEqual([
    { id: 1, text: 'a' },
    { id: 2, text: 'b' },
  ]);
  await healthy(vfs);
  await migrate({ path, vfs }, { migrations, to: 0 });
  await migrate({ path, vfs }, { migrations, to: 1 });
  expect(await read(vfs, other)).toEqual([
    { id: 1, text: 'a' },
    { id: 2, text: 'b' },
  ]);
  await healthy(vfs);
});

test('what users change in between wins over the archive, what they add and delete stays so', async () => {
  const after = User([...base.filter(({ name }) => name !== 'nick'), field('visits', 'int32')]);
  const migrations = historyOf([
    initial([before]),
    {
      models: [after],
      answers: { drop: ['User.nick'] },
      up: (step) => [step.dropField('User', 'nick'), step.addField('User', 'visits', 0 as never)],
      down: (step) => [step.addField('User', 'nick'), step.dropField('User', 'visits')],
    },
  ]);
  const seen = new Date(5);
  const vfs = new MemoryVfs();
  await write(
    vfs,
    before,
    [1, 2, 3].map((n) => ({ id: n, email: `${n}@x`, age: n, seen, nick: `n${n}` })),
  );
  await migrate({ path, vfs }, { migrations });
  const db = await openGenerated([after], { vfs });
  await db.dao('User').update(1, { email: 'new@x', visits: 3 });
  await db.dao('User').delete(2);
  await db.dao('User').put({ id: 4, email: '4@x', age: 4, seen, visits: 1 });
  await db.close();
  await migrate({ path, vfs }, { migrations, to: 1 });
  expect(await read(vfs, before)).toEqual([
    { id: 1, email: 'new@x', age: 1, seen, nick: 'n1' },
    { id: 3, email: '3@x', age: 3, seen, nick: 'n3' },
    { id: 4, email: '4@x', age: 4, seen, nick: undefined },
  ]);
  await migrate({ path, vfs }, { migrations, to: 2 });
  const again = await read(vfs, after);
  expect(again.map(({ id: key, visits }) => [key, visits])).toEqual([
    [1, 3],
    [3, 0],
    [4, 1],
  ]);
});

test('functions that give something else at each call do not make the archive forget', async () => {
  const after = User([...base, field('token', 'string'), field('drawn', 'date')]);
  let draws = 0;
  const migrations = historyOf([
    initial([before]),
    {
      models: [after],
      up: (step) => [
        step.addField('User', 'token', (() => `token ${draws++}`) as never),
        step.addField('User', 'drawn', (() => new Date(draws++)) as never),
      ],
      down: (step) => [step.dropField('User', 'token'), step.dropField('User', 'drawn')],
    },
  ]);
  const vfs = new MemoryVfs();
  const seen = new Date(5);
  await write(
    vfs,
    before,
    [1, 2, 3].map((n) => ({ id: n, email: `${n}@x`, age: n, seen, nick: undefined })),
  );
  await migrate({ path, vfs }, { migrations });
  const up = await read(vfs, after);
  await migrate({ path, vfs }, { migrations, to: 1 });
  const db = await openGenerated([before], { vfs });
  await db.dao('User').update(2, { age: 20 });
  await db.close();
  await migrate({ path, vfs }, { migrations, to: 2 });
  expect(await read(vfs, after)).toEqual(up.map((row) => (row.id === 2 ? { ...row, age: 20 } : row)));
});

/** In one order, whatever order the keys of a version give them: rows that agree in one field are told apart by the others. */
function sorted(rows: readonly Row[]): Row[] {
  const text = (row: Row): string => inspect(Object.entries(row).sort());
  return [...rows].sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

describe('opening with migrations', () => {
  const after = User([...base, field('visits', 'int32')]);
  const migrations = historyOf([
    initial([before]),
    {
      models: [after],
      up: (step) => [step.addField('User', 'visits', 1 as never)],
      down: (step) => [step.dropField('User', 'visits')],
    },
  ]);
  const row = { id: 1, email: 'a', age: 1, seen: new Date(0), nick: undefined };

  test("pending ones are named, run by 'auto', and then open", async () => {
    const vfs = new MemoryVfs();
    await write(vfs, before, [row]);
    await expect(openMigrating([after], { vfs })).rejects.toThrow(/QDB3001.*"?visits/);
    await expect(openMigrating([after], { vfs, migrations })).rejects.toThrow(
      /QDB3001.*at migration 1.*quantadb migrate/,
    );
    await expect(openMigrating([after], { vfs, migrate: 'auto' })).rejects.toThrow(/QDB3016/);
    await expect(openMigrating([before], { vfs, migrations, migrate: 'auto' })).rejects.toThrow(/QDB3017.*visits/);
    const db = await openMigrating([after], { vfs, migrations, migrate: 'auto' });
    expect(await db.dao('User').get(1)).toMatchObject({ email: 'a', visits: 1 });
    await db.close();
    await (await openMigrating([after], { vfs, migrations })).close();
    await expect(openMigrating([before], { vfs, migrations: migrations.slice(0, 1) })).rejects.toThrow(/QDB3014/);
  });

  test('a new database is at the head from the start', async () => {
    const vfs = new MemoryVfs();
    await (await openMigrating([after], { vfs, migrations, migrate: 'auto' })).close();
    expect(await migrate({ path, vfs }, { migrations })).toEqual({ from: 2, to: 2, ran: [] });
  });

  test('an entity that code has made before its migration is found as the migration would leave it', async () => {
    const note = entity('Note', [id, field('text', 'string')]);
    const three = historyOf([
      initial([before]),
      { models: [before, note], up: (step) => [step.addEntity('Note')], down: (step) => [step.dropEntity('Note')] },
    ]);
    const vfs = new MemoryVfs();
    await write(vfs, before, [row]);
    await migrate({ path, vfs }, { migrations: three, to: 1 });
    await write(vfs, note, [{ id: 5, text: 'x' }]);
    expect(await migrate({ path, vfs }, { migrations: three })).toMatchObject({ from: 1, to: 2 });
    expect(await read(vfs, note)).toEqual([{ id: 5, text: 'x' }]);
  });
});
