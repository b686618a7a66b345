// Brings a database to a version of its history, up or down, one migration after the other.
import { useLayouts } from '../database/tree-layouts.js';
import type { Engine } from '../engine/api.js';
import { openEngine, requireDatabase } from '../engine/index.js';
import { DiskFullError, MigrationError, type QuantaError } from '../errors.js';
import { NodeVfs } from '../vfs/node.js';
import type { Vfs } from '../vfs/vfs.js';
import { adopted, appliedBefore, lineOf, type MigrationLine, pathTo, recordOf, refuseEdited } from './line.js';
import type { Direction } from './names.js';
import { runOne } from './run-one.js';
import { StoredSchema } from './stored-schema.js';

/** The database that is migrated. */
export interface MigrateTarget {
  /** The database's directory; no process may have it open. */
  readonly path: string;
  /** The files; the default is the disk. */
  readonly vfs?: Vfs;
  /** Bytes of table blocks to hold in memory. */
  readonly memory?: number;
}

/** Which way `migrate` goes, and how far. */
export interface MigrateOptions extends MigrationLine {
  /** Number of the migration to be at; 0 is before the first. By default the last. */
  readonly to?: number;
  /** Which migration a database is at that has never seen one, where its schema doesn't tell. */
  readonly baseline?: number;
  /** Called every few thousand rows. */
  readonly onProgress?: (progress: MigrationProgress) => void | Promise<void>;
}

/** How far a migration has come; told now and then. */
export interface MigrationProgress {
  readonly number: number;
  readonly name: string;
  readonly direction: Direction;
  readonly entity: string;
  readonly done: number;
  /** Estimated. */
  readonly total: number;
}

/** What `migrate` has done. */
export interface MigrationReport {
  /** Numbers of the migrations that the database was and is at; 0 before the first. */
  readonly from: number;
  readonly to: number;
  readonly ran: readonly {
    readonly number: number;
    readonly name: string;
    readonly direction: Direction;
    readonly rows: number;
  }[];
}

/**
 * Runs what lies between the database and the wanted version. Each migration switches by one edit: whatever happens, the database
 * is at one version, whole; a run that was killed goes on where it stood.
 *
 * @example
 * import { migrations } from '../migrations/index.js';
 * await migrate('./data', { migrations });
 * await migrate('./data', { migrations, to: 2 });   // down again, and nothing is lost
 *
 * @throws MigrationError QDB3009 when there is no such version, QDB3013 and QDB3014 when the database isn't of this history,
 * QDB3018 when a migration was edited after it ran, QDB3012 and QDB302x when one can't run; DatabaseLockedError when the database
 * is open; DiskFullError QDB4060. The message of one that ended a migration says at which version the database is: that before this
 * one
 */
export async function migrate(target: string | MigrateTarget, options: MigrateOptions): Promise<MigrationReport> {
  const { path, vfs = new NodeVfs(), ...rest } = typeof target === 'string' ? { path: target } : target;
  requireDatabase(vfs, path);
  const engine = await openEngine({ ...rest, path, vfs });
  return closing(engine, () => migrateEngine(engine, options));
}

/** What `work` makes of the engine, which is closed then. */
export async function closing<Made>(engine: Engine, work: () => Promise<Made>): Promise<Made> {
  let made: Made;
  try {
    made = await work();
  } catch (cause) {
    try {
      await engine.close();
    } catch {
      // What went wrong first is what the caller must learn: the migration has not run. A full disk fails the closing too.
    }
    throw cause;
  }
  await engine.close();
  return made;
}

/**
 * The same over an engine that is open and that nobody else uses.
 * @param where says at which version a migration that failed leaves the database, for people
 */
export async function migrateEngine(
  engine: Engine,
  options: MigrateOptions,
  where: (at: number) => string = (at) => `The database is at ${at}.`,
): Promise<MigrationReport> {
  const { migrations, onProgress, checksums } = options;
  const to = options.to ?? migrations.at(-1)?.number ?? 0;
  useLayouts(engine);
  const stored = new StoredSchema(engine);
  const line = lineOf(options, stored, to);
  let applied = adopted(stored, line, checksums, options.baseline);
  refuseEdited(applied, checksums);
  if (stored.applied() === null) stored.writeApplied(applied);
  const from = applied.at(-1)?.number ?? 0;
  const ran: MigrationReport['ran'][number][] = [];
  for (const { entry, direction } of pathTo(line, from, to)) {
    const at = applied.at(-1)?.number ?? 0;
    applied =
      direction === 'up' ? [...applied, recordOf(entry, checksums)] : appliedBefore(line, entry, applied, checksums);
    const { number, name } = entry;
    try {
      const { rows } = await runOne({
        engine,
        stored: new StoredSchema(engine),
        entry,
        direction,
        applied,
        onRows: (entity, done, total) => onProgress?.({ number, name, direction, entity, done, total }),
      });
      ran.push({ number, name, direction, rows });
    } catch (error) {
      throw placed(error, `Migration ${number} (${name}), ${direction}`, where(at));
    }
  }
  return { from, to, ran };
}

/** What ended a migration, with where that leaves the database. */
function placed(error: unknown, label: string, where: string): unknown {
  if (error instanceof MigrationError) {
    return new MigrationError(error.code, `${plainMessage(error)} ${where}`, { cause: error.cause ?? error });
  }
  if (error instanceof DiskFullError) {
    return new DiskFullError(error.code, `${label}: ${plainMessage(error)} ${where}`, { cause: error });
  }
  return error;
}

function plainMessage({ code, message }: QuantaError): string {
  return message.slice(`${code}: `.length);
}
