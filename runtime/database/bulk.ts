// Many new rows written as tables directly, past log and memtable. Only for rows whose keys are not stored yet: then no index
// entry has to go, and whatever a unique index already holds is a violation.

import { equalBytes } from '../bytes/compare.js';
import { ByteSpan } from '../bytes/writer.js';
import type { BulkLoad, BulkPart, Engine } from '../engine/api.js';
import { LimitError, UniqueViolationError } from '../errors.js';
import type { CommitLog } from './commit-log.js';
import type { IndexUpkeep } from './index-upkeep.js';
import type { EntityTable } from './table.js';

/** Encoded bytes at which a chunk is full. */
export const BULK_CHUNK_BYTES = 64 * 1024 * 1024;
/** Rows at which a chunk is full. */
export const BULK_CHUNK_ROWS = 100_000;
/** Encoded bytes between two looks at the size of the chunk, which has to be added up, and what a row without a byte counts for. */
const LOOK_BYTES = 256 * 1024;
const LEAST_ROW_BYTES = 256;

interface IndexPart<Row> {
  readonly index: IndexUpkeep<Row>;
  readonly part: BulkPart;
}

/** The rows are kept encoded only: kept as objects they would outlive the young generation, and be copied by each of its collections. */
export class BulkChunk<Row, Key, Input> {
  private readonly table: EntityTable<Row, Key, Input>;
  private readonly log: CommitLog;
  private readonly load: BulkLoad;
  private readonly primary: BulkPart;
  private readonly indexes: readonly IndexPart<Row>[];
  private readonly uniques: readonly IndexPart<Row>[];
  /** Where `row` found the one that it read. */
  private readonly key = new ByteSpan();
  private readonly record = new ByteSpan();
  /** What sorting found: a row that replaces another of the chunk, the first violation of a unique index within it. */
  private replaces = false;
  private clash: UniqueViolationError | null = null;
  /** Bytes since the size was last looked at, about. */
  private unlooked = 0;

  constructor(table: EntityTable<Row, Key, Input>, engine: Engine, log: CommitLog) {
    this.table = table;
    this.log = log;
    this.load = engine.bulkLoad();
    this.primary = this.load.part(table.tree);
    this.indexes = table.indexes.map((index) => ({ index, part: this.load.part(index.tree) }));
    this.uniques = this.indexes.filter(({ index }) => index.model.unique);
    this.load.onDuplicate(table.tree, () => {
      this.replaces = true;
    });
    for (const unique of this.uniques) {
      this.load.onDuplicate(unique.part.tree, (_, second) => {
        this.clash ??= this.violation(unique, second);
      });
    }
  }

  get isFull(): boolean {
    if (this.primary.count >= BULK_CHUNK_ROWS) return true;
    if (this.unlooked < LOOK_BYTES) return false;
    this.unlooked = 0;
    return this.load.byteLength >= BULK_CHUNK_BYTES;
  }

  add(row: Row): void {
    const { primary, indexes } = this;
    const { entity } = this.table;
    const { keys } = primary;
    const keyStart = keys.at;
    entity.key.write(entity.keyOf(row), keys);
    const keyEnd = keys.at;
    const record = primary.begin();
    const recordStart = record.at;
    entity.row.encode(row, record);
    primary.end();
    this.unlooked += LEAST_ROW_BYTES + record.at - recordStart;
    for (let i = 0; i < indexes.length; i++) {
      const { index, part } = indexes[i]!;
      index.addTo(part, row, keys.bytes, keyStart, keyEnd);
    }
  }

  /** The rows taken in so far, in case they must go another way: in runs that end with the row that makes `bytes` encoded ones of them. */
  *runs(bytes: number): Generator<readonly Row[]> {
    let run: Row[] = [];
    let size = 0;
    for (let i = 0; i < this.primary.count; i++) {
      run.push(this.row(i));
      size += this.record.end - this.record.start;
      if (size < bytes) continue;
      yield run;
      run = [];
      size = 0;
    }
    if (run.length > 0) yield run;
  }

  /** Does what `finish` would do, but for the last step, in slices that let others run. */
  prepare(): Promise<void> {
    return this.load.prepare([this.primary, ...this.uniques.map(({ part }) => part)]);
  }

  abort(): void {
    this.load.abort();
  }

  /**
   * Installs the chunk, all or nothing. False, with nothing installed, when the rows must go through the log: because one
   * replaces another, stored or in this chunk, because a running transaction must learn of them, or because rows expire. Throws UniqueViolationError.
   */
  finish(): boolean {
    const { load, log, primary } = this;
    if (log.isWatched || primary.firstStored() >= 0) {
      load.abort();
      return false;
    }
    for (const unique of this.uniques) {
      const entry = unique.part.firstStored();
      if (entry < 0) continue;
      load.abort();
      // The entry may have expired: the log's way looks.
      if (this.table.entity.model.ttl !== undefined) return false;
      throw this.violation(unique, entry);
    }
    try {
      load.finishSync();
    } catch (error) {
      if (!(error instanceof LimitError && error.code === 'QDB4051')) throw error;
      if (this.replaces) return false;
      throw this.clash ?? error;
    }
    return true;
  }

  private row(i: number): Row {
    const { key, record } = this;
    this.primary.read(i, key, record);
    const { entity } = this.table;
    return entity.row.decode(record, entity.key.read(key.bytes, key.start, key.end));
  }

  private violation({ index, part }: IndexPart<Row>, entry: number): UniqueViolationError {
    const row = this.row(this.rowOfEntry(index, part, entry));
    return new UniqueViolationError(this.table.entity.model.name, index.model.name, index.valueOf(row));
  }

  /** Number of the row that brought an entry of a unique index, whose value is the primary key. */
  private rowOfEntry(index: IndexUpkeep<Row>, part: BulkPart, entry: number): number {
    const entryKey = new ByteSpan();
    const wanted = new ByteSpan();
    part.read(entry, entryKey, wanted);
    const key = new ByteSpan();
    const record = new ByteSpan();
    for (let i = 0; ; i++) {
      this.primary.read(i, key, record);
      if (equalBytes(key.bytes, key.start, key.end, wanted.bytes, wanted.start, wanted.end - index.suffix)) return i;
    }
  }
}
