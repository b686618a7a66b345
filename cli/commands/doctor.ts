// `quantadb doctor <path> [--repair <to>]`: what is wrong with a database, in words, and what can be saved of it.
import { resolve } from 'node:path';
import { Command } from 'commander';
import { diagnose, repair } from '../../runtime/database/doctor.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import type { CommandContext } from '../context.js';
import { DONE, type ExitCode, FAILED } from '../exit.js';

type Findings = Awaited<ReturnType<typeof diagnose>>['findings'];

export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('check every block, row and index entry of a database; exit 1 when something is wrong')
    .argument('<path>', 'directory of the database, which no process may have open; nothing in it is changed')
    .option('--repair <to>', 'save every row that still verifies to a new database in this directory')
    .option('--json', 'one line of JSON on stdout')
    .action(async (path: string, options: { readonly repair?: string }) => {
      const from = resolve(context.directory, path);
      const { repair: to } = options;
      context.exit(
        to === undefined ? await check(context, from) : await save(context, from, resolve(context.directory, to)),
      );
    });
}

async function check({ terminal }: CommandContext, path: string): Promise<ExitCode> {
  const diagnosis = await diagnose(new NodeVfs(), path);
  terminal.result(diagnosis);
  tell(terminal, diagnosis.findings);
  for (const { name, rows } of diagnosis.entities) terminal.line(`${name}: ${rows} rows`);
  terminal.line(diagnosis.healthy ? terminal.style('green', 'healthy') : terminal.style('red', 'not healthy'));
  if (!diagnosis.healthy)
    terminal.error('Restore a backup, or save what verifies with `quantadb doctor --repair <new directory>`.');
  return diagnosis.healthy ? DONE : FAILED;
}

async function save({ terminal }: CommandContext, path: string, to: string): Promise<ExitCode> {
  const result = await repair(new NodeVfs(), path, to);
  terminal.result(result);
  tell(terminal, result.findings);
  for (const { tree, entries } of result.saved)
    terminal.line(`${terminal.style('green', 'saved')} ${tree}: ${entries} entries`);
  return DONE;
}

function tell(terminal: CommandContext['terminal'], findings: Findings): void {
  for (const { code, severity, message } of findings) {
    const text = message.startsWith(code) ? message : `${code}: ${message}`;
    terminal.line(`${terminal.style(severity === 'note' ? 'dim' : 'yellow', severity)} ${text}`);
  }
}
