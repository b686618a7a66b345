// The strings of a row: written together by one native call, read together by one native call and cut by `substring`,
// because a native call costs 50 ns whatever its length. docs/format.md: Records.
import { ByteWriter } from '../bytes/writer.js';

/** Tag bytes before each string of a row whose text is not all latin1. */
const LATIN1 = 0;
const UTF8 = 1;
const UTF16 = 2;

/**
 * Finds a character beyond latin1. V8 keeps latin1 strings as one byte a character and compiles this to an immediate "no"
 * for them, so the test costs 15 ns for any length.
 */
const BEYOND_LATIN1 = /[\u0100-\uffff]/;
/** Surrogates without their other half, which UTF-8 cannot hold. */
const LONE_SURROGATE = /\p{Cs}/u;
/** Below this length V8 makes flat strings of concatenations, and a loop over the characters is faster than a native call. */
const SHORT = 13;
/** Longest string whose UTF-8 length is counted; longer ones are sampled. */
const COUNTED = 32;

const ALIGNED = Buffer.alloc(16 * 1024);

/** Methods of Buffer without the argument checks of `toString` and `write`, in all of Node's versions, Bun and Deno. */
interface NativeText {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
  ucs2Slice(start: number, end: number): string;
  latin1Write(text: string, offset: number): number;
  utf8Write(text: string, offset: number): number;
  ucs2Write(text: string, offset: number): number;
}

const native = (bytes: Uint8Array): NativeText => bytes as unknown as NativeText;

/** The string whose characters are `bytes[from, to)`. */
export function latin1(bytes: Uint8Array, from: number, to: number): string {
  return native(bytes).latin1Slice(from, to);
}

/**
 * The same for strings that are mostly short: up to twelve characters are put together in half the time of a native call,
 * but only when each count is spelled out.
 */
export function shortLatin1(bytes: Uint8Array, from: number, to: number): string {
  const b = bytes;
  const i = from;
  switch (to - from) {
    case 0:
      return '';
    case 1:
      return String.fromCharCode(b[i]!);
    case 2:
      return String.fromCharCode(b[i]!, b[i + 1]!);
    case 3:
      return String.fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!);
    case 4:
      return String.fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!);
    case 5:
      return String.fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!);
    case 6:
      return String.fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!);
    case 7:
      return String.fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!);
    case 8:
      return String.fromCharCode(b[i]!, b[i + 1]!, b[i + 2]!, b[i + 3]!, b[i + 4]!, b[i + 5]!, b[i + 6]!, b[i + 7]!);
    case 9:
      return String.fromCharCode(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
      );
    case 10:
      return String.fromCharCode(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
      );
    case 11:
      return String.fromCharCode(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
        b[i + 10]!,
      );
    case 12:
      return String.fromCharCode(
        b[i]!,
        b[i + 1]!,
        b[i + 2]!,
        b[i + 3]!,
        b[i + 4]!,
        b[i + 5]!,
        b[i + 6]!,
        b[i + 7]!,
        b[i + 8]!,
        b[i + 9]!,
        b[i + 10]!,
        b[i + 11]!,
      );
    default:
      return native(bytes).latin1Slice(from, to);
  }
}

/** A string of a row with mixed encodings: `bytes[from]` is its tag. Damage gives some string out of these bytes. */
export function taggedText(bytes: Uint8Array, from: number, to: number): string {
  if (from >= to) return '';
  const tag = bytes[from];
  if (tag === UTF16) return utf16(bytes, from + 1, to);
  return tag === UTF8 ? native(bytes).utf8Slice(from + 1, to) : native(bytes).latin1Slice(from + 1, to);
}

/** UTF-16 at an odd address is first moved to an even one: Node would make an external string of it, five times slower. */
function utf16(bytes: Uint8Array, from: number, to: number): string {
  const size = to - from;
  if (((bytes.byteOffset + from) & 1) === 0 || size > ALIGNED.length) return native(bytes).ucs2Slice(from, to);
  (bytes as Buffer).copy(ALIGNED, 0, from, to);
  return native(ALIGNED).ucs2Slice(0, size);
}

/**
 * Collects the strings of one row and appends them to its record. A row begins as latin1 or as mixed; when that turns out
 * wrong, `flush` answers false and the row is encoded again the other way. `mixed` is the guess for the next row: the last
 * one's way, since rows with text beyond latin1 seldom come alone.
 */
export class TextWriter {
  mixed = false;
  /** Bytes of text so far. */
  size = 0;
  private text = '';
  private readonly side = new ByteWriter(256);
  private tagged = this.side;
  private beyondLatin1 = false;

  /**
   * Starts a row. `direct` is where tagged strings can go at once, because nothing else is appended before the text; null
   * where they have to wait for `flush`.
   */
  begin(direct: ByteWriter | null): void {
    this.size = 0;
    if (this.mixed) {
      this.beyondLatin1 = false;
      this.tagged = direct ?? this.side;
      this.side.at = 0;
    } else {
      this.text = '';
    }
  }

  /** Adds a string; answers the number of its bytes. */
  add(text: string): number {
    if (this.mixed) return this.addTagged(text);
    this.text += text;
    const length = text.length;
    this.size += length;
    return length;
  }

  /** Appends the text to `out`; false, with `mixed` turned over, when the row has to be encoded again. */
  flush(out: ByteWriter): boolean {
    if (!this.mixed) {
      if (this.flushLatin1(out)) return true;
      this.mixed = true;
      return false;
    }
    if (!this.beyondLatin1) {
      this.mixed = false;
      return false;
    }
    if (this.tagged === this.side) out.append(this.side.bytes, 0, this.side.at);
    return true;
  }

  private flushLatin1(out: ByteWriter): boolean {
    const { text } = this;
    const { length } = text;
    out.ensure(length);
    const { bytes, at } = out;
    if (length < SHORT) {
      let all = 0;
      for (let i = 0; i < length; i++) {
        const code = text.charCodeAt(i);
        bytes[at + i] = code;
        all |= code;
      }
      if (all > 0xff) return false;
    } else {
      // The write comes first: it flattens the concatenation, which makes the test cheap.
      native(bytes).latin1Write(text, at);
      if (BEYOND_LATIN1.test(text)) return false;
    }
    out.at = at + length;
    return true;
  }

  private addTagged(text: string): number {
    const out = this.tagged;
    out.ensure(1 + 3 * text.length);
    const { bytes, at } = out;
    let size = 1;
    if (!BEYOND_LATIN1.test(text)) {
      bytes[at] = LATIN1;
      size += native(bytes).latin1Write(text, at + 1);
    } else {
      this.beyondLatin1 = true;
      const encoding = isUtf8Smaller(text) && !LONE_SURROGATE.test(text) ? UTF8 : UTF16;
      bytes[at] = encoding;
      size += encoding === UTF8 ? native(bytes).utf8Write(text, at + 1) : native(bytes).ucs2Write(text, at + 1);
    }
    out.at = at + size;
    this.size += size;
    return size;
  }
}

/**
 * Whether UTF-8 saves more than a fifth over UTF-16, which V8 reads 20 times faster: so for text that is ASCII by 40 % or
 * more. Long texts are judged by evenly spaced characters; prose in one script is far from that line, so they agree.
 */
function isUtf8Smaller(text: string): boolean {
  const { length } = text;
  const step = length <= COUNTED ? 1 : length / COUNTED;
  let utf8 = 0;
  let utf16 = 0;
  for (let i = 0; i < length; i += step) {
    const code = text.charCodeAt(Math.floor(i));
    utf16 += 2;
    // A surrogate is half of a pair that takes four bytes.
    utf8 += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3;
  }
  return utf8 * 5 < utf16 * 4;
}
