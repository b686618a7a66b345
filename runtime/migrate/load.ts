// The two small loads of a migration: entries of indexes over rows that stay, and the map from new keys to old ones.
import { ByteSpan } from '../bytes/writer.js';
import type { PlainEntity } from '../codec/interpret-entity.js';
import type { PlainRow } from '../codec/interpret-record.js';
import type { IndexUpkeep } from '../database/index-upkeep.js';
import type { EntityTable } from '../database/table.js';
import type { BulkLoad, BulkPart, Engine, Tree } from '../engine/api.js';
import { LimitError, UniqueViolationError } from '../errors.js';

/** Encoded bytes at which a chunk of index entries is full. */
const INDEX_CHUNK_BYTES = 32 * 1024 * 1024;

type PlainTable = EntityTable<PlainRow, unknown, PlainRow>;

/** Entries of all indexes of a table, for rows that are stored already. */
export class IndexChunk {
  private readonly load: BulkLoad;
  private readonly parts: readonly { readonly index: IndexUpkeep<PlainRow>; readonly part: BulkPart }[];

  /** @param rows where the rows of the table stand */
  constructor(
    engine: Engine,
    private readonly table: PlainTable,
    private readonly rows: Tree,
  ) {
    this.load = engine.bulkLoad();
    this.parts = table.indexes.map((index) => ({ index, part: this.load.part(index.tree) }));
  }

  get isFull(): boolean {
    return this.load.byteLength >= INDEX_CHUNK_BYTES;
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
    const { entity } = this.table;
    const [entryKey, key, row] = [new ByteSpan(), new ByteSpan(), new ByteSpan()];
    part.read(entry, entryKey, key);
    const keyBytes = key.bytes.subarray(key.start, key.end - index.suffix);
    this.rows.get(keyBytes, keyBytes.length, row);
    const decoded = entity.row.decode(row, entity.key.read(keyBytes, 0, keyBytes.length));
    return new UniqueViolationError(entity.model.name, index.model.name, index.valueOf(decoded));
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
