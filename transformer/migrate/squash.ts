// `quantadb migrate squash --to=5`: one migration that makes version 5 out of nothing takes the place of the first five. The
// originals move aside, where databases that are still below version 5 find them.
import { MigrationError } from '../../runtime/errors.js';
import { EMPTY_SNAPSHOT } from '../../runtime/migrate/snapshot.js';
import { stepsBetween } from './between.js';
import { indexText, migrationText } from './files.js';
import type { MigrationFolder } from './folder.js';
import type { MigrationLoader } from './load.js';
import type { Lock, LockEntry } from './lock.js';

/**
 * The new migration keeps the number, the name and the id of the last one that it replaces: databases that have run that are
 * where it leads.
 * @returns what was replaced
 * @throws MigrationError QDB3009 when there is no such migration
 */
export function squash(
  folder: MigrationFolder,
  loader: MigrationLoader,
  to: number,
  extension: string,
): readonly LockEntry[] {
  const { lock } = folder;
  const last = lock.entries.find(({ number }) => number === to);
  if (last === undefined) {
    const numbers = lock.entries.map(({ number }) => number);
    throw new MigrationError(
      'QDB3009',
      `There is no migration ${to}. Those of this project are ${numbers.join(', ') || 'none'}.`,
    );
  }
  const after = loader.snapshot(last);
  const replaced = lock.entries.slice(0, lock.entries.indexOf(last) + 1);
  const up = stepsBetween(EMPTY_SNAPSHOT, after, []);
  const down = stepsBetween(after, EMPTY_SNAPSHOT, []);
  const text = migrationText({ number: last.number, name: last.name, before: null, up, down }, extension);
  const entries = [{ ...last, parent: null }, ...lock.entries.slice(replaced.length)];
  // What an earlier squash made is no original.
  const originals = lock.squashed.length > 0 ? replaced.slice(1) : replaced;
  const next: Lock = { entries, squashed: [...lock.squashed, ...originals] };
  const files = new Map<string, string>();
  const removed: string[] = [];
  for (const entry of originals) {
    files.set(folder.migrationFile(entry, folder.squashedHome), folder.read(folder.migrationFile(entry)));
    files.set(folder.snapshotFile(entry, folder.squashedHome), folder.read(folder.snapshotFile(entry)));
  }
  for (const entry of replaced.slice(0, -1)) removed.push(folder.migrationFile(entry), folder.snapshotFile(entry));
  files.set(folder.migrationFile(last), text);
  files.set(folder.indexFile, indexText(next, extension));
  folder.change(files, next, removed);
  folder.setFixturesAside(replaced.slice(0, -1));
  return replaced;
}
