// Stores rows in chunks: few of them through the log, many as bulk loads. Which way a chunk goes changes nothing but its speed.

import { ByteWriter } from '../bytes/writer.js';
import { Pace } from '../engine/pace.js';
import { assertIterable } from './arguments.js';
import type { BulkChunk } from './bulk.js';
import type { RowChange } from './change.js';
import type { Session } from './session.js';
import type { EntityTable } from './table.js';

/** Most rows that go through the log as one chunk; with more, the chunk becomes a bulk load. */
export const LOG_CHUNK_ROWS = 2_000;
/** Encoded bytes of rows at which such a chunk is full, however few they are. With its last row it stays far below a batch's limit. */
export const LOG_CHUNK_BYTES = 16 * 1024 * 1024;

/** See AsyncDao.putMany. */
export async function putMany<Row, Key, Input>(
  session: Session,
  table: EntityTable<Row, Key, Input>,
  inputs: Iterable<Input> | AsyncIterable<Input>,
): Promise<number> {
  assertIterable(table.entity.model.name, 'rows', inputs, true);
  const chunk = new Chunk(session, table);
  const pace = new Pace();
  let stored = 0;
  try {
    if (Symbol.asyncIterator in inputs) {
      for await (const input of inputs) {
        if (chunk.add(table.create(input))) await chunk.settle();
        else if (pace.isOver()) await pace.rest();
        stored++;
      }
    } else {
      for (const input of inputs) {
        if (chunk.add(table.create(input))) await chunk.settle();
        else if (pace.isOver()) await pace.rest();
        stored++;
      }
    }
    await chunk.settle();
    return stored;
  } finally {
    chunk.abort();
  }
}

export function putManySync<Row, Key, Input>(
  session: Session,
  table: EntityTable<Row, Key, Input>,
  inputs: Iterable<Input>,
): number {
  assertIterable(table.entity.model.name, 'rows', inputs);
  const chunk = new Chunk(session, table);
  let stored = 0;
  try {
    for (const input of inputs) {
      if (chunk.add(table.create(input))) chunk.settleSync();
      stored++;
    }
    chunk.settleSync();
    return stored;
  } finally {
    chunk.abort();
  }
}

/** The rows that are stored together next. */
class Chunk<Row, Key, Input> {
  private readonly session: Session;
  private readonly table: EntityTable<Row, Key, Input>;
  private rows: Row[] = [];
  /** Encoded size of `rows`. */
  private bytes = 0;
  private readonly scratch = new ByteWriter();
  private bulk: BulkChunk<Row, Key, Input> | null = null;
  /** Whether a row is to be deleted rather than stored, which a bulk load can't. */
  private deletes = false;

  constructor(session: Session, table: EntityTable<Row, Key, Input>) {
    this.session = session;
    this.table = table;
  }

  /** True when the chunk must be settled before the next row. */
  add(row: Row): boolean {
    const { retains } = this.table;
    if (retains !== null && !retains(row)) this.deletes = true;
    if (this.bulk !== null) {
      this.bulk.add(row);
      return this.bulk.isFull;
    }
    this.rows.push(row);
    this.bytes += this.sizeOf(row);
    if (this.rows.length <= LOG_CHUNK_ROWS && this.bytes < LOG_CHUNK_BYTES) return false;
    this.bulk = this.deletes ? null : this.session.bulk(this.table);
    if (this.bulk === null) return true;
    for (const earlier of this.rows) this.bulk.add(earlier);
    this.rows = [];
    this.bytes = 0;
    return this.bulk.isFull;
  }

  private sizeOf(row: Row): number {
    this.scratch.at = 0;
    this.table.entity.row.encode(row, this.scratch);
    return this.scratch.at;
  }

  /** Stores the chunk and begins the next; resolves when it is durable. */
  async settle(): Promise<void> {
    if (!this.deletes) await this.bulk?.prepare();
    for (const rows of this.take()) {
      this.stage(rows);
      await this.session.commit();
    }
  }

  settleSync(): void {
    for (const rows of this.take()) {
      this.stage(rows);
      this.session.commitSync();
    }
  }

  /** Ends the chunk: installs a bulk load, and gives the rows of each commit that goes through the log. */
  private *take(): Generator<readonly Row[]> {
    const { rows, bulk, deletes } = this;
    this.rows = [];
    this.bytes = 0;
    this.bulk = null;
    this.deletes = false;
    if (bulk === null) {
      yield rows;
      return;
    }
    if (deletes) bulk.abort();
    else if (bulk.finish()) return;
    yield* bulk.runs(LOG_CHUNK_BYTES);
  }

  private stage(rows: readonly Row[]): void {
    const { table } = this;
    this.session.stageAll(rows.map((row): RowChange<Row, Key, Input> => ({ kind: 'put', table, row })));
  }

  /** Forgets what was not settled. */
  abort(): void {
    this.bulk?.abort();
    this.bulk = null;
  }
}
