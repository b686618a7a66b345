// What all files of a database directory share: the format version and their names. docs/format.md draws the rest.
//
//   LOCK.000001          who has the directory open (runtime/vfs/lock.ts)
//   CURRENT              which manifest counts (version/current.ts)
//   MANIFEST-000001      which trees and tables there are (version/manifest.ts)
//   wal-001.log          the write-ahead log, in a few files that are used in turn (wal/)
//   BACKUP               in place of CURRENT, manifest and log: makes the directory a backup (backup.ts)
//   000042.table         sorted entries of one tree (table/)
import { StorageError } from '../errors.js';

/** Version of every file format here; a file of another one is refused (QDB4011). */
export const FORMAT_VERSION = 2;

/** Says that `path` was written by another release. */
export function otherFormat(path: string, version: number): StorageError {
  return new StorageError(
    'QDB4011',
    `${path} is of format version ${version}, and this QuantaDB reads version ${FORMAT_VERSION}. Use the release that wrote it.`,
  );
}

export const CURRENT_NAME = 'CURRENT';
/** Where the next CURRENT is written before it is renamed. */
export const CURRENT_TEMPORARY_NAME = 'CURRENT.tmp';

/** Names the tables of a backup. */
export const BACKUP_NAME = 'BACKUP';

/** Name of the manifest of that number, counted from 1 up with every rewrite. */
export function manifestName(number: number): string {
  return `MANIFEST-${String(number).padStart(6, '0')}`;
}

/** Name of the table of that id. */
export function tableName(id: number): string {
  return `${String(id).padStart(6, '0')}.table`;
}

/** Name of the log file in that slot; which segment it holds stands in its header. */
export function walName(slot: number): string {
  return `wal-${String(slot).padStart(3, '0')}.log`;
}

/** The number in a manifest's name, or undefined for other names. */
export function manifestNumber(name: string): number | undefined {
  return numberIn(/^MANIFEST-(\d{6,})$/, name);
}

/** The id in a table's name, or undefined for other names. */
export function tableId(name: string): number | undefined {
  return numberIn(/^(\d{6,})\.table$/, name);
}

/** The slot in a log file's name, or undefined for other names. */
export function walSlot(name: string): number | undefined {
  return numberIn(/^wal-(\d{3,})\.log$/, name);
}

function numberIn(pattern: RegExp, name: string): number | undefined {
  const match = pattern.exec(name);
  return match === null ? undefined : Number(match[1]);
}
