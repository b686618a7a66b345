// One entity of a database directory, held against its model: rows that decode, and the index entries that they ask for. What
// `doctor` compares and `--repair` writes.
import { putVarint } from '../bytes/varint.js';
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import { columnsSize, indexColumns, indexEntries, keyFields, readKeyFields } from '../codec/interpret-key.js';
import { RecordInterpreter } from '../codec/interpret-record.js';
import { FIRST_LAYOUT } from '../codec/layout.js';
import { RecordUpgrade, type TreeLayouts } from '../codec/layouts.js';
import { type Finding, hex, problem, type Remaining, type Remains } from '../engine/check/index.js';
import { QuantaError } from '../errors.js';
import { DATE_SUFFIX, storesColumnLength } from '../query/table.js';
import type { EntityModel, IndexModel } from '../schema/model.js';
import { bucketOf, IndexSums } from './index-sums.js';

/** Entries of both sides of an index that are held against each other at a time. */
const HELD_ENTRIES = 200_000;

export interface ExaminedRow extends Remaining {
  /** What it asks of each index, in the order of the model's. */
  readonly wanted: readonly (readonly WantedEntry[])[];
}

/** An index entry that a row asks for. */
export interface WantedEntry extends Remaining {
  /** No other row may ask for it. */
  readonly isUnique: boolean;
}

/** One entity of a directory. Nothing is kept of what is read. */
export class EntityExamination {
  /** Of the primary key: in bytes, null where it varies. */
  readonly keySize: number | null;
  private readonly undecodable = new Set<string>();

  constructor(
    readonly model: EntityModel,
    private readonly remains: Remains,
    private readonly findings: Finding[],
    private readonly layouts: TreeLayouts | null,
  ) {
    this.keySize = columnsSize(keyFields(model));
    const { name, storedName } = model;
    if (!remains.trees.has(storedName)) {
      findings.push(problem('QDB4212', { tree: storedName }, `The tree of the entity ${name} is missing.`));
    }
  }

  /** The rows that decode, in key order, each with its value as it is stored; of each other one the first walk says so. */
  *rows(): Generator<ExaminedRow> {
    const { model, remains } = this;
    const tree = remains.trees.get(model.storedName);
    if (tree === undefined) return;
    const interpreter = new RecordInterpreter(model);
    const upgrade = this.layouts === null ? null : new RecordUpgrade(this.layouts);
    const number = upgrade?.lead ?? FIRST_LAYOUT;
    const made = new ByteWriter(1024);
    const span = new ByteSpan();
    for (const entry of remains.entries(tree)) {
      const { key, value } = entry;
      span.bytes = value;
      span.view = new DataView(value.buffer, value.byteOffset, value.length);
      span.end = value.length;
      let row: ExaminedRow;
      try {
        if (upgrade !== null && value[0] !== number) {
          made.at = 0;
          upgrade.upgrade(span, made);
          span.bytes = made.bytes;
          span.view = made.view;
          span.end = made.at;
        }
        const values = { ...interpreter.decode(span, {}, number), ...readKeyFields(model, key) };
        row = { ...entry, wanted: model.indexes.map((index) => wantedEntries(model, index, entry, values)) };
      } catch (error) {
        if (!(error instanceof QuantaError)) throw error;
        this.tellUndecodable(key);
        continue;
      }
      yield row;
    }
  }

  /** The tree's name and key size of each index. */
  indexTree(index: IndexModel): { readonly name: string; readonly keySize: number | null } {
    return { name: `${this.model.storedName}/${index.name}`, keySize: entrySize(this.model, index) };
  }

  /** That two rows ask for one entry of a unique index. */
  tellClash(index: IndexModel, one: Buffer, other: Buffer): void {
    const { name: tree } = this.indexTree(index);
    const rows = `${hex(one)} and ${hex(other)}`;
    const message = `Rows ${rows} of ${this.model.name} have the same values in the unique index ${tree}.`;
    this.findings.push(problem('QDB4215', { tree }, message));
  }

  /**
   * Holds the indexes against the rows; returns the number of rows. Entries of rows that have expired, because their date is
   * `goneUpTo` or earlier, may have been merged away before the rows.
   */
  compareIndexes(goneUpTo: number): number {
    const { model, remains, findings } = this;
    const wanted = model.indexes.map(() => new IndexSums());
    let rows = 0;
    for (const row of this.rows()) {
      rows++;
      for (const [i, entries] of row.wanted.entries()) {
        for (const { key, value } of entries) if (!isGone(model, value, goneUpTo)) wanted[i]!.add(key, value);
      }
    }
    for (const [i, index] of model.indexes.entries()) {
      const { name } = this.indexTree(index);
      if (!remains.trees.has(name)) findings.push(problem('QDB4212', { tree: name }, `The index ${name} is missing.`));
      const there = new IndexSums();
      for (const { key, value } of this.entriesOf(index)) if (!isGone(model, value, goneUpTo)) there.add(key, value);
      this.tellDifferences(index, wanted[i]!, there, goneUpTo);
    }
    return rows;
  }

  private *entriesOf(index: IndexModel): Generator<Remaining> {
    const tree = this.remains.trees.get(this.indexTree(index).name);
    if (tree !== undefined) yield* this.remains.entries(tree);
  }

  private tellDifferences(index: IndexModel, wanted: IndexSums, there: IndexSums, goneUpTo: number): void {
    const { model } = this;
    const missing = new Difference();
    const orphaned = new Difference();
    const wrong = new Difference();
    if (there.total === 0) missing.addAll(wanted);
    else {
      for (const buckets of wanted.groupsThatDiffer(there, HELD_ENTRIES)) {
        const held = this.wantedIn(index, buckets);
        for (const { key, value } of this.entriesOf(index)) {
          if (!buckets.has(bucketOf(key))) continue;
          const text = key.toString('latin1');
          const entry = held.get(text);
          if (entry === undefined) orphaned.add(key);
          else if (!entry.value.equals(value)) wrong.add(key);
          held.delete(text);
        }
        for (const { key, value } of held.values()) if (!isGone(model, value, goneUpTo)) missing.add(key);
      }
    }
    this.tell(index, 'QDB4209', missing, 'are missing, so queries miss rows');
    // Where rows expire, a merge may have taken a row before its entries.
    if (model.ttl === undefined) this.tell(index, 'QDB4210', orphaned, 'have no row');
    this.tell(index, 'QDB4211', wrong, 'name another row than they should');
  }

  /** The entries in some buckets; of two rows that ask for one, the newer row's. */
  private wantedIn(index: IndexModel, buckets: ReadonlySet<number>): Map<string, WantedEntry> {
    const held = new Map<string, WantedEntry>();
    for (const row of this.rows()) {
      for (const entry of row.wanted[this.model.indexes.indexOf(index)]!) {
        if (!buckets.has(bucketOf(entry.key))) continue;
        const text = entry.key.toString('latin1');
        const other = held.get(text);
        if (other !== undefined) this.tellClash(index, rowOf(this.model, other), row.key);
        if (other === undefined || other.sequence <= entry.sequence) held.set(text, entry);
      }
    }
    return held;
  }

  private tell(index: IndexModel, code: string, { count, first }: Difference, what: string): void {
    if (first === null) return;
    const { name: tree } = this.indexTree(index);
    const message = `${count} of ${this.model.name}'s index entries in ${tree} ${what}, the first at key ${hex(first)}.`;
    this.findings.push(problem(code, { tree }, message));
  }

  private tellUndecodable(key: Buffer): void {
    const text = key.toString('latin1');
    if (this.undecodable.has(text)) return;
    this.undecodable.add(text);
    const { name, storedName } = this.model;
    this.findings.push(
      problem('QDB4208', { tree: storedName }, `The row of ${name} with key ${hex(key)} can't be decoded.`),
    );
  }
}

/** Entries of which the same is to be said. */
class Difference {
  count = 0;
  first: Buffer | null = null;

  add(key: Buffer): void {
    this.count++;
    if (this.first === null || key.compare(this.first) < 0) this.first = Buffer.from(key);
  }

  addAll({ total, first }: IndexSums): void {
    this.count = total;
    this.first = first;
  }
}

function isGone({ ttl }: EntityModel, value: Buffer, goneUpTo: number): boolean {
  return ttl !== undefined && value.length >= DATE_SUFFIX && value.readDoubleLE(value.length - DATE_SUFFIX) <= goneUpTo;
}

/** The primary key in an entry of a unique index. */
export function rowOf({ ttl }: EntityModel, { value }: Pick<Remaining, 'value'>): Buffer {
  return ttl === undefined ? value : value.subarray(0, value.length - DATE_SUFFIX);
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

/** The entries of an index that a row asks for. The layout of entries is drawn in query/table.ts. */
function wantedEntries(
  model: EntityModel,
  index: IndexModel,
  { key, sequence }: Remaining,
  values: Record<string, unknown>,
): WantedEntry[] {
  const { entries, isWhole } = indexEntries(model, index, values);
  const storesLength = storesColumnLength(columnsSize(indexColumns(model, index)), columnsSize(keyFields(model)));
  const isUnique = index.unique && isWhole;
  const date = expiryDate(model, values);
  return entries.map((columns) => {
    const value = index.unique ? key : storesLength ? varint(columns.length) : Buffer.alloc(0);
    return {
      key: isUnique ? columns : Buffer.concat([columns, key]),
      value: Buffer.concat([value, date]),
      sequence,
      isUnique,
    };
  });
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  return bytes.subarray(0, putVarint(bytes, 0, value));
}
