// Loads migrations and snapshots out of their files.
import { MigrationError } from '../../runtime/errors.js';
import type { HistoryEntry, Migration } from '../../runtime/migrate/migration.js';
import { EMPTY_SNAPSHOT, parseSnapshot, type SchemaSnapshot } from '../../runtime/migrate/snapshot.js';
import type { Compiler } from '../hosts/compiler.js';
import { requireTranspiled } from '../hosts/transpile.js';
import type { MigrationFolder, Place } from './folder.js';
import type { LockEntry } from './lock.js';

/** `quantadb/migrate` itself: given to migrations, so that they and their runner share one copy. */
export type MigrateModule = object;

export class MigrationLoader {
  private readonly options: { readonly provided: ReadonlyMap<string, unknown>; readonly relative: true };

  constructor(
    private readonly ts: Compiler,
    private readonly folder: MigrationFolder,
    migrateModule: MigrateModule,
  ) {
    this.options = { provided: new Map([['quantadb/migrate', migrateModule]]), relative: true };
  }

  /** The schema as a migration leaves it; that of nothing before the first. */
  snapshot(place: Place | undefined): SchemaSnapshot {
    if (place === undefined) return EMPTY_SNAPSHOT;
    const file = this.folder.snapshotFile(place);
    return parseSnapshot(property(this.load(file), 'snapshot'), file);
  }

  /** @throws MigrationError QDB3006 when the file can't be loaded or exports something else */
  entry(listed: LockEntry): HistoryEntry {
    const { lock, squashedHome, path } = this.folder;
    const { number, name, id, parent } = listed;
    const migration = this.migration(listed, lock.squashed.includes(listed) ? squashedHome : path);
    const replaces = listed === lock.entries[0] ? lock.squashed.map((entry) => entry.id) : [];
    return { number, name, id, parent, migration, ...(replaces.length > 0 ? { replaces } : {}) };
  }

  /** The same of a file that the lock need not know. */
  migration(place: Place, home?: string): Migration {
    const file = this.folder.migrationFile(place, home);
    const migration = property(this.load(file), 'default');
    if (!isMigration(migration)) throw unloadable(file, 'its default export is not made by defineMigration');
    return migration;
  }

  private load(file: string): unknown {
    this.folder.read(file);
    try {
      return requireTranspiled(this.ts, file, this.options);
    } catch (error) {
      if (error instanceof MigrationError) throw error;
      throw unloadable(file, error instanceof Error ? error.message : String(error), error);
    }
  }
}

function unloadable(file: string, why: string, cause?: unknown): MigrationError {
  return new MigrationError('QDB3006', `${file} can't be loaded: ${why}.`, cause === undefined ? undefined : { cause });
}

function property(exports: unknown, name: string): unknown {
  return typeof exports === 'object' && exports !== null ? Reflect.get(exports, name) : undefined;
}

function isMigration(value: unknown): value is Migration {
  const migration = value as Partial<Migration> | null | undefined;
  return (
    typeof migration === 'object' && migration !== null && Array.isArray(migration.up) && Array.isArray(migration.down)
  );
}
