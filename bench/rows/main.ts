// The race on typed rows: `npm run bench:rows [-- --rows=1000000] [--only=<part of a work's name>]`. All stores hold the same rows with the
// same indexes, take and give objects with Dates and arrays, and write as durably as each other. Each work is measured in turns
// within one process, the bulk insert in a fresh process each time, for it is to be cold.
//
// What doesn't wait for the disk is measured in processor time of all threads, which a busy machine disturbs least; what does, by the
// clock and its lower quartile.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { quantile, race, table } from '../stats.js';
import { flat, random, type UserRow, users } from '../users.js';
import type { Store, Sync } from './store.js';
import { LevelStore } from './stores/level.js';
import { LmdbStore } from './stores/lmdb.js';
import { QuantaStore } from './stores/quanta.js';
import { SqliteStore } from './stores/sqlite.js';
import { busy, busyEach, timed } from './timing.js';

const STORES: readonly (new () => Store)[] = [QuantaStore, SqliteStore, LmdbStore, LevelStore];
const ROWS = Number(option('rows') ?? 100_000);
const ROUNDS = Number(option('rounds') ?? 5);
/** Memory for pages that each store may use: room for all of them, as LMDB has by mapping its file. */
const CACHE_BYTES = Math.max(64 << 20, ROWS * 640);
const scratch = mkdtempSync(join(option('dir') ?? tmpdir(), 'quantadb-rows-'));

/** What the gets ask for, and what they are held against. */
type Wanted = Pick<UserRow, 'id' | 'email'>;

interface Work {
  readonly name: string;
  readonly unit: string;
  /** Runs the work once on an open store and returns what one piece took, in `unit`; null where the store can't. */
  readonly run: (store: Store) => Promise<number | null>;
}

/** One put after the other. Stores that put synchronously are not made to wait for promises. */
async function putEach(store: Store, rows: readonly UserRow[]): Promise<void> {
  for (const row of rows) {
    const done = store.put(row);
    if (done !== undefined) await done;
  }
}

function works(rows: readonly UserRow[]): Work[] {
  const next = random(7);
  const picks = Array.from({ length: 20_000 }, () => rows[Math.floor(next() * rows.length)]!);
  // Copies that lie together: otherwise half of what a get takes is the race looking for its own rows in a cold heap.
  const wanted = picks.map(({ id, email }): Wanted => ({ id, email: flat(email) }));
  const matching = rows.filter((row) => row.isActive && row.score > 500 && row.name.startsWith('a')).length;
  const changed = () => picks.slice(0, 2_000).map((row) => ({ ...row, score: next() * 1000 }));
  const each = async (body: (row: Wanted) => void) => ((await busy(() => wanted.forEach(body))) * 1000) / wanted.length;
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
      run: (store) => busyEach(async () => expectCount((await store.range(new Date(1.64e12), 1_000)).length, 1_000)),
    },
    {
      name: 'scan all, decoded',
      unit: 'ms',
      run: (store) => busy(async () => expectCount(await store.scan(), rows.length)),
    },
    {
      name: 'unindexed filter + count',
      unit: 'ms',
      run: async (store) =>
        store.filterCount === undefined
          ? null
          : busyEach(async () => expectCount((await store.filterCount?.()) ?? 0, matching)),
    },
    {
      name: 'unindexed top 20',
      unit: 'ms',
      run: async (store) =>
        store.top === undefined ? null : busyEach(async () => expectCount((await store.top?.())?.length ?? 0, 20)),
    },
    {
      name: 'single put, no fsync',
      unit: 'us',
      run: async (store) => {
        const fresh = changed();
        return ((await busy(() => putEach(store, fresh))) * 1000) / fresh.length;
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
    run: async (store, rows) => ((await timed(() => putEach(store, rows.slice(0, 200)))) * 1000) / 200,
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
  const only = option('only') ?? '';
  const isWanted = ({ name }: { readonly name: string }): boolean => name.includes(only);
  const rows = users(ROWS);
  const results: [string, string, Map<string, number>][] = [];

  if (isWanted({ name: BULK })) raceBulk(results);
  const { stores, sizes } = await openAll('os', rows);
  results.push(['size on disk', 'MB', sizes]);
  for (const work of works(rows).filter(isWanted)) {
    results.push([work.name, work.unit, await compare(stores, work.run, 0.5)]);
  }
  for (const store of stores) await store.close();

  const durable = DURABLE.filter(isWanted);
  if (durable.length > 0) {
    const { stores } = await openAll('disk', rows);
    let seed = 1;
    const changed = () => rows.slice(0, 6_400).map((row) => ({ ...row, score: seed++ }));
    for (const { name, run } of durable) {
      results.push([name, 'us', await compare(stores, (store) => run(store, changed()), 0.25)]);
    }
    for (const store of stores) await store.close();
  }

  print(results);
  rmSync(scratch, { recursive: true, force: true });
}

const BULK = 'bulk insert, cold, one fsync';

function raceBulk(results: [string, string, Map<string, number>][]): void {
  const names = STORES.map((Store) => new Store().name);
  const clock = new Map<string, number[]>(names.map((name) => [name, []]));
  const processor = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of names) {
      const took = bulkInChild(name);
      clock.get(name)!.push(took.clock);
      processor.get(name)!.push(took.processor);
    }
  }
  const lower = (samples: Map<string, number[]>) =>
    new Map([...samples].map(([name, all]) => [name, quantile(all, 0.25)]));
  results.push([`${BULK}: by the clock`, 'ms', lower(clock)]);
  results.push([`${BULK}: processor`, 'ms', lower(processor)]);
}

/** Every store with all rows, opened anew, and the MB that its closed files took. */
async function openAll(
  sync: Sync,
  rows: readonly UserRow[],
): Promise<{ readonly stores: Store[]; readonly sizes: Map<string, number> }> {
  const stores: Store[] = [];
  const sizes = new Map<string, number>();
  for (const Store of STORES) {
    const store = new Store();
    const path = join(scratch, `${sync}-${store.name}`);
    mkdirSync(path, { recursive: true });
    await store.open(path, sync, CACHE_BYTES);
    await store.bulk(rows);
    await store.close();
    sizes.set(store.name, directorySize(path) / 1e6);
    await store.open(path, sync, CACHE_BYTES);
    stores.push(store);
  }
  return { stores, sizes };
}

/** The `q` quantile by store over rounds in which the stores take turns; those that can't are left out. */
async function compare(
  stores: readonly Store[],
  run: (store: Store) => Promise<number | null>,
  q: number,
): Promise<Map<string, number>> {
  const able: Store[] = [];
  for (const store of stores) if ((await run(store)) !== null) able.push(store);
  return race(
    able.map((store) => ({ name: store.name, run: async () => (await run(store)) ?? Number.NaN })),
    ROUNDS,
    q,
  );
}

interface Took {
  readonly clock: number;
  readonly processor: number;
}

function bulkInChild(name: string): Took {
  const args = [fileURLToPath(import.meta.url), `--bulk=${name}`, `--rows=${ROWS}`, `--dir=${scratch}`];
  const { stdout, stderr } = spawnSync(execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(`the bulk insert of ${name} failed: ${stderr}`);
  return JSON.parse(stdout) as Took;
}

async function bulkOnce(name: string): Promise<void> {
  const rows = users(ROWS);
  for (const Store of STORES) {
    const store = new Store();
    if (store.name !== name) continue;
    await store.open(scratch, 'disk', CACHE_BYTES);
    let clock = 0;
    const processor = await busy(async () => {
      clock = await timed(() => store.bulk(rows));
    });
    console.log(JSON.stringify({ clock, processor } satisfies Took));
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
  console.log(`${ROWS.toLocaleString('en')} rows, ${ROUNDS} interleaved rounds\n`);
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

function expectRow(found: UserRow | undefined, row: Wanted): void {
  if (found?.email !== row.email) throw new Error(`row ${row.id} came back as ${found?.email}`);
}

function expectCount(found: number, count: number): void {
  if (found !== count) throw new Error(`${found} rows instead of ${count}`);
}

function option(name: string): string | undefined {
  return argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

await main();
