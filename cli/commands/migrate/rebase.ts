// `quantadb migrate rebase`: puts migrations that were added beside somebody else's behind theirs.
import { relative } from 'node:path';
import { Command } from 'commander';
import { type AnswerOptions, parseAnswers } from '../../../transformer/migrate/answers.js';
import { stem } from '../../../transformer/migrate/files.js';
import { rebase } from '../../../transformer/migrate/rebase.js';
import type { CommandContext } from '../../context.js';
import { DONE } from '../../exit.js';
import { compiledModels, openProject } from './project.js';
import { unanswered, withAnswerOptions } from './questions.js';

export function rebaseCommand(context: CommandContext): Command {
  return withAnswerOptions(new Command('rebase'))
    .description('put migrations that the lock does not know behind its last one, written anew; edits are kept')
    .option('--json', 'one line of JSON on stdout')
    .action((options: AnswerOptions) => {
      const { terminal, directory } = context;
      const opened = openProject(context);
      const { ts, folder, loader, project } = opened;
      const models = compiledModels(context, opened);
      const { moved, written, questions } = rebase(
        ts,
        folder,
        loader,
        models,
        parseAnswers(options),
        project.importExtension,
      );
      if (questions.length > 0) throw unanswered(questions);
      const file = written === null ? null : relative(directory, written.file);
      terminal.result({ moved: moved.map(stem), written: file });
      if (moved.length === 0) terminal.line('Every migration stands in line: there is nothing to do.');
      for (const place of moved) {
        const became = file === null ? 'removed: the others do all of it' : `now ${file}`;
        terminal.line(`${terminal.style('green', stem(place))} ${became}`);
      }
      context.exit(DONE);
    });
}
