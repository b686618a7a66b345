// `quantadb migrate squash --to=N`: one migration in place of the first N.
import { Command, InvalidArgumentError } from 'commander';
import { squash } from '../../../transformer/migrate/squash.js';
import type { CommandContext } from '../../context.js';
import { DONE } from '../../exit.js';
import { counted } from '../../progress.js';
import { openProject } from './project.js';

export function versionNumber(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be the number of a migration, as 5.');
}

export function squashCommand(context: CommandContext): Command {
  return new Command('squash')
    .description('replace the first migrations by one; the originals move to migrations/squashed for older databases')
    .requiredOption('--to <number>', 'the last migration to take in', versionNumber)
    .option('--json', 'one line of JSON on stdout')
    .action(({ to }: { readonly to: number }) => {
      const { terminal } = context;
      const { folder, loader, project } = openProject(context);
      folder.check();
      const replaced = squash(folder, loader, to, project.importExtension);
      terminal.result({ to, replaced: replaced.map(({ number, name, id }) => ({ number, name, id })) });
      terminal.line(
        `${terminal.style('green', 'squashed')} ${counted(replaced.length, 'migration')} into number ${to}`,
      );
      context.exit(DONE);
    });
}
