// The migrations folder on disk: what its lock says, whether the files agree with it, and the texts in them.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MigrationError } from '../../runtime/errors.js';
import { stem } from './files.js';
import { EMPTY_LOCK, LOCK_FILE, type Lock, type LockEntry, parseLock, printLock, textHash } from './lock.js';

/** Folder of snapshots within the migrations folder. */
export const SNAPSHOTS = 'snapshots';
/** Folder of what a squash has replaced, laid out like the migrations folder. */
export const SQUASHED = 'squashed';
/** Folder of kept databases, one of each version. */
export const FIXTURES = 'fixtures';

const MIGRATION_FILE = /^(\d{4,})_(\w+)\.ts$/;

/** What names the files of a migration. */
export type Place = Pick<LockEntry, 'number' | 'name'>;

export class MigrationFolder {
  /** What the lock says, which is what counts. */
  readonly lock: Lock;

  /** @throws MigrationError QDB3006 and QDB3002 when the lock is damaged or in conflict */
  constructor(readonly path: string) {
    const file = join(path, LOCK_FILE);
    this.lock = existsSync(file) ? parseLock(readFileSync(file, 'utf8'), file) : EMPTY_LOCK;
  }

  /** The migration that a database of today's code has run last; undefined before the first is written. */
  get head(): LockEntry | undefined {
    return this.lock.entries.at(-1);
  }

  /** @param home the folder, or the one of squashed migrations in it */
  migrationFile(entry: Place, home = this.path): string {
    return join(home, `${stem(entry)}.ts`);
  }

  snapshotFile(entry: Place, home = this.path): string {
    return join(home, SNAPSHOTS, `${stem(entry)}.ts`);
  }

  get indexFile(): string {
    return join(this.path, 'index.ts');
  }

  /** Where what a squash has replaced stands, for databases that are still below it. */
  get squashedHome(): string {
    return join(this.path, SQUASHED);
  }

  /** Migration files that the lock doesn't know, oldest first: of somebody who has lost a merge, or is in the midst of one. */
  unlisted(): Place[] {
    if (!existsSync(this.path)) return [];
    const listed = new Set(this.lock.entries.map(stem));
    return readdirSync(this.path)
      .flatMap((file) => {
        const [, number, name] = MIGRATION_FILE.exec(file) ?? [];
        return number === undefined ? [] : [{ number: Number(number), name: name! }];
      })
      .filter((entry) => !listed.has(stem(entry)))
      .sort((a, b) => a.number - b.number || (a.name < b.name ? -1 : 1));
  }

  /**
   * Holds the files against the lock: each must be there, and each snapshot as it was written.
   * @throws MigrationError QDB3007 for a missing file, QDB3006 for a changed snapshot, QDB3008 for files the lock doesn't know
   */
  check(): void {
    for (const entry of this.lock.entries) this.checkEntry(entry, this.path);
    for (const entry of this.lock.squashed) this.checkEntry(entry, this.squashedHome);
    const [extra] = this.unlisted();
    if (extra === undefined) return;
    throw new MigrationError(
      'QDB3008',
      `${this.migrationFile(extra)} stands in the folder and not in ${LOCK_FILE}. Run \`quantadb migrate rebase\` to put it behind the others, or delete it.`,
    );
  }

  private checkEntry(entry: LockEntry, home: string): void {
    const file = this.migrationFile(entry, home);
    if (!existsSync(file)) throw missing(file);
    const snapshot = this.snapshotFile(entry, home);
    if (textHash(this.read(snapshot)) === entry.snapshot) return;
    throw new MigrationError('QDB3006', `${snapshot} is not as it was written. Restore it from version control.`);
  }

  /** @throws MigrationError QDB3007 when the file is missing */
  read(file: string): string {
    if (!existsSync(file)) throw missing(file);
    return readFileSync(file, 'utf8');
  }

  /**
   * Writes files by absolute path and removes others, the lock between: until it names a file, that doesn't count. What is written
   * stays, though it has the name of one that goes.
   * @throws MigrationError QDB3027 when a file can't be written; those before it are as they were then
   */
  change(files: ReadonlyMap<string, string>, lock: Lock, removed: readonly string[] = []): void {
    const all = new Map([...files, [join(this.path, LOCK_FILE), printLock(lock)]]);
    const written = new Map<string, string | null>();
    for (const [file, text] of all) {
      try {
        written.set(file, existsSync(file) ? readFileSync(file, 'utf8') : null);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
      } catch (cause) {
        written.delete(file);
        for (const [other, before] of written) {
          if (before === null) rmSync(other, { force: true });
          else writeFileSync(other, before);
        }
        throw unwritable(file, cause);
      }
    }
    for (const file of removed) if (!files.has(file)) rmSync(file, { force: true });
  }

  /** Takes what `migrate fixture` has kept of replaced versions out of the way of tests: only their originals bring it further. */
  setFixturesAside(replaced: readonly Place[]): void {
    for (const place of replaced) {
      const [from, to] = [this.path, this.squashedHome].map((home) => join(home, FIXTURES, stem(place)));
      if (!existsSync(from!)) continue;
      mkdirSync(dirname(to!), { recursive: true });
      renameSync(from!, to!);
    }
  }
}

function unwritable(file: string, cause: unknown): MigrationError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new MigrationError('QDB3027', `${file} can't be written: ${why}. Nothing was changed.`, { cause });
}

function missing(file: string): MigrationError {
  return new MigrationError('QDB3007', `${file} is missing. Restore it from version control.`);
}
