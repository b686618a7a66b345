// What an error of the file system means to whoever called the engine.
import { ClosedError, ReadOnlyError } from '../errors.js';
import { writeFailure } from '../vfs/failure.js';

/** The error to throw for a failed call: typed ones pass, those of the file system are wrapped. `what` was not written. */
export function storageError(cause: unknown, what: string): Error {
  const error = writeFailure(cause, what);
  return error instanceof Error ? error : new Error(String(error));
}

/** Why nothing more may be written: the kernel may have dropped what it could not sync, and will not say so twice. */
export function readOnlyError(cause: unknown, doing: string): ReadOnlyError {
  if (cause instanceof ReadOnlyError) return cause;
  return new ReadOnlyError(
    'QDB4030',
    `The database is read-only since ${doing} failed (${cause instanceof Error ? cause.message : String(cause)}). ` +
      'Reads go on; check the disk, then close the database and open it again.',
    { cause },
  );
}

export function closedError(path: string): ClosedError {
  return new ClosedError('QDB4040', `The database ${path} is closed. Open it again.`);
}
