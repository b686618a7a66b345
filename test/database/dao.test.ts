import { expect, test } from 'vitest';
import {
  ClosedError,
  KeyExistsError,
  NotFoundError,
  SchemaMismatchError,
  UniqueViolationError,
  ValidationError,
} from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openGenerated, openTest } from '../support/database.js';
import { field, index, model, Row } from '../support/entities.js';

const USER = model(
  'User',
  [
    field('id', { kind: 'int32' }),
    field('email', { kind: 'string' }),
    field('nick', { kind: 'string' }, { optional: true }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
    field('score', { kind: 'float64' }),
  ],
  [
    index(['email'], { unique: true }),
    index(['nick'], { unique: true }),
    index(['tags'], { multiEntry: true }),
    index(['score']),
  ],
  { autoIncrement: true },
);
const ann = { email: 'ann@x.io', tags: ['a', 'b', 'a'], score: 1 };
const bob = { email: 'bob@x.io', tags: [], score: 2 };
const EMAIL = 0;

test('a put row comes back complete, as an instance of its class, by key and by unique index', async () => {
  await using db = await openTest([USER]);
  const users = db.dao('User');
  const row = await users.put(ann);
  expect(row).toBeInstanceOf(Row);
  expect(row.id).toBe(1);
  expect(await users.get(1)).toEqual({ ...ann, id: 1, nick: undefined });
  expect(users.getSync(1)).toBeInstanceOf(Row);
  expect(users.getBy(EMAIL, 'ann@x.io')?.id).toBe(1);
  expect(users.getBy(EMAIL, 'bob@x.io')).toBeUndefined();
  expect(await users.has(1)).toBe(true);
  expect(await users.has(2)).toBe(false);
});

test('put replaces, and the index follows', () =>
  using((users) => {
    users.putSync(ann);
    users.putSync({ ...ann, id: 1, email: 'new@x.io', tags: ['b', 'c'] });
    expect(users.countSync()).toBe(1);
    expect(users.getBy(EMAIL, 'ann@x.io')).toBeUndefined();
    expect(users.getBy(EMAIL, 'new@x.io')?.id).toBe(1);
    const tagged = (tag: string) => users.where((u) => (u.tags as string[]).includes(tag), lowered('tags', tag));
    expect(['a', 'b', 'c'].map((tag) => tagged(tag).countSync())).toEqual([0, 1, 1]);
    expect(tagged('c').explain().access).toBe('index tags');
  }));

test('insert refuses an existing key and leaves nothing behind', () =>
  using((users) => {
    users.insertSync(ann);
    expect(() => users.insertSync({ ...bob, id: 1 })).toThrow(KeyExistsError);
    expect(users.getBy(EMAIL, 'bob@x.io')).toBeUndefined();
    expect(users.insertSync(bob).id).toBe(2);
  }));

test('a unique violation names index and value and leaves nothing behind', () =>
  using((users) => {
    users.putSync(ann);
    let caught: unknown;
    try {
      users.putSync({ ...ann, tags: ['z'] });
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UniqueViolationError);
    expect(caught).toMatchObject({ code: 'QDB4101', entity: 'User', index: 'email', value: 'ann@x.io' });
    expect(users.countSync()).toBe(1);
    expect(users.where((u) => (u.tags as string[]).includes('z'), lowered('tags', 'z')).countSync()).toBe(0);
  }));

test('several rows may lack the value of a unique index', () =>
  using((users) => {
    users.putSync(ann);
    users.putSync(bob);
    expect(() => users.putSync({ ...ann, email: 'c', nick: 'n' })).not.toThrow();
    expect(() => users.putSync({ ...ann, email: 'd', nick: 'n' })).toThrow(UniqueViolationError);
    expect(users.where((u) => u.nick === undefined, lowered('nick', undefined, '===')).countSync()).toBe(2);
  }));

test('update changes some fields, of rows that exist', () =>
  using((users) => {
    users.putSync(ann);
    expect(users.updateSync(1, { score: 7 })).toMatchObject({ email: 'ann@x.io', score: 7 });
    expect(users.getSync(1)?.score).toBe(7);
    expect(() => users.updateSync(2, { score: 7 })).toThrow(NotFoundError);
    expect(() => users.updateSync(1, { id: 2 })).toThrow(ValidationError);
    expect(() => users.updateSync(1, { score: 'x' })).toThrow(ValidationError);
  }));

test('an asynchronous call that is refused rejects', async () => {
  await using db = await openTest([USER]);
  const users = db.dao('User');
  await users.put(ann);
  await expect(users.put({ ...bob, score: 'x' })).rejects.toThrow(ValidationError);
  await expect(users.put(ann)).rejects.toThrow(UniqueViolationError);
  await expect(users.update(9, {})).rejects.toThrow(NotFoundError);
});

test('delete, deleteMany and clear', () =>
  using((users) => {
    users.putManySync([ann, bob, { ...bob, email: 'c' }, { ...bob, email: 'd' }]);
    expect(users.deleteSync(1)).toBe(true);
    expect(users.deleteSync(1)).toBe(false);
    expect(users.getBy(EMAIL, 'ann@x.io')).toBeUndefined();
    expect(users.deleteManySync([2, 2, 9])).toBe(1);
    expect(users.getManySync([4, 1, 3]).map((row) => row?.email)).toEqual(['d', undefined, 'c']);
    expect(users.clearSync()).toBe(2);
    expect(users.countSync()).toBe(0);
    expect(users.putSync(ann).id).toBe(5);
  }));

test('auto-increment keys are never given twice, across reopening and deletion', async () => {
  const vfs = new MemoryVfs();
  {
    await using db = await openTest([USER], { vfs });
    const users = db.dao('User');
    users.putSync(ann);
    users.putSync({ ...bob, id: 41 });
    expect(users.putSync({ ...bob, email: 'c' }).id).toBe(42);
    users.deleteSync(42);
  }
  {
    await using db = await openTest([USER], { vfs });
    const users = db.dao('User');
    expect(users.putSync({ ...bob, email: 'd' }).id).toBe(43);
    users.clearSync();
  }
  await using db = await openTest([USER], { vfs });
  expect(db.dao('User').putSync({ ...bob, email: 'e' }).id).toBe(44);
});

test('rows and indexes survive reopening', async () => {
  const vfs = new MemoryVfs();
  {
    await using db = await openTest([USER], { vfs });
    db.dao('User').putManySync([ann, bob]);
  }
  await using db = await openTest([USER], { vfs });
  expect(db.dao('User').getBy(EMAIL, 'bob@x.io')).toMatchObject({ id: 2, score: 2 });
  expect(db.dao('User').countSync()).toBe(2);
});

test('another schema is refused with every difference; a new entity is welcome', async () => {
  const vfs = new MemoryVfs();
  const open = (...models: (typeof USER)[]) => openTest(models, { vfs });
  await (await open(USER)).close();
  const changed = {
    ...USER,
    fields: [
      ...USER.fields.filter(({ name }) => name !== 'score'),
      field('age', { kind: 'uint8' }, { nullable: true }),
    ],
    indexes: USER.indexes.filter(({ name }) => name !== 'score'),
  };
  await expect(open(changed)).rejects.toMatchObject({
    code: 'QDB3001',
    differences: [
      'User.score is stored, and not in the code',
      'User.age is new',
      'index "score" of User is stored, and not in the code',
    ],
  });
  await expect(open(changed)).rejects.toThrow(SchemaMismatchError);
  const other = model('Other', [field('id', { kind: 'string' })], []);
  await using db = await open({ ...USER, name: 'Person' }, other);
  expect(db.dao('Other').putSync({ id: 'x' }).id).toBe('x');
});

test('calls after close throw', async () => {
  const db = await openTest([USER]);
  await db.close();
  expect(() => db.dao('User').getSync(1)).toThrow(ClosedError);
  expect(() => db.dao('User').putSync(ann)).toThrow(ClosedError);
});

function lowered(name: string, value: unknown, op: 'arrayIncludes' | '===' = 'arrayIncludes') {
  const [subject, argument] = [{ op: 'field', path: [name] } as const, { op: 'param', index: 0 } as const];
  const expression = op === '===' ? { op, left: subject, right: argument } : { op, subject, argument };
  return { expression, parameters: () => [value] };
}

async function using(body: (users: ReturnType<Awaited<ReturnType<typeof openTest>>['dao']>) => void): Promise<void> {
  await using db = await openTest([USER]);
  body(db.dao('User'));
}

test('a key that no row can have finds none, and one of another type is refused', () =>
  using((users) => {
    users.putSync(ann);
    for (const key of [1.5, 2 ** 32 + 1, Number.NaN]) {
      expect(users.getSync(key)).toBeUndefined();
      expect(users.hasSync(key)).toBe(false);
      expect(users.deleteSync(key)).toBe(false);
      expect(() => users.updateSync(key, { score: 5 })).toThrow(NotFoundError);
    }
    expect(users.getManySync([1.5, 1, 2]).map((row) => row?.id)).toEqual([undefined, 1, undefined]);
    expect(users.deleteManySync([1.5, 2])).toBe(0);
    for (const key of ['1', undefined, null, 1n, { id: 1 }]) {
      expect(() => users.getSync(key)).toThrow(ValidationError);
      expect(() => users.hasSync(key)).toThrow(ValidationError);
      expect(() => users.deleteSync(key)).toThrow(ValidationError);
      expect(() => users.getManySync([key])).toThrow(ValidationError);
    }
    expect(() => users.getSync('1')).toThrow('QDB1101: User.id must be a number, but is the string "1".');
    expect(users.countSync()).toBe(1);
  }));

test('a unique violation shows numbers that JSON has no word for', async () => {
  const point = model(
    'Point',
    [field('id', { kind: 'int32' }), field('x', { kind: 'float64' })],
    [index(['x'], { unique: true })],
  );
  await using db = await openTest([point]);
  const points = db.dao('Point');
  points.putSync({ id: 1, x: Number.NaN });
  expect(() => points.putSync({ id: 2, x: Number.NaN })).toThrow('holds NaN');
});

test('what is no row at all is refused as one', () =>
  using((users) => {
    for (const input of [null, undefined, 5]) {
      expect(() => users.putSync(input as never)).toThrow(ValidationError);
      expect(() => users.putManySync([ann, input as never])).toThrow(ValidationError);
    }
    expect(users.countSync()).toBe(0);
  }));

test('a key of several columns is checked column by column', async () => {
  const line = model('Line', [field('a', { kind: 'int32' }), field('b', { kind: 'string' })], [], {
    fields: ['a', 'b'],
  });
  await using db = await openTest([line]);
  const lines = db.dao('Line');
  lines.putSync({ a: 1, b: 'x' });
  expect(lines.hasSync({ a: 1, b: 'x' })).toBe(true);
  expect(lines.hasSync({ a: 1.5, b: 'x' })).toBe(false);
  expect(() => lines.hasSync({ a: 1 })).toThrow('Line.b must be a string, but is missing');
  expect(() => lines.hasSync(1)).toThrow('Line must be a key { a, b }, but is the number 1');
});

test('a unique index is asked for a value of its type; one that only has no room is that of no row', async () => {
  const small = model(
    'Small',
    [
      field('id', { kind: 'int32' }),
      field('level', { kind: 'int8' }),
      field('day', { kind: 'date' }, { nullable: true }),
      field('role', { kind: 'enum', values: ['guest', 'admin'] }),
      field('codes', { kind: 'array', element: { type: { kind: 'bigint' }, nullable: false, optional: false } }),
    ],
    [
      index(['codes'], { unique: true, multiEntry: true }),
      index(['day'], { unique: true }),
      index(['level', 'role'], { unique: true }),
    ],
  );
  await using db = await openGenerated([small]);
  const dao = db.dao('Small');
  const day = new Date(0);
  dao.putSync({ id: 1, level: 5, day, role: 'admin', codes: [7n] });
  const [byCodes, byDay, byLevel] = [0, 1, 2];
  expect([dao.getBy(byCodes, 7n), dao.getBy(byDay, day), dao.getBy(byLevel, 5, 'admin')].map((row) => row?.id)).toEqual(
    [1, 1, 1],
  );
  for (const [position, ...values] of [
    [byLevel, 300, 'admin'],
    [byLevel, 5, 'nobody'],
    [byDay, null],
  ] as const) {
    expect(dao.getBy(position, ...values)).toBe(undefined);
  }
  const wrong = [
    [byCodes, [7], 'QDB1101: Small.codes must be a bigint, but is the number 7.'],
    [byDay, ['1970'], 'QDB1101: Small.day must be a Date, but is the string "1970".'],
    [byLevel, ['5', 'admin'], 'QDB1101: Small.level must be a number, but is the string "5".'],
    [byLevel, [5, true], 'QDB1101: Small.role must be "guest" | "admin", but is true.'],
    [byLevel, [undefined, 'admin'], 'QDB1102: Small.level must be a number, but is missing.'],
  ] as const;
  for (const [position, values, message] of wrong) expect(() => dao.getBy(position, ...values)).toThrow(message);
});

test('update refuses names that are no fields; rows may carry more than their fields, of which nothing is stored', async () => {
  await using db = await openTest([USER]);
  const users = db.dao('User');
  users.putSync(ann);
  const unknown = 'QDB1106: User.emial is no field, so nothing was changed. Fields are id, email, nick, tags, score.';
  expect(() => users.updateSync(1, { score: 5, emial: 'x' })).toThrow(unknown);
  await expect(users.update(9, { emial: 'x' })).rejects.toThrow(unknown);
  expect(() => users.where({ id: 9 }).updateSync({ emial: 'x' })).toThrow(unknown);
  expect(() => users.all().updateSync(() => ({ emial: 'x' }))).toThrow(unknown);
  expect(users.getSync(1)?.score).toBe(1);
  const row = Object.assign(users.getSync(1)!, { score: 7, cached: true });
  expect(users.updateSync(1, row)).not.toHaveProperty('cached');
  expect(users.putSync({ ...row, score: 8 })).not.toHaveProperty('cached');
  expect(users.getSync(1)).toEqual(expect.objectContaining({ score: 8 }));
});
