// Keys and values between abstract-level's three formats (a string, a Buffer, a Uint8Array) and the engine's bytes.
import type { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { KeyRange } from '../engine/index.js';

/** What encodings give and take. */
export type Data = string | Buffer | Uint8Array;

/** Names of the formats: a database declares them as its encodings. */
export type Format = 'utf8' | 'buffer' | 'view';

/** Bounds as encodings give them. */
export interface DataRange {
  readonly gte?: Data;
  readonly gt?: Data;
  readonly lte?: Data;
  readonly lt?: Data;
}

/** Characters up to which a loop beats the call of a native encoder. */
const SHORT_TEXT = 24;
/** Characters from which on the bytes are counted before room is made, instead of assuming three for each. */
const LONG_TEXT = 4096;

export function appendData(out: ByteWriter, data: Data): void {
  if (typeof data === 'string') appendText(out, data);
  else out.append(data);
}

/** UTF-8; a lone surrogate becomes U+FFFD, as everywhere in Node. */
function appendText(out: ByteWriter, text: string): void {
  const { length } = text;
  out.ensure(length < LONG_TEXT ? length * 3 : Buffer.byteLength(text));
  const { bytes, at } = out;
  if (length <= SHORT_TEXT) {
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) break;
      bytes[at + i] = unit;
    }
    if (i === length) {
      out.at = at + length;
      return;
    }
  }
  out.at = at + bytes.write(text, at);
}

/** A copy of the span in that format. */
export function readData({ bytes, start, end }: ByteSpan, format: Format): Data {
  if (format === 'utf8') return bytes.toString('utf8', start, end);
  const out = format === 'buffer' ? Buffer.allocUnsafe(end - start) : new Uint8Array(end - start);
  bytes.copy(out, 0, start, end);
  return out;
}

export function bytesOf(data: Data): Uint8Array {
  return typeof data === 'string' ? Buffer.from(data) : data;
}

/** The engine's bounds. Where both are given, `gte` and `lte` count, as in other abstract-level databases. */
export function keyRange({ gte, gt, lte, lt }: DataRange): KeyRange {
  return {
    ...(gte !== undefined ? { gte: bytesOf(gte) } : gt !== undefined ? { gt: bytesOf(gt) } : {}),
    ...(lte !== undefined ? { lte: bytesOf(lte) } : lt !== undefined ? { lt: bytesOf(lt) } : {}),
  };
}
