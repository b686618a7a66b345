// `quantadb init`: writes the config file, and says what else a project needs, by what it is compiled with.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { findConfigFile } from '../../transformer/hosts/config-file.js';
import type { CommandContext } from '../context.js';
import { DONE, type ExitCode, FAILED } from '../exit.js';

const CONFIG = `import { defineConfig } from 'quantadb/config';

export default defineConfig({
  entities: ['src/models/**/*.ts'],
  out: 'src/quanta',
  database: './data',
});
`;

const DECORATED = `Write classes marked with decorators below src/models:
       @QuantaEntity() export class User { @PrimaryKey({ autoIncrement: true }) id!: number; }`;

const DEFINED = `Write classes below src/models. Here types are stripped, so mark them without decorators:
       export class User { id!: number; }
       defineEntity(User, { id: primaryKey({ autoIncrement: true }) });`;

/** The bundlers that quantadb/unplugin serves, as packages and as its methods. */
const BUNDLERS: readonly (readonly [name: string, method: string])[] = [
  ['vite', 'vite'],
  ['vitest', 'vite'],
  ['@rspack/core', 'rspack'],
  ['webpack', 'webpack'],
  ['rolldown', 'rolldown'],
  ['rollup', 'rollup'],
  ['esbuild', 'esbuild'],
];

export function initCommand(context: CommandContext): Command {
  return new Command('init')
    .description('write quantadb.config.ts')
    .option('--json', 'one line of JSON on stdout')
    .action(() => context.exit(init(context)));
}

function init({ terminal, directory }: CommandContext): ExitCode {
  const existing = findConfigFile(directory);
  if (existing !== null) {
    terminal.error(`${existing} is there already.`);
    return FAILED;
  }
  const file = join(directory, 'quantadb.config.ts');
  writeFileSync(file, CONFIG);
  terminal.result({ written: [file] });
  terminal.line(`${terminal.style('green', 'wrote')} quantadb.config.ts

Next:
  1. ${stripsTypes(directory) ? DEFINED : DECORATED}
  2. ${hostOf(directory)}
  3. import { openDatabase } from './quanta/index.js';

docs/compilers.md has every other way.`);
  return DONE;
}

/** Whether the project says that its types are only stripped: then no decorator may be left in the source. */
function stripsTypes(directory: string): boolean {
  const isErasable = /"erasableSyntaxOnly"\s*:\s*true/.test(read(join(directory, 'tsconfig.json')));
  return isErasable || /\bnode\b[^"&|;]*\.[cm]?ts\b/.test(read(join(directory, 'package.json')));
}

/** How the project can be compiled, by the first bundler among its packages. */
function hostOf(directory: string): string {
  const manifest = read(join(directory, 'package.json'));
  const [, method] = BUNDLERS.find(([name]) => manifest.includes(`"${name}":`)) ?? [];
  if (method !== undefined) {
    return `Add the plugin to the configuration of your bundler:
       import quantadb from 'quantadb/unplugin';
       plugins: [quantadb.${method}()]`;
  }
  const has = (...names: string[]): boolean => names.some((name) => existsSync(join(directory, name)));
  if (has('bunfig.toml', 'bun.lock', 'bun.lockb')) {
    return `Run it with: bun --preload quantadb/bun src/main.ts
     or add to bunfig.toml: preload = ["quantadb/bun"]`;
  }
  if (has('deno.json', 'deno.jsonc')) return 'Run it with: deno run -A --preload npm:quantadb/register src/main.ts';
  if (stripsTypes(directory)) {
    return 'Run it with: node --import quantadb/register src/main.ts';
  }
  return `Either run \`quantadb generate\` before your compiler, or let it happen inside: npm i -D ts-patch, compile with \`tspc\`, and
     add to compilerOptions of tsconfig.json:
       "plugins": [{ "transform": "quantadb/transformer", "transformProgram": true }]`;
}

function read(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
