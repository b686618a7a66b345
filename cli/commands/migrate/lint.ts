// `quantadb migrate lint`: what migrations may do to data and to running code, before they run.
import { Command } from 'commander';
import { stem } from '../../../transformer/migrate/files.js';
import { lintMigration } from '../../../transformer/migrate/lint.js';
import type { CommandContext } from '../../context.js';
import { DONE } from '../../exit.js';
import { openProject } from './project.js';

interface Options {
  readonly all?: boolean;
}

export function lintCommand(context: CommandContext): Command {
  return new Command('lint')
    .description('say what the last migration may destroy, depend on, break or rewrite')
    .option('--all', 'say it of every migration')
    .option('--json', 'one line of JSON on stdout')
    .action(({ all = false }: Options) => {
      const { terminal } = context;
      const { folder, loader } = openProject(context);
      folder.check();
      const { entries } = folder.lock;
      const linted = (all ? entries : entries.slice(-1)).map((entry) => ({
        migration: stem(entry),
        findings: lintMigration(loader.entry(entry).migration, 'up'),
      }));
      terminal.result({ migrations: linted });
      for (const { migration, findings } of linted) {
        terminal.line(`${migration}: ${findings.length === 0 ? 'nothing to say' : ''}`);
        for (const { code, message, advice } of findings) {
          terminal.line(`  ${terminal.style('yellow', code)} ${message} ${terminal.style('dim', advice)}`);
        }
      }
      context.exit(DONE);
    });
}
