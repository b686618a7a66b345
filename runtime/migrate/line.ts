// Where a database stands in the line of migrations, and the way from there to another version.
import { MigrationError } from '../errors.js';
import { checkHistory, type History, type HistoryEntry } from './migration.js';
import type { Direction } from './names.js';
import type { AppliedMigration, StoredSchema } from './stored-schema.js';

/** A history, and what stands beside it. */
export interface MigrationLine {
  readonly migrations: History;
  /** What a squash has replaced, for databases that are still among these. */
  readonly squashed?: History;
  /** SHA-256 of migration files by id, where there are files: kept, to tell later whether one was edited. */
  readonly checksums?: ReadonlyMap<string, string>;
}

export interface Leg {
  readonly entry: HistoryEntry;
  readonly direction: Direction;
}

/**
 * The migrations that lead from where the database is to `to`: those of the history, or, below what a squash begins with, the
 * originals and the rest.
 * @throws MigrationError QDB3009 when there is no such version, QDB3014 when the database has run migrations that nobody here knows
 */
export function lineOf({ migrations, squashed = [] }: MigrationLine, stored: StoredSchema, to: number): History {
  checkHistory(migrations);
  const applied = stored.applied() ?? [];
  const first = migrations[0]?.number ?? 1;
  const at = applied.at(-1);
  const isFresh = at === undefined && stored.models().size === 0;
  const isBelow = at !== undefined && !migrations.some(({ id }) => id === at.id);
  const line =
    isBelow || (to > 0 && to < first) || (!isFresh && to === 0)
      ? [...squashed, ...rest(migrations, squashed)]
      : migrations;
  const known = new Set(line.map(({ id }) => id));
  const stranger = at !== undefined && !known.has(at.id) ? at : undefined;
  if (stranger !== undefined) {
    const replaced = migrations.some(({ replaces }) => replaces?.includes(stranger.id));
    throw new MigrationError(
      'QDB3014',
      replaced
        ? `The database is at migration ${stranger.number} (${stranger.name}), which a squash has replaced. Run \`quantadb migrate\` where migrations/squashed is at hand.`
        : `The database is at migration ${stranger.number} (${stranger.name}), which this code does not know: it is newer, or of another project. Use the code that has it.`,
    );
  }
  if (to !== 0 && !line.some(({ number }) => number === to)) {
    const numbers = line.map(({ number }) => number).join(', ') || 'none';
    throw new MigrationError('QDB3009', `There is no migration ${to}. Those of this project are ${numbers}.`);
  }
  return line;
}

/** Without the one that makes the same of nothing. */
function rest(migrations: History, squashed: History): History {
  return squashed.length > 0 ? migrations.slice(1) : migrations;
}

/**
 * What the database has run. One that has never seen a migration is taken for the version whose schema it has.
 * @param baseline which version that is, where several have the same schema
 * @throws MigrationError QDB3013 when it has the schema of none, QDB3015 of several
 */
export function adopted(
  stored: StoredSchema,
  line: History,
  checksums: ReadonlyMap<string, string> | undefined,
  baseline: number | undefined,
): readonly AppliedMigration[] {
  const applied = stored.applied();
  if (applied !== null || stored.models().size === 0) return applied ?? [];
  const alike = line.filter(({ migration }) => stored.differencesFrom(migration.after).length === 0);
  const [only] = baseline === undefined ? alike : alike.filter(({ number }) => number === baseline);
  if (only === undefined) {
    const wanted = line.find(({ number }) => number === baseline) ?? line.at(-1);
    const differences = wanted === undefined ? ['there is none'] : stored.differencesFrom(wanted.migration.after);
    throw new MigrationError(
      'QDB3013',
      `The database has run no migration, and its schema is that of none; from number ${wanted?.number ?? 0} it differs in this: ${differences.join('; ')}. Write the migration that makes the schema that it has.`,
    );
  }
  if (baseline === undefined && alike.length > 1) {
    const numbers = alike.map(({ number }) => number).join(', ');
    throw new MigrationError(
      'QDB3015',
      `The database has run no migration, and its schema is that of numbers ${numbers}. Say once which it is at, with --baseline=N.`,
    );
  }
  return line.filter(({ number }) => number <= only.number).map((entry) => recordOf(entry, checksums));
}

/** @throws MigrationError QDB3018 when the file of a migration that the database has run is another by now */
export function refuseEdited(applied: readonly AppliedMigration[], checksums: MigrationLine['checksums']): void {
  const edited = applied.find((one) => isEdited(one, checksums));
  if (edited === undefined) return;
  throw new MigrationError(
    'QDB3018',
    `Migration ${edited.number} (${edited.name}) was edited after this database had run it. Restore its file from version control, and put the change into a new migration.`,
  );
}

/** Whether the file of a migration is another than the one that ran. */
export function isEdited({ id, checksum }: AppliedMigration, checksums: MigrationLine['checksums']): boolean {
  const now = checksums?.get(id);
  return now !== undefined && checksum !== null && now !== checksum;
}

/** What stands applied once a migration has run down: those before it in line, also where a squash had run them as one. */
export function appliedBefore(
  line: History,
  { number }: HistoryEntry,
  applied: readonly AppliedMigration[],
  checksums: MigrationLine['checksums'],
): readonly AppliedMigration[] {
  const known = new Map(applied.map((one) => [one.id, one]));
  return line
    .filter((entry) => entry.number < number)
    .map((entry) => known.get(entry.id) ?? recordOf(entry, checksums));
}

/** The migrations between two versions, in the order in which they run. */
export function pathTo(line: History, from: number, to: number): readonly Leg[] {
  if (to >= from) {
    return line.filter(({ number }) => number > from && number <= to).map((entry) => ({ entry, direction: 'up' }));
  }
  const down = line.filter(({ number }) => number > to && number <= from);
  return down.reverse().map((entry) => ({ entry, direction: 'down' }));
}

export function recordOf(
  { id, number, name }: HistoryEntry,
  checksums?: ReadonlyMap<string, string>,
): AppliedMigration {
  return { id, number, name, checksum: checksums?.get(id) ?? null };
}
