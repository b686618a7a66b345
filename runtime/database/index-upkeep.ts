// Keeps one index in step with its rows: compares the entries of the new row with those of the old one and writes only
// what differs. The layout of entries is drawn in query/table.ts.
import { equalBytes } from '../bytes/compare.js';
import { writeVarint } from '../bytes/varint.js';
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import type { IndexCodec } from '../codec/codec.js';
import type { BulkPart, Tree } from '../engine/api.js';
import { DATE_SUFFIX, storesColumnLength, type TableIndex } from '../query/table.js';
import type { View } from '../query/view.js';
import type { IndexModel } from '../schema/model.js';
import { type ChangeSink, keyText } from './write-set.js';

/** From this many entries of one row on, a set finds what two rows share faster than comparing each with each. */
const MANY_ENTRIES = 32;

/** The column parts of one row's entries, one behind the other. */
class Entries {
  readonly writer = new ByteWriter(128);
  readonly ends: number[] = [];
  /** Whether the primary key follows the columns: in every entry but those of a unique index that have all their columns. */
  suffixed = false;
  private texts: Set<string> | null = null;

  startOf(i: number): number {
    return i === 0 ? 0 : this.ends[i - 1]!;
  }

  clear(): void {
    this.writer.at = 0;
    // Popping keeps the array's storage; setting its length to 0 would allocate anew for every row.
    while (this.ends.length > 0) this.ends.pop();
    this.texts = null;
  }

  /** Whether entry `i` of `other` (of the same primary key) is among these. */
  holds(other: Entries, i: number): boolean {
    if (this.suffixed !== other.suffixed) return false;
    const start = other.startOf(i);
    const end = other.ends[i]!;
    if (this.ends.length > MANY_ENTRIES) {
      this.texts ??= new Set(this.ends.map((own, n) => keyText(this.writer.bytes, this.startOf(n), own)));
      return this.texts.has(keyText(other.writer.bytes, start, end));
    }
    for (let n = 0; n < this.ends.length; n++) {
      if (equalBytes(this.writer.bytes, this.startOf(n), this.ends[n]!, other.writer.bytes, start, end)) return true;
    }
    return false;
  }
}

export class IndexUpkeep<Row> implements TableIndex<Row> {
  readonly model: IndexModel;
  readonly codec: IndexCodec<Row>;
  readonly tree: Tree;
  readonly suffix: number;
  private readonly fresh = new Entries();
  private readonly stale = new Entries();
  private readonly entryKey = new ByteWriter(128);
  private readonly entryValue = new ByteWriter(16);
  private readonly found = new ByteSpan();
  private readonly storesLength: boolean;
  /** The field whose date each entry repeats, where rows expire. */
  private readonly dateField: string | null;
  /** Dates of the loaded rows, NaN where there is none. */
  private freshDate = Number.NaN;
  private staleDate = Number.NaN;

  constructor(
    model: IndexModel,
    codec: IndexCodec<Row>,
    tree: Tree,
    keySize: number | null,
    dateField: string | null = null,
  ) {
    this.model = model;
    this.codec = codec;
    this.tree = tree;
    this.storesLength = storesColumnLength(codec.size, keySize);
    this.dateField = dateField;
    this.suffix = dateField === null ? 0 : DATE_SUFFIX;
  }

  /** Takes in the row as it will be and as it was; undefined where there is none. */
  load(row: Row | undefined, old: Row | undefined): void {
    this.fill(this.fresh, row);
    this.fill(this.stale, old);
    if (this.dateField === null) return;
    this.freshDate = dateOf(row, this.dateField);
    this.staleDate = dateOf(old, this.dateField);
  }

  private fill(entries: Entries, row: Row | undefined): void {
    entries.clear();
    if (row === undefined) return;
    const whole = this.codec.write(row, entries.writer, entries.ends);
    entries.suffixed = !this.model.unique || !whole;
  }

  /** Whether another row than the one with `key` holds an entry that the loaded row brings to a unique index. */
  clashes(view: View, key: ByteWriter): boolean {
    const { fresh, stale, found } = this;
    if (!this.model.unique || fresh.suffixed) return false;
    for (let i = 0; i < fresh.ends.length; i++) {
      if (stale.holds(fresh, i)) continue;
      const end = this.keyOfEntry(fresh, i, key);
      if (!view.get(this.tree, this.entryKey.bytes, end, found)) continue;
      if (!equalBytes(found.bytes, found.start, found.end - this.suffix, key.bytes, 0, key.at)) return true;
    }
    return false;
  }

  /** Writes what differs between the loaded rows, whose primary key is `key`. */
  write(sink: ChangeSink, key: ByteWriter): void {
    const { fresh, stale } = this;
    for (let i = 0; i < stale.ends.length; i++) {
      if (!fresh.holds(stale, i)) this.deleteEntry(sink, i, key);
    }
    const redated = !Object.is(this.freshDate, this.staleDate);
    for (let i = 0; i < fresh.ends.length; i++) {
      if (redated || !stale.holds(fresh, i)) this.writeEntry(sink, i, key);
    }
  }

  /** Adds the entries of a new row, whose primary key is `key[keyStart, keyEnd)`, to a load. */
  addTo(part: BulkPart, row: Row, key: Uint8Array, keyStart: number, keyEnd: number): void {
    const { keys } = part;
    const { unique, multiEntry } = this.model;
    if (this.dateField !== null) this.freshDate = dateOf(row, this.dateField);
    if (multiEntry) {
      const { fresh } = this;
      this.fill(fresh, row);
      for (let i = 0; i < fresh.ends.length; i++) {
        const start = keys.at;
        keys.append(fresh.writer.bytes, fresh.startOf(i), fresh.ends[i]!);
        this.addEntry(part, keys.at - start, fresh.suffixed, key, keyStart, keyEnd);
      }
      return;
    }
    const { ends } = this.fresh;
    const start = keys.at;
    const whole = this.codec.write(row, keys, ends);
    ends.pop();
    this.addEntry(part, keys.at - start, !unique || !whole, key, keyStart, keyEnd);
  }

  /** Completes the entry whose columns were appended to the part's keys as the last `columnBytes`. */
  private addEntry(
    part: BulkPart,
    columnBytes: number,
    suffixed: boolean,
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
  ): void {
    if (suffixed) part.keys.append(key, keyStart, keyEnd);
    this.writeValue(part.begin(), columnBytes, key, keyStart, keyEnd);
    part.end();
  }

  private deleteEntry(sink: ChangeSink, i: number, key: ByteWriter): void {
    const end = this.keyOfEntry(this.stale, i, key);
    sink.delete(this.tree, this.entryKey.bytes, end);
  }

  private writeEntry(sink: ChangeSink, i: number, key: ByteWriter): void {
    const { entryValue } = this;
    const end = this.keyOfEntry(this.fresh, i, key);
    entryValue.at = 0;
    this.writeValue(entryValue, end - key.at, key.bytes, 0, key.at);
    sink.put(this.tree, this.entryKey.bytes, end, entryValue.bytes, 0, entryValue.at);
  }

  private writeValue(out: ByteWriter, columnBytes: number, key: Uint8Array, keyStart: number, keyEnd: number): void {
    if (this.model.unique) out.append(key, keyStart, keyEnd);
    else if (this.storesLength) writeVarint(out, columnBytes);
    if (this.dateField !== null) {
      out.ensure(DATE_SUFFIX);
      out.view.setFloat64(out.at, this.freshDate, true);
      out.at += DATE_SUFFIX;
    }
  }

  /** Puts the whole key of entry `i` into `entryKey`; returns its end. */
  private keyOfEntry(entries: Entries, i: number, key: ByteWriter): number {
    const { entryKey } = this;
    entryKey.at = 0;
    entryKey.append(entries.writer.bytes, entries.startOf(i), entries.ends[i]!);
    if (entries.suffixed) entryKey.append(key.bytes, 0, key.at);
    return entryKey.at;
  }

  /** The loaded row's values in the columns, for an error: one, or an array of a composite's. */
  valueOf(row: Row): unknown {
    const values = this.model.fields.map((name) => (row as Record<string, unknown>)[name]);
    return values.length === 1 ? values[0] : values;
  }
}

function dateOf(row: unknown, field: string): number {
  return row === undefined ? Number.NaN : (row as Record<string, Date>)[field]!.getTime();
}
