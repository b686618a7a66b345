// A backup becomes a database again: every block is checked first, nothing is overwritten, and CURRENT is written last.
import { loadXxh3 } from '../../bytes/xxh3.js';
import { doorTo } from '../../vfs/door.js';
import type { Vfs } from '../../vfs/vfs.js';
import { checkTable } from '../check/table-check.js';
import { assertDirectoryName, makeDirectory, refuseInside, takeLock } from '../directory.js';
import { tableName } from '../format.js';
import { switchCurrent } from '../version/current.js';
import { stageManifest } from '../version/manifest.js';
import { readBackup } from './backup-file.js';
import { copyFile, refuseFull } from './files.js';

/** What was restored. */
export interface RestoreSummary {
  /** Of the last commit in it. */
  readonly sequence: number;
  readonly tables: number;
  readonly bytes: number;
}

export interface RestoreOptions {
  /** The backup and the database will both be thrown away soon: blocks are shared where they can be, and not checked. */
  readonly throwaway?: boolean;
}

/**
 * Copies the backup in `backup` to the directory `path`, which must be empty or new, as a database.
 *
 * Throws StorageError QDB4015 when there is no whole backup, CorruptionError (QDB4010) when a block of it is damaged, and
 * QDB4016 when `path` holds something, QDB4014 or QDB4032 when it can't be one; nothing is written then.
 */
export async function restoreBackup(
  files: Vfs,
  backup: string,
  path: string,
  { throwaway = false }: RestoreOptions = {},
): Promise<RestoreSummary> {
  assertDirectoryName(backup, 'a backup');
  assertDirectoryName(path, 'a database');
  refuseInside(path, backup, 'the backup');
  await loadXxh3();
  const vfs = doorTo(files);
  const version = readBackup(vfs, backup);
  const tables = [...version.tables.values()];
  if (!throwaway) for (const table of tables) checkTable(vfs, vfs.join(backup, tableName(table.id)), table);
  makeDirectory(vfs, path, 'a database');
  const lock = takeLock(vfs, path, 'A database');
  try {
    refuseFull(vfs, path);
    for (const { id } of tables) {
      const [from, to] = [vfs.join(backup, tableName(id)), vfs.join(path, tableName(id))];
      // Otherwise copies, not links: a backup must not share the blocks that the database lives on.
      if (!throwaway || vfs.link?.(from, to) !== true) await copyFile(vfs, from, to);
    }
    stageManifest(vfs, path, 1, version.toEdit()).file.close();
    switchCurrent(vfs, path);
  } finally {
    lock.release();
  }
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  return { sequence: version.lastSequence, tables: tables.length, bytes };
}
