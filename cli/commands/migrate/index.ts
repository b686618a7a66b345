// `quantadb migrate`: writes migrations and runs them.
import { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { createCommand } from './create.js';
import { lintCommand } from './lint.js';
import { rebaseCommand } from './rebase.js';
import { squashCommand } from './squash.js';

const COMMANDS = [createCommand, lintCommand, rebaseCommand, squashCommand];

export function migrateCommand(context: CommandContext): Command {
  const migrate = new Command('migrate').description('versioned migrations of the schema and the data, up and down');
  for (const command of COMMANDS) migrate.addCommand(command(context).copyInheritedSettings(migrate));
  return migrate;
}
