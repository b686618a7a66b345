// A run that ended behind its first chunk of rows: what the next one may go on with, and what it must begin afresh.
import { beforeAll, expect, test } from 'vitest';
import { BULK_CHUNK_ROWS } from '../../runtime/database/bulk.js';
import { migrate } from '../../runtime/migrate/index.js';
import type { Step } from '../../runtime/migrate/steps.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { entity, field, index } from '../emit/schemas.js';
import { openGenerated } from '../support/database.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { historyOf, initial } from './histories.js';

const path = 'db';
const ROWS = BULK_CHUNK_ROWS + 10_000;
/** A row behind the first chunk. */
const LATE = BULK_CHUNK_ROWS + 5_000;

const id = field('id', 'int32');
const before = entity('User', [id, field('n', 'int32')]);
const after = entity('User', [id, field('n', 'int32'), field('x', 'int32')], { indexes: [index(['x'])] });

const drafts = historyOf([
  initial([before]),
  {
    models: [after],
    up: (step) => [step.addField('User', 'x', 0 as never), step.addIndex('User', 'x')],
    down: (step) => [step.dropIndex('User', 'x'), step.dropField('User', 'x')],
  },
]);

type Row = { readonly id: number; readonly n: number };

/** The history whose second migration, under the same id, makes rows by `convert`. */
function withUp(up: Step) {
  const [first, second] = drafts;
  const index = second!.migration.up.filter(({ kind }) => kind === 'addIndex');
  return [first!, { ...second!, migration: { ...second!.migration, up: [up, ...index] } }];
}

const adding = (value: (row: Row) => number): Step => ({
  kind: 'addField',
  entity: 'User',
  field: 'x',
  value: value as never,
});
const transforming = (convert: (row: Row) => object): Step => ({
  kind: 'transform',
  entity: 'User',
  convert: convert as never,
});

let filled: FaultyVfs;
let broken = false;

beforeAll(async () => {
  filled = new FaultyVfs();
  const db = await openGenerated([before], { vfs: filled });
  await db.dao('User').putMany(Array.from({ length: ROWS }, (_, i) => ({ id: i + 1, n: i + 1 })));
  await db.close();
  await migrate({ path, vfs: filled }, { migrations: drafts, to: 1 });
});

/** Row `LATE` fails where `broken` says so: as a function does that reads something from outside. */
function failing(row: Row): void {
  if (broken && row.id === LATE) throw new Error('boom');
}

async function failOnce(vfs: Vfs, up: Step): Promise<void> {
  broken = true;
  await expect(migrate({ path, vfs }, { migrations: withUp(up) })).rejects.toThrow(/QDB3020.*boom/);
  broken = false;
}

async function rowsOf(vfs: Vfs) {
  const db = await openGenerated([after], { vfs });
  const rows = (await db.dao('User').all().toArray()) as unknown as { id: number; n: number; x: number }[];
  await db.close();
  return rows;
}

test('the same steps go on behind what is built', async () => {
  const vfs = FaultyVfs.over(filled, [path]);
  const up = adding((row) => {
    failing(row);
    return row.n * 2;
  });
  await failOnce(vfs, up);
  const { ran } = await migrate({ path, vfs }, { migrations: withUp(up) });
  expect(ran[0]!.rows).toBeLessThan(ROWS);
  const rows = await rowsOf(vfs);
  expect(rows.length).toBe(ROWS);
  expect(rows.every(({ n, x }) => x === n * 2)).toBe(true);
});

test('steps that were mended begin afresh', async () => {
  const vfs = FaultyVfs.over(filled, [path]);
  await failOnce(
    vfs,
    adding((row) => {
      failing(row);
      return 1;
    }),
  );
  await migrate({ path, vfs }, { migrations: withUp(adding(() => 2)) });
  expect((await rowsOf(vfs)).filter(({ x }) => x !== 2)).toEqual([]);
});

test('keys that get other values of the same type come in no order to go on in', async () => {
  const vfs = FaultyVfs.over(filled, [path]);
  const up = transforming((row) => {
    failing(row);
    return { ...row, id: 1_000_000 - row.id, x: 1 };
  });
  await failOnce(vfs, up);
  await migrate({ path, vfs }, { migrations: withUp(up) });
  const rows = await rowsOf(vfs);
  expect(rows.length).toBe(ROWS);
  expect(rows.every(({ id: key, n }) => key === 1_000_000 - n)).toBe(true);
});
