// The one error of decoding, and the check that decoded enums need.
import { CodecError } from '../errors.js';

/** The error for bytes that are no record of `entity`. */
export function damaged(entity: string): CodecError {
  return new CodecError(
    'QDB4070',
    `The stored bytes of a row of ${entity} are no record of it. Restore a backup, or salvage with \`quantadb doctor\`.`,
  );
}

/** The value of an enum by its stored position. */
export function enumValue<T>(values: readonly T[], position: number, entity: string): T {
  if (position >= values.length) throw damaged(entity);
  return values[position] as T;
}
