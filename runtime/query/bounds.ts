// Comparisons of one column as a stretch of key bytes. A stretch is never narrower than what the arrow means, and says
// whether it is wider: UTF-16 order against code points, float32 rounding and null's numeric value are why.
import { keyAfterPrefix } from '../bytes/compare.js';
import { TAG_VALUE } from '../bytes/key.js';
import { ByteWriter } from '../bytes/writer.js';
import type { Field, FieldType } from '../schema/model.js';
import type { RangeOp, Term } from './terms.js';

/** Writes one column's value as it stands in a key; see `writeColumn` of the codecs. */
export interface ColumnWriter {
  writeColumn(position: number, value: unknown, out: ByteWriter): boolean;
}

/** Bytes of a column from `gte` up to, not including, `lt` (null: no end). */
export interface Stretch {
  readonly gte: Buffer;
  readonly lt: Buffer | null;
  /** False when rows are in it for which the comparison is false. */
  readonly exact: boolean;
}

/** A stretch that holds nothing. */
const NOTHING: Stretch = { gte: Buffer.of(0xff), lt: Buffer.of(0), exact: true };

const scratch = new ByteWriter(256);

/** The bytes of `value` in that column, or null when it can't stand there. */
export function columnBytes(writer: ColumnWriter, position: number, value: unknown): Buffer | null {
  scratch.at = 0;
  return writer.writeColumn(position, value, scratch) ? Buffer.from(scratch.bytes.subarray(0, scratch.at)) : null;
}

/** The stretch of a range or prefix term, or null when the column's order can't answer it. */
export function stretchOf(
  writer: ColumnWriter,
  position: number,
  term: Extract<Term, { kind: 'range' | 'prefix' }>,
  caseInsensitive: boolean,
): Stretch | null {
  const { field } = term;
  const column = new Column(writer, position, field);
  if (term.kind === 'prefix') {
    if (!term.folded) return column.prefix(term.value, caseInsensitive);
    return caseInsensitive ? column.foldedPrefix(term.value) : null;
  }
  if (caseInsensitive && field.type.kind === 'string') return null;
  if (field.nullable && nullSatisfies(term.op, term.value)) return null;
  return column.range(term.op, term.value);
}

/** The part that two stretches share. */
export function intersect(a: Stretch, b: Stretch): Stretch {
  return {
    gte: Buffer.compare(a.gte, b.gte) >= 0 ? a.gte : b.gte,
    lt: a.lt === null ? b.lt : b.lt === null || Buffer.compare(a.lt, b.lt) <= 0 ? a.lt : b.lt,
    exact: a.exact && b.exact,
  };
}

/** In an arrow that was not compiled strictly, null counts as 0. */
function nullSatisfies(op: RangeOp, value: unknown): boolean {
  const missing = null as unknown as number;
  const bound = value as number;
  switch (op) {
    case '<':
      return missing < bound;
    case '<=':
      return missing <= bound;
    case '>':
      return missing > bound;
    case '>=':
      return missing >= bound;
  }
}

class Column {
  private readonly writer: ColumnWriter;
  private readonly position: number;
  private readonly type: FieldType;
  /** What stands before every value of the column: nothing, or the tag. */
  private readonly lead: Buffer;

  constructor(writer: ColumnWriter, position: number, field: Field) {
    this.writer = writer;
    this.position = position;
    this.type = field.type;
    this.lead = field.nullable || field.optional ? Buffer.of(TAG_VALUE) : Buffer.alloc(0);
  }

  range(op: RangeOp, value: unknown): Stretch | null {
    switch (this.type.kind) {
      case 'string':
        return typeof value === 'string' ? this.strings(op, value) : null;
      case 'date':
        return value instanceof Date ? this.dates(op, value) : null;
      case 'float64':
        return typeof value === 'number' ? this.numbers(op, value) : null;
      case 'float32':
        return typeof value === 'number' ? this.rounded(op, value) : null;
      case 'bigint':
        return typeof value === 'bigint' ? this.between(op, value, null) : null;
      case 'int64':
      case 'uint64':
        return typeof value === 'bigint' ? this.bigints(op, value, WIDE_LIMITS[this.type.kind]) : null;
      case 'int8':
      case 'int16':
      case 'int32':
      case 'uint8':
      case 'uint16':
      case 'uint32':
        return typeof value === 'number' ? this.integers(op, value, LIMITS[this.type.kind]) : null;
      default:
        return null;
    }
  }

  /** Strings that begin with `text`; a caseInsensitive index answers plain ASCII ones, whose lower case stays a prefix. */
  prefix(text: string, caseInsensitive: boolean): Stretch | null {
    if (caseInsensitive && !/^[ -~]*$/.test(text)) return null;
    return this.beginningWith(text, !caseInsensitive);
  }

  /** Strings whose lower case begins with `text`, in an index that holds lower case. */
  foldedPrefix(text: string): Stretch {
    return text === text.toLowerCase() ? (this.beginningWith(text, true) ?? NOTHING) : NOTHING;
  }

  private beginningWith(text: string, exact: boolean): Stretch | null {
    // Half a pair is no prefix of the whole pair's bytes.
    const cut = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800 ? text.slice(0, -1) : text;
    const bytes = this.openBytes(cut);
    return bytes && { gte: bytes, lt: after(bytes), exact: exact && cut === text };
  }

  private strings(op: RangeOp, value: string): Stretch | null {
    const odd = value.search(/[\ud800-\uffff]/);
    if (odd < 0) return this.between(op, value, null);
    // From there on code units and code points may disagree: all strings with the part before are taken.
    const bytes = this.openBytes(value.slice(0, odd));
    if (bytes === null) return null;
    return op === '>' || op === '>='
      ? { gte: bytes, lt: after(this.lead), exact: false }
      : { gte: this.lead, lt: after(bytes), exact: false };
  }

  // NaN, and with it the invalid date, sorts behind all others and satisfies no comparison.
  private numbers(op: RangeOp, value: number): Stretch | null {
    return Number.isNaN(value) ? NOTHING : this.between(op, value, Number.POSITIVE_INFINITY);
  }

  private dates(op: RangeOp, value: Date): Stretch | null {
    return Number.isNaN(value.getTime()) ? NOTHING : this.between(op, value, new Date(LAST_MILLISECOND));
  }

  /** Both ends are taken in, for the bound may have been rounded onto a value that satisfies the comparison. */
  private rounded(op: RangeOp, value: number): Stretch | null {
    if (Number.isNaN(value)) return NOTHING;
    const stretch = this.between(
      op === '>' ? '>=' : op === '<' ? '<=' : op,
      Math.fround(value),
      Number.POSITIVE_INFINITY,
    );
    return stretch && { ...stretch, exact: false };
  }

  private integers(op: RangeOp, value: number, [least, most]: readonly [number, number]): Stretch | null {
    if (Number.isNaN(value)) return NOTHING;
    if (op === '>' || op === '>=') {
      const from = op === '>' ? Math.floor(value) + 1 : Math.ceil(value);
      return from > most ? NOTHING : this.between('>=', Math.max(from, least), null);
    }
    const to = op === '<' ? Math.ceil(value) - 1 : Math.floor(value);
    return to < least ? NOTHING : this.between('<=', Math.min(to, most), null);
  }

  private bigints(op: RangeOp, value: bigint, [least, most]: readonly [bigint, bigint]): Stretch | null {
    if (op === '>' || op === '>=') {
      const from = op === '>' ? value + 1n : value;
      return from > most ? NOTHING : this.between('>=', from < least ? least : from, null);
    }
    const to = op === '<' ? value - 1n : value;
    return to < least ? NOTHING : this.between('<=', to > most ? most : to, null);
  }

  /** From or up to `value`, in a column whose order is that of the comparison; `last` is the last value that compares at all. */
  private between(op: RangeOp, value: unknown, last: unknown): Stretch | null {
    const bytes = columnBytes(this.writer, this.position, value);
    const end = last === null ? this.lead : columnBytes(this.writer, this.position, last);
    if (bytes === null || end === null) return null;
    switch (op) {
      case '<':
        return { gte: this.lead, lt: bytes, exact: true };
      case '<=':
        return { gte: this.lead, lt: after(bytes), exact: true };
      case '>=':
        return { gte: bytes, lt: after(end), exact: true };
      case '>': {
        const next = after(bytes);
        return next === null ? NOTHING : { gte: next, lt: after(end), exact: true };
      }
    }
  }

  /** A string's bytes without the terminator. */
  private openBytes(text: string): Buffer | null {
    return columnBytes(this.writer, this.position, text)?.subarray(0, -1) ?? null;
  }
}

function after(prefix: Buffer): Buffer | null {
  const next = keyAfterPrefix(prefix);
  return next === undefined ? null : Buffer.from(next);
}

/** The last time that a Date can hold (ECMAScript, time values and time range). */
const LAST_MILLISECOND = 8.64e15;

const LIMITS = {
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x80000000, 0x7fffffff],
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffffffff],
} as const;

const WIDE_LIMITS = {
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;
