// Builds what a migration needs beside what is there: an entity's rows and indexes anew, or single indexes, by bulk loads of
// bounded size. Each load is one edit, so what is built is always the first so many rows, whole; a later run goes on behind them.
import { ByteSpan } from '../bytes/writer.js';
import { interpretEntity } from '../codec/interpret-entity.js';
import type { PlainRow } from '../codec/interpret-record.js';
import { BulkChunk } from '../database/bulk.js';
import { CommitLog } from '../database/commit-log.js';
import { EntityTable } from '../database/table.js';
import type { Engine, Tree } from '../engine/api.js';
import { MigrationError, UniqueViolationError } from '../errors.js';
import type { EntityModel, IndexModel } from '../schema/model.js';
import type { CarriedRows } from './carry.js';
import { IndexChunk, KeyMap } from './load.js';
import { nextTree } from './names.js';
import type { RewritePlan } from './plan.js';
import { entityOf, type RowReader, rowsOf } from './rows.js';

/** Called now and then while rows go through; rows are of one entity. */
export type OnRows = (done: number) => void | Promise<void>;

/** A row of the old version and its encoded key, turned into a row of the new one. */
export type ConvertRow = (row: PlainRow, key: Uint8Array) => PlainRow;

/** Rows between two calls of {@link OnRows}. */
const ROWS_A_TURN = 2_000;

interface Work {
  readonly engine: Engine;
  readonly source: Tree;
  /** Names the migration in errors. */
  readonly label: string;
  readonly onRows: OnRows;
}

/**
 * Writes all rows of an entity, converted, and all their index entries into trees under `$next/`.
 * @param keys where the migration changes keys: the tree that is to map new keys to old ones
 * @throws MigrationError QDB3022 when two rows come out under one key, QDB3023 when a unique index would hold a value twice
 */
export async function rewriteEntity(
  work: Work,
  plan: RewritePlan,
  convert: ConvertRow,
  keys: Tree | null,
): Promise<void> {
  const { engine, source, label, onRows } = work;
  const before = entityOf(source, plan.before.model);
  const table = openNext(engine, plan.after.model);
  // Keys that change come in another order: then nothing tells how far an earlier run came.
  const cursor = source.cursor(plan.changesKeys ? {} : behindLast(table.tree));
  let done = 0;
  let chunk = new BulkChunk(table, engine, new CommitLog());
  let keyMap = keys === null ? null : new KeyMap(engine, keys);
  const finish = (): void => {
    try {
      if (!chunk.finish()) throw sameKey(label, plan.after.model);
    } catch (error) {
      throw error instanceof UniqueViolationError ? notUnique(label, error) : error;
    }
    keyMap?.finish();
  };
  try {
    while (cursor.next()) {
      const { key, value } = cursor;
      const oldKey = key.bytes.subarray(key.start, key.end);
      const row = convert(before.row.decode(value, before.key.read(key.bytes, key.start, key.end)), oldKey);
      chunk.add(row);
      keyMap?.add(table.entity, row, oldKey);
      if (chunk.isFull) {
        finish();
        chunk = new BulkChunk(table, engine, new CommitLog());
        keyMap = keys === null ? null : new KeyMap(engine, keys);
      }
      if (++done % ROWS_A_TURN === 0) await onRows(done);
    }
    finish();
    await onRows(done);
  } finally {
    cursor.close();
    chunk.abort();
    keyMap?.abort();
  }
}

/**
 * The same for rows that keep their keys and mostly their bytes; of the indexes, only those that can't stay are written.
 * @throws MigrationError QDB3023
 */
export async function carryEntity(work: Work, plan: RewritePlan, rows: CarriedRows): Promise<void> {
  const { engine, source, label, onRows } = work;
  const table = openNext(engine, { ...plan.after.model, indexes: plan.indexes.build });
  const rowOf = (key: Buffer): PlainRow => {
    const record = new ByteSpan();
    source.get(key, key.length, record);
    return rows.whole(spanOf(key), record);
  };
  const begin = (): IndexChunk => new IndexChunk(engine, table, rowOf, true);
  const cursor = source.cursor(behindLast(table.tree));
  let done = 0;
  let chunk = begin();
  try {
    while (cursor.next()) {
      const { key, value } = cursor;
      const row = rows.add(key, value, chunk.beginRecord(key));
      chunk.endRecord();
      chunk.add(row, key);
      if (chunk.isFull) {
        finishIndexes(chunk, label);
        chunk = begin();
      }
      if (++done % ROWS_A_TURN === 0) await onRows(done);
    }
    finishIndexes(chunk, label);
    await onRows(done);
  } finally {
    cursor.close();
    chunk.abort();
  }
}

/**
 * Writes the entries of some indexes over rows that stay, into trees under `$next/`; from the start, for entries come in another
 * order than rows.
 * @param rows where they are not yet as they are to be
 * @throws MigrationError QDB3023 when a unique index would hold a value twice
 */
export async function buildIndexes(
  work: Work,
  model: EntityModel,
  indexes: readonly IndexModel[],
  rows: RowReader = rowsOf(work.source, model),
): Promise<void> {
  const { engine, source, label, onRows } = work;
  const only = openNext(engine, { ...model, indexes });
  const rowOf = (key: Buffer): PlainRow => {
    const record = new ByteSpan();
    source.get(key, key.length, record);
    return rows.whole(spanOf(key), record);
  };
  let loading = new IndexChunk(engine, only, rowOf);
  let done = 0;
  const cursor = source.cursor();
  try {
    while (cursor.next()) {
      const { key, value } = cursor;
      loading.add(rows.row(key, value), key);
      if (loading.isFull) {
        finishIndexes(loading, label);
        loading = new IndexChunk(engine, only, rowOf);
      }
      if (++done % ROWS_A_TURN === 0) await onRows(done);
    }
    finishIndexes(loading, label);
    await onRows(done);
  } finally {
    cursor.close();
    loading.abort();
  }
}

function spanOf(bytes: Buffer): ByteSpan {
  const span = new ByteSpan();
  span.bytes = bytes;
  span.end = bytes.length;
  return span;
}

function finishIndexes(chunk: IndexChunk, label: string): void {
  try {
    chunk.finish();
  } catch (error) {
    throw error instanceof UniqueViolationError ? notUnique(label, error) : error;
  }
}

/** The entity's table over trees under `$next/`. */
export function openNext(engine: Engine, model: EntityModel): EntityTable<PlainRow, unknown, PlainRow> {
  const entity = interpretEntity({ ...model, storedName: nextTree(model.storedName) });
  return new EntityTable(entity, engine, null, Date.now, () => {});
}

function behindLast(tree: Tree): { gt?: Uint8Array } {
  const cursor = tree.cursor({}, { reverse: true });
  try {
    return cursor.next() ? { gt: cursor.key.copy() } : {};
  } finally {
    cursor.close();
  }
}

function sameKey(label: string, { name }: EntityModel): MigrationError {
  return new MigrationError('QDB3022', `${label}: two rows of ${name} come out under one primary key. Mend the step.`);
}

function notUnique(label: string, cause: UniqueViolationError): MigrationError {
  return new MigrationError(
    'QDB3023',
    `${label}: the unique index "${cause.index}" of ${cause.entity} can't be built: ${cause.message} Settle the duplicates first.`,
    { cause },
  );
}
