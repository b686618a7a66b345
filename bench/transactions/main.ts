// The race of transactions: `npm run bench:transactions [-- --seconds=3] [--rounds=3]`. 100 contenders move money between accounts, each as
// fast as it can: read two rows, write both, commit durably. Between reading and writing a contender may wait a turn of the event
// loop, as one that asks somebody else does; better-sqlite3, whose immediate transactions hold the one write lock from their
// beginning and can't be awaited in, runs the same without waiting, one after the other.
//
// The fewer accounts there are, the more contenders meet in one. The sum of all accounts is checked after each round.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { median, table } from '../stats.js';
import { random } from '../users.js';
import type { Bank } from './bank.js';
import { QuantaBank } from './quanta-bank.js';
import { SqliteBank } from './sqlite-bank.js';

const CONTENDERS = 100;
const FIRST_SUM = 1000;
const SECONDS = Number(option('seconds') ?? 3);
const ROUNDS = Number(option('rounds') ?? 3);

interface Outcome {
  readonly commitsPerSecond: number;
  readonly runsPerCommit: number;
  readonly mostRuns: number;
  readonly refused: number;
}

/** All contenders for so many seconds. */
async function contend(bank: Bank, accounts: number): Promise<Outcome> {
  let commits = 0;
  let runs = 0;
  let mostRuns = 0;
  let refused = 0;
  const started = performance.now();
  const end = started + SECONDS * 1000;
  const contender = async (seed: number): Promise<void> => {
    const next = random(seed + 1);
    while (performance.now() < end) {
      const from = Math.floor(next() * accounts);
      const to = (from + 1 + Math.floor(next() * (accounts - 1))) % accounts;
      try {
        const ran = await bank.transfer(from, to);
        commits++;
        runs += ran;
        mostRuns = Math.max(mostRuns, ran);
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'QDB4110') throw error;
        refused++;
      }
    }
  };
  await Promise.all(Array.from({ length: CONTENDERS }, (_, i) => contender(i)));
  const seconds = (performance.now() - started) / 1000;
  return { commitsPerSecond: commits / seconds, runsPerCommit: runs / commits, mostRuns, refused };
}

async function measure(bank: Bank, accounts: number): Promise<Outcome> {
  const path = mkdtempSync(join(option('dir') ?? tmpdir(), 'quantadb-transactions-'));
  try {
    await bank.open(path, accounts, FIRST_SUM);
    const outcome = await contend(bank, accounts);
    const total = bank.total();
    await bank.close();
    if (total !== accounts * FIRST_SUM) throw new Error(`${bank.name} has ${total} where ${accounts * FIRST_SUM} were`);
    return outcome;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function option(name: string): string | undefined {
  return argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const banks = [
  () => new QuantaBank('quantadb, optimistic', 'optimistic'),
  () => new QuantaBank('the same, waiting a turn inside', 'waiting'),
  () => new QuantaBank('quantadb, transactionSync', 'sync'),
  () => new SqliteBank(),
];
const lines: string[][] = [];
for (const accounts of [10_000, 100, 2]) {
  const outcomes = banks.map((): Outcome[] => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < banks.length; turn++) {
      const i = (round + turn) % banks.length;
      outcomes[i]!.push(await measure(banks[i]!(), accounts));
    }
  }
  outcomes.forEach((taken, i) => {
    const middle = (of: (outcome: Outcome) => number) => median(taken.map(of));
    lines.push([
      accounts.toLocaleString('en-US'),
      banks[i]!().name,
      Math.round(middle((one) => one.commitsPerSecond)).toLocaleString('en-US'),
      middle((one) => one.runsPerCommit).toFixed(2),
      String(Math.max(...taken.map((one) => one.mostRuns))),
      String(taken.reduce((sum, one) => sum + one.refused, 0)),
    ]);
  });
}
console.log(`${CONTENDERS} contenders, ${SECONDS} s a round, medians of ${ROUNDS} rounds`);
console.log(table(['accounts', 'store', 'commits a second', 'runs a commit', 'most runs', 'given up'], lines));
