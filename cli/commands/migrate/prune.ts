// `quantadb migrate prune`: drops what migrations have kept of the rows that they replaced.
import { Command } from 'commander';
import { openEngine, requireDatabase } from '../../../runtime/engine/index.js';
import { MigrationError } from '../../../runtime/errors.js';
import { archivesIn, pruneArchives } from '../../../runtime/migrate/status.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import type { CommandContext } from '../../context.js';
import { DONE } from '../../exit.js';
import { bytesText, counted } from '../../progress.js';
import { openProject } from './project.js';

export function pruneCommand(context: CommandContext): Command {
  return new Command('prune')
    .description('drop what migrations have kept of the rows they replaced: going back loses that data from then on')
    .option('--yes', 'do it; without, a person at the terminal is asked')
    .option('--json', 'one line of JSON on stdout')
    .action(async ({ yes = false }: { readonly yes?: boolean }) => {
      await prune(context, yes);
      context.exit(DONE);
    });
}

async function prune(context: CommandContext, yes: boolean): Promise<void> {
  const { terminal } = context;
  const path = openProject(context).project.database;
  const vfs = new NodeVfs();
  requireDatabase(vfs, path);
  const engine = await openEngine({ vfs, path });
  try {
    const archives = archivesIn(engine);
    const bytes = archives.reduce((sum, archive) => sum + archive.bytes, 0);
    const what = `${counted(archives.length, 'archive')}, ${bytesText(bytes)}`;
    if (archives.length > 0 && !yes) await confirm(context, what);
    pruneArchives(engine);
    terminal.result({ pruned: archives, bytes });
    terminal.line(archives.length === 0 ? 'There is no archive.' : `${terminal.style('green', 'pruned')} ${what}`);
  } finally {
    await engine.close();
  }
}

/** @throws MigrationError QDB3019 when nobody agrees */
async function confirm({ ask }: CommandContext, what: string): Promise<void> {
  if (ask !== null && (await ask(`Type prune to drop ${what}: `)) === 'prune') return;
  throw new MigrationError(
    'QDB3019',
    `Without ${what}, going back gives dropped data no more. Nothing was changed; say --yes to go on.`,
  );
}
