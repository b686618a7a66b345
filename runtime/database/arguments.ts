// Checks of arguments that TypeScript would have refused, unless they came in as `any`: a typed error instead of the engine's own
// TypeError, or of a call that silently does nothing.
import { wrongType } from '../codec/check.js';
import { isPlainObject } from '../codec/value.js';
import { StorageError, ValidationError } from '../errors.js';
import type { EntityModel } from '../schema/model.js';

/** Throws ValidationError (QDB1101; QDB1102 for undefined) unless `given` can be iterated over. */
export function assertIterable(entity: string, what: string, given: unknown, mayBeAsync = false): void {
  const isObject = typeof given === 'object' && given !== null;
  if (isObject && (Symbol.iterator in given || (mayBeAsync && Symbol.asyncIterator in given))) return;
  throw wrongType(entity, `an iterable of ${what}`, given).toError();
}

/**
 * Throws ValidationError unless `given` is an object of values by name (QDB1101; QDB1102 for undefined), and for a name that is no field
 * (QDB1106): nobody says what to change for it to be left out. Rows, and other instances of classes, may have more than their fields,
 * as when they are stored.
 */
export function assertValues({ name: entity, fields }: EntityModel, given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw wrongType(entity, 'values by field', given).toError();
  }
  if (!isPlainObject(given)) return;
  for (const name of Object.keys(given)) {
    if (fields.some((field) => field.name === name)) continue;
    const known = fields.map((field) => field.name).join(', ');
    const what = `is no field, so nothing was changed. Fields are ${known}.`;
    throw new ValidationError('QDB1106', `${entity}.${name}`, what);
  }
}

/** Throws StorageError QDB4014 unless `at` is the number of a commit or a date; whether it can be read is the history's to say. */
export function assertMoment(at: unknown): void {
  if (Number.isSafeInteger(at) || at instanceof Date) return;
  throw new StorageError(
    'QDB4014',
    `${typeof at === 'string' ? `"${at}"` : String(at)} is no moment of the past. Give a Date, or the number of a commit, which \`sequence\` of a snapshot is.`,
  );
}

/** Throws StorageError QDB4116 unless `body`, of a transaction, can be called. */
export function assertBody(body: unknown): void {
  if (typeof body === 'function') return;
  throw new StorageError(
    'QDB4116',
    `A transaction takes a function to run, not ${String(body)}. Write it as tx => ....`,
  );
}
