// Key parts of fixed size: numbers, dates, booleans and the tag of columns that may be missing. key.ts draws them.
import { keyError, setKeyEnd } from './key-end.js';
import type { ByteWriter } from './writer.js';

/** Tags of columns that may be missing. */
export const TAG_UNDEFINED = 0;
export const TAG_NULL = 1;
export const TAG_VALUE = 2;

const SIGN = 0x80000000;
/** High halves of the one NaN that is written, before the sign bit is flipped. */
const NAN_64 = 0x7ff80000;
const NAN_32 = 0x7fc00000;

const SCRATCH = new DataView(new ArrayBuffer(8));

function endAfter(start: number, end: number, size: number, what: string): void {
  if (start + size > end) throw keyError(start, what);
  setKeyEnd(start + size);
}

export function writeKeyTag(out: ByteWriter, tag: number): void {
  out.ensure(1);
  out.bytes[out.at++] = tag;
}

/** One of {@link TAG_UNDEFINED}, {@link TAG_NULL} and {@link TAG_VALUE}. */
export function readKeyTag(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 1, 'tag');
  const tag = bytes[start]!;
  if (tag > TAG_VALUE) throw keyError(start, 'tag');
  return tag;
}

export function writeKeyFloat64(out: ByteWriter, value: number): void {
  out.ensure(8);
  const { view, at } = out;
  out.at = at + 8;
  if (Number.isNaN(value)) {
    // A NaN may carry any bits, a sign among them.
    view.setInt32(at, NAN_64 ^ SIGN);
    view.setInt32(at + 4, 0);
    return;
  }
  view.setFloat64(at, value + 0); // + 0 turns -0 into 0
  const high = view.getInt32(at);
  if (high < 0) {
    view.setInt32(at, ~high);
    view.setInt32(at + 4, ~view.getInt32(at + 4));
  } else {
    view.setInt32(at, high ^ SIGN);
  }
}

export function readKeyFloat64(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 8, 'number');
  const high = int32(bytes, start);
  const low = int32(bytes, start + 4);
  if (high < 0) {
    SCRATCH.setInt32(0, high ^ SIGN);
    SCRATCH.setInt32(4, low);
  } else {
    SCRATCH.setInt32(0, ~high);
    SCRATCH.setInt32(4, ~low);
  }
  const value = SCRATCH.getFloat64(0);
  // Whole numbers as such: V8 keeps them in place, where a double would be an object of its own.
  return (value | 0) === value ? value | 0 : value;
}

export function writeKeyFloat32(out: ByteWriter, value: number): void {
  out.ensure(4);
  const { view, at } = out;
  out.at = at + 4;
  if (Number.isNaN(value)) {
    view.setInt32(at, NAN_32 ^ SIGN);
    return;
  }
  view.setFloat32(at, value + 0);
  const bits = view.getInt32(at);
  view.setInt32(at, bits < 0 ? ~bits : bits ^ SIGN);
}

export function readKeyFloat32(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 4, 'number');
  const bits = int32(bytes, start);
  SCRATCH.setInt32(0, bits < 0 ? bits ^ SIGN : ~bits);
  return SCRATCH.getFloat32(0);
}

/** `value.getTime()` as float64: an invalid date is NaN, and last. */
export function writeKeyDate(out: ByteWriter, value: Date): void {
  writeKeyFloat64(out, value.getTime());
}

export function readKeyDate(bytes: Uint8Array, start: number, end: number): Date {
  return new Date(readKeyFloat64(bytes, start, end));
}

export function writeKeyInt8(out: ByteWriter, value: number): void {
  out.ensure(1);
  out.bytes[out.at++] = value ^ 0x80;
}

export function readKeyInt8(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 1, 'int8');
  return ((bytes[start]! ^ 0x80) << 24) >> 24;
}

export function writeKeyInt16(out: ByteWriter, value: number): void {
  out.ensure(2);
  out.view.setUint16(out.at, value ^ 0x8000);
  out.at += 2;
}

export function readKeyInt16(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 2, 'int16');
  return (((bytes[start]! ^ 0x80) << 24) >> 16) | bytes[start + 1]!;
}

export function writeKeyInt32(out: ByteWriter, value: number): void {
  out.ensure(4);
  out.view.setInt32(out.at, value ^ SIGN);
  out.at += 4;
}

export function readKeyInt32(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 4, 'int32');
  return int32(bytes, start) ^ SIGN;
}

export function writeKeyUint8(out: ByteWriter, value: number): void {
  out.ensure(1);
  out.bytes[out.at++] = value;
}

export function readKeyUint8(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 1, 'uint8');
  return bytes[start]!;
}

export function writeKeyUint16(out: ByteWriter, value: number): void {
  out.ensure(2);
  out.view.setUint16(out.at, value);
  out.at += 2;
}

export function readKeyUint16(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 2, 'uint16');
  return (bytes[start]! << 8) | bytes[start + 1]!;
}

export function writeKeyUint32(out: ByteWriter, value: number): void {
  out.ensure(4);
  out.view.setUint32(out.at, value);
  out.at += 4;
}

export function readKeyUint32(bytes: Uint8Array, start: number, end: number): number {
  endAfter(start, end, 4, 'uint32');
  return int32(bytes, start) >>> 0;
}

export function writeKeyBoolean(out: ByteWriter, value: boolean): void {
  out.ensure(1);
  out.bytes[out.at++] = value ? 1 : 0;
}

export function readKeyBoolean(bytes: Uint8Array, start: number, end: number): boolean {
  endAfter(start, end, 1, 'boolean');
  if (bytes[start]! > 1) throw keyError(start, 'boolean');
  return bytes[start] === 1;
}

function int32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}
