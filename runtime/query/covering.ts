// Answers from index entries alone: where an index holds every field that a query reads, no record is looked up. Rows are made of the
// entry's columns and primary key; other fields are not there, and nobody asks for them.
import { KEY_END, readKeyTag, TAG_NULL, TAG_VALUE } from '../bytes/key.js';
import { ByteSpan } from '../bytes/writer.js';
import type { Cursor } from '../engine/api.js';
import type { EntityModel, IndexModel } from '../schema/model.js';
import type { CoveringIndex, Span, Wanted } from './access.js';
import { compile, type Evaluate, fieldOfRow } from './evaluate.js';
import { readKeyColumn } from './key-column.js';
import type { Condition, Query } from './query.js';
import type { RowSource } from './row-source.js';
import { fieldsRead } from './selector.js';
import { primaryKeyStart, type Table, type TableIndex } from './table.js';
import type { View } from './view.js';

/** Null where the index doesn't hold all. */
export function coveringIndex(
  { key, fields }: EntityModel,
  { caseInsensitive, multiEntry, fields: columns }: IndexModel,
  { where, orderBy }: Query,
  wanted: Wanted,
): CoveringIndex | null {
  if (wanted.fields === null || caseInsensitive || multiEntry) return null;
  const held = new Set([...columns, ...key.fields]);
  const asked = wanted.fields;
  if (!asked.every((name) => held.has(name))) return null;
  for (const { expression } of where) {
    if (expression === null || !fieldsRead(expression).every(([name]) => held.has(name!))) return null;
  }
  if (!wanted.counting && !orderBy.every(({ path }) => path.length === 1 && held.has(path[0]!))) return null;
  const inIndex = columns.map((name) => fields.find((field) => field.name === name)!);
  // Keys hold 0 for -0: whoever gets the value can tell them apart, and a predicate that divides by it.
  const floats = inIndex.filter(({ type }) => FLOATS.has(type.kind));
  if (floats.some(({ name }) => asked.includes(name))) return null;
  if (floats.length > 0 && where.some(({ expression }) => hasDivision(expression))) return null;
  return { fields: inIndex };
}

function hasDivision(part: unknown): boolean {
  if (typeof part !== 'object' || part === null) return false;
  return (part as { readonly op?: unknown }).op === '/' || Object.values(part).some(hasDivision);
}

const FLOATS: ReadonlySet<string> = new Set(['float64', 'float32']);

/** Rows of the spans of one index. */
export class CoveredRows<Row, Key> implements RowSource<Row> {
  private readonly test: Evaluate<unknown> | null;
  private cursor: Cursor | null = null;
  private next = 0;
  private readonly found = new ByteSpan();

  constructor(
    private readonly table: Table<Row, Key>,
    private readonly spans: readonly Span<Row>[],
    private readonly covering: CoveringIndex,
    conditions: readonly Condition[],
    private readonly view: View,
    private readonly reverse: boolean,
  ) {
    const tests = conditions.map(({ expression, parameters }) => compile(expression!, parameters, fieldOfRow));
    this.test = tests.length === 0 ? null : (row) => tests.every((test) => test(row));
  }

  pull(into: Row[], most: number): boolean {
    while (into.length < most) {
      const row = this.advance();
      if (row === null) return false;
      into.push(row as Row);
    }
    return true;
  }

  count(): number {
    let count = 0;
    while (this.advance() !== null) count++;
    return count;
  }

  close(): void {
    this.cursor?.close();
  }

  /** The next row that passes, or null at the end. */
  private advance(): unknown {
    for (;;) {
      if (this.cursor === null) {
        const span = this.spans[this.next++];
        if (span === undefined) return null;
        if (span.point === null) this.cursor = this.view.cursor(span.index!.tree, span.range, this.reverse);
        else {
          const { index, point } = span;
          if (!this.view.get(index!.tree, point!, point!.length, this.found)) continue;
          const row = this.rowOf(index!, point!, 0, point!.length, this.found);
          if (this.test === null || this.test(row)) return row;
          continue;
        }
      }
      const { cursor } = this;
      if (!cursor.next()) {
        cursor.close();
        this.cursor = null;
        continue;
      }
      const { key, value } = cursor;
      const row = this.rowOf(this.spans[this.next - 1]!.index!, key.bytes, key.start, key.end, value);
      if (this.test === null || this.test(row)) return row;
    }
  }

  private rowOf(index: TableIndex<Row>, bytes: Uint8Array, start: number, end: number, value: ByteSpan): unknown {
    const { model, key: codec } = this.table.entity;
    const row: Record<string, unknown> = {};
    let at = start;
    for (const { name, type, nullable, optional } of this.covering.fields) {
      if (nullable || optional) {
        const tag = readKeyTag(bytes, at, end);
        at = KEY_END;
        if (tag !== TAG_VALUE) {
          row[name] = tag === TAG_NULL ? null : undefined;
          continue;
        }
      }
      row[name] = readKeyColumn(type, bytes, at, end);
      at = KEY_END;
    }
    const key: unknown = index.model.unique
      ? codec.read(value.bytes, value.start, value.end - index.suffix)
      : codec.read(bytes, start + primaryKeyAt(index, codec.size, bytes, start, end, value), end);
    const { fields } = model.key;
    if (fields.length === 1) row[fields[0]!] = key;
    else for (const name of fields) row[name] = (key as Record<string, unknown>)[name];
    return row;
  }
}

const keySpan = new ByteSpan();

function primaryKeyAt<Row>(
  index: TableIndex<Row>,
  keySize: number | null,
  bytes: Uint8Array,
  start: number,
  end: number,
  value: ByteSpan,
): number {
  keySpan.bytes = bytes as Buffer;
  keySpan.start = start;
  keySpan.end = end;
  return primaryKeyStart(index.codec.size, keySize, keySpan, value) - start;
}
