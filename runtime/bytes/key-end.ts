// Where the part of a key that was read last ended: shared by the readers of key-fixed.ts and key-variable.ts.
import { CodecError } from '../errors.js';

/** Offset behind the part of a key that was read last. */
export let KEY_END = 0;

/** For the readers of key parts only. */
export function setKeyEnd(end: number): void {
  KEY_END = end;
}

/** Says that a key ends before its parts do, or holds what no writer writes. */
export function keyError(start: number, what: string): CodecError {
  return new CodecError('QDB4070', `The ${what} at byte ${start} of a key is cut or damaged.`);
}
