// `quantadb migrate create [name]`: writes the migration from the last snapshot to the classes as they are.
import { relative } from 'node:path';
import { Command } from 'commander';
import { type AnswerOptions, type Answers, parseAnswers } from '../../../transformer/migrate/answers.js';
import {
  type Difference,
  differenceOf,
  proposedName,
  snake,
  writeMigration,
} from '../../../transformer/migrate/create.js';
import { lintMigration } from '../../../transformer/migrate/lint.js';
import type { CommandContext } from '../../context.js';
import { DONE } from '../../exit.js';
import { compiledModels, openProject } from './project.js';
import { answered, withAnswerOptions } from './questions.js';

export function createCommand(context: CommandContext): Command {
  return withAnswerOptions(new Command('create'))
    .description('write the migration that leads from the last one to the classes as they are')
    .argument('[name]', 'what it does, for people; worked out when left out')
    .option('--json', 'one line of JSON on stdout')
    .action(async (name: string | undefined, options: AnswerOptions) => {
      await create(context, name, options);
      context.exit(DONE);
    });
}

async function create(context: CommandContext, given: string | undefined, options: AnswerOptions): Promise<void> {
  const { terminal, directory } = context;
  const opened = openProject(context);
  const { folder, loader, project } = opened;
  folder.check();
  const before = loader.snapshot(folder.head);
  const models = compiledModels(context, opened);
  let answers: Answers = parseAnswers(options);
  let difference: Difference;
  for (;;) {
    difference = differenceOf(before, models, answers);
    if (difference.questions.length === 0) break;
    answers = await answered(context, answers, difference.questions);
  }
  const { after, up, down } = difference;
  if (up.length === 0) {
    terminal.result({ written: null });
    terminal.line('The classes are as the last migration leaves them: there is nothing to write.');
    return;
  }
  const name = given === undefined ? proposedName((folder.head?.number ?? 0) + 1, up) : snake(given);
  const { entry, file } = writeMigration(folder, { name, after, up, down }, project.importExtension);
  const findings = lintMigration(loader.migration(entry), 'up');
  const shown = relative(directory, file);
  terminal.result({ written: shown, number: entry.number, name, id: entry.id, findings });
  terminal.line(`${terminal.style('green', 'wrote')} ${shown}`);
  for (const { note, names } of up) if (note !== null) terminal.line(`  ${names.flat().join('.')}: ${note}`);
  for (const { code, message } of findings) terminal.line(`  ${terminal.style('yellow', code)} ${message}`);
  terminal.line('Read it, edit it where you know better, and run `quantadb migrate`.');
}
