// The race of DESIGN section 6 on typed rows: `npm run bench:rows [-- --rows=1000000]`. All stores hold the same rows; each work is
// measured in turns within one process, the bulk insert in a fresh process each time, for it is to be cold.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { median, race, table } from '../stats.js';
import { random, type UserRow, users } from '../users.js';
import type { Store, Sync } from './store.js';
import { LevelStore } from './stores/level.js';
import { LmdbStore } from './stores/lmdb.js';
import { QuantaStore } from './stores/quanta.js';
import { SqliteStore } from './stores/sqlite.js';

const STORES: readonly (new () => Store)[] = [QuantaStore, SqliteStore, LmdbStore, LevelStore];
const ROWS = Number(option('rows') ?? 100_000);
const ROUNDS = Number(option('rounds') ?? 5);
const scratch = mkdtempSync(join(option('dir') ?? tmpdir(), 'quantadb-rows-'));

interface Work {
  readonly name: string;
  readonly unit: string;
  /** Runs the work once on an open store and returns what one piece took, in `unit`; null where the store can't. */
  readonly run: (store: Store) => Promise<number | null>;
}

/** Milliseconds that `body` took. */
async function timed(body: () => unknown): Promise<number> {
  const started = performance.now();
  await body();
  return performance.now() - started;
}

function works(rows: readonly UserRow[]): Work[] {
  const next = random(7);
  const picks = Array.from({ length: 20_000 }, () => rows[Math.floor(next() * rows.length)]!);
  const changed = () => picks.slice(0, 2_000).map((row) => ({ ...row, score: next() * 1000 }));
  const each = async (body: (row: UserRow) => void) => ((await timed(() => picks.forEach(body))) * 1000) / picks.length;
  return [
    { name: 'get by primary key, hot', unit: 'us', run: (store) => each((row) => expectRow(store.get(row.id), row)) },
    {
      name: 'get by unique index',
      unit: 'us',
      run: (store) => each((row) => expectRow(store.getByEmail(row.email), row)),
    },
    {
      name: '1,000 rows by index range',
      unit: 'ms',
      run: (store) => timed(async () => expectCount((await store.range(new Date(1.64e12), 1_000)).length, 1_000)),
    },
    {
      name: 'scan all, decoded',
      unit: 'ms',
      run: (store) => timed(async () => expectCount(await store.scan(), rows.length)),
    },
    {
      name: 'unindexed filter + count',
      unit: 'ms',
      run: async (store) => (store.filterCount === undefined ? null : timed(() => store.filterCount?.())),
    },
    {
      name: 'unindexed top 20',
      unit: 'ms',
      run: async (store) => (store.top === undefined ? null : timed(() => expectCount(store.top?.().length ?? 0, 20))),
    },
    {
      name: 'single put, no fsync',
      unit: 'us',
      run: async (store) => {
        const { put } = store;
        const fresh = changed();
        return put === null ? null : ((await timed(() => fresh.forEach(put))) * 1000) / fresh.length;
      },
    },
  ];
}

/** What waits for the disk. */
const DURABLE: readonly {
  readonly name: string;
  readonly run: (store: Store, rows: readonly UserRow[]) => Promise<number | null>;
}[] = [
  {
    name: 'single put, fsync each',
    run: async ({ put }, rows) =>
      put === null ? null : ((await timed(() => rows.slice(0, 200).forEach(put))) * 1000) / 200,
  },
  {
    name: '64 puts in flight, durable',
    run: async (store, rows) => {
      if (store.putAll === undefined) return null;
      const took = await timed(async () => {
        for (let start = 0; start < 6_400; start += 64) await store.putAll?.(rows.slice(start, start + 64));
      });
      return (took * 1000) / 6_400;
    },
  },
];

async function main(): Promise<void> {
  const bulk = option('bulk');
  if (bulk !== undefined) return bulkOnce(bulk);
  const rows = users(ROWS);
  const results: [string, string, Map<string, number>][] = [];

  const cold = new Map<string, number[]>(STORES.map((Store) => [new Store().name, []]));
  for (let round = 0; round < 3; round++) for (const name of cold.keys()) cold.get(name)!.push(bulkInChild(name));
  results.push(['bulk insert, cold, one fsync', 'ms', new Map([...cold].map(([name, took]) => [name, median(took)]))]);

  const stores = await openAll('os', rows);
  const sizes = new Map(stores.map(({ name }) => [name, directorySize(join(scratch, `os-${name}`)) / 1e6]));
  for (const work of works(rows)) results.push([work.name, work.unit, await compare(stores, work.run)]);
  for (const store of stores) await store.close();

  const durable = await openAll('disk', rows);
  for (const { name, run } of DURABLE) {
    let seed = 1;
    const changed = () => rows.slice(0, 6_400).map((row) => ({ ...row, score: seed++ }));
    results.push([name, 'us', await compare(durable, (store) => run(store, changed()))]);
  }
  for (const store of durable) await store.close();
  results.push(['size on disk', 'MB', sizes]);

  print(results);
  rmSync(scratch, { recursive: true, force: true });
}

async function openAll(sync: Sync, rows: readonly UserRow[]): Promise<Store[]> {
  const stores: Store[] = [];
  for (const Store of STORES) {
    const store = new Store();
    const path = join(scratch, `${sync}-${store.name}`);
    mkdirSync(path, { recursive: true });
    await store.open(path, sync);
    await store.bulk(rows);
    await store.close();
    await store.open(path, sync);
    stores.push(store);
  }
  return stores;
}

/** Medians by store over rounds in which the stores take turns; those that can't are left out. */
async function compare(
  stores: readonly Store[],
  run: (store: Store) => Promise<number | null>,
): Promise<Map<string, number>> {
  const able: Store[] = [];
  for (const store of stores) if ((await run(store)) !== null) able.push(store);
  return race(
    able.map((store) => ({ name: store.name, run: async () => (await run(store)) ?? Number.NaN })),
    ROUNDS,
  );
}

function bulkInChild(name: string): number {
  const args = [fileURLToPath(import.meta.url), `--bulk=${name}`, `--rows=${ROWS}`, `--dir=${scratch}`];
  const { stdout, stderr } = spawnSync(execPath, args, { encoding: 'utf8' });
  const took = Number(stdout);
  if (stdout === '' || Number.isNaN(took)) throw new Error(`the bulk insert of ${name} failed: ${stderr}`);
  return took;
}

async function bulkOnce(name: string): Promise<void> {
  const rows = users(ROWS);
  for (const Store of STORES) {
    const store = new Store();
    if (store.name !== name) continue;
    await store.open(scratch, 'disk');
    console.log(await timed(() => store.bulk(rows)));
    await store.close();
  }
  rmSync(scratch, { recursive: true, force: true });
}

function print(results: readonly [string, string, Map<string, number>][]): void {
  const names = STORES.map((Store) => new Store().name);
  const [own, ...peers] = names;
  const lines = results.map(([work, unit, took]) => {
    const best = Math.min(...peers.map((peer) => took.get(peer) ?? Number.POSITIVE_INFINITY));
    const ratio = (took.get(own!) ?? Number.NaN) / best;
    const cells = names.map((name) => (took.has(name) ? `${took.get(name)?.toPrecision(3)} ${unit}` : '-'));
    return [work, ...cells, Number.isFinite(ratio) && ratio > 0 ? `${ratio.toFixed(2)} x` : '-'];
  });
  console.log(`${ROWS.toLocaleString('en')} rows, medians of ${ROUNDS} interleaved rounds\n`);
  console.log(table(['work', ...names, 'to the best peer'], lines));
}

function directorySize(path: string): number {
  let size = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    size += entry.isDirectory() ? directorySize(inner) : statSync(inner).size;
  }
  return size;
}

function expectRow(found: UserRow | undefined, row: UserRow): void {
  if (found?.email !== row.email) throw new Error(`row ${row.id} came back as ${found?.email}`);
}

function expectCount(found: number, count: number): void {
  if (found !== count) throw new Error(`${found} rows instead of ${count}`);
}

function option(name: string): string | undefined {
  return argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

await main();
