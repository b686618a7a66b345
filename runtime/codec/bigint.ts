// Bigints of any size as little-endian two's complement of 4 bytes, 8 bytes, or any greater multiple of 8.
import { writeVarint } from '../bytes/varint.js';
import type { ByteWriter } from '../bytes/writer.js';
import { damaged } from './damage.js';

const WORD = 8;

/** Appends the bytes of `value`; their number is not written. */
export function writeBigInt(out: ByteWriter, value: bigint): void {
  if (BigInt.asIntN(32, value) === value) {
    out.ensure(4);
    out.view.setInt32(out.at, Number(value), true);
    out.at += 4;
  } else if (BigInt.asIntN(64, value) === value) {
    out.ensure(WORD);
    out.view.setBigInt64(out.at, value, true);
    out.at += WORD;
  } else {
    writeWords(out, value);
  }
}

/** Appends the number of bytes, then the bytes. */
export function writeSizedBigInt(out: ByteWriter, value: bigint): void {
  writeVarint(out, bigIntSize(value));
  writeBigInt(out, value);
}

/** The value in `bytes[from, to)`. */
export function readBigInt(view: DataView, from: number, to: number, entity: string): bigint {
  const size = to - from;
  if (size === 4) return BigInt(view.getInt32(from, true));
  if (size === WORD) return view.getBigInt64(from, true);
  if (size === 0 || size % WORD !== 0) throw damaged(entity);
  // Hexadecimal, because BigInt parses it in linear time.
  let hex = '';
  for (let at = to - WORD; at >= from; at -= WORD) hex += view.getBigUint64(at, true).toString(16).padStart(16, '0');
  return BigInt.asIntN(8 * size, BigInt(`0x${hex}`));
}

function bigIntSize(value: bigint): number {
  if (BigInt.asIntN(32, value) === value) return 4;
  if (BigInt.asIntN(64, value) === value) return WORD;
  // One bit more than the magnitude, for the sign. ~value is the magnitude less one of a negative number.
  const digits = (value < 0n ? ~value : value).toString(16);
  const bits = 4 * digits.length - Math.clz32(Number.parseInt(digits[0]!, 16)) + 28 + 1;
  return WORD * Math.ceil(bits / 64);
}

function writeWords(out: ByteWriter, value: bigint): void {
  const size = bigIntSize(value);
  out.ensure(size);
  const hex = BigInt.asUintN(8 * size, value)
    .toString(16)
    .padStart(2 * size, '0');
  for (let end = hex.length; end > 0; end -= 16, out.at += WORD) {
    out.view.setBigUint64(out.at, BigInt(`0x${hex.slice(end - 16, end)}`), true);
  }
}
