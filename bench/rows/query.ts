// The race on queries: `npm run bench:query [-- --rows=1000000] [--only=<part of a work's name>]`. The rows of bench:rows, with the same
// indexes in all stores but DuckDB, which has columns instead and takes part in what analytics ask. Each answer is held against the
// same computation on an array before it is measured, in processor time of all threads.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { race, table } from '../stats.js';
import { type UserRow, users } from '../users.js';
import type { Store } from './store.js';
import { DuckStore } from './stores/duckdb.js';
import { LmdbStore } from './stores/lmdb.js';
import { QuantaStore } from './stores/quanta.js';
import { SqliteStore } from './stores/sqlite.js';
import { busyEach } from './timing.js';

const STORES: readonly (new () => Store)[] = [QuantaStore, SqliteStore, LmdbStore, DuckStore];
const ROWS = Number(option('rows') ?? 100_000);
const ROUNDS = Number(option('rounds') ?? 5);
const CACHE_BYTES = Math.max(64 << 20, ROWS * 640);
const RANGE_START = new Date(1.64e12);
/** Relative difference that sums in another order may have. */
const ROUNDING = 1e-9;

interface Work {
  readonly name: string;
  /** What the ratio to the peer it is held against is to be at most; null where nothing was agreed on. */
  readonly goal: number | null;
  readonly peer: string;
  /** The answer; undefined where the store doesn't take part. */
  readonly run: (store: Store) => unknown;
  /** Whether that is the right answer. */
  readonly isRight: (answer: unknown) => boolean;
}

function works(rows: readonly UserRow[]): Work[] {
  const sqlite = { goal: null, peer: 'better-sqlite3' };
  const active = rows.filter((row) => row.isActive && row.score > 500);
  const matching = active.filter((row) => row.name.startsWith('a')).length;
  const average = active.reduce((sum, row) => sum + row.score, 0) / active.length;
  const names = new Set(rows.map(({ name }) => name)).size;
  const byLogin = [...rows].sort((a, b) => +a.lastLogin - +b.lastLogin || a.id - b.id);
  const middle = byLogin[rows.length >> 1]!;
  const has = (length: number) => (answer: unknown) => (answer as readonly unknown[]).length === length;
  return [
    {
      name: '1,000 rows by index range',
      goal: 0.35,
      peer: 'lmdb',
      run: (store) => (store instanceof DuckStore ? undefined : store.range(RANGE_START, 1_000)),
      isRight: has(1_000),
    },
    {
      ...sqlite,
      name: '20 rows behind a cursor',
      run: (store) => store.pageAfter?.(middle),
      isRight: (answer) => (answer as readonly UserRow[])[0]!.id === byLogin[(rows.length >> 1) + 1]!.id,
    },
    {
      name: 'unindexed filter + count',
      goal: 0.2,
      peer: 'better-sqlite3',
      run: (store) => store.filterCount?.(),
      isRight: (answer) => answer === matching,
    },
    { name: 'unindexed top 20', goal: 0.5, peer: 'better-sqlite3', run: (store) => store.top?.(), isRight: has(20) },
    {
      name: 'average over a filter',
      goal: 0.3,
      peer: 'better-sqlite3',
      run: (store) => store.average?.(),
      isRight: (answer) => Math.abs((answer as number) / average - 1) < ROUNDING,
    },
    { ...sqlite, name: 'group by a boolean: rows, mean', run: (store) => store.halves?.(), isRight: has(2) },
    {
      ...sqlite,
      name: `group by one of ${names} names: rows, mean, max`,
      run: (store) => store.groups?.(),
      isRight: has(names),
    },
    { ...sqlite, name: 'distinct names', run: (store) => store.names?.(), isRight: has(names) },
    { ...sqlite, name: 'two columns of all rows', run: (store) => store.columns?.(), isRight: has(rows.length) },
  ];
}

async function main(): Promise<void> {
  const only = option('only') ?? '';
  const rows = users(ROWS);
  const scratch = mkdtempSync(join(option('dir') ?? tmpdir(), 'quantadb-query-'));
  const stores: Store[] = [];
  for (const Store of STORES) {
    const store = new Store();
    const path = join(scratch, store.name);
    mkdirSync(path);
    await store.open(path, 'os', CACHE_BYTES);
    await store.bulk(rows);
    await store.close();
    await store.open(path, 'os', CACHE_BYTES);
    stores.push(store);
  }
  const names = stores.map(({ name }) => name);
  const lines: string[][] = [];
  for (const work of works(rows).filter(({ name }) => name.includes(only))) {
    const took = await measure(stores, work);
    const ratio = took.get('quantadb')! / took.get(work.peer)!;
    const cells = names.map((name) => (took.has(name) ? `${took.get(name)!.toPrecision(3)} ms` : '-'));
    lines.push([
      work.name,
      ...cells,
      `${ratio.toFixed(2)} x ${work.peer}`,
      work.goal === null ? '' : String(work.goal),
    ]);
  }
  console.log(`${ROWS.toLocaleString('en')} rows, medians of ${ROUNDS} interleaved rounds, processor time\n`);
  console.log(table(['query', ...names, 'ratio', 'goal'], lines));
  for (const store of stores) await store.close();
  rmSync(scratch, { recursive: true, force: true });
}

/** Milliseconds by the name of each store that takes part. */
async function measure(stores: readonly Store[], { name, run, isRight }: Work): Promise<Map<string, number>> {
  const able: Store[] = [];
  for (const store of stores) {
    const answer = await run(store);
    if (answer === undefined) continue;
    if (!isRight(answer)) throw new Error(`${store.name} answers wrongly: ${name}`);
    able.push(store);
  }
  return race(
    able.map((store) => ({ name: store.name, run: () => busyEach(() => run(store)) })),
    ROUNDS,
  );
}

function option(name: string): string | undefined {
  return argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

await main();
