// What the compiler plugin costs: a generated project of 200 entities x 10 fields and 1,000 queries, built by `tspc` with the
// plugin, once with the generated files on disk and once without them, and by the same compiler without the plugin. User CPU
// time, the best of the rounds, because wall clock time says more of the neighbours; then how long it takes from the save of a
// file until `generate --watch` has written what follows from it, and until a bundler's plugin has compiled a saved query file.
//
//   node scripts/bench-compile.mjs [rounds, 0 for the saves alone]
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
import { pathToFileURL } from 'node:url';

const ENTITIES = 200;
const QUERIES = 1_000;
const ROUNDS = Number(process.argv[2] ?? 3);
const GOAL_RATIO = 1.25;
const GOAL_WATCH_MS = 300;
/** An enum that every so many entities share. */
const SHARED_BY = 4;
/** Saves are this far apart, so that each stands alone. */
const PAUSE_MS = 700;

const ROOT = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'quantadb-bench-compile-'));
const file = (name) => join(folder, name);

const LEVELS = 'export enum Level {\n  One = 1,\n  Two = 2,\n  Three = 3,\n}\n';

function entity(i) {
  const isShared = i % SHARED_BY === 0;
  return `import { Index, PrimaryKey, QuantaEntity } from 'quantadb';
${isShared ? "import type { Level } from './level.js';\n" : ''}
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
  level!: ${isShared ? 'Level' : '1 | 2 | 3'};
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
  writeFileSync(file('src/models/level.ts'), LEVELS);
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

/** The ways of saving: in place, and as editors that write a new file and give it the name of the old one. */
function save(name, text, isReplaced) {
  const target = isReplaced ? `${file(name)}~` : file(name);
  writeFileSync(target, text);
  if (isReplaced) renameSync(target, file(name));
}

/** What is saved, one after the other: a field of another entity each time, and now and then a member of the shared enum. */
function* edits() {
  let levels = LEVELS;
  for (let i = 0; i < 20; i++) {
    const isReplaced = i % 5 === 4;
    if (i % 4 === 3) {
      levels = levels.replace('}', `  More${i} = ${10 + i},\n}`);
      yield ['the shared enum', 'src/models/level.ts', levels, isReplaced];
    } else {
      const name = `src/models/entity${7 * i + 1}.ts`;
      yield ['an entity', name, entity(7 * i + 1).replace('  name', `  added${i}?: string;\n  name`), isReplaced];
    }
  }
}

/** Milliseconds from each save to the line that `generate --watch` prints once all is on disk. */
async function watchMilliseconds() {
  const child = spawn(
    process.execPath,
    [file('node_modules/quantadb/dist/cli/main.js'), 'generate', '--watch', '--json'],
    { cwd: folder },
  );
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const times = {};
  try {
    await lines.next();
    for (const [kind, name, text, isReplaced] of edits()) {
      await new Promise((done) => setTimeout(done, PAUSE_MS));
      const began = performance.now();
      save(name, text, isReplaced);
      const { written, failed } = JSON.parse((await lines.next()).value);
      times[kind] ??= [];
      times[kind].push(performance.now() - began);
      if (failed || written.length < 2) throw new Error(`${name} was saved, and ${written.length} files were written`);
    }
  } finally {
    child.kill('SIGINT');
  }
  return times;
}

/** Milliseconds that the plugin of a development server works when a query file was saved and is asked for. */
async function servedMilliseconds() {
  const from = (name) => import(pathToFileURL(join(ROOT, 'dist/transformer/hosts', name)).href);
  const [{ Compilation }, { loadProject }, { resolveCompiler }] = await Promise.all(
    ['compilation.js', 'config-file.js', 'compiler.js'].map(from),
  );
  const compilation = new Compilation(resolveCompiler(folder).ts, loadProject(folder));
  const times = [];
  for (let i = 0; i < 20; i++) {
    const name = file(`src/queries/entity${9 * i + 2}.ts`);
    appendFileSync(name, `export const added${i} = (db: Database) => db.entity${i}.where((u) => u.score > ${i});\n`);
    const began = performance.now();
    compilation.refresh();
    const { code } = compilation.compileFile(name, readFileSync(name, 'utf8'));
    times.push(performance.now() - began);
    if (!code.includes(`"value":${i}}`)) throw new Error(`${name} was not lowered`);
  }
  return times;
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
  const verdict = (isMet) => (isMet ? 'met' : 'missed');
  if (ROUNDS > 0) {
    const [without, plugin, alone] = [times.without, times.with, times.alone].map((seconds) => Math.min(...seconds));
    const ratio = (seconds) =>
      `${(seconds / without).toFixed(2)} x (goal ${GOAL_RATIO}: ${verdict(seconds / without <= GOAL_RATIO)})`;
    console.log(`${ENTITIES} entities x 10 fields, ${QUERIES} queries; best of ${ROUNDS}, user CPU time`);
    console.log(`without the plugin     ${without.toFixed(2)} s`);
    console.log(`with the plugin        ${plugin.toFixed(2)} s, ${ratio(plugin)}`);
    console.log(`and nothing on disk    ${alone.toFixed(2)} s, ${ratio(alone)}`);
  }
  const show = (kind, milliseconds) => {
    const sorted = milliseconds.sort((a, b) => a - b);
    const [median, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
    const met = verdict(worst <= GOAL_WATCH_MS);
    console.log(
      `${kind.padEnd(22)} ${median.toFixed(0)} ms, at worst ${worst.toFixed(0)} of ${sorted.length} (goal ${GOAL_WATCH_MS}: ${met})`,
    );
  };
  console.log('one save, watched:');
  for (const [kind, milliseconds] of Object.entries(await watchMilliseconds())) show(kind, milliseconds);
  show('a query file, served', await servedMilliseconds());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
