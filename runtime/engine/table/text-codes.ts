// Numbers the strings of a column in the order in which they are met, for columns of few different ones: names, states, categories. What
// is asked of the strings of a table is then asked once for each of its values.
import type { TextCodes, TextColumn } from '../../bytes/scanned-columns.js';
import { TextNumbers } from '../../bytes/text-numbers.js';
import type { ByteSpan } from '../../bytes/writer.js';

/** Most different strings: what a code can tell. */
const MOST_VALUES = 0x10000;
/** That many are always taken; beyond, strings have to come up this often on average. */
const FEW_VALUES = 256;
const LEAST_REPEATS = 4;
/** What a string in memory takes besides two bytes a character, which it has at most. */
const STRING_BYTES = 48;

export class TextCoder implements TextCodes {
  readonly codes: Uint16Array;
  readonly values: string[] = [];
  /** What the values take, in bytes. */
  valueBytes = 0;
  private readonly most: number;
  private readonly known = new TextNumbers();
  private readonly byText = new Map<string, number>();

  constructor(
    private readonly column: TextColumn,
    entries: number,
  ) {
    this.codes = new Uint16Array(entries);
    this.most = Math.min(MOST_VALUES, Math.max(FEW_VALUES, entries / LEAST_REPEATS));
  }

  /** Takes the string of an entry; false when there are too many different ones. Throws CodecError. */
  add(ordinal: number, value: ByteSpan): boolean {
    const { column, known } = this;
    column.locate(value);
    const { start, end, mixed } = column;
    let code = known.find(value, start, end, mixed);
    if (code < 0) {
      code = this.codeOf(column.read(value));
      if (code < 0) return false;
      known.add(value.bytes, start, end, code);
    }
    this.codes[ordinal] = code;
    return true;
  }

  /** The same string may be stored in two ways. */
  private codeOf(text: string): number {
    const { byText, values } = this;
    const known = byText.get(text);
    if (known !== undefined) return known;
    if (values.length >= this.most) return -1;
    this.valueBytes += 2 * text.length + STRING_BYTES;
    byText.set(text, values.length);
    return values.push(text) - 1;
  }
}
