// One table as a source for merging: of each key the newest version at or below the sequence.

import { compareBytes, equalBytes } from '../../bytes/compare.js';
import type { EntryRun } from '../../bytes/entry-run.js';
import type { ByteSpan } from '../../bytes/writer.js';
import type { Scan } from '../api.js';
import type { TableCursor, TableReader } from '../table/table.js';
import type { Source } from './source.js';

/**
 * A source over `reader`; without extra work where every entry is a key of its own and old enough to be seen. Only such a table may
 * leave out blocks, and only where no older source has keys in its range (`isLowest`): a version that is left out must not bring to
 * light the one that it replaces.
 */
export function tableSource(reader: TableReader, sequence: number, scan?: Scan, isLowest = false): Source {
  const plain = reader.maxSequence <= sequence && reader.keys === reader.entries;
  const cursor = reader.cursor(scan, plain && isLowest);
  return plain ? new PlainTableSource(reader, cursor) : new VersionedTableSource(reader, cursor, sequence);
}

/** All entries of a table, as they stand. */
class PlainTableSource implements Source {
  readonly key: ByteSpan;
  readonly value: ByteSpan;

  constructor(
    private readonly reader: TableReader,
    private readonly cursor: TableCursor,
  ) {
    this.key = this.cursor.key;
    this.value = this.cursor.value;
  }

  get deleted(): boolean {
    return this.cursor.deleted;
  }

  first(): boolean {
    return this.cursor.seekToFirst();
  }

  last(): boolean {
    return this.cursor.seekToLast();
  }

  seek(key: Uint8Array, keyEnd: number): boolean {
    return seekTable(this.cursor, this.reader.keySize, key, keyEnd);
  }

  next(): boolean {
    return this.cursor.next();
  }

  previous(): boolean {
    return this.cursor.prev();
  }

  describe(into: EntryRun, most: number): number {
    return this.cursor.describe(into, most);
  }

  sift(into: EntryRun, until: Uint8Array | null, start: number, end: number, takenIn: boolean): boolean {
    return this.cursor.sift(into, until, start, end, takenIn);
  }

  skip(entries: number): void {
    this.cursor.skip(entries);
  }

  close(): void {
    this.cursor.close();
  }
}

/** Passes over versions that are too new, and over those that a newer one hides. */
class VersionedTableSource implements Source {
  readonly key: ByteSpan;
  readonly value: ByteSpan;
  /** The key that the source stands on, for telling its older versions from the next key. */
  private standing = Buffer.allocUnsafe(64);
  private standingEnd = 0;

  constructor(
    private readonly reader: TableReader,
    private readonly cursor: TableCursor,
    private readonly sequence: number,
  ) {
    this.key = this.cursor.key;
    this.value = this.cursor.value;
  }

  get deleted(): boolean {
    return this.cursor.deleted;
  }

  first(): boolean {
    return this.cursor.seekToFirst() && this.forward();
  }

  last(): boolean {
    return this.cursor.seekToLast() && this.backward();
  }

  seek(key: Uint8Array, keyEnd: number): boolean {
    return seekTable(this.cursor, this.reader.keySize, key, keyEnd) && this.forward();
  }

  next(): boolean {
    const { cursor } = this;
    // Versions of one key descend, so a sequence that does not fall shows a new key without a look at the bytes.
    let before = cursor.sequence;
    while (cursor.next()) {
      if (cursor.sequence >= before || !this.onStanding()) return this.forward();
      before = cursor.sequence;
    }
    return false;
  }

  previous(): boolean {
    const { cursor } = this;
    while (cursor.prev()) if (!this.onStanding()) return this.backward();
    return false;
  }

  describe(): number {
    return 0;
  }

  sift(): boolean {
    return false;
  }

  skip(): void {}

  close(): void {
    this.cursor.close();
  }

  /** From the first version of a key on: to the first that is old enough. */
  private forward(): boolean {
    const { cursor } = this;
    while (cursor.sequence > this.sequence) if (!cursor.next()) return false;
    this.stand();
    return true;
  }

  /** From the last (oldest) version of a key: to the newest one in sight, or back to an earlier key. */
  private backward(): boolean {
    const { cursor } = this;
    while (cursor.sequence > this.sequence) if (!cursor.prev()) return false;
    this.stand();
    for (;;) {
      if (!cursor.prev()) return cursor.seekToFirst();
      if (cursor.sequence > this.sequence || !this.onStanding()) return cursor.next();
    }
  }

  private stand(): void {
    const { bytes, start, end } = this.key;
    const length = end - start;
    if (length > this.standing.length) this.standing = Buffer.allocUnsafe(length * 2);
    const { standing } = this;
    for (let i = 0; i < length; i++) standing[i] = bytes[start + i]!;
    this.standingEnd = length;
  }

  private onStanding(): boolean {
    const { bytes, start, end } = this.key;
    return compareBytes(bytes, start, end, this.standing, 0, this.standingEnd) === 0;
  }
}

/** To the first version of the first key at or after `key[0, keyEnd)`, which in a table of fixed keys may be of another size. */
function seekTable(cursor: TableCursor, keySize: number | null, key: Uint8Array, keyEnd: number): boolean {
  if (keySize === null || keyEnd === keySize) return cursor.seek(key, 0, keyEnd);
  if (keyEnd < keySize) {
    // The least key of that size which begins so.
    const padded = new Uint8Array(keySize);
    padded.set(key.subarray(0, keyEnd));
    return cursor.seek(padded, 0, keySize);
  }
  let found = cursor.seek(key, 0, keySize);
  while (found && equalBytes(cursor.key.bytes, cursor.key.start, cursor.key.end, key, 0, keySize))
    found = cursor.next();
  return found;
}
