// What main.ts hands to each command.
import type { Ask } from './ask.js';
import type { ExitCode } from './exit.js';
import type { Terminal } from './terminal.js';

export interface CommandContext {
  /** The working directory. */
  readonly directory: string;
  readonly terminal: Terminal;
  /** Says how the command ended. */
  exit(code: ExitCode): void;
  /** Asks the person at the terminal; null where there is nobody to ask. */
  readonly ask: Ask | null;
  /** Resolves when the user asks a command that stays to end. */
  interrupted(): Promise<void>;
}
