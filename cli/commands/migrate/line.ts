// The migrations of a project as the runner takes them. A file is loaded when its migration is first looked at: with hundreds
// behind a database, most never are.

import type { HistoryEntry } from '../../../runtime/migrate/index.js';
import type { MigrationLine } from '../../../runtime/migrate/line.js';
import { type LockEntry, textHash } from '../../../transformer/migrate/lock.js';
import type { MigrationProject } from './project.js';

/** @throws MigrationError QDB3006 to QDB3008 when files aren't as the lock says */
export function projectLine({ folder, loader }: MigrationProject): Required<MigrationLine> {
  folder.check();
  const { entries, squashed } = folder.lock;
  const checksum = (entry: LockEntry, home?: string): [string, string] => [
    entry.id,
    textHash(folder.read(folder.migrationFile(entry, home))),
  ];
  const replaces = squashed.map(({ id }) => id);
  return {
    migrations: entries.map((entry, i) =>
      deferred(entry, i === 0 && replaces.length > 0 ? { replaces } : {}, () => loader.entry(entry)),
    ),
    squashed: squashed.map((entry) => deferred(entry, {}, () => loader.entry(entry))),
    // A squash keeps the id of the last one that it replaces: databases have run that one's text, or will be told so.
    checksums: new Map([
      ...entries.map((entry) => checksum(entry)),
      ...squashed.map((entry) => checksum(entry, folder.squashedHome)),
    ]),
  };
}

function deferred(
  { number, name, id, parent }: LockEntry,
  more: Pick<HistoryEntry, 'replaces'>,
  load: () => HistoryEntry,
): HistoryEntry {
  let loaded: HistoryEntry | undefined;
  return {
    number,
    name,
    id,
    parent,
    ...more,
    get migration() {
      loaded ??= load();
      return loaded.migration;
    },
  };
}
