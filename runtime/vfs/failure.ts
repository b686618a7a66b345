// Tells the failures of a file system apart that need different answers.
import { DiskFullError } from '../errors.js';

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
