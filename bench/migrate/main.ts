// A migration against a bulk insert: `npm run bench:migrate [-- --rows=1000000] [--rounds=3]`. The migration adds a field to rows that
// are there, indexed but for one of the works; the bulk insert is that of the same rows, without the field, by generated code. Both end when the disk has
// everything. Each runs in a process of its own, in turns; the largest memory that the migration's process had is given too.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, execPath, resourceUsage } from 'node:process';
import { fileURLToPath } from 'node:url';
import { defineMigration, type History, migrate, type SchemaSnapshot } from 'quantadb/migrate';
import { median, table } from '../stats.js';
import type { UserRow } from '../users.js';
import { users } from '../users.js';
import { openDatabase, userEntity } from './quanta/index.js';

const ROWS = Number(option('rows') ?? 1_000_000);
const ROUNDS = Number(option('rounds') ?? 3);

interface Took {
  /** Milliseconds by the clock, and of processor time. */
  readonly clock: number;
  readonly processor: number;
  /** Largest resident set, in MB. */
  readonly memory: number;
}

interface Work {
  /** What the added field gets. */
  readonly value: number | ((row: UserRow) => number);
  readonly indexed: boolean;
}

const WORKS: Readonly<Record<string, Work>> = {
  'migration, a constant without index': { value: 7, indexed: false },
  'migration, a constant': { value: 7, indexed: true },
  'migration, out of the row': { value: (row) => row.tags.length + Math.floor(row.score), indexed: true },
};
const BULK = 'bulk insert';

function historyOf({ value, indexed }: Work): History {
  const { model } = userEntity;
  const visits = {
    ...model.fields.find(({ name }) => name === 'score')!,
    name: 'visits',
    storedName: 'visits',
    type: { kind: 'int32' },
  } as const;
  const index = { name: 'visits', fields: ['visits'], unique: false, caseInsensitive: false, multiEntry: false };
  const fieldIds = Object.fromEntries(model.fields.map(({ storedName }, i) => [storedName, i + 1]));
  const next = model.fields.length + 1;
  const before: SchemaSnapshot = { entities: [{ id: 1, model, fieldIds, nextFieldId: next }], nextEntityId: 2 };
  const grown = {
    ...model,
    fields: [...model.fields, visits],
    indexes: indexed ? [...model.indexes, index] : model.indexes,
  };
  const after: SchemaSnapshot = {
    entities: [{ id: 1, model: grown, fieldIds: { ...fieldIds, visits: next }, nextFieldId: next + 1 }],
    nextEntityId: 2,
  };
  const first = defineMigration<never, never>({
    before: { entities: [], nextEntityId: 1 },
    after: before,
    up: () => [],
    down: () => [],
  });
  const second = defineMigration<{ User: UserRow }, { User: UserRow & { visits: number } }>({
    before,
    after,
    up: (step) => [step.addField('User', 'visits', value), ...(indexed ? [step.addIndex('User', 'visits')] : [])],
    down: (step) => [step.dropField('User', 'visits'), ...(indexed ? [step.dropIndex('User', 'visits')] : [])],
  });
  const [one, two] = ['1'.repeat(64), '2'.repeat(64)] as const;
  return [
    { number: 1, name: 'init', id: one, parent: null, migration: first },
    { number: 2, name: 'add_visits', id: two, parent: one, migration: second },
  ];
}

async function measured(body: () => Promise<unknown>): Promise<Took> {
  const used = process.cpuUsage();
  const started = performance.now();
  await body();
  const clock = performance.now() - started;
  const { user, system } = process.cpuUsage(used);
  return { clock, processor: (user + system) / 1000, memory: resourceUsage().maxRSS / 1024 };
}

async function runHere(work: string, path: string): Promise<Took> {
  if (work !== BULK) return measured(() => migrate(path, { migrations: historyOf(WORKS[work]!) }));
  const rows = users(ROWS);
  const db = await openDatabase({ path, durability: 'commit' });
  const took = await measured(() => db.user.putMany(rows));
  await db.close();
  return took;
}

function runInChild(work: string, path: string): Took {
  const args = [fileURLToPath(import.meta.url), `--rows=${ROWS}`, `--work=${work}`, `--path=${path}`];
  const { stdout, stderr } = spawnSync(execPath, args, { encoding: 'utf8' });
  if (stdout === '') throw new Error(`${work} failed: ${stderr}`);
  return JSON.parse(stdout) as Took;
}

function raceAll(): void {
  const scratch = mkdtempSync(join(option('dir') ?? tmpdir(), 'quantadb-migrate-'));
  const samples = new Map<string, Took[]>([BULK, ...Object.keys(WORKS)].map((work) => [work, []]));
  for (let round = 0; round < ROUNDS; round++) {
    const filled = join(scratch, `filled-${round}`);
    samples.get(BULK)!.push(runInChild(BULK, filled));
    for (const work of Object.keys(WORKS)) {
      const path = join(scratch, 'copy');
      cpSync(filled, path, { recursive: true });
      samples.get(work)!.push(runInChild(work, path));
      rmSync(path, { recursive: true });
    }
    rmSync(filled, { recursive: true });
  }
  rmSync(scratch, { recursive: true, force: true });
  const of = (work: string, key: keyof Took): number => median(samples.get(work)!.map((took) => took[key]));
  const lines = [...samples.keys()].map((work) => [
    work,
    `${of(work, 'clock').toFixed(0)} ms`,
    `${of(work, 'processor').toFixed(0)} ms`,
    `${(of(work, 'clock') / of(BULK, 'clock')).toFixed(2)} x`,
    `${of(work, 'memory').toFixed(0)} MB`,
  ]);
  console.log(`${ROWS.toLocaleString('en')} rows, medians of ${ROUNDS} interleaved rounds\n`);
  console.log(table(['work', 'clock', 'processor', 'to the bulk insert', 'largest memory'], lines));
}

function option(name: string): string | undefined {
  return argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const work = option('work');
if (work === undefined) raceAll();
else console.log(JSON.stringify(await runHere(work, option('path')!)));
