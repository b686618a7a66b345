// The race on pairs of bytes: `npm run bench:engine [-- --pairs=1000000 --rounds=5]`. Work on open stores is measured in turns
// within one process; loads and overwrites run in a fresh process each, where memory and bytes written can be told apart.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { quantile, race, table } from '../stats.js';
import { random } from '../users.js';
import { KEY_BYTES, makePairs, type PairStore, type Pairs, VALUE_BYTES } from './store.js';
import { STORES } from './stores.js';

const PAIRS = Number(option('pairs') ?? 100_000);
const ROUNDS = Number(option('rounds') ?? 5);
/** Operations of one measurement. */
const PICKS = 20_000;
const IN_FLIGHT = 64;
const OVERWRITES = 10;

type Row = readonly [work: string, unit: string, took: ReadonlyMap<string, number>];

/** What a child process prints. */
interface LoadReport {
  readonly milliseconds: number;
  readonly peakBytes: number;
  readonly diskBytes: number;
}
interface OverwriteReport {
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly amplification: number;
}

async function main(): Promise<void> {
  const child = option('child');
  if (child !== undefined) {
    const store = STORES.map((Store) => new Store()).find(({ name }) => name === option('store'))!;
    const report = child === 'load' ? await load(store, option('dir')!) : await overwrite(store, option('dir')!);
    console.log(JSON.stringify(report));
    return;
  }
  const scratch = mkdtempSync(join(option('dir') ?? tmpdir(), 'quantadb-engine-'));
  try {
    print([...loads(scratch), ...(await reads(scratch)), ...(await durablePuts(scratch)), ...overwrites(scratch)]);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Loads in fresh processes; the last round's files stay for the reads. */
function loads(scratch: string): Row[] {
  const samples = new Map<string, LoadReport[]>(names().map((name) => [name, []]));
  for (let round = 0; round < 3; round++) {
    for (const [name, reports] of samples) {
      rmSync(join(scratch, name), { recursive: true, force: true });
      reports.push(inChild('load', name, join(scratch, name)));
    }
  }
  const median = (field: keyof LoadReport, unit: number): Map<string, number> =>
    new Map(
      [...samples].map(([name, reports]) => [
        name,
        quantile(
          reports.map((report) => report[field]),
          0.5,
        ) / unit,
      ]),
    );
  return [
    ['bulk load, cold, durable', 'ms', median('milliseconds', 1)],
    ['peak memory of it', 'MB', median('peakBytes', 1e6)],
    ['size on disk', 'MB', median('diskBytes', 1e6)],
  ];
}

async function reads(scratch: string): Promise<Row[]> {
  const pairs = makePairs(PAIRS);
  const next = random(7);
  const picks = together(Array.from({ length: PICKS }, () => pairs.keys[Math.floor(next() * PAIRS)]!));
  const absent = together(picks);
  for (const key of absent) key[8]! ^= 1;
  const value = Buffer.alloc(VALUE_BYTES, 'new ');
  const stores = STORES.map((Store) => new Store());
  const opening = await compare(stores, async (store) => {
    const took = await timed(() => store.open(join(scratch, store.name), 'os'));
    await store.close();
    return took;
  });
  for (const store of stores) {
    await store.open(join(scratch, store.name), 'os');
    await store.scan();
  }
  const perPick = async (body: () => unknown): Promise<number> => ((await timed(body)) * 1000) / PICKS;
  const rows: Row[] = [
    ['open', 'ms', opening],
    ['get, hot', 'us', await compare(stores, (store) => perPick(() => expectFound(store, picks, VALUE_BYTES)))],
    ['get of an absent key', 'us', await compare(stores, (store) => perPick(() => expectFound(store, absent, -1)))],
    [
      'ordered scan, per 100,000',
      'ms',
      await compare(stores, async (store) => ((await timed(() => store.scan())) * 1e5) / PAIRS),
    ],
    [
      `put, no sync, ${IN_FLIGHT} at a time`,
      'us',
      await compare(stores, (store) => perPick(() => putInParts(store, picks, value))),
    ],
    [
      'put, no sync, one by one',
      'us',
      await compare(stores, (store) =>
        perPick(async () => {
          for (const key of picks) await store.put(key, value);
        }),
      ),
    ],
  ];
  for (const store of stores) await store.close();
  return rows;
}

async function durablePuts(scratch: string): Promise<Row[]> {
  const { keys } = makePairs(PICKS);
  const value = Buffer.alloc(VALUE_BYTES, 'new ');
  const stores = STORES.map((Store) => new Store());
  for (const store of stores) {
    mkdirSync(join(scratch, 'durable', store.name), { recursive: true });
    await store.open(join(scratch, 'durable', store.name), 'disk');
  }
  const rows: Row[] = [
    [
      'put, synced, one by one',
      'us',
      await compare(stores, async (store) => {
        const some = keys.slice(0, 100);
        const took = await timed(async () => {
          for (const key of some) await store.put(key, value);
        });
        return (took * 1000) / some.length;
      }),
    ],
    [
      `put, synced, ${IN_FLIGHT} in flight`,
      'us',
      await compare(stores, async (store) => {
        const some = keys.slice(0, 100 * IN_FLIGHT);
        return ((await timed(() => putInParts(store, some, value))) * 1000) / some.length;
      }),
    ],
  ];
  for (const store of stores) await store.close();
  return rows;
}

function overwrites(scratch: string): Row[] {
  const reports = names().map((name) => {
    const report: OverwriteReport = inChild('overwrite', name, join(scratch, 'overwrite', name));
    return [name, report] as const;
  });
  const of = (field: keyof OverwriteReport): Map<string, number> =>
    new Map(reports.map(([name, report]) => [name, report[field]]));
  return [
    [`put during ${OVERWRITES} x overwrites, p50`, 'us', of('p50')],
    ['the same, p99', 'us', of('p99')],
    ['the same, p99.9', 'us', of('p999')],
    ['write amplification of it', 'x', of('amplification')],
  ];
}

async function load(store: PairStore, path: string): Promise<LoadReport> {
  const pairs = makePairs(PAIRS);
  mkdirSync(path, { recursive: true });
  const before = process.memoryUsage.rss();
  await store.open(path, 'disk');
  const milliseconds = await timed(() => store.bulk(pairs));
  const peakBytes = process.resourceUsage().maxRSS * 1024 - before;
  await store.close();
  return { milliseconds, peakBytes, diskBytes: directorySize(path) };
}

/** Overwrites every pair several times in random order; the kernel tells how many bytes the process sent to the disk. */
async function overwrite(store: PairStore, path: string): Promise<OverwriteReport> {
  const pairs: Pairs = makePairs(Math.min(PAIRS, 100_000));
  const count = pairs.keys.length;
  const next = random(3);
  mkdirSync(path, { recursive: true });
  await store.open(path, 'os');
  await store.bulk(pairs);
  const took = new Float64Array(count * OVERWRITES);
  const before = bytesWritten();
  for (let i = 0; i < took.length; i++) {
    const started = performance.now();
    await store.put(pairs.keys[Math.floor(next() * count)]!, pairs.values[i % count]!);
    took[i] = (performance.now() - started) * 1000;
  }
  await store.close();
  const written = bytesWritten() - before;
  took.sort();
  const at = (q: number): number => took[Math.floor(took.length * q)]!;
  return {
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    amplification: written / (took.length * (KEY_BYTES + VALUE_BYTES)),
  };
}

function bytesWritten(): number {
  // Linux only; elsewhere the row stays empty.
  if (!existsSync('/proc/self/io')) return Number.NaN;
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? Number.NaN);
}

async function putInParts(store: PairStore, keys: readonly Buffer[], value: Buffer): Promise<void> {
  for (let start = 0; start < keys.length; start += IN_FLIGHT) {
    await store.putAll(keys.slice(start, start + IN_FLIGHT), value);
  }
}

/** Copies that lie together: otherwise half of what a get takes is the race looking for its own keys in cold memory. */
function together(keys: readonly Buffer[]): Buffer[] {
  const bytes = Buffer.concat(keys);
  return keys.map((_, i) => bytes.subarray(i * KEY_BYTES, (i + 1) * KEY_BYTES));
}

function expectFound(store: PairStore, keys: readonly Buffer[], length: number): void {
  for (const key of keys) {
    if (store.get(key) !== length) throw new Error(`${store.name} answered something else for ${key.toString('hex')}`);
  }
}

function compare(
  stores: readonly PairStore[],
  run: (store: PairStore) => Promise<number>,
): Promise<Map<string, number>> {
  return race(
    stores.map((store) => ({ name: store.name, run: () => run(store) })),
    ROUNDS,
  );
}

/** Milliseconds that `body` took. */
async function timed(body: () => unknown): Promise<number> {
  const started = performance.now();
  await body();
  return performance.now() - started;
}

function inChild<Report>(child: string, store: string, dir: string): Report {
  const args = [
    fileURLToPath(import.meta.url),
    `--child=${child}`,
    `--store=${store}`,
    `--dir=${dir}`,
    `--pairs=${PAIRS}`,
  ];
  const { stdout, stderr, status } = spawnSync(execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${child} of ${store} failed: ${stderr}`);
  return JSON.parse(stdout) as Report;
}

function print(rows: readonly Row[]): void {
  const [own, ...peers] = names();
  const lines = rows.map(([work, unit, took]) => {
    const best = Math.min(...peers.map((peer) => took.get(peer) ?? Number.POSITIVE_INFINITY));
    const cells = names().map((name) => `${took.get(name)?.toPrecision(3) ?? '-'} ${unit}`);
    return [work, ...cells, `${((took.get(own!) ?? Number.NaN) / best).toFixed(2)} x`];
  });
  console.log(
    `${PAIRS.toLocaleString('en')} pairs of ${KEY_BYTES} B and ${VALUE_BYTES} B, medians of ${ROUNDS} rounds\n`,
  );
  console.log(table(['work', ...names(), 'to the best peer'], lines));
}

function names(): string[] {
  return STORES.map((Store) => new Store().name);
}

function directorySize(path: string): number {
  let size = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name);
    size += entry.isDirectory() ? directorySize(inner) : statSync(inner).size;
  }
  return size;
}

function option(name: string): string | undefined {
  return argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
}

await main();
