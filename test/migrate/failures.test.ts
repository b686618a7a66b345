// What ends a migration half-way ends it with its code, the database at the version where it was; and the next run succeeds.
import { expect, test } from 'vitest';
import { openEngine } from '../../runtime/engine/index.js';
import { type MigrateOptions, migrate } from '../../runtime/migrate/index.js';
import { readVersion, writeVersion } from '../../runtime/migrate/plain-database.js';
import { StoredSchema } from '../../runtime/migrate/stored-schema.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { entity, field, index } from '../emit/schemas.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { historyOf, initial } from './histories.js';

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
  await expect(filling).rejects.toMatchObject({ code: 'QDB4060' });
  vfs.full = false;
  const stays = await look(vfs, { migrations });
  expect(stays.at).toBe(1);
  expect(stays.rows).toHaveLength(20_000);
  await migrate({ path, vfs }, { migrations });
  const { at, rows } = await look(vfs, { migrations });
  expect(at).toBe(2);
  expect(rows.every(({ text, length }) => String(text).length === length)).toBe(true);
});
