// The planner against force: `npm run bench:planner [-- --rows=1000000]`. Each query is answered by the plan that is chosen and by every
// other one, in turns, in processor time of all threads, which a busy machine disturbs least; the choice should be within 1.5 x of the best for 90 % of the queries, and never beyond 5 x. Exit code 1 when not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { Dao } from '../../runtime/database/dao.js';
import { openStore } from '../../runtime/database/open.js';
import type { DirectSession } from '../../runtime/database/session.js';
import type { Plan } from '../../runtime/query/access.js';
import { compile, fieldOfRow } from '../../runtime/query/evaluate.js';
import { count, toArray } from '../../runtime/query/executor.js';
import { lowerObject } from '../../runtime/query/object-form.js';
import { countingOf, plans, wantedOf } from '../../runtime/query/planner.js';
import type { Query } from '../../runtime/query/query.js';
import type { Table } from '../../runtime/query/table.js';
import { compileOurs } from '../codec/ours.js';
import { table as markdown, median } from '../stats.js';
import { EVENT, type EventRow, events } from './events.js';
import { type Asked, queries } from './queries.js';

const ROWS = Number(option('rows') ?? 1_000_000);
const GOOD = 1.5;
const GOOD_SHARE = 0.9;
const WORST = 5;
/** A plan that takes so many times as long as the fastest is not run again. */
const HOPELESS = 4;
const ROUNDS = 5;
/** Plans faster than this are run several times in a row, and what is shorter is not told apart, in milliseconds. */
const SHORT_RUN = 2;
const INDISTINCT = 0.01;

interface Run {
  readonly plan: Plan<object>;
  readonly name: string;
  readonly milliseconds: number;
}

class EventDao extends Dao<object, unknown, EventRow> {}

const directory = mkdtempSync(join(tmpdir(), 'quantadb-planner-'));
try {
  process.exitCode = (await main()) ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}

async function main(): Promise<boolean> {
  const runtime = await compileOurs({ entity: EVENT } as never);
  const session = await openStore({ path: directory, memory: 1 << 30 }, [runtime as never], (one) => one);
  try {
    const stored = session.table(runtime) as never as Table<object, unknown>;
    await new EventDao(session, runtime as never).putMany(events(ROWS));
    await session.store.engine.compact(true);
    console.log(`${ROWS.toLocaleString('en')} rows, ${EVENT.indexes.length} indexes\n`);
    const results = queries(ROWS).map((asked) => ({ asked, ...compare(stored, asked, session) }));
    return report(results);
  } finally {
    session.store.closeSync();
  }
}

function compare(table: Table<object, unknown>, asked: Asked, session: DirectSession): { chosen: Run; best: Run } {
  const query = queryOf(asked);
  const wanted = asked.count === true ? countingOf(query) : wantedOf(query);
  const all = plans(table, query, wanted).plans;
  const run = (plan: Plan<object>): number =>
    asked.count === true ? count(table, plan, query, session.view) : toArray(table, plan, query, session.view).length;
  const time = (plan: Plan<object>, times: number): number => {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) run(plan);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / times;
  };
  // A plan by force goes its way to the end.
  const tried = all.map((plan, i) =>
    i === 0 ? plan : { ...plan, otherwise: null, mostKeys: Number.POSITIVE_INFINITY },
  );
  const first = tried.map((plan) => time(plan, 1));
  const bound = Math.min(...first) * HOPELESS;
  const samples = tried.map((_, i): number[] => (first[i]! <= bound || i === 0 ? [] : [first[i]!]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, plan] of tried.entries()) {
      if (first[i]! > bound && (i > 0 || first[i]! > 500)) continue;
      samples[i]!.push(time(plan, Math.max(1, Math.min(50, Math.round(SHORT_RUN / first[i]!)))));
    }
  }
  const runs = tried.map(
    (plan, i): Run => ({
      plan,
      name: nameOf(plan),
      milliseconds: median(samples[i]!.length > 0 ? samples[i]! : [first[i]!]),
    }),
  );
  const best = runs.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a));
  if (option('all') !== undefined) {
    console.log(textOf(asked));
    for (const { name, milliseconds, plan } of runs) {
      console.log(
        `  ${milliseconds.toFixed(3).padStart(9)} ms, expected ${(plan.cost / 1e6).toFixed(3).padStart(9)}  ${name}`,
      );
    }
  }
  return { chosen: runs[0]!, best };
}

function queryOf({ where, orderBy = [], limit }: Asked): Query {
  const { expression, parameters } = lowerObject(EVENT, where as never);
  const holds = compile(expression, parameters(), fieldOfRow);
  return {
    entity: EVENT.name,
    where:
      Object.keys(where).length === 0
        ? []
        : [{ expression, parameters: parameters(), predicate: (row) => !!holds(row) }],
    orderBy: orderBy.map(([name, direction]) => ({ path: [name], direction })),
    limit: limit ?? null,
    offset: 0,
    after: null,
    distinctBy: null,
    projection: null,
    aggregation: null,
  };
}

function report(results: readonly { readonly asked: Asked; readonly chosen: Run; readonly best: Run }[]): boolean {
  const ratio = ({ chosen, best }: { readonly chosen: Run; readonly best: Run }): number =>
    Math.max(chosen.milliseconds, INDISTINCT) / Math.max(best.milliseconds, INDISTINCT);
  const rows = results.map((result) => [
    textOf(result.asked),
    result.chosen.name,
    result.chosen.milliseconds.toFixed(3),
    result.best === result.chosen ? '' : result.best.name,
    result.best.milliseconds.toFixed(3),
    ratio(result).toFixed(2),
  ]);
  console.log(markdown(['query', 'chosen', 'ms', 'best, where another', 'ms', 'ratio'], rows));
  const ratios = results.map(ratio);
  const good = ratios.filter((one) => one <= GOOD).length / ratios.length;
  const worst = Math.max(...ratios);
  console.log(
    `\nWithin ${GOOD} x of the best: ${(good * 100).toFixed(0)} % (goal ${GOOD_SHARE * 100} %). Worst: ${worst.toFixed(2)} x (goal ${WORST} x).`,
  );
  return good >= GOOD_SHARE && worst <= WORST;
}

function nameOf({ parts, also, walk, covering, arrival }: Plan<object>): string {
  const names = [...new Set(parts.map(({ access }) => access.replace('index ', '')))];
  const suffixes = [
    walk && names[0] !== 'scan' ? 'walked' : '',
    covering === null ? '' : 'alone',
    arrival.kind === 'unordered' ? 'sorted' : '',
  ];
  return [names.join(also.length > 0 ? ' & ' : ' + '), ...suffixes.filter((text) => text !== '')].join(', ');
}

function textOf({ where, orderBy = [], limit, count: counts }: Asked): string {
  const text = JSON.stringify(where, (_, value: unknown) =>
    Array.isArray(value) && value.length > 5 ? `${value.length} values` : value,
  );
  const order = orderBy.map(([name, direction]) => `${name} ${direction}`).join(', ');
  return [text.replace(/"/g, ''), order && `by ${order}`, limit && `limit ${limit}`, counts && 'count']
    .filter(Boolean)
    .join(' ');
}

function option(name: string): string | undefined {
  const given = argv.find((argument) => argument === `--${name}` || argument.startsWith(`--${name}=`));
  return given?.split('=')[1] ?? (given === undefined ? undefined : '');
}
