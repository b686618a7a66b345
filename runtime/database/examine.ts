// One entity of a database directory, held against its model: rows that decode, and the index entries that they ask for. What
// `doctor` compares and `--repair` writes.
import { putVarint } from '../bytes/varint.js';
import { ByteSpan } from '../bytes/writer.js';
import { columnsSize, indexColumns, indexEntries, keyFields, readKeyFields } from '../codec/interpret-key.js';
import { RecordInterpreter } from '../codec/interpret-record.js';
import {
  type Finding,
  hex,
  problem,
  type Remaining,
  type RemainingEntries,
  type Remains,
} from '../engine/check/index.js';
import { QuantaError } from '../errors.js';
import { DATE_SUFFIX, storesColumnLength } from '../query/table.js';
import type { EntityModel, IndexModel } from '../schema/model.js';

const NO_ENTRIES: RemainingEntries = new Map();

export interface ExaminedEntity {
  readonly model: EntityModel;
  /** Those that decode. */
  readonly rows: RemainingEntries;
  /** Of the primary key: in bytes, null where it varies. */
  readonly keySize: number | null;
  /** By the name of the index's tree. */
  readonly indexes: ReadonlyMap<string, ExaminedIndex>;
}

interface ExaminedIndex {
  readonly keySize: number | null;
  /** Those that the rows ask for. */
  readonly entries: Map<string, Remaining>;
}

/** Reads all rows of an entity, adds what is wrong with them to `findings`. */
export function examineEntity(model: EntityModel, remains: Remains, findings: Finding[]): ExaminedEntity {
  const { storedName } = model;
  const tree = remains.trees.get(storedName);
  const rows = new Map<string, Remaining>();
  const keySize = columnsSize(keyFields(model));
  const indexes = new Map(
    model.indexes.map((index): [string, ExaminedIndex] => [
      `${storedName}/${index.name}`,
      { keySize: entrySize(model, index), entries: new Map() },
    ]),
  );
  if (tree === undefined) {
    findings.push(problem('QDB4212', { tree: storedName }, `The tree of the entity ${model.name} is missing.`));
    return { model, rows, keySize, indexes };
  }
  const interpreter = new RecordInterpreter(model);
  const span = new ByteSpan();
  for (const [text, entry] of remains.entries(tree)) {
    const key = Buffer.from(text, 'latin1');
    try {
      span.bytes = entry.value;
      span.view = new DataView(entry.value.buffer, entry.value.byteOffset, entry.value.length);
      span.end = entry.value.length;
      const row = { ...interpreter.decode(span), ...readKeyFields(model, key) };
      for (const index of model.indexes) {
        addEntries(
          model,
          index,
          row,
          key,
          entry.sequence,
          indexes.get(`${storedName}/${index.name}`)!.entries,
          findings,
        );
      }
      rows.set(text, entry);
    } catch (error) {
      if (!(error instanceof QuantaError)) throw error;
      findings.push(
        problem('QDB4208', { tree: storedName }, `The row of ${model.name} with key ${hex(key)} can't be decoded.`),
      );
    }
  }
  return { model, rows, keySize, indexes };
}

/**
 * Compares the entries that the rows ask for with those that are there. Those of rows that have expired, because their date is
 * `goneUpTo` or earlier, may have been merged away before the rows.
 */
export function compareIndexes(
  { model, indexes }: ExaminedEntity,
  remains: Remains,
  findings: Finding[],
  goneUpTo: number,
): void {
  const isGone = ({ value }: Remaining): boolean =>
    model.ttl !== undefined && value.readDoubleLE(value.length - DATE_SUFFIX) <= goneUpTo;
  for (const [name, { entries: wanted }] of indexes) {
    const tree = remains.trees.get(name);
    if (tree === undefined) findings.push(problem('QDB4212', { tree: name }, `The index ${name} is missing.`));
    const there = tree === undefined ? NO_ENTRIES : remains.entries(tree);
    const tell = (code: string, keys: readonly string[], what: string): void => {
      if (keys.length === 0) return;
      const first = hex(Buffer.from(keys[0]!, 'latin1'));
      findings.push(
        problem(
          code,
          { tree: name },
          `${keys.length} of ${model.name}'s index entries in ${name} ${what}, the first at key ${first}.`,
        ),
      );
    };
    const isWrong = (key: string): boolean => there.get(key)?.value.equals(wanted.get(key)!.value) === false;
    tell(
      'QDB4209',
      [...wanted].filter(([key, entry]) => !there.has(key) && !isGone(entry)).map(([key]) => key),
      'are missing, so queries miss rows',
    );
    // Where rows expire, a merge may have taken a row before its entries.
    if (model.ttl === undefined)
      tell(
        'QDB4210',
        [...there.keys()].filter((key) => !wanted.has(key)),
        'have no row',
      );
    tell('QDB4211', [...wanted.keys()].filter(isWrong), 'name another row than they should');
  }
}

/** As database/table.ts opens the index's tree. */
function entrySize(model: EntityModel, index: IndexModel): number | null {
  const columns = columnsSize(indexColumns(model, index));
  const key = columnsSize(keyFields(model));
  if (columns === null || index.unique) return columns;
  return key === null ? null : columns + key;
}

/** What ends the value of every entry where rows expire: the date that the row's life counts from. */
function expiryDate({ ttl }: EntityModel, row: Record<string, unknown>): Buffer {
  if (ttl === undefined) return Buffer.alloc(0);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(Number(row[ttl.field] ?? Number.NaN));
  return bytes;
}

/** The layout of entries is drawn in query/table.ts. */
function addEntries(
  model: EntityModel,
  index: IndexModel,
  row: Record<string, unknown>,
  key: Buffer,
  sequence: number,
  into: Map<string, Remaining>,
  findings: Finding[],
): void {
  const { entries, isWhole } = indexEntries(model, index, row);
  const storesLength = storesColumnLength(columnsSize(indexColumns(model, index)), columnsSize(keyFields(model)));
  for (const columns of entries) {
    const isUnique = index.unique && isWhole;
    const text = (isUnique ? columns : Buffer.concat([columns, key])).toString('latin1');
    const other = into.get(text);
    if (other !== undefined) {
      const rows = `${hex(other.value)} and ${hex(key)}`;
      const tree = `${model.storedName}/${index.name}`;
      findings.push(
        problem('QDB4215', { tree }, `Rows ${rows} of ${model.name} have the same values in the unique index ${tree}.`),
      );
      if (other.sequence > sequence) continue;
    }
    const value = index.unique ? key : storesLength ? varint(columns.length) : Buffer.alloc(0);
    into.set(text, { sequence, value: Buffer.concat([value, expiryDate(model, row)]) });
  }
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  return bytes.subarray(0, putVarint(bytes, 0, value));
}
