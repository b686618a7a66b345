// What errors of a file system mean, told apart where that needs different answers.
import { DiskFullError, QuantaError, ReadFailedError, StorageError } from '../errors.js';
import type { Vfs, VfsFile } from './vfs.js';

/** Whether `error` says that there is no room: the write failed, but a later one may succeed. */
export function isDiskFull(error: unknown): boolean {
  return (
    error instanceof DiskFullError ||
    (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT'))
  );
}

/** The error of the file system: `error` itself, or what a failed write was named for; null for any other. */
export function systemError(error: unknown): Error | null {
  if (!(error instanceof Error && 'code' in error)) return null;
  if (!(error instanceof QuantaError)) return error;
  const isWrite = error instanceof DiskFullError || error.code === 'QDB4031';
  return isWrite && error.cause instanceof Error ? error.cause : null;
}

/**
 * What to throw for a failed write: DiskFullError (QDB4060) where the disk is full, StorageError (QDB4031) for whatever else the
 * file system says; other errors pass. `what` says what was not written; whoever stands nearer to the user may name it anew.
 */
export function writeFailure(error: unknown, what: string): unknown {
  const cause = systemError(error);
  if (cause === null) return error;
  if (isDiskFull(cause)) {
    return new DiskFullError('QDB4060', `The disk is full: ${what} was not written. Free some space and try again.`, {
      cause,
    });
  }
  return new StorageError('QDB4031', `The file system failed, and ${what} was not written: ${cause.message}.`, {
    cause,
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
