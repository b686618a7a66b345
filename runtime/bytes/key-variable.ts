// Key parts of 8-byte and of varying size: int64 and uint64, bigint, string and bytes. key.ts draws them.
import { keyError, setKeyEnd } from './key-end.js';
import type { ByteWriter } from './writer.js';

/** Ends a string or bytes; below everything that can stand inside one. */
const TERMINATOR = 0x00;
/** Announces an escaped byte: 00 is written as 01 01, 01 as 01 02. */
const ESCAPE = 0x01;

/** Longest magnitude in bytes that stands in the head byte of a bigint. */
const MAX_SHORT_MAGNITUDE = 126;
const INT64_SIGN = 1n << 63n;

export function writeKeyInt64(out: ByteWriter, value: bigint): void {
  out.ensure(8);
  out.view.setBigUint64(out.at, BigInt.asUintN(64, value) ^ INT64_SIGN);
  out.at += 8;
}

export function readKeyInt64(bytes: Uint8Array, start: number, end: number): bigint {
  return BigInt.asIntN(64, readKeyUint64(bytes, start, end) ^ INT64_SIGN);
}

export function writeKeyUint64(out: ByteWriter, value: bigint): void {
  out.ensure(8);
  out.view.setBigUint64(out.at, value);
  out.at += 8;
}

export function readKeyUint64(bytes: Uint8Array, start: number, end: number): bigint {
  if (start + 8 > end) throw keyError(start, '64-bit integer');
  setKeyEnd(start + 8);
  let value = 0n;
  for (let i = 0; i < 8; i += 4) {
    const word = (bytes[start + i]! << 24) | (bytes[start + i + 1]! << 16) | (bytes[start + i + 2]! << 8);
    value = (value << 32n) | BigInt((word | bytes[start + i + 3]!) >>> 0);
  }
  return value;
}

/** A bigint of any size: sign and length first, then the magnitude, inverted when negative. */
export function writeKeyBigint(out: ByteWriter, value: bigint): void {
  const negative = value < 0n;
  const hex = value === 0n ? '' : (negative ? -value : value).toString(16);
  const size = (hex.length + 1) >> 1;
  const flip = negative ? 0xff : 0;
  out.ensure(5 + size);
  const { bytes } = out;
  if (size <= MAX_SHORT_MAGNITUDE) {
    bytes[out.at++] = (0x80 + size) ^ flip;
  } else {
    bytes[out.at++] = 0xff ^ flip;
    out.view.setUint32(out.at, negative ? ~size : size);
    out.at += 4;
  }
  bytes.write(hex.length % 2 === 0 ? hex : `0${hex}`, out.at, 'hex');
  if (negative) for (let i = 0; i < size; i++) bytes[out.at + i]! ^= 0xff;
  out.at += size;
}

export function readKeyBigint(bytes: Uint8Array, start: number, end: number): bigint {
  if (start >= end) throw keyError(start, 'bigint');
  const head = bytes[start]!;
  const negative = head < 0x80;
  const flip = negative ? 0xff : 0;
  let size = (head ^ flip) - 0x80;
  let at = start + 1;
  if (size > MAX_SHORT_MAGNITUDE) {
    if (at + 4 > end) throw keyError(start, 'bigint');
    size = 0;
    for (let i = 0; i < 4; i++) size = size * 256 + (bytes[at++]! ^ flip);
  }
  if (at + size > end) throw keyError(start, 'bigint');
  setKeyEnd(at + size);
  if (size === 0) return 0n;
  const magnitude = Buffer.from(bytes.subarray(at, at + size));
  if (negative) for (let i = 0; i < size; i++) magnitude[i]! ^= 0xff;
  const value = BigInt(`0x${magnitude.toString('hex')}`);
  return negative ? -value : value;
}

/** Any string, lone surrogates and NUL included. */
export function writeKeyString(out: ByteWriter, value: string): void {
  out.ensure(value.length * 3 + 1);
  putCodePoints(out, value, value.length);
  out.bytes[out.at++] = TERMINATOR;
}

/** Into room that the caller has made: three bytes a UTF-16 unit are the most that any unit takes. */
function putCodePoints(out: ByteWriter, value: string, length: number): void {
  const { bytes } = out;
  let at = out.at;
  for (let i = 0; i < length; i++) {
    let code = value.charCodeAt(i);
    if (code < 0x80) {
      if (code <= ESCAPE) {
        bytes[at++] = ESCAPE;
        code++;
      }
      bytes[at++] = code;
    } else if (code < 0x800) {
      bytes[at++] = 0xc0 | (code >> 6);
      bytes[at++] = 0x80 | (code & 0x3f);
    } else {
      if ((code & 0xfc00) === 0xd800 && i + 1 < length) {
        const low = value.charCodeAt(i + 1);
        if ((low & 0xfc00) === 0xdc00) {
          i++;
          code = 0x10000 + ((code & 0x3ff) << 10) + (low & 0x3ff);
          bytes[at++] = 0xf0 | (code >> 18);
          bytes[at++] = 0x80 | ((code >> 12) & 0x3f);
          bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
          bytes[at++] = 0x80 | (code & 0x3f);
          continue;
        }
      }
      bytes[at++] = 0xe0 | (code >> 12);
      bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      bytes[at++] = 0x80 | (code & 0x3f);
    }
  }
  out.at = at;
}

export function readKeyString(bytes: Uint8Array, start: number, end: number): string {
  let at = start;
  // Bits that any byte has set: with none above 0x7f it is ASCII. A surrogate is ED and A0 or more.
  let seen = 0;
  let plain = true;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte <= ESCAPE) {
      if (byte === TERMINATOR) break;
      plain = false;
    }
    if (byte === 0xed && bytes[at + 1]! >= 0xa0) plain = false;
    seen |= byte;
  }
  if (at >= end) throw keyError(start, 'string');
  setKeyEnd(at + 1);
  if (!plain) return readCodePoints(bytes, start, at);
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString(seen < 0x80 ? 'latin1' : 'utf8', start, at);
}

/** What native decoders cannot give: escapes, and surrogates that stand alone. */
function readCodePoints(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; ) {
    const byte = bytes[at++]!;
    if (byte < 0x80) {
      text += String.fromCharCode(byte === ESCAPE ? bytes[at++]! - 1 : byte);
    } else if (byte < 0xe0) {
      text += String.fromCharCode(((byte & 0x1f) << 6) | (bytes[at++]! & 0x3f));
    } else if (byte < 0xf0) {
      text += String.fromCharCode(((byte & 0x0f) << 12) | ((bytes[at++]! & 0x3f) << 6) | (bytes[at++]! & 0x3f));
    } else {
      const high = ((byte & 0x07) << 18) | ((bytes[at++]! & 0x3f) << 12);
      text += String.fromCodePoint(high | ((bytes[at++]! & 0x3f) << 6) | (bytes[at++]! & 0x3f));
    }
  }
  return text;
}

export function writeKeyBytes(out: ByteWriter, value: Uint8Array): void {
  out.ensure(value.length * 2 + 1);
  const { bytes } = out;
  let at = out.at;
  for (let i = 0; i < value.length; i++) {
    const byte = value[i]!;
    if (byte <= ESCAPE) {
      bytes[at++] = ESCAPE;
      bytes[at++] = byte + 1;
    } else {
      bytes[at++] = byte;
    }
  }
  bytes[at++] = TERMINATOR;
  out.at = at;
}

/** A copy, of its own. */
export function readKeyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array {
  let at = start;
  let size = 0;
  for (; at < end && bytes[at] !== TERMINATOR; size++) at += bytes[at] === ESCAPE ? 2 : 1;
  if (at >= end) throw keyError(start, 'bytes');
  setKeyEnd(at + 1);
  const value = new Uint8Array(size);
  for (let from = start, to = 0; from < at; ) {
    const byte = bytes[from++]!;
    value[to++] = byte === ESCAPE ? bytes[from++]! - 1 : byte;
  }
  return value;
}
