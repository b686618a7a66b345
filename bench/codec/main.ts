// The race of codecs: `npm run bench:codec`. Encode and decode on four shapes of rows beside JSON, msgpackr, avsc, pbf and
// v8.serialize, in turns, each contestant in a process of its own (contestant.ts); then single fields out of encoded rows,
// and the validator beside zod. Options: --rounds=25, --shape=users.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { race, table } from '../stats.js';
import { FIELDS_A_CALL } from './fields.js';
import { SHAPES } from './shapes.js';

const NAMES = ['QuantaDB', 'JSON', 'msgpackr records', 'avsc', 'pbf', 'v8.serialize'];
const ROUNDS = Number(option('rounds') ?? 25);
const CONTESTANT = fileURLToPath(new URL('./contestant.js', import.meta.url));

interface Runner {
  readonly name: string;
  readonly process: ChildProcess;
  readonly bytes: number;
  readonly works: readonly string[];
}

for (const { name } of SHAPES) if (name.includes(option('shape') ?? '')) await raceShape(name);

async function raceShape(shape: string): Promise<void> {
  // One after another: they warm up undisturbed by each other.
  const runners: Runner[] = [];
  for (const name of NAMES) runners.push(await start(shape, name));
  const encoded = await raceWork(runners, 'encode');
  const decoded = await raceWork(runners, 'decode');
  const bytes = new Map(runners.map((runner) => [runner.name, runner.bytes]));
  const line = (name: string): string[] => [
    name,
    ns(encoded.get(name)!),
    ns(decoded.get(name)!),
    String(bytes.get(name)),
  ];
  const best = ['QuantaDB / best peer', ratio(encoded), ratio(decoded), ratio(bytes)];
  console.log(`\n${shape}\n`);
  console.log(table(['codec', 'encode ns', 'decode ns', 'bytes'], [...NAMES.map(line), best]));

  const others = new Set(
    runners.flatMap(({ works }) => works).filter((work) => work !== 'encode' && work !== 'decode'),
  );
  const single: string[][] = [];
  for (const work of others)
    for (const [, taken] of await raceWork(runners, work)) {
      single.push([work, ns(work.startsWith('field') ? taken / FIELDS_A_CALL : taken)]);
    }
  if (single.length > 0) console.log(`\n${table(['work on a users row', 'ns'], single)}`);
  for (const runner of runners) runner.process.disconnect();
}

async function start(shape: string, name: string): Promise<Runner> {
  const process = fork(CONTESTANT, [shape, name]);
  const ready = await Promise.race([
    once(process, 'message'),
    once(process, 'exit').then(() => Promise.reject(new Error(`${name} did not start`))),
  ]);
  const { bytes, works } = ready[0] as { bytes: number; works: string[] };
  return { name, process, bytes, works };
}

/** Median of each runner that knows the work. */
function raceWork(runners: readonly Runner[], work: string): Promise<Map<string, number>> {
  const contestants = runners
    .filter(({ works }) => works.includes(work))
    .map(({ name, process }) => ({
      name,
      run: async (): Promise<number> => {
        process.send(work);
        const [taken] = await once(process, 'message');
        return taken as number;
      },
    }));
  return race(contestants, ROUNDS);
}

function ratio(values: ReadonlyMap<string, number>): string {
  const peers = NAMES.slice(1).map((name) => values.get(name)!);
  return (values.get('QuantaDB')! / Math.min(...peers)).toFixed(2);
}

function ns(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}

function option(name: string): string | undefined {
  return argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}
