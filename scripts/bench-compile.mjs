// What the compiler plugin costs: a generated project of 200 entities x 10 fields and 1,000 queries, built by `tspc` with the
// plugin, once with the generated files on disk and once without them, and by the same compiler without the plugin. User CPU time, the best of the rounds, because
// wall clock time says more of the neighbours; then how soon `generate --watch` has reacted to one saved file.
//
//   node scripts/bench-compile.mjs [rounds]
import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ENTITIES = 200;
const QUERIES = 1_000;
const ROUNDS = Number(process.argv[2] ?? 3);
const GOAL_RATIO = 1.25;
const GOAL_WATCH_MS = 300;
const WATCH_SAVES = 5;

const ROOT = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'quantadb-bench-compile-'));
const file = (name) => join(folder, name);

function entity(i) {
  return `import { Index, PrimaryKey, QuantaEntity } from 'quantadb';

@QuantaEntity()
export class Entity${i} {
  @PrimaryKey({ autoIncrement: true }) id!: number;
  @Index({ unique: true }) email!: string;
  @Index() seen!: Date;
  name!: string;
  active!: boolean;
  score!: number;
  tags!: string[];
  note?: string;
  level!: 1 | 2 | 3;
  rank!: number | null;
}
`;
}

function queries(i) {
  const dao = `db.entity${i}`;
  return `import type { Database } from '../quanta/index.js';

export async function run(db: Database, since: Date, ids: number[], text: string): Promise<unknown[]> {
  return [
    await ${dao}.where((u) => u.active && u.seen > since && u.email.startsWith('a')).sortBy((u) => u.seen).limit(20).toArray(),
    await ${dao}.where((u) => ids.includes(u.id) || u.name.trim().toLowerCase() === text).toArray(),
    await ${dao}.where((u) => u.tags.includes('vip') && (u.note ?? '') !== text).count(),
    await ${dao}.where(({ score, rank }) => score * 2 + 1 > ids.length && rank !== null && rank > 3).exists(),
    await ${dao}.where((u) => u.tags.some((t) => t.length > 3) && u.level === 2).first(),
  ];
}
`;
}

function writeProject() {
  mkdirSync(file('node_modules/@types'), { recursive: true });
  symlinkSync(ROOT, file('node_modules/quantadb'));
  for (const name of ['typescript', 'ts-patch', '@types/node'])
    symlinkSync(join(ROOT, 'node_modules', name), file(`node_modules/${name}`));
  mkdirSync(file('src/models'), { recursive: true });
  mkdirSync(file('src/queries'), { recursive: true });
  writeFileSync(file('package.json'), '{ "name": "bench", "type": "module" }\n');
  for (let i = 0; i < ENTITIES; i++) {
    writeFileSync(file(`src/models/entity${i}.ts`), entity(i));
    writeFileSync(file(`src/queries/entity${i}.ts`), queries(i));
  }
  const options = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    types: ['node'],
    rootDir: 'src',
    outDir: 'dist',
  };
  const plugins = [{ transform: 'quantadb/transformer', transformProgram: true }];
  writeFileSync(file('plain.json'), JSON.stringify({ compilerOptions: options, include: ['src'] }));
  writeFileSync(file('tsconfig.json'), JSON.stringify({ compilerOptions: { ...options, plugins }, include: ['src'] }));
}

/** User CPU seconds of a child that must succeed. */
function userSeconds(...args) {
  rmSync(file('dist'), { recursive: true, force: true });
  const probe = `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(file('usage'))}, String(process.resourceUsage().userCPUTime)))`;
  writeFileSync(file('probe.cjs'), probe);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', file('probe.cjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stdout.slice(0, 2_000)}${stderr.slice(0, 2_000)}`);
  return Number(readFileSync(file('usage'), 'utf8')) / 1e6;
}

async function watchMilliseconds() {
  const child = spawn(
    process.execPath,
    [file('node_modules/quantadb/dist/cli/main.js'), 'generate', '--watch', '--json'],
    { cwd: folder },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const times = [];
  try {
    await lines.next();
    for (let save = 0; save < WATCH_SAVES; save++) {
      await new Promise((done) => setTimeout(done, 1_000));
      const began = performance.now();
      appendFileSync(file('src/models/entity7.ts'), `// saved ${save}\n`);
      await lines.next();
      times.push(performance.now() - began);
    }
  } finally {
    child.kill('SIGINT');
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

try {
  writeProject();
  const tsc = 'node_modules/typescript/lib/tsc.js';
  const tspc = 'node_modules/ts-patch/bin/tspc.js';
  userSeconds('node_modules/quantadb/dist/cli/main.js', 'generate');
  const times = { without: [], with: [], alone: [] };
  for (let round = 0; round < ROUNDS; round++) {
    times.without.push(userSeconds(tsc, '-p', 'plain.json'));
    times.with.push(userSeconds(tspc, '-p', 'tsconfig.json'));
    renameSync(file('src/quanta'), file('quanta'));
    times.alone.push(userSeconds(tspc, '-p', 'tsconfig.json'));
    renameSync(file('quanta'), file('src/quanta'));
  }
  const [without, plugin, alone] = [times.without, times.with, times.alone].map((seconds) => Math.min(...seconds));
  const watch = await watchMilliseconds();
  const verdict = (isMet) => (isMet ? 'met' : 'missed');
  console.log(`${ENTITIES} entities x 10 fields, ${QUERIES} queries; best of ${ROUNDS}, user CPU time`);
  const ratio = (seconds) =>
    `${(seconds / without).toFixed(2)} x (goal ${GOAL_RATIO}: ${verdict(seconds / without <= GOAL_RATIO)})`;
  console.log(`without the plugin     ${without.toFixed(2)} s`);
  console.log(`with the plugin        ${plugin.toFixed(2)} s, ${ratio(plugin)}`);
  console.log(`and nothing on disk    ${alone.toFixed(2)} s, ${ratio(alone)}`);
  console.log(
    `one save, watched      ${watch.toFixed(0)} ms (goal ${GOAL_WATCH_MS}: ${verdict(watch <= GOAL_WATCH_MS)})`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
