// `quantadb generate [--watch] [--check]`: brings the generated modules on disk up to date, once or on every save, or says
// whether they are.
import { relative } from 'node:path';
import { Command } from 'commander';
import { type ResolvedCompiler, resolveCompiler } from '../../transformer/hosts/compiler.js';
import { loadProject, type Project } from '../../transformer/hosts/config-file.js';
import { type GenerateResult, Generator } from '../../transformer/hosts/generate.js';
import { watchProject } from '../../transformer/hosts/watch.js';
import type { CommandContext } from '../context.js';
import { diagnosticAsData, showDiagnostics } from '../diagnostics.js';
import { DONE, type ExitCode, FAILED } from '../exit.js';

interface Options {
  readonly watch?: boolean;
  readonly check?: boolean;
  readonly json?: boolean;
}

export function generateCommand(context: CommandContext): Command {
  return new Command('generate')
    .description('write the modules that the entity classes come to')
    .option('-w, --watch', 'stay, and generate again on every save')
    .option('--check', 'write nothing; fail when files on disk are stale')
    .option('--json', 'one line of JSON per run on stdout')
    .action(async (options: Options, command: Command) => {
      if (options.watch && options.check) command.error("error: option '--watch' cannot be used with option '--check'");
      context.exit(options.watch ? await watch(context) : once(context, options.check ?? false));
    });
}

function once(context: CommandContext, check: boolean): ExitCode {
  const began = performance.now();
  const project = loadProject(context.directory);
  const compiler = resolveCompiler(project.root);
  const result = new Generator(compiler.ts, project).run({ check });
  report(context, project, compiler, result, { check, ms: performance.now() - began });
  const isStale = check && result.written.length + result.removed.length > 0;
  return result.failed || isStale ? FAILED : DONE;
}

async function watch(context: CommandContext): Promise<ExitCode> {
  const { terminal, directory } = context;
  let began = performance.now();
  const watching = watchProject(directory, {
    onStart: () => {
      began = performance.now();
    },
    onResult: (result, project, compiler) => {
      report(context, project, compiler, result, { check: false, ms: performance.now() - began });
    },
    onError: (error) => terminal.error(error instanceof Error ? error.message : String(error)),
  });
  await context.interrupted();
  await watching.close();
  return DONE;
}

function report(
  context: CommandContext,
  project: Project,
  { ts }: ResolvedCompiler,
  result: GenerateResult,
  { check, ms }: { readonly check: boolean; readonly ms: number },
): void {
  const { terminal, directory } = context;
  const shown = (path: string): string => relative(directory, path);
  const { entities, unchanged, diagnostics } = result;
  const written = result.written.map(shown);
  const removed = result.removed.map(shown);
  terminal.result({
    entities,
    written,
    removed,
    unchanged,
    stale: check && written.length + removed.length > 0,
    failed: result.failed,
    diagnostics: diagnostics.map((diagnostic) => diagnosticAsData(ts, diagnostic, directory)),
    milliseconds: Math.round(ms),
  });
  showDiagnostics(context, ts, diagnostics);
  if (result.failed) return;
  for (const path of written) terminal.line(`${terminal.style('green', check ? 'stale' : 'wrote')} ${path}`);
  for (const path of removed) terminal.line(`${terminal.style('yellow', check ? 'orphaned' : 'removed')} ${path}`);
  const count = `${entities} ${entities === 1 ? 'entity' : 'entities'}`;
  const summary = `${count} in ${shown(project.out) || '.'}: ${written.length} ${check ? 'stale' : 'written'}, ${unchanged} unchanged`;
  terminal.line(`${summary} ${terminal.style('dim', `(${Math.round(ms)} ms)`)}`);
  if (check && written.length + removed.length > 0)
    terminal.error('Run `quantadb generate`, and commit what it writes.');
}
