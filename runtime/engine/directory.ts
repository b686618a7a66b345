// The directories that databases and backups are made in: named, made and locked, or a typed error that says why not.
import { resolve, sep } from 'node:path';
import { StorageError } from '../errors.js';
import { systemError, writeFailure } from '../vfs/failure.js';
import type { Vfs, VfsLock } from '../vfs/vfs.js';

/** What file systems say where they are read-only, or permissions are missing. */
const NOT_WRITABLE = ['EROFS', 'EACCES', 'EPERM'];

/** Throws StorageError QDB4014 unless `given` can name a directory. `use` says of what: "a backup". */
export function assertDirectoryName(given: unknown, use: string): void {
  if (typeof given === 'string' && given !== '' && !given.includes('\0')) return;
  const shown = typeof given === 'string' ? JSON.stringify(given) : String(given);
  throw new StorageError('QDB4014', `${shown} names no directory for ${use}. Give a path, as './monday'.`);
}

/** Throws StorageError QDB4014 where `path` is in the directory `outer`. `whose` says what that is: "the database". */
export function refuseInside(path: string, outer: string, whose: string): void {
  if (!resolve(path).startsWith(resolve(outer) + sep)) return;
  throw new StorageError('QDB4014', `${path} is inside ${whose}, ${outer}. Name a directory outside of it.`);
}

/** Makes the directory where it is missing. Throws StorageError QDB4032. */
export function makeDirectory(vfs: Vfs, path: string, use: string): void {
  try {
    vfs.mkdir(path);
  } catch (error) {
    const cause = systemError(error) ?? error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StorageError('QDB4032', `${path} cannot be the directory of ${use}: ${reason}. Give another path.`, {
      cause,
    });
  }
}

/**
 * The lock is the first thing that is written: where nothing may be, it fails here, with StorageError QDB4032. Throws
 * DatabaseLockedError (QDB4020) where another one has it.
 */
export function takeLock(vfs: Vfs, path: string, use: string): VfsLock {
  try {
    return vfs.lock(path);
  } catch (error) {
    const cause = systemError(error);
    if (cause !== null && 'code' in cause && NOT_WRITABLE.includes(String(cause.code))) {
      throw new StorageError(
        'QDB4032',
        `Nothing can be written to ${path}: ${cause.message}. ${use} must be written to, if only its lock: give another path, or copy it.`,
        { cause },
      );
    }
    throw writeFailure(error, `the lock of ${path}`);
  }
}
