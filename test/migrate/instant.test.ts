// Migrations that leave rows as they are: nothing is written, and nobody sees a difference to a database whose rows were rewritten.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diagnose, repair } from '../../runtime/database/doctor.js';
import { keptLayouts, useLayouts } from '../../runtime/database/tree-layouts.js';
import { type Engine, openEngine, restoreBackup } from '../../runtime/engine/index.js';
import { type History, migrate } from '../../runtime/migrate/index.js';
import { pruneArchives } from '../../runtime/migrate/status.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { entity, field, index, optional } from '../emit/schemas.js';
import { openGenerated } from '../support/database.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { cheapChange, cheapHistory, openPlain, type Row, rowOf } from './cheap.js';
import { type Change, historyOf, initial } from './histories.js';

const path = 'db';

function sizesIn(vfs: MemoryVfs): Map<string, number> {
  return new Map(
    vfs.list(path).map((name) => {
      const file = vfs.open(vfs.join(path, name), 'read');
      const size = file.size();
      file.close();
      return [name, size];
    }),
  );
}

const ROWS = 8_000;
/** Random histories; more with `RUNS=1000`. */
const RUNS = Number(process.env.RUNS ?? 15);
const base = [
  field('id', 'int32'),
  field('name', 'string'),
  field('size', 'int16'),
  field('seen', 'date'),
  field('nick', 'string', optional),
];
const before = entity('User', base, { indexes: [index(['seen'])] });
const after = entity(
  'User',
  [
    base[0]!,
    field('level', 'uint8'),
    base[1]!,
    field('size', 'float64'),
    base[3]!,
    base[4]!,
    field('label', 'string', optional),
  ],
  { indexes: [index(['seen'])] },
);
const changeOf = (value: unknown): Change => ({
  models: [after],
  up: (step) => [
    step.addField('User', 'level', value as never),
    step.addField('User', 'label'),
    step.changeField('User', 'size'),
  ],
  down: (step) => [
    step.dropField('User', 'level'),
    step.dropField('User', 'label'),
    step.changeField('User', 'size', ((size: number) => Math.round(size)) as never),
  ],
});
const history = (value: unknown): History => historyOf([initial([before]), changeOf(value)]);

async function filled(): Promise<MemoryVfs> {
  const vfs = new MemoryVfs();
  const db = await openGenerated([before], { vfs });
  const rows = Array.from({ length: ROWS }, (_, id) => ({
    id,
    name: id % 9 === 0 ? `漢${id}` : `n${id}`,
    size: (id * 7) % 1000,
    seen: new Date(id * 1000),
    nick: id % 3 === 0 ? undefined : `k${id}`,
  }));
  await db.dao('User').putMany(rows);
  await db.close();
  await migrate({ path, vfs }, { migrations: history(3), to: 1, baseline: 1 });
  return vfs;
}

test('rows get fields and wider numbers, and none is written; every read is as if they had been', async () => {
  const instant = await filled();
  const rewritten = FaultyVfs.over(instant, [path]);
  const tables = sizesIn(instant);
  expect(await migrate({ path, vfs: instant }, { migrations: history(3) })).toMatchObject({ ran: [{ rows: 0 }] });
  await migrate({ path, vfs: rewritten }, { migrations: history(() => 3) });
  const written = [...sizesIn(instant)].filter(([name]) => name.endsWith('.table') && !tables.has(name));
  expect(written.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(64 * 1024);

  const answers: unknown[][] = [];
  for (const vfs of [instant, rewritten]) {
    const db = await openGenerated([after], { vfs });
    const dao = db.dao('User');
    const ask = async (): Promise<unknown[]> => [
      await dao.get(9),
      await dao.getMany([1, ROWS + 1, 27]),
      await dao
        .where({ size: { gte: 990 } })
        .sortBy((row) => row.size, 'desc')
        .thenBy((row) => row.id)
        .limit(20)
        .toArray(),
      await dao.where({ level: 3, size: { lt: 10 } }).count(),
      await dao.where({ seen: { lt: new Date(5000) } }).toArray(),
      await dao.where({ label: null }).count(),
      await dao
        .all()
        .aggregate((a) => ({ sum: a.sum((row) => row.size as number), level: a.max((row) => row.level as number) })),
    ];
    const found = await ask();
    await dao.update(9, { level: 4, label: 'new' });
    await dao.put({ id: 27, name: 'x', level: 1, size: 0.5, seen: new Date(1), nick: 'y', label: undefined });
    await dao.delete(0);
    found.push(await dao.get(9), await dao.where({ seen: { lt: new Date(5000) } }).toArray(), ...(await ask()));
    const snapshot = db.snapshot();
    await db.compact();
    found.push(await snapshot.dao('User').get(3_000), ...(await ask()));
    snapshot.close();
    answers.push(found);
    await db.close();
  }
  expect(answers[0]).toEqual(answers[1]);
  expect((await diagnose(instant, path)).findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
});

/** A few rows of the old layout, and one of the new. */
async function mixed(): Promise<MemoryVfs> {
  const vfs = new MemoryVfs();
  const old = await openPlain(before, vfs);
  for (let id = 0; id < 20; id++) await old.dao('User').put(rowOf(before, id, id));
  await old.close();
  await migrate({ path, vfs }, { migrations: history(3), to: 1, baseline: 1 });
  await migrate({ path, vfs }, { migrations: history(3) });
  const db = await openPlain(after, vfs);
  await db.dao('User').put(rowOf(after, 7, 1));
  await db.close();
  return vfs;
}

async function rowsIn(vfs: MemoryVfs, from = path): Promise<Row[]> {
  const db = await openPlain(after, vfs, from);
  const rows = await db
    .dao('User')
    .all()
    .toArray()
    .finally(() => db.closeSync());
  return rows.map((row) => ({ ...row }));
}

async function withEngine<T>(vfs: MemoryVfs, look: (engine: Engine) => T): Promise<T> {
  const engine = await openEngine({ vfs, path, compaction: 'manual' });
  try {
    useLayouts(engine);
    return look(engine);
  } finally {
    await engine.close();
  }
}

const holdsEarlier = (vfs: MemoryVfs): Promise<boolean> =>
  withEngine(vfs, (engine) => engine.trees.get('User')!.holdsEarlier);

test('compaction leaves nothing of an earlier layout, unless somebody reads it; a backup and a repair keep what is left', async () => {
  const vfs = await mixed();
  const rows = await rowsIn(vfs);
  expect(rows[3]).toMatchObject({ id: 3, level: 3, label: undefined });
  await repair(vfs, path, 'saved');
  expect(await rowsIn(vfs, 'saved')).toEqual(rows);
  expect((await diagnose(vfs, 'saved')).findings).toEqual([]);
  const db = await openPlain(after, vfs);
  await db.backup('backup');
  const snapshot = db.snapshot();
  await db.compact();
  snapshot.close();
  await db.compact();
  await db.close();
  expect(await holdsEarlier(vfs)).toBe(false);
  expect(await rowsIn(vfs)).toEqual(rows);
  await restoreBackup(vfs, 'backup', 'again');
  expect(await rowsIn(vfs, 'again')).toEqual(rows);
});

test('a record whose number no layout has is damage', async () => {
  const vfs = await mixed();
  await withEngine(vfs, (engine) => {
    const tree = engine.trees.get('User')!;
    const cursor = tree.cursor();
    cursor.next();
    const [key, value] = [cursor.key.copy(), cursor.value.copy()];
    cursor.close();
    value[0] = 9;
    const batch = engine.createBatch();
    batch.put(tree, key, key.length, value, 0, value.length);
    engine.writeSync(batch);
  });
  await expect(rowsIn(vfs)).rejects.toThrow(/QDB4070/);
  expect((await diagnose(vfs, path)).findings).toContainEqual(expect.objectContaining({ code: 'QDB4208' }));
});

test('when the numbers are used up, rows are rewritten and begin again at 1', async () => {
  const vfs = await mixed();
  const db = await openPlain(after, vfs);
  await db.compact();
  await db.close();
  await withEngine(vfs, (engine) => {
    const kept = keptLayouts(engine).get('User')!;
    const [last] = kept.layouts.slice(-1);
    const text = JSON.stringify({ ...kept, layouts: [{ ...last, number: 255 }] });
    const [key, value] = [Buffer.from('layouts/User'), Buffer.from(text)];
    const batch = engine.createBatch();
    batch.put(engine.trees.get('$meta')!, key, key.length, value, 0, value.length);
    const tree = engine.trees.get('User')!;
    const cursor = tree.cursor();
    while (cursor.next()) {
      const record = cursor.value.copy();
      record[0] = 255;
      batch.put(tree, cursor.key.copy(), cursor.key.end - cursor.key.start, record, 0, record.length);
    }
    cursor.close();
    engine.writeSync(batch);
  });
  const rows = await rowsIn(vfs);
  const more = entity('User', [...after.fields, field('more', 'string', optional)], { indexes: after.indexes });
  const next = historyOf([
    initial([before]),
    changeOf(3),
    { models: [more], up: (step) => [step.addField('User', 'more')], down: (step) => [step.dropField('User', 'more')] },
  ]);
  expect(await migrate({ path, vfs }, { migrations: next })).toMatchObject({ from: 2, to: 3, ran: [{ rows: 20 }] });
  expect(await withEngine(vfs, (engine) => engine.trees.get('User')!.lead)).toBe(null);
  const at3 = await openPlain(more, vfs);
  expect(await at3.dao('User').all().toArray()).toEqual(rows.map((row) => ({ ...row, more: undefined })));
  await at3.close();
});

test('what was dropped stays in its rows, and in the archive of those that were overwritten, until it is pruned', async () => {
  const shorter = entity('User', before.fields.slice(0, 4), { indexes: before.indexes });
  const dropping = historyOf([
    initial([before]),
    {
      models: [shorter],
      answers: { drop: ['User.nick'] },
      up: (step) => [step.dropField('User', 'nick')],
      down: (step) => [step.addField('User', 'nick', 'none' as never)],
    },
  ]);
  const vfs = new MemoryVfs();
  const nicks = async (): Promise<unknown[]> => {
    const db = await openPlain(before, vfs);
    const rows = await db.dao('User').all().toArray();
    await db.close();
    return rows.map(({ id, name, nick }) => [id, name, nick]);
  };
  const old = await openPlain(before, vfs);
  const seen = new Date(5);
  for (let id = 0; id < 4; id++) await old.dao('User').put({ id, name: `n${id}`, size: id, seen, nick: `k${id}` });
  await old.close();
  await migrate({ path, vfs }, { migrations: dropping, to: 1, baseline: 1 });
  expect(await migrate({ path, vfs }, { migrations: dropping })).toMatchObject({ ran: [{ rows: 0 }] });
  const db = await openPlain(shorter, vfs);
  const changed = { id: 1, name: 'changed', size: 1, seen };
  await db.dao('User').put(changed);
  await db.dao('User').update(1, { size: 9 });
  await db.dao('User').delete(2);
  await db.dao('User').put({ id: 9, name: 'new', size: 1, seen });
  expect(await db.dao('User').get(1)).toEqual({ ...changed, size: 9 });
  await db.compact(true);
  await db.close();
  expect(await holdsEarlier(vfs)).toBe(true);
  const archive = `$archive/${dropping[1]!.id.slice(0, 16)}/up/User`;
  expect(await withEngine(vfs, (engine) => engine.trees.get(archive)!.estimateEntries())).toBe(1);
  await migrate({ path, vfs }, { migrations: dropping, to: 1 });
  expect(await nicks()).toEqual([
    [0, 'n0', 'k0'],
    [1, 'changed', 'k1'],
    [3, 'n3', 'k3'],
    [9, 'new', 'none'],
  ]);
  await withEngine(vfs, pruneArchives);
  expect(await migrate({ path, vfs }, { migrations: dropping })).toMatchObject({ ran: [{ rows: 0 }] });
  await withEngine(vfs, pruneArchives);
  // Nobody wants it any more: rows that hold it still must not differ from those that were rewritten.
  expect(await migrate({ path, vfs }, { migrations: dropping, to: 1 })).toMatchObject({ ran: [{ rows: 0 }] });
  expect((await nicks()).map((row) => (row as unknown[])[2])).toEqual(['none', 'none', 'none', 'none']);
  await migrate({ path, vfs }, { migrations: dropping });
  await withEngine(vfs, pruneArchives);
  const again = await openPlain(shorter, vfs);
  await again.compact();
  await again.close();
  expect(await holdsEarlier(vfs)).toBe(false);
});

interface Command {
  readonly kind: 'put' | 'update' | 'delete' | 'compact' | 'reopen' | 'migrate' | 'prune' | 'transaction';
  readonly id: number;
  readonly seed: number;
}

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom<Command['kind'][]>(
    ...(['put', 'put', 'update', 'delete', 'transaction'] as const),
    ...(['compact', 'reopen', 'prune', 'migrate', 'migrate', 'migrate'] as const),
  ),
  id: fc.nat(12),
  seed: fc.nat(200),
});

test('random histories of cheap changes, up and down, with writes and merges between: rows are those of a database that was rewritten', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(cheapChange, { minLength: 1, maxLength: 4 }),
      fc.array(command, { minLength: 2, maxLength: 16 }),
      async (changes, commands) => {
        const { models, ...histories } = cheapHistory(changes);
        const [top, bottom] = [models.length - 1, 0].map((seed): Command => ({ kind: 'migrate', id: 0, seed }));
        const all = [top!, ...commands, bottom!, top!];
        const outcomes = [];
        for (const migrations of [histories.instant, histories.rewritten]) {
          outcomes.push(await lived(migrations, models, all));
        }
        expect(outcomes[0]).toEqual(outcomes[1]);
      },
    ),
    { numRuns: RUNS },
  );
});

/** What a database shows after each command. */
async function lived(
  migrations: History,
  models: readonly EntityModel[],
  commands: readonly Command[],
): Promise<Row[][]> {
  const vfs = new MemoryVfs();
  let version = 1;
  let db = await openPlain(models[0]!, vfs);
  for (let id = 0; id < 8; id++) await db.dao('User').put(rowOf(models[0]!, id, id * 13));
  await db.close();
  await migrate({ path, vfs }, { migrations, to: 1, baseline: 1 });
  db = await openPlain(models[0]!, vfs);
  // An archive of rows that were replaced as a whole also has those that were deleted, which come back under their keys.
  const deleted = new Set<number>();
  const shown: Row[][] = [];
  for (const { kind, id, seed } of commands) {
    const model = models[version - 1]!;
    const dao = db.dao('User');
    const isThere = (await dao.get(id)) !== undefined;
    if (kind === 'put' && !deleted.has(id)) await dao.put(rowOf(model, id, seed));
    else if (kind === 'update' && isThere) await dao.update(id, { name: `u${seed}` });
    else if (kind === 'compact') await db.compact(seed % 2 === 0);
    else if (kind === 'delete') {
      await dao.delete(id);
      deleted.add(id);
    } else if (kind === 'transaction' && isThere) {
      await db.transaction(async (tx) => {
        await tx.dao('User').update(id, { name: `t${seed}` });
        await tx.dao('User').put(rowOf(model, id, seed + 1));
        expect(
          await tx
            .dao('User')
            .where({ name: rowOf(model, id, seed + 1).name })
            .count(),
        ).toBeGreaterThan(0);
      });
    } else if (kind === 'reopen' || kind === 'migrate' || kind === 'prune') {
      await db.close();
      if (kind === 'prune') await withEngine(vfs, pruneArchives);
      if (kind === 'migrate') {
        version = (seed % models.length) + 1;
        await migrate({ path, vfs }, { migrations, to: version });
      }
      db = await openPlain(models[version - 1]!, vfs);
    }
    const rows = (await db.dao('User').all().toArray()).map((row) => ({ ...row }));
    for (const { name } of models[version - 1]!.indexes) {
      expect(
        await db
          .dao('User')
          .all()
          .sortBy((row) => row[name])
          .count(),
      ).toBe(rows.length);
    }
    shown.push(rows);
  }
  await db.close();
  expect((await diagnose(vfs, path)).findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  return shown;
}
