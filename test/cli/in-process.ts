// Commands run within the test's own process, which saves the start of a node and a compiler a call. That the built program
// does the same as a process of its own is what the other tests of this folder see to.
import { Command } from 'commander';
import type { CommandContext } from '../../cli/context.js';
import { DONE, type ExitCode, FAILED } from '../../cli/exit.js';
import { Terminal } from '../../cli/terminal.js';
import { QuantaError } from '../../runtime/errors.js';
import type { Ended } from '../hosts/project.js';

export interface InProcess {
  readonly directory: string;
  /** What the person at the terminal answers, one question after the other, then ends the input; nobody is there unless given. */
  readonly answers?: readonly string[];
}

export async function runCommand(
  command: (context: CommandContext) => Command,
  args: readonly string[],
  { directory, answers }: InProcess,
): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    write: (text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    },
  });
  let code: ExitCode = DONE;
  const left = [...(answers ?? [])];
  const context: CommandContext = {
    directory,
    terminal: new Terminal({ stdout: stream('stdout'), stderr: stream('stderr'), env: {} }, args.includes('--json')),
    exit: (ended) => {
      code = ended;
    },
    ask: answers === undefined ? null : async () => left.shift() ?? null,
    interrupted: () => new Promise(() => {}),
  };
  const program = new Command('quantadb').exitOverride().enablePositionalOptions();
  program.addCommand(command(context).copyInheritedSettings(program));
  try {
    await program.parseAsync([command(context).name(), ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof QuantaError)) throw error;
    written.stderr += `${error.message}\n`;
    code = FAILED;
  }
  return { code, ...written };
}
