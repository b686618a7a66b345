// Where rows come from: a walk of the primary tree, a walk of an index, or a list of primary keys. Each gives rows in pages,
// so that whoever needs only the first ones pays for no more, and what stands in memory is bounded.
import { ByteSpan } from '../bytes/writer.js';
import type { Cursor, KeyRange } from '../engine/api.js';
import type { Plan, Span } from './access.js';
import { KeyList } from './key-list.js';
import { primaryKeyStart, type Table, type TableIndex } from './table.js';
import type { View } from './view.js';

export interface RowSource<Row> {
  /** Appends about `most` rows to `into`; false when there are no more. */
  pull(into: Row[], most: number): boolean;
  close(): void;
}

/** Collected keys beyond this share of the table's rows: reading all of it in order is cheaper than fetching each. */
const SCAN_SHARE = 1 / 3;
/** Below this many keys fetching is always right, whatever the (estimated) size of the table. */
const ALWAYS_FETCHED = 1000;

export function openSource<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, view: View): RowSource<Row> {
  const { spans } = plan;
  if (spans === null) return new PrimaryWalk(table, view, {}, plan.reverse);
  const [only] = spans;
  if (plan.walk && only !== undefined && only.point === null) {
    return only.index === null
      ? new PrimaryWalk(table, view, only.range, plan.reverse)
      : new IndexWalk(table, only.index, view, only.range, plan.reverse);
  }
  const keys = collectKeys(table, spans, view);
  // Without the keys' help every row is looked at, so the predicates must be there to refuse the others.
  if (keys === null) return new PrimaryWalk(table, view, {}, false);
  keys.sortDistinct(table.entity.key.size);
  return new KeyFetch(table, view, keys);
}

/** The primary keys that the spans hold, or null when they are so many that a scan is cheaper. */
function collectKeys<Row, Key>(table: Table<Row, Key>, spans: readonly Span<Row>[], view: View): KeyList | null {
  const keys = new KeyList();
  const most = Math.max(ALWAYS_FETCHED, table.tree.estimateEntries() * SCAN_SHARE);
  for (const span of spans) {
    if (span.point !== null) {
      collectPoint(span, view, keys);
      continue;
    }
    const cursor = view.cursor(span.index?.tree ?? table.tree, span.range, false);
    try {
      while (cursor.next()) {
        addPrimaryKey(table, span.index, cursor, keys);
        if (keys.count > most) return null;
      }
    } finally {
      cursor.close();
    }
  }
  return keys;
}

const found = new ByteSpan();

function collectPoint<Row>({ index, point }: Span<Row>, view: View, keys: KeyList): void {
  if (index === null) keys.add(point!, 0, point!.length);
  else if (view.get(index.tree, point!, point!.length, found)) keys.add(found.bytes, found.start, found.end);
}

function addPrimaryKey<Row, Key>(
  table: Table<Row, Key>,
  index: TableIndex<Row> | null,
  { key, value }: Cursor,
  keys: KeyList,
): void {
  if (index === null) keys.add(key.bytes, key.start, key.end);
  else if (index.model.unique) keys.add(value.bytes, value.start, value.end);
  else keys.add(key.bytes, primaryKeyStart(index.codec.size, table.entity.key.size, key, value), key.end);
}

/** Counts the entries of a plan whose every entry is an answer. */
export function countEntries<Row, Key>(table: Table<Row, Key>, spans: readonly Span<Row>[] | null, view: View): number {
  let count = 0;
  for (const span of spans ?? [{ index: null, range: {}, point: null }]) {
    const tree = span.index?.tree ?? table.tree;
    if (span.point !== null) {
      if (view.get(tree, span.point, span.point.length, found)) count++;
      continue;
    }
    const cursor = view.cursor(tree, span.range, false);
    while (cursor.next()) count++;
    cursor.close();
  }
  return count;
}

class PrimaryWalk<Row, Key> implements RowSource<Row> {
  private readonly table: Table<Row, Key>;
  private readonly cursor: Cursor;

  constructor(table: Table<Row, Key>, view: View, range: KeyRange, reverse: boolean) {
    this.table = table;
    this.cursor = view.cursor(table.tree, range, reverse);
  }

  pull(into: Row[], most: number): boolean {
    const { cursor } = this;
    const { row, key: keys } = this.table.entity;
    for (let i = 0; i < most; i++) {
      if (!cursor.next()) return false;
      const { key, value } = cursor;
      into.push(row.decode(value, keys.read(key.bytes, key.start, key.end)));
    }
    return true;
  }

  close(): void {
    this.cursor.close();
  }
}

class IndexWalk<Row, Key> implements RowSource<Row> {
  private readonly table: Table<Row, Key>;
  private readonly index: TableIndex<Row>;
  private readonly view: View;
  private readonly cursor: Cursor;
  private readonly page = new KeyList();

  constructor(table: Table<Row, Key>, index: TableIndex<Row>, view: View, range: KeyRange, reverse: boolean) {
    this.table = table;
    this.index = index;
    this.view = view;
    this.cursor = view.cursor(index.tree, range, reverse);
  }

  pull(into: Row[], most: number): boolean {
    const { page } = this;
    page.clear();
    let more = true;
    while (page.count < most) {
      more = this.cursor.next();
      if (!more) break;
      addPrimaryKey(this.table, this.index, this.cursor, page);
    }
    fetchRows(this.table, this.view, page.writer.bytes, page.ends, page.count, into);
    return more;
  }

  close(): void {
    this.cursor.close();
  }
}

class KeyFetch<Row, Key> implements RowSource<Row> {
  private readonly table: Table<Row, Key>;
  private readonly view: View;
  private readonly keys: KeyList;
  private next = 0;

  constructor(table: Table<Row, Key>, view: View, keys: KeyList) {
    this.table = table;
    this.view = view;
    this.keys = keys;
  }

  pull(into: Row[], most: number): boolean {
    const { keys } = this;
    const first = this.next;
    const end = Math.min(first + most, keys.count);
    const start = keys.startOf(first);
    const ends = keys.ends.slice(first, end);
    for (let i = 0; i < ends.length; i++) ends[i]! -= start;
    fetchRows(this.table, this.view, keys.writer.bytes.subarray(start), ends, ends.length, into);
    this.next = end;
    return end < keys.count;
  }

  close(): void {}
}

/** Appends the rows of the keys that still have one. */
function fetchRows<Row, Key>(
  table: Table<Row, Key>,
  view: View,
  keys: Uint8Array,
  ends: Int32Array,
  count: number,
  into: Row[],
): void {
  if (count === 0) return;
  const { row, key } = table.entity;
  view.getMany(table.tree, keys, ends, count, (i, value) => {
    into.push(row.decode(value, key.read(keys, i === 0 ? 0 : ends[i - 1]!, ends[i]!)));
  });
}
