// Online backup: the tables of one version under a second name, or copied, and a file BACKUP that names them. Tables never
// change once they are written, so the database goes on meanwhile; it only keeps the files of that version until it is done.
import { setImmediate } from 'node:timers/promises';
import { compareKeys } from '../../bytes/compare.js';
import { StorageError } from '../../errors.js';
import type { Vfs } from '../../vfs/vfs.js';
import type { BackupOptions, BackupSummary } from '../api.js';
import { checkTable } from '../check/table-check.js';
import { assertDirectoryName, makeDirectory, refuseInside, takeLock } from '../directory.js';
import { BACKUP_NAME, tableId, tableName } from '../format.js';
import type { TableMeta } from '../version/edit.js';
import type { Version } from '../version/version.js';
import { readBackup, writeBackupFile } from './backup-file.js';
import { copyFile, isLockName, isSameFile, refuseFull } from './files.js';

/** Throws StorageError QDB4014 for arguments of a backup of the database `path` that can't be. */
export function assertBackup(path: string, directory: unknown, options: unknown = {}): asserts directory is string {
  assertDirectoryName(directory, 'a backup');
  refuseInside(directory as string, path, 'the database');
  const incremental = options === null ? null : (options as BackupOptions).incremental;
  if (typeof options === 'object' && (incremental === undefined || typeof incremental === 'boolean')) return;
  throw new StorageError(
    'QDB4014',
    'The options of a backup are not as they must be. Give { incremental: true }, or none.',
  );
}

/** What is backed up: a version whose tables stay in `path` until it is done, and whose log holds nothing that they lack. */
export interface BackupSource {
  readonly vfs: Vfs;
  readonly path: string;
  readonly version: Version;
  /** Called before each table; throws to give up. */
  check(): void;
}

/**
 * Makes `directory` a backup of `source`; see `assertBackup`. Throws StorageError QDB4016 when it holds something (unless `incremental`), or the
 * backup of another database; DatabaseLockedError when another backup goes there right now; CorruptionError (QDB4010) when a
 * table is damaged in the database, and an earlier backup is then as it was.
 */
export async function writeBackup(
  source: BackupSource,
  directory: string,
  options: BackupOptions = {},
): Promise<BackupSummary> {
  const { vfs } = source;
  makeDirectory(vfs, directory, 'a backup');
  const lock = takeLock(vfs, directory, 'A backup');
  try {
    if (options.incremental !== true) refuseFull(vfs, directory);
    else refuseOther(source, directory);
    return await new BackupWriter(source, directory).run();
  } finally {
    lock.release();
  }
}

class BackupWriter {
  private linked = 0;
  private copied = 0;
  private kept = 0;
  private bytesCopied = 0;

  constructor(
    private readonly source: BackupSource,
    private readonly directory: string,
  ) {}

  async run(): Promise<BackupSummary> {
    const { vfs, version, check } = this.source;
    // What is lacking comes first: until a table is replaced, whatever fails leaves the earlier backup as it was.
    const replaced: TableMeta[] = [];
    for (const table of version.tables.values()) {
      check();
      if (await this.isOutdated(table)) replaced.push(table);
    }
    for (const table of replaced) {
      check();
      this.invalidate();
      vfs.remove(vfs.join(this.directory, tableName(table.id)));
      await this.add(table);
    }
    const { lastSequence, nextId, history } = version;
    const addTables = [...version.tables.values()];
    const addTrees = [...version.trees.values()];
    writeBackupFile(vfs, this.directory, { addTrees, addTables, lastSequence, nextId, history });
    this.removeOthers();
    const { linked, copied, kept, bytesCopied } = this;
    const bytes = addTables.reduce((sum, table) => sum + table.bytes, 0);
    return { sequence: lastSequence, tables: addTables.length, bytes, linked, copied, kept, bytesCopied };
  }

  /**
   * Keeps the backup's table where it is the same to the byte, and adds one that is lacking. True where the backup's differs: then it
   * is damaged, for the database's verifies. Throws CorruptionError when that does not; a table that is linked is verified like any
   * other, for it is the one copy of its rows.
   */
  private async isOutdated(table: TableMeta): Promise<boolean> {
    const { vfs, path } = this.source;
    const from = vfs.join(path, tableName(table.id));
    const to = vfs.join(this.directory, tableName(table.id));
    checkTable(vfs, from, table);
    // A whole table was read at a stretch. Whoever closed the database meanwhile may have removed it.
    await setImmediate();
    this.source.check();
    if (!vfs.exists(to)) {
      await this.add(table);
      return false;
    }
    if (await isSameFile(vfs, from, to)) {
      this.kept++;
      return false;
    }
    return true;
  }

  /** Of a table that verifies. */
  private async add(table: TableMeta): Promise<void> {
    const { vfs, path } = this.source;
    const from = vfs.join(path, tableName(table.id));
    const to = vfs.join(this.directory, tableName(table.id));
    if (vfs.link?.(from, to) === true) {
      this.linked++;
      return;
    }
    this.bytesCopied += await copyFile(vfs, from, to);
    this.copied++;
  }

  /** From here on until the end, the earlier backup is none: tables of it that are damaged are replaced. */
  private invalidate(): void {
    const { vfs } = this.source;
    const path = vfs.join(this.directory, BACKUP_NAME);
    if (!vfs.exists(path)) return;
    vfs.remove(path);
    vfs.syncDirectory(this.directory);
  }

  /** Tables of earlier backups that this one lacks. */
  private removeOthers(): void {
    const { vfs, version } = this.source;
    for (const name of vfs.list(this.directory)) {
      const id = tableId(name);
      if (id !== undefined && !version.tables.has(id)) vfs.remove(vfs.join(this.directory, name));
    }
  }
}

/** Throws when the earlier backup is of another database, or of a later state than `source`: it may be the only copy. */
function refuseOther({ vfs, version }: BackupSource, directory: string): void {
  if (!vfs.exists(vfs.join(directory, BACKUP_NAME))) {
    const stranger = vfs.list(directory).find((name) => !isLockName(name) && !isOurs(name));
    if (stranger === undefined) return;
    throw new StorageError(
      'QDB4016',
      `${directory} is no backup: ${stranger} is there. Name a backup, or a new directory.`,
    );
  }
  const earlier = readBackup(vfs, directory);
  const differs = [...earlier.tables.values()].some((table) => {
    const ours = version.tables.get(table.id);
    return ours !== undefined && !isSameTable(ours, table);
  });
  if (!differs && earlier.lastSequence <= version.lastSequence) return;
  throw new StorageError(
    'QDB4016',
    `${directory} holds the backup of another database, or of a later state. Name another directory.`,
  );
}

/** Files that a backup which did not come to its end leaves. */
function isOurs(name: string): boolean {
  return tableId(name) !== undefined || name.startsWith(BACKUP_NAME);
}

function isSameTable(left: TableMeta, right: TableMeta): boolean {
  return (
    left.treeId === right.treeId &&
    left.bytes === right.bytes &&
    left.entries === right.entries &&
    left.maxSequence === right.maxSequence &&
    compareKeys(left.smallest, right.smallest) === 0 &&
    compareKeys(left.largest, right.largest) === 0
  );
}
