// Uint8Array values. They are copied both ways: a row never shares memory with a page of the database.
import { writeVarint } from '../bytes/varint.js';
import type { ByteWriter } from '../bytes/writer.js';

/** Appends the length, then the bytes. */
export function writeSizedBytes(out: ByteWriter, value: Uint8Array): void {
  writeVarint(out, value.length);
  out.append(value);
}

/** A copy of `bytes[from, to)`, as a plain Uint8Array. */
export function readBytes(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const copy = new Uint8Array(to - from);
  copy.set(bytes.subarray(from, to));
  return copy;
}
