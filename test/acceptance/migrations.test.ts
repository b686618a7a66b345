// The shop's history, run by the built program: up to the last version and back; and what a user may ask on the way.
// test/deep/migrations.test.ts walks it from every version to every other.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkCommand } from '../../cli/commands/check.js';
import { migrateCommand } from '../../cli/commands/migrate/index.js';
import { runCommand } from '../cli/in-process.js';
import { Shop, VERSIONS } from './shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = new Shop();
  await shop.seed();
});
afterAll(() => shop.remove());

test('the history type-checks with the classes, under the compiler of its user', () => {
  const { stdout, status } = shop.tsc('-p', '.', '--noEmit');
  expect(stdout).toBe('');
  expect(status).toBe(0);
});

test('check warns once classes have moved on without a migration', async () => {
  const check = (...args: string[]) => runCommand(checkCommand, args, { directory: shop.path });
  const quiet = await check('--json');
  expect(JSON.parse(quiet.stdout)).toMatchObject({ entities: 4, failed: false });
  expect(quiet.stdout).not.toMatch(/QDB3017/);
  const file = join(shop.path, 'src/models/shop.ts');
  const classes = readFileSync(file, 'utf8');
  writeFileSync(file, classes.replace('  loyal!: boolean;', '  loyal!: boolean;\n  visits = 0;'));
  const { code, stderr } = await check();
  writeFileSync(file, classes);
  expect(stderr).toMatch(/warning QDB3017: .*migration 8 \(prices_in_cents\): addField Customer\.visits/);
  expect(code).toBe(0);
});

test('up to the last version, then back to the first: rows are as they should be there, and as they were', async () => {
  const up = shop.quantadb('migrate', '--yes');
  expect([up.stderr, up.status]).toEqual(['', 0]);
  expect(await shop.look()).toEqual({ at: VERSIONS, rows: shop.golden(VERSIONS) });
  const back = shop.quantadb('migrate', '--version=1', '--yes');
  expect([back.stderr, back.status]).toEqual(['', 0]);
  expect(await shop.look()).toEqual({ at: 1, rows: shop.golden(1) });
});

test('dry run, rehearsal and status say what is ahead, and change nothing', async () => {
  const migrate = (...args: string[]) => runCommand(migrateCommand, args, { directory: shop.path });
  const dry = JSON.parse((await migrate('--dry-run', '--json')).stdout);
  expect(dry.migrations).toHaveLength(VERSIONS - 1);
  expect(JSON.stringify(dry)).toMatch(/"QDB3101"/);
  const refused = await migrate();
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/^QDB3019: .*--yes/)]);
  const rehearsal = JSON.parse((await migrate('rehearse', '--json')).stdout);
  expect(rehearsal).toMatchObject({ from: 1, to: VERSIONS, failure: null, copied: 0 });
  const status = JSON.parse((await migrate('status', '--json')).stdout);
  expect(status).toMatchObject({ at: 1, drift: [], strays: [], findings: [] });
  expect(status.pending).toHaveLength(VERSIONS - 1);
  expect(await shop.look()).toEqual({ at: 1, rows: shop.golden(1) });
});
