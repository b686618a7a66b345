// Migrations that do not come to their end: the power fails, a function throws, the disk is full. The database is at one version,
// whole, and a later run brings it where it was to go.
import { expect, test } from 'vitest';
import { diagnose } from '../../runtime/database/doctor.js';
import { DiskFullError } from '../../runtime/errors.js';
import { migrate } from '../../runtime/migrate/index.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { entity, field, index, optional } from '../emit/schemas.js';
import { cutEverywhere } from '../support/crash.js';
import { openGenerated } from '../support/database.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { historyOf, initial } from './histories.js';

const path = 'db';
const id = field('id', 'int32');
const user1 = entity('User', [id, field('email', 'string'), field('nick', 'string', optional)], {
  indexes: [index(['email'], { unique: true })],
});
const user2 = entity('User', [id, field('mail', 'string'), field('size', 'int32')], {
  indexes: [index(['mail'], { unique: true }), index(['size'])],
});
const order1 = entity('Order', [id, field('total', 'float64')]);
const order2 = { ...entity('Order', [id, field('total', 'float64')], { indexes: [index(['total'])] }) };
const note = entity('Note', [id, field('text', 'string')], { indexes: [index(['text'])] });
const tag1 = entity('Tag', [id, field('name', 'string'), field('old', 'string')]);
const tag2 = entity('Tag', [field('level', 'uint8'), id, field('name', 'string')], {
  key: ['id'],
  indexes: [index(['level', 'name'])],
});
const before = [user1, order1, note, tag1];
const after = [user2, order2, tag2];

/** A rewrite, rows that are left as they are under a new index, a new index over rows that stay, a rename and a drop, in one migration. */
const migrations = historyOf([
  initial(before),
  {
    models: after,
    answers: { rename: ['User.email=mail'], drop: ['User.nick', 'Tag.old'] },
    up: (step) => [
      step.dropEntity('Note'),
      step.renameField('User', 'email', 'mail'),
      step.addField('User', 'size', ((row: { email: string }) => row.email.length) as never),
      step.dropField('User', 'nick'),
      step.addIndex('Order', 'total'),
      step.addField('Tag', 'level', 5 as never),
      step.dropField('Tag', 'old'),
      step.addIndex('Tag', 'level_name'),
    ],
    down: (step) => [
      step.addEntity('Note'),
      step.renameField('User', 'mail', 'email'),
      step.addField('User', 'nick'),
      step.dropField('User', 'size'),
      step.dropIndex('Order', 'total'),
      step.dropField('Tag', 'level'),
      step.addField('Tag', 'old', '' as never),
      step.dropIndex('Tag', 'level_name'),
    ],
  },
]);

const ROWS = 20;
/** One of so many of those that come through a cut is brought back, too. */
const WAYS_BACK = 4;
/** Moments at which the disk is full from then on. */
const FULL_POINTS = 25;

async function fill(vfs: Vfs): Promise<void> {
  const db = await openGenerated(before, { vfs, durability: 'commit' });
  for (let n = 1; n <= ROWS; n++) {
    await db.dao('User').put({ id: n, email: `${'x'.repeat(n % 7)}${n}@y`, nick: n % 2 ? `n${n}` : undefined });
    await db.dao('Order').put({ id: n, total: n / 2 });
    await db.dao('Note').put({ id: n, text: `t${n}` });
    await db.dao('Tag').put({ id: n, name: `g${n}`, old: `o${n}` });
  }
  await db.close();
  await migrate({ path, vfs }, { migrations, to: 1 });
}

function copyOf(from: Vfs): MemoryVfs {
  const copy = new MemoryVfs();
  copy.mkdir(path);
  for (const name of from.list(path)) {
    const source = from.open(from.join(path, name), 'read');
    const bytes = Buffer.alloc(source.size());
    source.read(bytes, 0, bytes.length, 0);
    source.close();
    const target = copy.open(copy.join(path, name), 'create');
    target.write(bytes, 0, bytes.length, 0);
    target.close();
  }
  return copy;
}

type Rows = Record<string, unknown[]>;

async function rowsOf(vfs: Vfs, models: typeof before): Promise<Rows> {
  const db = await openGenerated(models, { vfs });
  const rows: Rows = {};
  for (const { name } of models) rows[name] = (await db.dao(name).all().toArray()).map((row) => ({ ...row }));
  await db.close();
  return rows;
}

/** The version that the database is at, every row and index entry of it looked at. */
async function versionOf(vfs: Vfs, wanted: { readonly 1: Rows; readonly 2: Rows }): Promise<1 | 2> {
  const { findings } = await diagnose(vfs, path);
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  let version: 1 | 2 = 1;
  let rows: Rows;
  try {
    rows = await rowsOf(vfs, before);
  } catch (error) {
    expect(String(error)).toMatch(/QDB3001/);
    version = 2;
    rows = await rowsOf(vfs, after);
  }
  expect(rows).toEqual(wanted[version]);
  return version;
}

test('a power cut anywhere leaves the old version or the new one, and the next run ends it', async () => {
  const vfs = new FaultyVfs();
  await fill(vfs);
  const old = await rowsOf(vfs, before);
  const begun = { position: vfs.operations.length, value: 'begun' };
  await migrate({ path, vfs }, { migrations });
  const done = { position: vfs.operations.length, value: 'done' };
  const states: MemoryVfs[] = [];
  cutEverywhere(vfs.operations, [begun, done], { seed: 1, randomCuts: 1 }, (cut) => {
    if (cut.acknowledged !== undefined) states.push(cut.vfs);
  });
  const fresh = await rowsOf(states.at(-1)!, after);
  expect(fresh.User![0]).toEqual({ id: 1, mail: 'x1@y', size: 4 });
  const wanted = { 1: old, 2: fresh };
  const seen = { 1: 0, 2: 0 };
  const every = Math.max(1, Math.floor(states.length / 60));
  for (const [i, state] of states.filter((_, place) => place % every === 0).entries()) {
    // What is unfinished is not touched by looking: the look is at a copy.
    seen[await versionOf(copyOf(state), wanted)]++;
    await migrate({ path, vfs: state }, { migrations });
    expect(await versionOf(state, wanted)).toBe(2);
    if (i % WAYS_BACK !== 0) continue;
    await migrate({ path, vfs: state }, { migrations, to: 1 });
    expect(await versionOf(state, wanted)).toBe(1);
  }
  expect(seen[1]).toBeGreaterThan(30);
  expect(seen[2]).toBeGreaterThan(1);
  expect(seen[1] + seen[2]).toBeGreaterThanOrEqual(60);
});

test('a disk that is full from any moment on leaves the old version whole, and the next run ends it', async () => {
  const filled = new FaultyVfs();
  await fill(filled);
  const old = await rowsOf(copyOf(filled), before);
  const whole = FaultyVfs.over(filled, [path]);
  const first = whole.calls;
  await migrate({ path, vfs: whole }, { migrations });
  const calls = whole.calls - first;
  const wanted = { 1: old, 2: await rowsOf(copyOf(whole), after) };
  let refused = 0;
  for (let at = 0; at < calls; at += Math.max(1, Math.floor(calls / FULL_POINTS))) {
    const vfs = FaultyVfs.over(filled, [path]);
    const fullFrom = vfs.calls + at;
    vfs.plan = ({ index: call }) => {
      vfs.full ||= call >= fullFrom;
      return undefined;
    };
    const error: unknown = await migrate({ path, vfs }, { migrations }).then(
      () => null,
      (thrown) => thrown,
    );
    vfs.plan = () => undefined;
    vfs.full = false;
    if (error !== null) {
      expect(error, `full from call ${at} of ${calls}`).toBeInstanceOf(DiskFullError);
      expect(String(error)).toMatch(/QDB4060/);
      refused++;
    }
    expect(await versionOf(copyOf(vfs), wanted)).toBe(error === null ? 2 : 1);
    await migrate({ path, vfs }, { migrations });
    expect(await versionOf(vfs, wanted)).toBe(2);
  }
  expect(refused).toBeGreaterThan(10);
});
