// Writing the next migration: what `quantadb migrate create` does once names are settled.
import type { SchemaSnapshot } from '../../runtime/migrate/snapshot.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { type AllotOptions, allot, type Question } from './allot.js';
import type { Answers } from './answers.js';
import { type PlannedStep, reversed, stepsBetween } from './between.js';
import { indexText, migrationText, type SourceExtras, type SourceStep, snapshotText, stem } from './files.js';
import type { MigrationFolder } from './folder.js';
import { type Lock, type LockEntry, migrationId, textHash } from './lock.js';

/** What stands between the last snapshot and the classes. */
export interface Difference {
  readonly after: SchemaSnapshot;
  readonly up: readonly PlannedStep[];
  readonly down: readonly PlannedStep[];
  /** Unanswered; nothing should be written while there are any. */
  readonly questions: readonly Question[];
}

/** @throws MigrationError QDB3005 when an answer answers nothing, unless idle ones are allowed */
export function differenceOf(
  before: SchemaSnapshot,
  models: readonly EntityModel[],
  answers: Answers,
  options: AllotOptions = {},
): Difference {
  const { after, regroupings, questions } = allot(before, models, answers, options);
  return {
    after,
    up: stepsBetween(before, after, regroupings),
    down: stepsBetween(after, before, reversed(regroupings, before, after)),
    questions,
  };
}

export interface NewMigration {
  readonly name: string;
  readonly after: SchemaSnapshot;
  readonly up: readonly SourceStep[];
  readonly down: readonly SourceStep[];
  readonly extras?: SourceExtras;
}

export interface WrittenMigration {
  readonly entry: LockEntry;
  /** Absolute path of the migration, for people to open. */
  readonly file: string;
}

/**
 * Writes a migration behind the head: its file, its snapshot, the index, and the lock last.
 * @param superseded files that it takes the place of
 */
export function writeMigration(
  folder: MigrationFolder,
  migration: NewMigration,
  extension: string,
  superseded: readonly string[] = [],
): WrittenMigration {
  const { lock, head } = folder;
  const { after, ...source } = migration;
  const place = { number: (head?.number ?? 0) + 1, name: migration.name };
  const before = head === undefined ? null : stem(head);
  const text = migrationText({ ...source, ...place, before }, extension);
  const snapshot = snapshotText(after, place);
  const parent = head?.id ?? null;
  const entry = { ...place, id: migrationId(text, snapshot, parent), parent, snapshot: textHash(snapshot) };
  const next: Lock = { entries: [...lock.entries, entry], squashed: lock.squashed };
  const file = folder.migrationFile(entry);
  const files = new Map([
    [file, text],
    [folder.snapshotFile(entry), snapshot],
    [folder.indexFile, indexText(next, extension)],
  ]);
  folder.change(files, next, superseded);
  return { entry, file };
}

/** A name out of the steps: `add_last_login`, `rename_mail_to_email`, or `change_user` where there are many. */
export function proposedName(number: number, steps: readonly PlannedStep[]): string {
  if (number === 1) return 'init';
  const [first] = steps;
  if (first === undefined) return 'no_changes';
  const flat = first.names.flat();
  const entities = new Set(steps.map(({ names }) => String(names[0])));
  if (steps.length > 1 && entities.size > 1) return 'change_schema';
  if (steps.length > 2) return snake(`change_${flat[0]}`);
  const verb = first.kind.replace(/(Field|Fields|Index|Entity|Key)$/, '');
  if (first.kind === 'renameField' || first.kind === 'renameEntity') {
    return snake(`rename_${flat.at(-2)}_to_${flat.at(-1)}`);
  }
  return snake(`${verb}_${flat.length === 1 ? flat[0] : flat[1]}`);
}

/** Lower case, words joined by `_`; what can't stand in a file name is left out. */
export function snake(text: string): string {
  const words = text.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
  return words.replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '') || 'migration';
}
