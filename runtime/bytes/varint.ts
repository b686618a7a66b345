// Unsigned integers below 2^53 in as few bytes as they need (LEB128): seven bits a byte, low ones first, and the top bit
// set on every byte but the last.
//
//   300 = 0b10_0101100  ->  1010_1100  0000_0010
import { CodecError } from '../errors.js';
import type { ByteWriter } from './writer.js';

/** Most bytes that one varint takes: 53 bits at 7 a byte. */
export const MAX_VARINT_BYTES = 8;

/** Offset behind the varint that {@link readVarint} read last. */
export let VARINT_END = 0;

/** Appends `value`, an integer in [0, 2^53). */
export function writeVarint(out: ByteWriter, value: number): void {
  out.ensure(MAX_VARINT_BYTES);
  out.at = putVarint(out.bytes, out.at, value);
}

/** Writes `value` at `at`, where {@link MAX_VARINT_BYTES} are free; returns the offset behind it. */
export function putVarint(bytes: Uint8Array, at: number, value: number): number {
  // Division, not shifts, while the value is wider than a shift can hold.
  while (value > 0x7fffffff) {
    bytes[at++] = (value % 128) | 0x80;
    value = Math.floor(value / 128);
  }
  while (value > 0x7f) {
    bytes[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  bytes[at++] = value;
  return at;
}

/**
 * Reads the varint at `start`, which must end before `end`; leaves the offset behind it in {@link VARINT_END}.
 * Throws CodecError (QDB4070) when the bytes run out or the value passes 2^53 - 1.
 */
export function readVarint(bytes: Uint8Array, start: number, end: number): number {
  if (start < end) {
    const first = bytes[start]!;
    if (first < 0x80) {
      VARINT_END = start + 1;
      return first;
    }
  }
  let value = 0;
  let scale = 1;
  for (let at = start; at < end && at < start + MAX_VARINT_BYTES; at++) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) {
      if (value > Number.MAX_SAFE_INTEGER) break;
      VARINT_END = at + 1;
      return value;
    }
    scale *= 128;
  }
  throw new CodecError('QDB4070', `No whole number stands at byte ${start}: the bytes are cut or damaged.`);
}
