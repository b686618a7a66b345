// Renames are asked for, never guessed: at a terminal as questions, elsewhere by options.
import type { Command } from 'commander';
import { MigrationError } from '../../../runtime/errors.js';
import type { Question } from '../../../transformer/migrate/allot.js';
import type { Answers } from '../../../transformer/migrate/answers.js';
import type { CommandContext } from '../../context.js';

const list = (value: string, before: string[] = []): string[] => [...before, value];

/** The options that answer without being asked: AnswerOptions. */
export function withAnswerOptions(command: Command): Command {
  return command
    .option('--rename <User.old=new>', 'a field, or an entity (User=Account), has another name now', list)
    .option('--split <User.name=first,last>', 'a field has become several', list)
    .option('--merge <User.first,last=name>', 'several fields have become one', list)
    .option('--drop <User.field>', 'a field, or an entity, is gone and not renamed', list);
}

/**
 * The answers with those of the person at the terminal to the first question added.
 * @throws MigrationError QDB3011 with the options that would answer, where there is nobody to ask, or nobody answers
 */
export async function answered(
  { ask, terminal }: CommandContext,
  answers: Answers,
  questions: readonly Question[],
): Promise<Answers> {
  const [question] = questions;
  if (question === undefined) return answers;
  if (ask === null) throw unanswered(questions);
  const { entity, from, candidates } = question;
  const place = placeOf(question);
  terminal.error(`${place} is gone, and new: ${candidates.join(', ')}.`);
  // Numbers say which is meant before names do: a field may be called as any word.
  const choices = `${candidates.map((name, i) => `${i + 1} ${name}`).join(', ')}, 0 dropped`;
  for (;;) {
    const reply = await ask(`What became of ${from}? (${choices}) `);
    if (reply === null) throw unanswered(questions);
    if (reply === '0') return { ...answers, drops: new Set([...answers.drops, place]) };
    const name = candidates[Number(reply) - 1] ?? candidates.find((candidate) => candidate === reply);
    if (name === undefined) continue;
    return entity === null
      ? { ...answers, entities: new Map([...answers.entities, [from, name]]) }
      : { ...answers, fields: new Map([...answers.fields, [place, [name]]]) };
  }
}

/** Says what is open, and how to answer it on the command line. */
export function unanswered(questions: readonly Question[]): MigrationError {
  const lines = questions.map((question) => {
    const place = placeOf(question);
    const renames = question.candidates.map((name) => `--rename ${place}=${name}`);
    return `  ${place} is gone: ${renames.join(' or ')} or --drop ${place}`;
  });
  return new MigrationError(
    'QDB3011',
    `Names are gone while others are new, and only you know whether they were renamed. Nothing was written; answer with:\n${lines.join('\n')}`,
  );
}

function placeOf({ entity, from }: Question): string {
  return entity === null ? from : `${entity}.${from}`;
}
