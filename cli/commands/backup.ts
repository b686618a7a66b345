// `quantadb backup <from> <to> [--incremental]` and `quantadb restore <backup> <to>`.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { openEngine, requireDatabase, restoreBackup } from '../../runtime/engine/index.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import type { CommandContext } from '../context.js';
import { DONE } from '../exit.js';

interface BackupFlags {
  readonly incremental?: boolean;
}

export function backupCommand(context: CommandContext): Command {
  return new Command('backup')
    .description('copy a database that no process has open; inside one that has, call db.backup()')
    .argument('<from>', 'directory of the database')
    .argument('<to>', 'directory of the backup: new or empty, or an earlier backup with --incremental')
    .option('--incremental', 'bring an earlier backup up to date, writing only what it lacks')
    .option('--json', 'one line of JSON on stdout')
    .action(async (from: string, to: string, { incremental = false }: BackupFlags) => {
      await backup(context, resolve(context.directory, from), resolve(context.directory, to), incremental);
      context.exit(DONE);
    });
}

export function restoreCommand(context: CommandContext): Command {
  return new Command('restore')
    .description('check every block of a backup, then make a database of it')
    .argument('<backup>', 'directory of the backup')
    .argument('<to>', 'directory of the database: new or empty, nothing is overwritten')
    .option('--json', 'one line of JSON on stdout')
    .action(async (from: string, to: string) => {
      const { terminal, directory } = context;
      const summary = await restoreBackup(new NodeVfs(), resolve(directory, from), resolve(directory, to));
      terminal.result(summary);
      terminal.line(`${terminal.style('green', 'restored')} ${to}: ${tablesText(summary)}, every block checked`);
      context.exit(DONE);
    });
}

async function backup({ terminal }: CommandContext, from: string, to: string, incremental: boolean): Promise<void> {
  await loadXxh3();
  const vfs = new NodeVfs();
  requireDatabase(vfs, from);
  const engine = await openEngine({ vfs, path: from, compaction: 'manual' });
  try {
    const summary = await engine.backup(to, { incremental });
    terminal.result(summary);
    const { linked, copied, kept } = summary;
    terminal.line(
      `${terminal.style('green', 'backed up')} ${from}: ${tablesText(summary)} (${linked} linked, ${copied} copied, ${kept} kept)`,
    );
  } finally {
    await engine.close();
  }
}

function tablesText({ tables, bytes }: { readonly tables: number; readonly bytes: number }): string {
  return `${tables} ${tables === 1 ? 'table' : 'tables'}, ${bytes} bytes`;
}
