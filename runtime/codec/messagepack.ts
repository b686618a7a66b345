// Checks that bytes are one whole MessagePack value of the kinds that value.ts writes, before msgpackr sees them: it would
// allocate what a damaged length says and run whatever extension a damaged byte names.
// https://github.com/msgpack/msgpack/blob/master/spec.md

/** Nesting beyond what value.ts writes (each of its extensions adds two levels to a value's own depth). */
const MAX_DEPTH = 1000;

/** Extension types: 0 undefined, 'B' bigint, 'Q' wrapped (value.ts), 0xff timestamp. */
const UNDEFINED = 0;
const BIGINT = 0x42;
const WRAPPED = 0x51;
const TIMESTAMP = 0xff;
/** Of what is wrapped, the kinds that hold binary (value.ts). */
const UTF16_STRING = 1;
const BYTES = 3;
/** An array of two. */
const PAIR = 0x92;

/** Whether `bytes[from, to)` is exactly one value. */
export function isMessagePack(bytes: Uint8Array, from: number, to: number): boolean {
  return skip(bytes, from, to, 0) === to;
}

/** Where the value at `at` ends; -1 when it does not parse or reaches beyond `end`. */
function skip(bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end || depth > MAX_DEPTH) return -1;
  const token = bytes[at]!;
  const next = at + 1;
  if (token < 0x80 || token >= 0xe0) return next;
  if (token < 0x90) return skipMany(bytes, next, end, 2 * (token & 0x0f), depth);
  if (token < 0xa0) return skipMany(bytes, next, end, token & 0x0f, depth);
  if (token < 0xc0) return within(next + (token & 0x1f), end);
  switch (token) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return next;
    case 0xcc: // uint8, int8
    case 0xd0:
      return within(next + 1, end);
    case 0xcd: // uint16, int16
    case 0xd1:
      return within(next + 2, end);
    case 0xca: // float32, uint32, int32
    case 0xce:
    case 0xd2:
      return within(next + 4, end);
    case 0xcb: // float64, uint64, int64
    case 0xcf:
    case 0xd3:
      return within(next + 8, end);
    case 0xd9: // str 8, 16, 32
    case 0xda:
    case 0xdb:
      return sized(bytes, next, end, 1 << (token - 0xd9));
    case 0xdc: // array 16, 32; map 16, 32
    case 0xdd:
    case 0xde:
    case 0xdf: {
      const width = token % 2 === 0 ? 2 : 4;
      if (next + width > end) return -1;
      const perEntry = token < 0xde ? 1 : 2;
      return skipMany(bytes, next + width, end, perEntry * unsigned(bytes, next, width), depth);
    }
    case 0xd4: // fixext 1, 2, 4, 8, 16; ext 8, 16, 32
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return extension(bytes, next, end, 1 << (token - 0xd4), depth);
    case 0xc7:
    case 0xc8:
    case 0xc9: {
      const width = 1 << (token - 0xc7);
      return next + width > end ? -1 : extension(bytes, next + width, end, unsigned(bytes, next, width), depth);
    }
    default:
      return -1;
  }
}

function skipMany(bytes: Uint8Array, at: number, end: number, count: number, depth: number): number {
  // Each value takes a byte at least, so a damaged count ends here and not after four billion steps.
  if (count > end - at) return -1;
  let next = at;
  for (let i = 0; i < count && next !== -1; i++) next = skip(bytes, next, end, depth + 1);
  return next;
}

/** A length of `width` bytes, then so many bytes. */
function sized(bytes: Uint8Array, at: number, end: number, width: number): number {
  return at + width > end ? -1 : within(at + width + unsigned(bytes, at, width), end);
}

/** A type byte, then `size` bytes of content. */
function extension(bytes: Uint8Array, at: number, end: number, size: number, depth: number): number {
  const content = at + 1;
  const stop = within(content + size, end);
  if (stop === -1) return -1;
  switch (bytes[at]) {
    case UNDEFINED:
    case TIMESTAMP:
      return size <= 12 ? stop : -1;
    case BIGINT:
      return stop;
    case WRAPPED:
      return skipWrapped(bytes, content, stop, depth + 1) === stop ? stop : -1;
    default:
      return -1;
  }
}

/**
 * What value.ts wraps. Only here may binary stand, as the second of two parts: anywhere else msgpackr would give a Buffer over the
 * page that the record lies in.
 */
function skipWrapped(bytes: Uint8Array, at: number, end: number, depth: number): number {
  const kind = bytes[at + 1];
  const holdsBinary = bytes[at] === PAIR && (kind === UTF16_STRING || kind === BYTES);
  if (at + 2 >= end || !holdsBinary) return skip(bytes, at, end, depth);
  const token = bytes[at + 2]!;
  if (token < 0xc4 || token > 0xc6) return skip(bytes, at, end, depth);
  return sized(bytes, at + 3, end, 1 << (token - 0xc4));
}

function within(next: number, end: number): number {
  return next <= end ? next : -1;
}

function unsigned(bytes: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 0x100 + bytes[at + i]!;
  return value;
}
