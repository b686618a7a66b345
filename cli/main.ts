#!/usr/bin/env node
// The `quantadb` command: reads the command line, runs one command, sets the exit code.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { QuantaError } from '../runtime/errors.js';
import { askOn } from './ask.js';
import { backupCommand, restoreCommand } from './commands/backup.js';
import { checkCommand } from './commands/check.js';
import { doctorCommand } from './commands/doctor.js';
import { generateCommand } from './commands/generate.js';
import { initCommand } from './commands/init.js';
import { migrateCommand } from './commands/migrate/index.js';
import type { CommandContext } from './context.js';
import { DONE, type ExitCode, FAILED, WRONG_USAGE } from './exit.js';
import { Terminal } from './terminal.js';

const COMMANDS = [
  initCommand,
  generateCommand,
  checkCommand,
  migrateCommand,
  backupCommand,
  restoreCommand,
  doctorCommand,
];

async function main(args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = DONE;
  const context: CommandContext = {
    directory: process.cwd(),
    terminal: new Terminal(process, args.includes('--json')),
    exit: (ended) => {
      code = ended;
    },
    ask:
      process.stdin.isTTY && process.stderr.isTTY && !args.includes('--json')
        ? askOn(process.stdin, process.stderr)
        : null,
    interrupted: () =>
      new Promise((resolve) => {
        process.once('SIGINT', resolve).once('SIGTERM', resolve);
      }),
  };
  const program = new Command('quantadb')
    .description('An embedded database that the TypeScript compiler understands.')
    .version(version())
    .showHelpAfterError('(see quantadb --help)')
    // A command's own --version, as of migrate, is not the program's.
    .enablePositionalOptions()
    .exitOverride();
  for (const command of COMMANDS) program.addCommand(command(context).copyInheritedSettings(program));
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE;
    if (!(error instanceof QuantaError)) throw error;
    context.terminal.result({ failed: true, code: error.code, message: error.message });
    context.terminal.error(error.message);
    return FAILED;
  }
  return code;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return manifest.version;
}

process.exitCode = await main(process.argv.slice(2));
