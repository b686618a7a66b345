// `quantadb init`: writes the config file, and says what else a project needs.
import { writeFileSync } from 'node:fs';
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

const NEXT = `
Next:
  1. Write classes marked with @QuantaEntity() below src/models.
  2. Either run \`quantadb generate\` before your compiler, or let it happen inside: npm i -D ts-patch, compile with \`tspc\`, and
     add to compilerOptions of tsconfig.json:
       "plugins": [{ "transform": "quantadb/transformer", "transformProgram": true }]
  3. import { openDatabase } from './quanta/index.js';`;

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
  terminal.line(`${terminal.style('green', 'wrote')} quantadb.config.ts${NEXT}`);
  return DONE;
}
