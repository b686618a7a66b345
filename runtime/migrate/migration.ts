// A migration: two versions of the schema and the steps between them, both ways; and the history that a project has of them.
import { MigrationError } from '../errors.js';
import { parseSnapshot, type SchemaSnapshot } from './snapshot.js';
import { STEPS, type Step, type StepBuilder } from './steps.js';

/** What a migration file exports as its default. */
export interface Migration {
  /** The schema it starts from; `EMPTY_SNAPSHOT` for the first one. */
  readonly before: SchemaSnapshot;
  /** The schema it leads to. */
  readonly after: SchemaSnapshot;
  readonly up: readonly Step[];
  readonly down: readonly Step[];
}

/** One migration in its place in a history, as `migrations/index.ts` lists them. */
export interface HistoryEntry {
  /** For people: 1, 2, 3, ... without gaps. */
  readonly number: number;
  /** `add_last_login` */
  readonly name: string;
  /** Identity: 64 hex digits over the texts of its file and its snapshot and its parents' ids. */
  readonly id: string;
  /** Id of the migration before it; null for the first, and for the snapshot that a squash begins with. */
  readonly parent: string | null;
  /** Ids of the migrations that a squash has put into this one, oldest first. */
  readonly replaces?: readonly string[];
  readonly migration: Migration;
}

/** All migrations of a project, oldest first: each is the parent of the next. */
export type History = readonly HistoryEntry[];

/**
 * Types a migration; its steps are made once, when the module is loaded.
 *
 * @example
 * export default defineMigration<Before.Rows, After.Rows>({
 *   before: before.snapshot,
 *   after: after.snapshot,
 *   up: (step) => [step.addField('User', 'lastLogin', new Date(0))],
 *   down: (step) => [step.dropField('User', 'lastLogin')],
 * });
 * @throws MigrationError QDB3003 when `before` or `after` is no snapshot
 */
export function defineMigration<Before, After>(source: {
  readonly before: SchemaSnapshot;
  readonly after: SchemaSnapshot;
  readonly up: (step: StepBuilder<Before, After>) => readonly Step[];
  readonly down: (step: StepBuilder<After, Before>) => readonly Step[];
}): Migration {
  return Object.freeze({
    before: parseSnapshot(source.before, 'The "before" of a migration'),
    after: parseSnapshot(source.after, 'The "after" of a migration'),
    up: Object.freeze([...source.up(STEPS as unknown as StepBuilder<Before, After>)]),
    down: Object.freeze([...source.down(STEPS as unknown as StepBuilder<After, Before>)]),
  });
}

/**
 * Checks that a list is a history: numbers without gaps, each entry the child of the one before.
 * @throws MigrationError QDB3002 naming the first entry that is out of line
 */
export function checkHistory(history: History): void {
  history.forEach((entry, i) => {
    const parent = history[i - 1]?.id ?? null;
    if (entry.number === (history[0]?.number ?? 1) + i && entry.parent === parent) return;
    throw new MigrationError(
      'QDB3002',
      `Migration ${entry.number} (${entry.name}) does not follow the one before it. Run \`quantadb migrate rebase\`.`,
    );
  });
}
