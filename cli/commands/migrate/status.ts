// `quantadb migrate status`: where the database stands in the line of migrations, and what is odd about it.
import { relative } from 'node:path';
import { Command } from 'commander';
import { diagnose } from '../../../runtime/database/doctor.js';
import { databaseExists, openEngine } from '../../../runtime/engine/index.js';
import { type DatabaseStatus, statusOf } from '../../../runtime/migrate/status.js';
import { NodeVfs } from '../../../runtime/vfs/node.js';
import { stem } from '../../../transformer/migrate/files.js';
import type { CommandContext } from '../../context.js';
import { DONE, type ExitCode, FAILED } from '../../exit.js';
import { bytesText } from '../../progress.js';
import { projectLine } from './line.js';
import { openProject } from './project.js';
import { versionNumber } from './squash.js';

interface Options {
  readonly quick?: boolean;
  readonly baseline?: number;
}

export function statusCommand(context: CommandContext): Command {
  return new Command('status')
    .description(
      'say which migrations the database has run, which are pending, and what is odd; exit 1 when something is',
    )
    .option('--quick', 'leave the comparison of every index with its rows out')
    .option('--baseline <number>', 'which migration a database is at that has never seen one', versionNumber)
    .option('--json', 'one line of JSON on stdout')
    .action(async (options: Options) => context.exit(await status(context, options)));
}

async function status(context: CommandContext, { quick = false, baseline }: Options): Promise<ExitCode> {
  const { terminal, directory } = context;
  const opened = openProject(context);
  const line = projectLine(opened);
  const path = opened.project.database;
  const vfs = new NodeVfs();
  const shown = relative(directory, path) || '.';
  if (!databaseExists(vfs, path)) {
    const pending = line.migrations.map(({ number, name, id }) => ({ number, name, id }));
    terminal.result({ database: null, pending });
    terminal.line(
      `There is no database at ${shown} yet: one that is made now is at version ${pending.at(-1)?.number ?? 0}.`,
    );
    return DONE;
  }
  const engine = await openEngine({ vfs, path, compaction: 'manual' });
  let found: DatabaseStatus;
  try {
    found = statusOf(engine, line, baseline);
  } finally {
    await engine.close();
  }
  const findings = quick ? [] : (await diagnose(vfs, path)).findings.filter(({ severity }) => severity !== 'note');
  const { pending, problem, begun, ...rest } = found;
  terminal.result({
    database: shown,
    ...rest,
    pending: pending.map(({ number, name, id }) => ({ number, name, id })),
    begun,
    problem: problem === null ? null : { code: problem.code, message: problem.message },
    findings,
  });
  showStatus(context, found);
  for (const { code, message } of findings) terminal.line(`${terminal.style('yellow', code)} ${message}`);
  if (findings.length > 0 || found.strays.length > 0) {
    terminal.line(`\`quantadb doctor ${shown} --repair <new directory>\` saves every row and builds the indexes anew.`);
  }
  const isOdd =
    problem !== null ||
    found.applied.some(({ edited, known }) => edited || !known) ||
    found.drift.length + found.strays.length + findings.length > 0;
  return isOdd ? FAILED : DONE;
}

function showStatus({ terminal }: CommandContext, found: DatabaseStatus): void {
  for (const one of found.applied) {
    const words = [...(one.edited ? ['edited since'] : []), ...(one.known ? [] : ['unknown to this code'])];
    const all = [...words, ...begunWords(found, one.number, 'down')];
    terminal.line(`${mark(terminal, words)} ${stem(one)}${all.length > 0 ? ` (${all.join(', ')})` : ''}`);
  }
  for (const one of found.pending) {
    const words = begunWords(found, one.number, 'up');
    terminal.line(
      `${terminal.style('yellow', 'pending')} ${stem(one)}${words.length > 0 ? ` (${words.join(', ')})` : ''}`,
    );
  }
  if (found.problem !== null) terminal.line(`${terminal.style('red', 'unclear')} ${found.problem.message}`);
  for (const difference of found.drift) terminal.line(`${terminal.style('red', 'drift')}   ${difference}`);
  for (const { name, bytes } of found.strays) {
    terminal.line(
      `${terminal.style('red', 'stray')}   no schema tells what the tree ${name} holds (${bytesText(bytes)})`,
    );
  }
  if (found.archives.length > 0) {
    const bytes = found.archives.reduce((sum, archive) => sum + archive.bytes, 0);
    terminal.line(`archive ${bytesText(bytes)} of replaced rows are kept; \`quantadb migrate prune\` drops them`);
  }
}

/** A migration that has not come to its end one way: what a run that way does next. */
function begunWords({ begun }: DatabaseStatus, number: number, direction: 'up' | 'down'): string[] {
  if (begun?.number !== number || begun.direction !== direction) return [];
  const way = direction === 'down' ? ' on its way down' : '';
  return [
    `begun${way}: ${begun.goesOn ? 'the next run goes on with it' : 'its steps have changed, so the next run begins it afresh'}`,
  ];
}

function mark(terminal: CommandContext['terminal'], words: readonly string[]): string {
  return words.length > 0 ? terminal.style('red', 'applied') : terminal.style('green', 'applied');
}
