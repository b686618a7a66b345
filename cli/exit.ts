// The exit codes of every command.

export const DONE = 0;
/** The command was understood and did not succeed. */
export const FAILED = 1;
/** The command line itself is wrong. */
export const WRONG_USAGE = 2;

export type ExitCode = typeof DONE | typeof FAILED | typeof WRONG_USAGE;
