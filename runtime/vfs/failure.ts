// Tells the failures of a file system apart that need different answers.
import { DiskFullError, QuantaError, ReadFailedError } from '../errors.js';
import type { Vfs, VfsFile } from './vfs.js';

/** Whether `error` says that there is no room: the write failed, but a later one may succeed. */
export function isDiskFull(error: unknown): boolean {
  return (
    error instanceof DiskFullError ||
    (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
  );
}

/** DiskFullError (QDB4060) for a full disk, and `error` itself otherwise. `what` says what could not be written. */
export function writeFailure(error: unknown, what: string): unknown {
  if (!isDiskFull(error) || error instanceof DiskFullError) return error;
  return new DiskFullError('QDB4060', `The disk is full: ${what} was not written. Free some space and try again.`, {
    cause: error,
  });
}

/** Opens a file that exists; throws ReadFailedError (QDB4033) where the file system cannot. */
export function openToRead(vfs: Vfs, path: string): VfsFile {
  try {
    return vfs.open(path, 'read');
  } catch (error) {
    throw readFailure(error, path);
  }
}

/** `file.read`, which throws ReadFailedError (QDB4033) where the file system fails. */
export function readFrom(file: VfsFile, into: Uint8Array, start: number, end: number, offset: number): number {
  try {
    return file.read(into, start, end, offset);
  } catch (error) {
    throw readFailure(error, file.path, offset);
  }
}

/** ReadFailedError (QDB4033) for what the file system throws; typed errors, and what is no error of a file system, pass. */
export function readFailure(error: unknown, path: string, offset?: number): unknown {
  if (error instanceof QuantaError || isDiskFull(error)) return error;
  if (!(error instanceof Error && 'code' in error)) return error;
  return new ReadFailedError(path, offset, error);
}
