// The loads of a migration besides whole rows: entries of indexes, with or without the records that they are of, and the map from
// new keys to old ones.
import { ByteSpan, type ByteWriter } from '../bytes/writer.js';
import type { PlainEntity } from '../codec/interpret-entity.js';
import type { PlainRow } from '../codec/interpret-record.js';
import { BULK_CHUNK_BYTES, BULK_CHUNK_ROWS } from '../database/bulk.js';
import type { IndexUpkeep } from '../database/index-upkeep.js';
import type { EntityTable } from '../database/table.js';
import type { BulkLoad, BulkPart, Engine, Tree } from '../engine/api.js';
import { LimitError, UniqueViolationError } from '../errors.js';

/** Encoded bytes at which a chunk of index entries is full. */
const INDEX_CHUNK_BYTES = 32 * 1024 * 1024;

type PlainTable = EntityTable<PlainRow, unknown, PlainRow>;

/** Entries of all indexes of a table, for rows that are stored already; or of rows, with their entries, that are carried over. */
export class IndexChunk {
  /** Where the records of carried rows are collected; null for rows that are stored already. */
  private readonly records: BulkPart | null;
  private readonly load: BulkLoad;
  private readonly parts: readonly { readonly index: IndexUpkeep<PlainRow>; readonly part: BulkPart }[];

  /** @param rowOf the row of an encoded key, for errors: as it is to be */
  constructor(
    engine: Engine,
    private readonly table: PlainTable,
    private readonly rowOf: (key: Buffer) => PlainRow,
    isCarried = false,
  ) {
    this.load = engine.bulkLoad();
    this.records = isCarried ? this.load.part(table.tree) : null;
    this.parts = table.indexes.map((index) => ({ index, part: this.load.part(index.tree) }));
  }

  get isFull(): boolean {
    if (this.records === null) return this.load.byteLength >= INDEX_CHUNK_BYTES;
    return this.records.count >= BULK_CHUNK_ROWS || this.load.byteLength >= BULK_CHUNK_BYTES;
  }

  /** Begins the record of a carried row, to be appended to the answer; then comes {@link endRecord}, then `add`. */
  beginRecord({ bytes, start, end }: ByteSpan): ByteWriter {
    this.records!.keys.append(bytes, start, end);
    return this.records!.begin();
  }

  endRecord(): void {
    this.records!.end();
  }

  add(row: PlainRow, { bytes, start, end }: ByteSpan): void {
    for (const { index, part } of this.parts) index.addTo(part, row, bytes, start, end);
  }

  /** Throws UniqueViolationError; nothing of the chunk is installed then. */
  finish(): void {
    const uniques = this.parts.filter(({ index }) => index.model.unique);
    let clash: UniqueViolationError | null = null;
    for (const { index, part } of uniques) {
      const stored = part.firstStored();
      if (stored >= 0) clash ??= this.violation(index, part, stored);
      this.load.onDuplicate(part.tree, (_, second) => {
        clash ??= this.violation(index, part, second);
      });
    }
    if (clash !== null) {
      this.load.abort();
      throw clash;
    }
    try {
      this.load.finishSync();
    } catch (error) {
      throw error instanceof LimitError && error.code === 'QDB4051' ? (clash ?? error) : error;
    }
  }

  abort(): void {
    this.load.abort();
  }

  private violation(index: IndexUpkeep<PlainRow>, part: BulkPart, entry: number): UniqueViolationError {
    const [entryKey, key] = [new ByteSpan(), new ByteSpan()];
    part.read(entry, entryKey, key);
    const row = this.rowOf(key.bytes.subarray(key.start, key.end - index.suffix));
    return new UniqueViolationError(this.table.entity.model.name, index.model.name, index.valueOf(row));
  }
}

/** New keys with the old keys that they come from. */
export class KeyMap {
  private readonly load: BulkLoad;
  private readonly part: BulkPart;

  constructor(engine: Engine, tree: Tree) {
    this.load = engine.bulkLoad();
    this.part = this.load.part(tree);
  }

  add(entity: PlainEntity, row: PlainRow, oldKey: Uint8Array): void {
    entity.key.write(entity.keyOf(row), this.part.keys);
    this.part.begin().append(oldKey);
    this.part.end();
  }

  finish(): void {
    this.load.finishSync();
  }

  abort(): void {
    this.load.abort();
  }
}
