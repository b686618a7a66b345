// What ends a migration half-way ends it with its code, the database at the version where it was; and the next run succeeds.
import { expect, test } from 'vitest';
import { openEngine } from '../../runtime/engine/index.js';
import { type MigrateOptions, migrate } from '../../runtime/migrate/index.js';
import { readVersion, writeVersion } from '../../runtime/migrate/plain-database.js';
import { StoredSchema } from '../../runtime/migrate/stored-schema.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { entity, field, index, optional } from '../emit/schemas.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { type Change, historyOf, initial } from './histories.js';

const path = 'db';
const before = entity('Item', [field('id', 'int32'), field('text', 'string')]);
const after = entity('Item', [field('id', 'int32'), field('text', 'string'), field('length', 'int32')], {
  indexes: [index(['length'])],
});
const FAILS_AT = 50_001;

/** The new field's value, and so what goes wrong, is the test's. */
function history(lengthOf: (row: { readonly id: number; readonly text: string }) => number) {
  return historyOf([
    initial([before]),
    {
      models: [after],
      up: (step) => [step.addField('Item', 'length', lengthOf as never), step.addIndex('Item', 'length')],
      down: (step) => [step.dropIndex('Item', 'length'), step.dropField('Item', 'length')],
    },
  ]);
}

async function seed(vfs: Vfs, count: number): Promise<void> {
  const [first] = history(() => 0);
  const engine = await openEngine({ vfs, path, compaction: 'manual' });
  const rows = Array.from({ length: count }, (_, i) => ({ id: i + 1, text: `item ${i}` }));
  writeVersion(engine, first!.migration.after, [{ ...first!, checksum: null }], { Item: rows });
  await engine.close();
}

async function look(vfs: Vfs, options: MigrateOptions) {
  const engine = await openEngine({ vfs, path, compaction: 'manual' });
  const at = new StoredSchema(engine).applied()?.at(-1)?.number ?? 0;
  const rows = readVersion(engine, options.migrations[at - 1]!.migration.after).Item ?? [];
  await engine.close();
  return { at, rows };
}

test('a function that throws at row 50,001 is named with the row; the version stays, and the mended one runs', async () => {
  const vfs = new MemoryVfs();
  await seed(vfs, 60_000);
  const broken = history((row) => {
    if (row.id === FAILS_AT) throw new Error('no length');
    return row.text.length;
  });
  await expect(migrate({ path, vfs }, { migrations: broken })).rejects.toThrow(
    /^QDB3020: Migration 2 .*, up: addField failed for Item \{"id":50001\}: no length\./,
  );
  const stays = await look(vfs, { migrations: broken });
  expect(stays.at).toBe(1);
  expect(stays.rows).toHaveLength(60_000);
  expect(stays.rows[50_000]).toEqual({ id: FAILS_AT, text: 'item 50000' });
  const mended = history((row) => row.text.length);
  await migrate({ path, vfs }, { migrations: mended });
  const { at, rows } = await look(vfs, { migrations: mended });
  expect(at).toBe(2);
  expect(rows[50_000]).toEqual({ id: FAILS_AT, text: 'item 50000', length: 10 });
});

test('a disk that fills up ends it with QDB4060; with room again, it runs', async () => {
  const vfs = new FaultyVfs();
  await seed(vfs, 20_000);
  const migrations = history((row) => row.text.length);
  const filling = migrate(
    { path, vfs },
    {
      migrations,
      onProgress: () => {
        vfs.full = true;
      },
    },
  );
  await expect(filling).rejects.toMatchObject({
    name: 'DiskFullError',
    message: expect.stringMatching(
      /^QDB4060: Migration 2 \(change_2\), up: The disk is full: .* The database is at 1\.$/,
    ),
  });
  vfs.full = false;
  const stays = await look(vfs, { migrations });
  expect(stays.at).toBe(1);
  expect(stays.rows).toHaveLength(20_000);
  await migrate({ path, vfs }, { migrations });
  const { at, rows } = await look(vfs, { migrations });
  expect(at).toBe(2);
  expect(rows.every(({ text, length }) => String(text).length === length)).toBe(true);
});

test('a function that answers with a promise, or with what is no row, is QDB3020 with the reason', async () => {
  const lone = entity('Item', [field('id', 'int32'), field('text', 'string')]);
  const split = entity('Item', [field('id', 'int32'), field('a', 'string', optional), field('b', 'string', optional)]);
  const more = entity('Item', [...lone.fields, field('more', 'unknown')]);
  const loosely = (convert: unknown) => convert as never;
  const late = loosely(async () => {
    throw new Error('too late');
  });
  const into = { answers: { split: ['Item.text=a,b'] }, models: [split], down: () => [] };
  const toMore = { models: [more], down: () => [] };
  const cases: readonly (readonly [Change, RegExp])[] = [
    [{ ...toMore, up: (step) => [step.addField('Item', 'more', late)] }, /addField .*a promise/],
    [{ ...toMore, up: (step) => [step.transform('Item', late)] }, /transform .*a promise/],
    [
      {
        ...toMore,
        up: (step) => [
          step.transform(
            'Item',
            loosely(() => null),
          ),
        ],
      },
      /transform .*returned null/,
    ],
    [{ ...into, up: (step) => [step.splitField('Item', 'text', ['a', 'b'], late)] }, /splitField .*a promise/],
    [
      {
        ...into,
        up: (step) => [
          step.splitField(
            'Item',
            'text',
            ['a', 'b'],
            loosely(() => ({ a: 'x', B: 'y' })),
          ),
        ],
      },
      /splitField failed for Item \{"id":1\}: what it returned has no "b"\. Mend the step\. The database is at 1\./,
    ],
    [
      {
        ...into,
        up: (step) => [
          step.splitField(
            'Item',
            'text',
            ['a', 'b'],
            loosely(() => 'xy'),
          ),
        ],
      },
      /returned string/,
    ],
  ];
  const vfs = new MemoryVfs();
  await seed(vfs, 1);
  for (const [change, words] of cases) {
    const migrations = historyOf([initial([lone]), change]);
    const failed = migrate({ path, vfs }, { migrations });
    await expect(failed).rejects.toMatchObject({ code: 'QDB3020', message: expect.stringMatching(words) });
  }
  const missing = historyOf([
    initial([lone]),
    {
      ...into,
      up: (step) => [
        step.splitField(
          'Item',
          'text',
          ['a', 'b'],
          loosely(() => ({ a: undefined, b: 'y' })),
        ),
      ],
    },
  ]);
  await migrate({ path, vfs }, { migrations: missing });
  expect((await look(vfs, { migrations: missing })).rows).toEqual([{ id: 1, b: 'y' }]);
});
