// `quantadb check`: says what is wrong with entity classes and queries, and writes nothing.
import { Command } from 'commander';
import { checkProject } from '../../transformer/hosts/check.js';
import { resolveCompiler } from '../../transformer/hosts/compiler.js';
import { loadProject } from '../../transformer/hosts/config-file.js';
import type { CommandContext } from '../context.js';
import { diagnosticAsData, showDiagnostics } from '../diagnostics.js';
import { DONE, FAILED } from '../exit.js';

export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .description('say what is wrong with entity classes and queries')
    .option('--json', 'one line of JSON on stdout')
    .action(() => {
      const { directory, terminal } = context;
      const began = performance.now();
      const project = loadProject(directory);
      const { ts } = resolveCompiler(project.root);
      const { entities, queries, lowered, diagnostics, failed } = checkProject(ts, project);
      const ms = Math.round(performance.now() - began);
      terminal.result({
        entities,
        queries,
        lowered,
        failed,
        diagnostics: diagnostics.map((diagnostic) => diagnosticAsData(ts, diagnostic, directory)),
        milliseconds: ms,
      });
      showDiagnostics(context, ts, diagnostics);
      const count = (of: number, one: string, many: string): string => `${of} ${of === 1 ? one : many}`;
      const summary = `${count(entities, 'entity', 'entities')}, ${count(queries, 'query', 'queries')}, ${lowered} lowered`;
      terminal.line(`${summary} ${terminal.style('dim', `(${ms} ms)`)}`);
      context.exit(failed ? FAILED : DONE);
    });
}
