// How commands show what the compiler found: as it does for people, as data for machines.
import { relative } from 'node:path';
import type { Diagnostic } from 'typescript';
import { codeName } from '../transformer/diagnostics.js';
import type { Compiler } from '../transformer/hosts/compiler.js';
import type { CommandContext } from './context.js';

/** Writes diagnostics to stderr, with the lines that they are about where a person reads them in color. */
export function showDiagnostics(
  { terminal, directory }: CommandContext,
  ts: Compiler,
  diagnostics: readonly Diagnostic[],
): void {
  if (diagnostics.length === 0 || terminal.json) return;
  const format = terminal.color ? ts.formatDiagnosticsWithColorAndContext : ts.formatDiagnostics;
  terminal.error(
    format(diagnostics, {
      getCurrentDirectory: () => directory,
      getCanonicalFileName: (name) => name,
      getNewLine: () => '\n',
    }).trimEnd(),
  );
}

/** One diagnostic as `--json` prints it; `line` and `column` count from 1. */
export function diagnosticAsData(ts: Compiler, diagnostic: Diagnostic, directory: string) {
  const { file, start, category, messageText } = diagnostic;
  const at = file && start !== undefined ? file.getLineAndCharacterOfPosition(start) : undefined;
  return {
    code: codeName(diagnostic),
    category: ts.DiagnosticCategory[category]?.toLowerCase(),
    ...(file && at && { file: relative(directory, file.fileName), line: at.line + 1, column: at.character + 1 }),
    message: ts.flattenDiagnosticMessageText(messageText, '\n'),
  };
}
