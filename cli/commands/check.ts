// `quantadb check`: says what is wrong with entity classes and queries, and writes nothing.
import { Command } from 'commander';
import type { EntityModel } from '../../runtime/schema/model.js';
import { checkProject } from '../../transformer/hosts/check.js';
import { resolveCompiler } from '../../transformer/hosts/compiler.js';
import { loadProject } from '../../transformer/hosts/config-file.js';
import { NO_ANSWERS } from '../../transformer/migrate/answers.js';
import { differenceOf } from '../../transformer/migrate/create.js';
import type { CommandContext } from '../context.js';
import { diagnosticAsData, showDiagnostics } from '../diagnostics.js';
import { DONE, FAILED } from '../exit.js';
import { openProject } from './migrate/project.js';

export function checkCommand(context: CommandContext): Command {
  return new Command('check')
    .description('say what is wrong with entity classes and queries')
    .option('--json', 'one line of JSON on stdout')
    .action(() => {
      const { directory, terminal } = context;
      const began = performance.now();
      const project = loadProject(directory);
      const compiler = resolveCompiler(project.root);
      const { ts } = compiler;
      const { entities, queries, lowered, diagnostics, failed } = checkProject(compiler, project);
      const ms = Math.round(performance.now() - began);
      const behind = failed ? null : migrationsBehind(context, entities);
      terminal.result({
        entities: entities.length,
        queries,
        lowered,
        failed,
        diagnostics: diagnostics.map((diagnostic) => diagnosticAsData(ts, diagnostic, directory)),
        ...(behind === null ? {} : { migrations: behind }),
        milliseconds: ms,
      });
      showDiagnostics(context, ts, diagnostics);
      if (behind !== null) terminal.error(`${terminal.style('yellow', 'warning')} ${behind.code}: ${behind.message}`);
      const count = (of: number, one: string, many: string): string => `${of} ${of === 1 ? one : many}`;
      const summary = `${count(entities.length, 'entity', 'entities')}, ${count(queries, 'query', 'queries')}, ${lowered} lowered`;
      terminal.line(`${summary} ${terminal.style('dim', `(${ms} ms)`)}`);
      context.exit(failed ? FAILED : DONE);
    });
}

/** A warning where the project has migrations and the classes are not as the last one leaves them. */
function migrationsBehind(
  context: CommandContext,
  models: readonly EntityModel[],
): { readonly code: string; readonly message: string } | null {
  const { folder, loader } = openProject(context);
  const { head } = folder;
  if (head === undefined) return null;
  folder.check();
  const { up, questions } = differenceOf(loader.snapshot(head), models, NO_ANSWERS);
  if (up.length + questions.length === 0) return null;
  const steps = up.map(({ kind, names }) => `${kind} ${names.flat().join('.')}`);
  return {
    code: 'QDB3017',
    message: `The classes have moved on since migration ${head.number} (${head.name}): ${steps.join(', ')}. Write the next one with \`quantadb migrate create\`.`,
  };
}
