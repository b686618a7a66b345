// The file BACKUP: it makes a directory of tables a backup, and says of what. Its bytes are a manifest (version/manifest-log.ts)
// of one frame: trees, tables, last sequence. It is written last, by a rename, so that half a backup is none.
import { QuantaError, StorageError } from '../../errors.js';
import { openToRead, readFrom, writeFailure } from '../../vfs/failure.js';
import type { Vfs } from '../../vfs/vfs.js';
import { BACKUP_NAME, FORMAT_VERSION, otherFormat } from '../format.js';
import type { VersionEdit } from '../version/edit.js';
import { decodeEdit } from '../version/edit-codec.js';
import {
  decodeManifestHeader,
  encodeManifest,
  FRAME_HEADER_BYTES,
  frameEnd,
  MANIFEST_HEADER_BYTES,
} from '../version/manifest-log.js';
import { Version } from '../version/version.js';

/** Where the next BACKUP is written before it is renamed. */
export const BACKUP_TEMPORARY_NAME = `${BACKUP_NAME}.tmp`;

/** The version that the backup in `directory` holds. Throws StorageError (QDB4015) when there is no whole backup. */
export function readBackup(vfs: Vfs, directory: string): Version {
  const path = vfs.join(directory, BACKUP_NAME);
  if (!vfs.exists(path)) throw noBackup(directory, `there is no file ${BACKUP_NAME}, which is written last`);
  const file = openToRead(vfs, path);
  let bytes: Buffer;
  try {
    bytes = Buffer.alloc(file.size());
    bytes = bytes.subarray(0, readFrom(file, bytes, 0, bytes.length, 0));
  } finally {
    file.close();
  }
  const version = decodeManifestHeader(bytes);
  if (version !== undefined && version !== FORMAT_VERSION) throw otherFormat(path, version);
  const end = version === undefined ? 0 : frameEnd(bytes, MANIFEST_HEADER_BYTES);
  if (end === 0 || end !== bytes.length) throw noBackup(directory, `${BACKUP_NAME} is damaged`);
  try {
    return Version.EMPTY.apply(decodeEdit(bytes, MANIFEST_HEADER_BYTES + FRAME_HEADER_BYTES, end));
  } catch (error) {
    if (error instanceof QuantaError) throw noBackup(directory, error.message, { cause: error });
    throw error;
  }
}

/** Makes the directory the backup that `contents` describes, at once and durably. Its tables must be synced. */
export function writeBackupFile(vfs: Vfs, directory: string, contents: VersionEdit): void {
  const bytes = encodeManifest(contents);
  const temporary = vfs.join(directory, BACKUP_TEMPORARY_NAME);
  try {
    const file = vfs.open(temporary, 'write');
    try {
      file.truncate(0);
      file.write(bytes, 0, bytes.length, 0);
      file.sync();
    } finally {
      file.close();
    }
    // The names of the tables, too, must be on the disk before BACKUP tells them.
    vfs.syncDirectory(directory);
    vfs.rename(temporary, vfs.join(directory, BACKUP_NAME));
    vfs.syncDirectory(directory);
  } catch (error) {
    throw writeFailure(error, 'the end of a backup');
  }
}

function noBackup(directory: string, why: string, options?: ErrorOptions): StorageError {
  return new StorageError(
    'QDB4015',
    `${directory} holds no whole backup: ${why}. Use another backup, or make it again.`,
    options,
  );
}
