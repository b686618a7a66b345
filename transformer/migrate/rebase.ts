// `quantadb migrate rebase`: migrations that were written beside those of somebody else are put behind them. What they change is
// worked out anew on the other side's schema; what their author had written by hand is taken along.
import { MigrationError } from '../../runtime/errors.js';
import type { Migration } from '../../runtime/migrate/migration.js';
import type { EntitySnapshot } from '../../runtime/migrate/snapshot.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import type { Compiler } from '../hosts/compiler.js';
import type { Question } from './allot.js';
import type { Answers } from './answers.js';
import { differenceOf, type WrittenMigration, writeMigration } from './create.js';
import { type EditedFile, readEdited, UnreadableEdit } from './edited.js';
import { type SourceExtras, type SourceStep, stem } from './files.js';
import type { MigrationFolder, Place } from './folder.js';
import type { MigrationLoader } from './load.js';
import { type MovedSide, NotTaken, type TakeOver, takeOver } from './take-over.js';

export interface Rebase {
  /** What was put behind the head; several become one. */
  readonly moved: readonly Place[];
  /** Null when nothing is left to change, or when questions are open. */
  readonly written: WrittenMigration | null;
  /** What the old migrations don't answer; nothing was written then. */
  readonly questions: readonly Question[];
}

/**
 * @param models every entity of the compiled schema, with the changes of both sides
 * @param given answers of a person, which go before those of the migrations
 * @throws MigrationError QDB3026 when a file holds what can't be taken over; nothing is changed then
 */
export function rebase(
  ts: Compiler,
  folder: MigrationFolder,
  loader: MigrationLoader,
  models: readonly EntityModel[],
  given: Answers,
  extension: string,
): Rebase {
  const moved = folder.unlisted();
  if (moved.length === 0) return { moved, written: null, questions: [] };
  const migrations = moved.map((place) => loader.migration(place));
  const head = loader.snapshot(folder.head);
  const difference = differenceOf(head, models, merged(answersIn(migrations), given), { idleAnswers: 'allowed' });
  if (difference.questions.length > 0) return { moved, written: null, questions: difference.questions };
  const files = moved.map((place) => fileOf(ts, folder, place));
  const sides = migrations.map((migration, i) => sidesOf(migration, files[i]!));
  const { after } = difference;
  const base = migrations[0]!.before;
  const up = taken({ sides: sides.map(({ up }) => up), planned: difference.up, from: head, to: after, base });
  const down = taken({
    sides: sides.map(({ down }) => down).reverse(),
    planned: difference.down,
    from: after,
    to: head,
    base,
  });
  const extras = extrasOf(files, moved);
  const superseded = moved.flatMap((place) => [folder.migrationFile(place), folder.snapshotFile(place)]);
  if (up.length + down.length === 0) {
    folder.change(new Map(), folder.lock, superseded);
    return { moved, written: null, questions: [] };
  }
  const { name } = moved.at(-1)!;
  const migration = { name, after, up, down, extras };
  return { moved, written: writeMigration(folder, migration, extension, superseded), questions: [] };
}

interface MovedFile extends EditedFile {
  readonly name: string;
}

function fileOf(ts: Compiler, folder: MigrationFolder, place: Place): MovedFile {
  const name = `${stem(place)}.ts`;
  try {
    return { ...readEdited(ts, folder.read(folder.migrationFile(place))), name };
  } catch (error) {
    throw error instanceof UnreadableEdit ? cantTake(name, error) : error;
  }
}

/** Both ways of a migration that is moved. */
function sidesOf(migration: Migration, file: MovedFile): { readonly up: MovedSide; readonly down: MovedSide } {
  const { before, after, up, down } = migration;
  const models = after.entities.map(({ model }) => model);
  const proposed = differenceOf(before, models, answersIn([migration]), { idleAnswers: 'allowed' });
  return {
    up: { file: file.name, from: before, to: after, steps: up, texts: file.up, proposed: proposed.up },
    down: { file: file.name, from: after, to: before, steps: down, texts: file.down, proposed: proposed.down },
  };
}

function taken(what: TakeOver): readonly SourceStep[] {
  try {
    return takeOver(what);
  } catch (error) {
    throw error instanceof NotTaken ? cantTake(error.file, error) : error;
  }
}

/** Whatever stands in the files besides their steps, once where several have the same. */
function extrasOf(files: readonly MovedFile[], moved: readonly Place[]): SourceExtras {
  const gone = new Set(moved.flatMap((place) => [`./${stem(place)}`, `./snapshots/${stem(place)}`]));
  const statements: string[] = [];
  const declared = new Map<string, string>();
  for (const { name: file, statements: own } of files) {
    for (const { text, names, module } of own) {
      if (module !== null && gone.has(module.replace(/\.[jt]s$/, ''))) {
        throw cantTake(file, new Error(`it imports ${module}, which goes: ${text}`));
      }
      if (statements.includes(text)) continue;
      const clash = names.find((name) => declared.has(name));
      if (clash !== undefined) {
        throw cantTake(
          file,
          new Error(`"${clash}" is something else in ${declared.get(clash)}, and both become one file`),
        );
      }
      for (const name of names) declared.set(name, file);
      statements.push(text);
    }
  }
  const imports = statements.filter(isImport);
  return {
    top: [...new Set(files.map(({ top }) => top).filter((top) => top !== ''))].join('\n'),
    statements: [...imports, ...statements.filter((text) => !isImport(text))],
  };
}

function isImport(text: string): boolean {
  return text.startsWith('import ');
}

function cantTake(file: string, { message }: Error): MigrationError {
  return new MigrationError(
    'QDB3026',
    `${file} can't be taken over: ${message}. Nothing was changed; mend that, and run \`quantadb migrate rebase\` again.`,
  );
}

function merged(known: Answers, given: Answers): Answers {
  return {
    entities: new Map([...known.entities, ...given.entities]),
    fields: new Map([...known.fields, ...given.fields]),
    merges: new Map([...known.merges, ...given.merges]),
    drops: new Set([...known.drops, ...given.drops]),
  };
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
