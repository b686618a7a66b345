// `quantadb migrate`: writes migrations and runs them.
import { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { createCommand } from './create.js';
import { fixtureCommand } from './fixture.js';
import { lintCommand } from './lint.js';
import { pruneCommand } from './prune.js';
import { rebaseCommand } from './rebase.js';
import { rehearseCommand } from './rehearse.js';
import { type RunOptions, run } from './run.js';
import { squashCommand, versionNumber } from './squash.js';
import { statusCommand } from './status.js';

const COMMANDS = [
  createCommand,
  statusCommand,
  lintCommand,
  rehearseCommand,
  pruneCommand,
  fixtureCommand,
  rebaseCommand,
  squashCommand,
];

export function migrateCommand(context: CommandContext): Command {
  const migrate = new Command('migrate')
    .description('bring the database to a version, up or down; or write, check and tend migrations')
    .option('--version <number>', 'the migration to be at, 0 for before the first; the last by default', versionNumber)
    .option('--dry-run', 'show what would run, the rows and bytes it touches and what would be lost; change nothing')
    .option('--yes', 'go on although a step loses data; without, a person at the terminal is asked')
    .option('--baseline <number>', 'which migration a database is at that has never seen one', versionNumber)
    .option('--json', 'one line of JSON on stdout')
    // Options behind a command's name are that command's.
    .enablePositionalOptions()
    .exitOverride()
    .action(async (options: RunOptions) => context.exit(await run(context, options)));
  for (const command of COMMANDS) migrate.addCommand(command(context).copyInheritedSettings(migrate));
  return migrate;
}
