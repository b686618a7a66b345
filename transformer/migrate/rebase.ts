// `quantadb migrate rebase`: migrations that were written beside those of somebody else are put behind them. What they change is
// worked out anew on the other side's schema; what their author had written by hand is taken along.
import type { Migration } from '../../runtime/migrate/migration.js';
import type { EntitySnapshot } from '../../runtime/migrate/snapshot.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import type { Compiler } from '../hosts/compiler.js';
import type { Question } from './allot.js';
import type { Answers } from './answers.js';
import type { PlannedStep } from './between.js';
import { differenceOf, type WrittenMigration, writeMigration } from './create.js';
import { type EditedStep, editedSteps, plannedKey } from './edited.js';
import type { SourceStep } from './files.js';
import type { MigrationFolder, Place } from './folder.js';
import type { MigrationLoader } from './load.js';

export interface Rebase {
  /** What was put behind the head; several become one. */
  readonly moved: readonly Place[];
  /** Null when nothing is left to change, or when questions are open. */
  readonly written: WrittenMigration | null;
  /** What the old migrations don't answer; nothing was written then. */
  readonly questions: readonly Question[];
}

/** @param models every entity of the compiled schema, with the changes of both sides */
export function rebase(
  ts: Compiler,
  folder: MigrationFolder,
  loader: MigrationLoader,
  models: readonly EntityModel[],
  extension: string,
): Rebase {
  const moved = folder.unlisted();
  if (moved.length === 0) return { moved, written: null, questions: [] };
  const migrations = moved.map((place) => loader.migration(place));
  const answers = answersIn(migrations);
  const difference = differenceOf(loader.snapshot(folder.head), models, answers, { idleAnswers: 'allowed' });
  if (difference.questions.length > 0) return { moved, written: null, questions: difference.questions };
  const edited = moved.map((place) => editedSteps(ts, folder.read(folder.migrationFile(place))));
  const up = takeOver(
    difference.up,
    edited.flatMap((steps) => steps.up),
  );
  const down = takeOver(
    difference.down,
    edited.flatMap((steps) => steps.down),
  );
  const superseded = moved.flatMap((place) => [folder.migrationFile(place), folder.snapshotFile(place)]);
  if (up.length === 0) {
    folder.change(new Map(), folder.lock, superseded);
    return { moved, written: null, questions: [] };
  }
  const { name } = moved.at(-1)!;
  const migration = { name, after: difference.after, up, down };
  return { moved, written: writeMigration(folder, migration, extension, superseded), questions: [] };
}

/** Planned steps, in their author's words where there are any; transforms, which are never planned, behind them. */
function takeOver(planned: readonly PlannedStep[], edited: readonly EditedStep[]): SourceStep[] {
  const words = new Map(edited.map((step) => [step.key, step]));
  const own = edited.filter(({ kind }) => kind === 'transform');
  return [...planned.map((step): SourceStep => words.get(plannedKey(step)) ?? step), ...own];
}

/** What migrations say of names: what has kept its id was renamed, what has lost it was dropped, split or merged. */
function answersIn(migrations: readonly Migration[]): Answers {
  const entities = new Map<string, string>();
  const fields = new Map<string, readonly string[]>();
  const merges = new Map<string, readonly string[]>();
  const drops = new Set<string>();
  for (const { before, after, up } of migrations) {
    const later = new Map(after.entities.map((entity) => [entity.id, entity]));
    for (const entity of before.entities) {
      const { storedName } = entity.model;
      const next = later.get(entity.id);
      if (next === undefined) {
        drops.add(storedName);
        continue;
      }
      if (next.model.storedName !== storedName) entities.set(storedName, next.model.storedName);
      const names = new Map(Object.entries(next.fieldIds).map(([name, id]) => [id, name]));
      for (const [name, id] of Object.entries(entity.fieldIds)) {
        const now = names.get(id);
        if (now === undefined) drops.add(`${next.model.storedName}.${name}`);
        else if (now !== name) fields.set(`${next.model.storedName}.${name}`, [now]);
      }
    }
    for (const step of up) {
      if (step.kind !== 'splitField' && step.kind !== 'mergeFields') continue;
      const is = after.entities.find(({ model }) => model.name === step.entity);
      const was = before.entities.find(({ id }) => id === is?.id);
      if (is === undefined || was === undefined) continue;
      const { storedName } = is.model;
      if (step.kind === 'splitField') {
        fields.set(
          `${storedName}.${stored(was, step.from)}`,
          step.into.map((name) => stored(is, name)),
        );
      } else
        merges.set(
          `${storedName}.${stored(is, step.into)}`,
          step.from.map((name) => stored(was, name)),
        );
    }
  }
  return { entities, fields, merges, drops };
}

function stored({ model }: EntitySnapshot, name: string): string {
  return model.fields.find((field) => field.name === name)?.storedName ?? name;
}
