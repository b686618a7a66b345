// Where the parts of a composed key end (runtime/bytes/key.ts draws them): all that statistics need to know of columns.
import { readVarint, VARINT_END, writeVarint } from './varint.js';
import type { ByteWriter } from './writer.js';

/** One part of the keys of a tree; plain data, for it goes to the compaction worker. */
export interface KeyPart {
  /** A tag byte stands before the value: 02; or in its place, where it is missing. */
  readonly tagged: boolean;
  /** Its size in bytes; `'text'` where a byte 00 ends it; `'bigint'` where its first byte tells. */
  readonly size: number | 'text' | 'bigint';
}

// As bytes: of each part whether it is tagged (u8, 0 or 1), then varint 0 for text, 1 for bigint, else its size + 2.
const TEXT_CODE = 0;
const BIGINT_CODE = 1;
const SIZE_CODE = 2;

export function isSameParts(a: readonly KeyPart[] | undefined, b: readonly KeyPart[] | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.length === b.length && a.every(({ tagged, size }, i) => tagged === b[i]!.tagged && size === b[i]!.size);
}

/** Appends a description of the parts. */
export function writeKeyParts(parts: readonly KeyPart[], out: ByteWriter): void {
  for (const { tagged, size } of parts) {
    out.ensure(1);
    out.bytes[out.at++] = Number(tagged);
    writeVarint(out, size === 'text' ? TEXT_CODE : size === 'bigint' ? BIGINT_CODE : size + SIZE_CODE);
  }
}

/** Reads what {@link writeKeyParts} wrote, all of `bytes`. Throws CodecError. */
export function readKeyParts(bytes: Uint8Array): readonly KeyPart[] {
  const parts: KeyPart[] = [];
  for (let at = 0; at < bytes.length; at = VARINT_END) {
    const code = readVarint(bytes, at + 1, bytes.length);
    const size = code === TEXT_CODE ? 'text' : code === BIGINT_CODE ? 'bigint' : code - SIZE_CODE;
    parts.push({ tagged: bytes[at] === 1, size });
  }
  return parts;
}

const TAG_VALUE = 2;
/** A first byte of this or more: not negative, and the size of the magnitude on top of it. */
const BIGINT_SIGN = 0x80;
const LONG_BIGINT_BYTES = 127;

/** Offset behind the first `count` parts of the key in `bytes[start, end)`; `end` where it has no more. */
export function partEnd(
  parts: readonly KeyPart[],
  count: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let at = start;
  for (let i = 0; i < count && at < end; i++) {
    const { tagged, size } = parts[i]!;
    if (tagged && bytes[at++] !== TAG_VALUE) continue;
    if (typeof size === 'number') at += size;
    else if (size === 'text') at = behindText(bytes, at, end);
    else at += bigintBytes(bytes, at);
  }
  return Math.min(at, end);
}

function behindText(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== 0) at++;
  return at + 1;
}

function bigintBytes(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  const size = first >= BIGINT_SIGN ? first - BIGINT_SIGN : BIGINT_SIGN - 1 - first;
  if (size < LONG_BIGINT_BYTES) return 1 + size;
  const inverted = first >= BIGINT_SIGN ? 0 : 0xff;
  let long = 0;
  for (let i = 1; i <= 4; i++) long = long * 256 + (bytes[at + i]! ^ inverted);
  return 5 + long;
}
