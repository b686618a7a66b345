// Where a database stands, beside what a project has: told, never thrown, for it is what people look at when something is wrong.
import type { Engine } from '../engine/api.js';
import { HISTORY_TREE } from '../engine/index.js';
import { MigrationError } from '../errors.js';
import { treeBytes } from './inspect.js';
import { adopted, isEdited, type MigrationLine } from './line.js';
import type { HistoryEntry } from './migration.js';
import { type Direction, isArchiveTree, isNextTree, META_TREE } from './names.js';
import { indexTree } from './plan.js';
import { stepsFingerprint } from './steps.js';
import { type AppliedMigration, type Progress, StoredSchema } from './stored-schema.js';

export interface TreeSize {
  readonly name: string;
  readonly bytes: number;
}

export interface BegunMigration {
  readonly number: number;
  readonly name: string;
  readonly direction: Direction;
  /** Whether its steps are those that were running: then the next run goes on, else it begins afresh. */
  readonly goesOn: boolean;
}

export interface DatabaseStatus {
  /** Number of the last migration that the database has run; 0 before the first. */
  readonly at: number;
  readonly applied: readonly (AppliedMigration & {
    /** Whether its file is another than the one that ran. */
    readonly edited: boolean;
    /** Whether the project has it. */
    readonly known: boolean;
  })[];
  readonly pending: readonly HistoryEntry[];
  /** A migration that was begun and has not switched. */
  readonly begun: BegunMigration | null;
  /** What the schema differs in from the one that its last migration leads to. */
  readonly drift: readonly string[];
  /** Trees that no schema knows. */
  readonly strays: readonly TreeSize[];
  /** What migrations have kept of the rows that they replaced. */
  readonly archives: readonly TreeSize[];
  /** Why it can't be told which migrations the database has run. */
  readonly problem: MigrationError | null;
}

/** Number of the last migration that the database has run; 0 before the first. */
export function versionOf(engine: Engine): number {
  return new StoredSchema(engine).applied()?.at(-1)?.number ?? 0;
}

export function statusOf(engine: Engine, line: MigrationLine, baseline?: number): DatabaseStatus {
  const { migrations, squashed = [], checksums } = line;
  const stored = new StoredSchema(engine);
  const all = [...squashed.filter(({ id }) => !migrations.some((entry) => entry.id === id)), ...migrations];
  const byId = new Map(all.map((entry) => [entry.id, entry]));
  let problem: MigrationError | null = null;
  let ran: readonly AppliedMigration[] = [];
  try {
    ran = adopted(stored, migrations, checksums, baseline);
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    problem = error;
  }
  const applied = ran.map((one) => ({
    ...one,
    edited: isEdited(one, checksums),
    known: byId.has(one.id),
  }));
  const at = ran.at(-1);
  const last = at === undefined ? undefined : byId.get(at.id);
  const progress = stored.progress();
  const begun = progress === null ? null : begunOf(byId.get(progress.id), progress);
  return {
    at: at?.number ?? 0,
    applied,
    pending: problem === null ? pendingOf(migrations, all, at) : [],
    begun,
    drift: last === undefined ? [] : driftFrom(last, migrations, stored),
    problem,
    ...odd(engine, stored, progress !== null),
  };
}

function begunOf(entry: HistoryEntry | undefined, { direction, steps }: Progress): BegunMigration | null {
  if (entry === undefined) return null;
  const { number, name } = entry;
  let goesOn = false;
  try {
    goesOn = stepsFingerprint(entry.migration[direction]) === steps;
  } catch (error) {
    // A file that doesn't load: whoever mends it changes its steps.
    if (!(error instanceof MigrationError)) throw error;
  }
  return { number, name, direction, goesOn };
}

/** What pending migrations will make may be there already: code that has the class makes its trees. */
function driftFrom({ migration }: HistoryEntry, migrations: readonly HistoryEntry[], stored: StoredSchema): string[] {
  const made = migrations.at(-1)?.migration.after.entities ?? [];
  const known = new Set([...migration.after.entities, ...made].map(({ model }) => model.storedName));
  const strangers = [...stored.models().keys()].filter((name) => !known.has(name));
  return [...stored.lacks(migration.after), ...strangers.map((name) => `${name} is stored, and in no migration`)];
}

function pendingOf(
  migrations: readonly HistoryEntry[],
  all: readonly HistoryEntry[],
  at: AppliedMigration | undefined,
): readonly HistoryEntry[] {
  if (at === undefined) return migrations;
  const line = migrations.some(({ id }) => id === at.id) ? migrations : all;
  return line.filter(({ number }) => number > at.number);
}

function odd(engine: Engine, stored: StoredSchema, isBuilding: boolean): Pick<DatabaseStatus, 'strays' | 'archives'> {
  const known = new Set([META_TREE, HISTORY_TREE]);
  for (const model of stored.models().values()) {
    known.add(model.storedName);
    for (const { name } of model.indexes) known.add(indexTree(model, name));
  }
  const sizes = [...treeBytes(engine)].map(([name, bytes]): TreeSize => ({ name, bytes }));
  const isStray = ({ name }: TreeSize): boolean =>
    !known.has(name) && !isArchiveTree(name) && !(isBuilding && isNextTree(name));
  return { strays: sizes.filter(isStray), archives: archivesIn(engine) };
}

export function archivesIn(engine: Engine): readonly TreeSize[] {
  return [...treeBytes(engine)].flatMap(([name, bytes]) => (isArchiveTree(name) ? [{ name, bytes }] : []));
}

/** Removes what migrations have kept: going back loses data from then on. What was removed is the answer. */
export function pruneArchives(engine: Engine): readonly TreeSize[] {
  const archives = archivesIn(engine);
  if (archives.length > 0) engine.rearrangeTrees({ drop: archives.map(({ name }) => name) });
  return archives;
}
