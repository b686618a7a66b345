// `quantadb migrate rehearse`: runs what is pending on a copy that shares the database's tables, and throws the copy away.
import { mkdtempSync, rmSync } from 'node:fs';
import { Command } from 'commander';
import { rehearse } from '../../../runtime/migrate/rehearse.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import { stem } from '../../../transformer/migrate/files.js';
import { lintMigration } from '../../../transformer/migrate/lint.js';
import type { CommandContext } from '../../context.js';
import { DONE, type ExitCode, FAILED } from '../../exit.js';
import { counted, durationText, ProgressBar } from '../../progress.js';
import { projectLine } from './line.js';
import { openProject } from './project.js';
import { type RunOptions, target } from './run.js';
import { versionNumber } from './squash.js';

export function rehearseCommand(context: CommandContext): Command {
  return new Command('rehearse')
    .description('run what is pending on a copy, say what fails, what is lost and how long it takes; exit 1 on failure')
    .option('--version <number>', 'the migration to be at; the last by default', versionNumber)
    .option('--baseline <number>', 'which migration a database is at that has never seen one', versionNumber)
    .option('--json', 'one line of JSON on stdout')
    .action(async (options: RunOptions) => context.exit(await rehearseIt(context, options)));
}

async function rehearseIt(context: CommandContext, options: RunOptions): Promise<ExitCode> {
  const { terminal } = context;
  const opened = openProject(context);
  const line = projectLine(opened);
  const { database } = opened.project;
  // Beside the database, for hard links reach no other file system.
  const scratch = mkdtempSync(`${database}.rehearsal-`);
  const clock = (): number => performance.now();
  const bar = new ProgressBar(terminal, clock);
  try {
    const rehearsal = await rehearse(
      { vfs: new NodeVfs(), path: database, scratch, clock },
      {
        ...line,
        ...target(options),
        onProgress: ({ number, name, entity, done, total }) => bar.show(`${number} ${name}, ${entity}`, done, total),
      },
    );
    bar.end();
    const { failure, ran, linked, copied } = rehearsal;
    const migrations = ran.map((one) => ({
      ...one,
      milliseconds: Math.round(one.milliseconds),
      losses: lossesOf(line, one),
    }));
    terminal.result({
      ...rehearsal,
      ran: migrations,
      failure: failure === null ? null : { code: failure.code, message: failure.message },
    });
    for (const { number, name, direction, rows, milliseconds, losses } of migrations) {
      const figures = `${direction}, ${counted(rows, 'row')}, ${durationText(milliseconds)}`;
      terminal.line(`${terminal.style('green', 'works')} ${stem({ number, name })} (${figures})`);
      for (const message of losses) terminal.line(`  ${terminal.style('red', 'loses')} ${message}`);
    }
    if (failure !== null) terminal.line(`${terminal.style('red', 'fails')} ${failure.message}`);
    terminal.line(
      `That was on a copy (${linked} tables linked, ${copied} copied), which is gone; the database is at ${rehearsal.from} as before.`,
    );
    return failure === null ? DONE : FAILED;
  } finally {
    bar.end();
    rmSync(scratch, { recursive: true, force: true });
  }
}

function lossesOf(
  { migrations, squashed }: ReturnType<typeof projectLine>,
  { number, direction }: { readonly number: number; readonly direction: 'up' | 'down' },
): readonly string[] {
  const entry = [...migrations, ...squashed].find((one) => one.number === number);
  if (entry === undefined) return [];
  return lintMigration(entry.migration, direction).flatMap(({ losesData, message }) => (losesData ? [message] : []));
}
