// What a person has said of names that are gone and names that are new. Nothing here is guessed: a field that is gone while
// another is new may have been renamed, split, merged or dropped, and only its author knows.
import { MigrationError } from '../../runtime/errors.js';

export interface Answers {
  /** Entities by stored name: old to new. */
  readonly entities: ReadonlyMap<string, string>;
  /** `Entity.old` to the new stored names: one for a rename, several for a split. The entity has its new name. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** `Entity.new` to the old stored names that are merged into it. */
  readonly merges: ReadonlyMap<string, readonly string[]>;
  /** `Entity` or `Entity.field`: gone, and not under another name. */
  readonly drops: ReadonlySet<string>;
}

export const NO_ANSWERS: Answers = { entities: new Map(), fields: new Map(), merges: new Map(), drops: new Set() };

/** What `--rename`, `--split`, `--merge` and `--drop` were given, each any number of times. */
export interface AnswerOptions {
  /** `User.mail=email`, or `User=Account` */
  readonly rename?: readonly string[];
  /** `User.name=first,last` */
  readonly split?: readonly string[];
  /** `User.first,last=name` */
  readonly merge?: readonly string[];
  /** `User.mail`, or `User` */
  readonly drop?: readonly string[];
}

/** @throws MigrationError QDB3004 when an option can't be read */
export function parseAnswers({ rename = [], split = [], merge = [], drop = [] }: AnswerOptions): Answers {
  const entities = new Map<string, string>();
  const fields = new Map<string, readonly string[]>();
  const merges = new Map<string, readonly string[]>();
  for (const text of rename) {
    const { entity, from, to } = parse('--rename', text, 'User.mail=email');
    if (from === null) entities.set(entity, to);
    else fields.set(`${entity}.${from}`, [to]);
  }
  for (const text of split) {
    const { entity, from, to } = parse('--split', text, 'User.name=first,last');
    if (from === null || !to.includes(',')) throw unreadable('--split', text, 'User.name=first,last');
    fields.set(`${entity}.${from}`, to.split(','));
  }
  for (const text of merge) {
    const { entity, from, to } = parse('--merge', text, 'User.first,last=name');
    if (!from?.includes(',')) throw unreadable('--merge', text, 'User.first,last=name');
    merges.set(`${entity}.${to}`, from.split(','));
  }
  return { entities, fields, merges, drops: new Set(drop) };
}

interface Pair {
  readonly entity: string;
  readonly from: string | null;
  readonly to: string;
}

function parse(option: string, text: string, example: string): Pair {
  const [, entity, from, to] = /^([^.=]+)(?:\.([^=]+))?=(.+)$/.exec(text) ?? [];
  if (entity === undefined || to === undefined) throw unreadable(option, text, example);
  return { entity, from: from ?? null, to };
}

function unreadable(option: string, text: string, example: string): MigrationError {
  return new MigrationError(
    'QDB3004',
    `${option} ${JSON.stringify(text)} can't be read. Write it as ${option} ${example}.`,
  );
}
