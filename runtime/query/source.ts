// Where rows come from: a walk of the primary tree, a walk of an index, or a list of primary keys. Each gives rows in pages,
// so that whoever needs only the first ones pays for no more, and what stands in memory is bounded. Rows that a filter refuses are
// not given, and mostly not decoded.
import { EntryRun } from '../bytes/entry-run.js';
import { ByteSpan } from '../bytes/writer.js';
import { layoutNumber } from '../codec/codec.js';
import type { Cursor, KeyRange } from '../engine/api.js';
import type { Plan, Span } from './access.js';
import { CoveredRows } from './covering.js';
import { KeyList } from './key-list.js';
import type { RowDecoder } from './partial-row.js';
import { PrimaryWalk } from './primary-walk.js';
import type { Condition, Query } from './query.js';
import { RowFilter } from './row-filter.js';
import type { EntrySource, EntryVisitor, RowSource, Wanted } from './row-source.js';
import { primaryKeyStart, type Table, type TableIndex } from './table.js';
import type { View } from './view.js';

/** Keys that are in memory together where their rows are only visited. */
const VISITED_PAGE = 512;

/** Rows from wherever the plan takes them, index entries included; the parameters are those of {@link openSource}. */
export function openRows<Row, Key>(
  table: Table<Row, Key>,
  plan: Plan<Row>,
  query: Query,
  view: View,
  wanted: Wanted<Row, Key>,
): RowSource<Row> {
  if (plan.covering === null || plan.spans === null) return openSource(table, plan, query, view, wanted);
  return new CoveredRows(table, plan.spans, plan.covering, plan.exact ? [] : query.where, view, plan.reverse);
}

/** Records of the rows, by a plan that is not covering. */
export function openSource<Row, Key>(
  table: Table<Row, Key>,
  plan: Plan<Row>,
  query: Query,
  view: View,
  wanted: Wanted<Row, Key>,
): EntrySource<Row> {
  const { bar = null, decoder = table.entity.row } = wanted;
  const { model } = table.entity;
  const number = layoutNumber(table.entity);
  const { spans } = plan;
  const filterOf = (conditions: readonly Condition[]): RowFilter<Row> => new RowFilter(model, number, conditions, bar);
  // The spans of an exact plan hold answers only.
  const filter = filterOf(plan.exact ? [] : query.where);
  if (spans === null) return new PrimaryWalk(table, decoder, filter, view, {}, plan.reverse, wanted);
  const [only] = spans;
  if (plan.walk && only !== undefined && only.point === null) {
    return only.index === null
      ? new PrimaryWalk(table, decoder, filter, view, only.range, plan.reverse, wanted)
      : new IndexWalk(table, decoder, filter, only.index, view, only.range, plan.reverse);
  }
  const keys = collectKeys(table, spans, view, plan.mostKeys);
  // Without the keys' help every row is looked at, so the predicates must refuse the others.
  if (keys === null) return new PrimaryWalk(table, decoder, filterOf(query.where), view, {}, false, wanted);
  for (const others of plan.also) {
    const list = collectKeys(table, others, view, plan.mostKeys);
    if (list === null) return new KeyFetch(table, decoder, filterOf(query.where), view, keys);
    keys.retain(list);
  }
  return new KeyFetch(table, decoder, filter, view, keys);
}

/**
 * The primary keys that the spans hold, in order and each once, or null when they are more than `most`. A span may be a primary key
 * itself: only where keys `mustExist`, because nobody is going to look their rows up, it is seen whether it has one.
 */
function collectKeys<Row, Key>(
  table: Table<Row, Key>,
  spans: readonly Span<Row>[],
  view: View,
  most: number,
  mustExist = false,
): KeyList | null {
  const keys = new KeyList();
  for (const span of spans) {
    if (span.point !== null) {
      if (span.index === null && mustExist && !view.get(table.tree, span.point, span.point.length, found)) continue;
      collectPoint(span, view, keys);
      continue;
    }
    const cursor = view.cursor(span.index?.tree ?? table.tree, span.range, false);
    try {
      while (cursor.next()) {
        addPrimaryKey(table, span.index, cursor.key, cursor.value, keys);
        if (keys.count > most) return null;
      }
    } finally {
      cursor.close();
    }
  }
  keys.sortDistinct(table.entity.key.size);
  return keys;
}

const found = new ByteSpan();

function collectPoint<Row>({ index, point }: Span<Row>, view: View, keys: KeyList): void {
  if (index === null) keys.add(point!, 0, point!.length);
  else if (view.get(index.tree, point!, point!.length, found))
    keys.add(found.bytes, found.start, found.end - index.suffix);
}

function addPrimaryKey<Row, Key>(
  table: Table<Row, Key>,
  index: TableIndex<Row> | null,
  key: ByteSpan,
  value: ByteSpan,
  keys: KeyList,
): void {
  if (index === null) keys.add(key.bytes, key.start, key.end);
  else if (index.model.unique) keys.add(value.bytes, value.start, value.end - index.suffix);
  else keys.add(key.bytes, primaryKeyStart(index.codec.size, table.entity.key.size, key, value), key.end);
}

/** Counts the rows of a plan whose every entry is an answer. */
export function countEntries<Row, Key>(table: Table<Row, Key>, plan: Plan<Row>, view: View): number {
  const { spans, also } = plan;
  if (spans !== null && (plan.overlapping || also.length > 0)) {
    const keys = collectKeys(table, spans, view, Number.POSITIVE_INFINITY, true)!;
    for (const others of also) keys.retain(collectKeys(table, others, view, Number.POSITIVE_INFINITY)!);
    return keys.count;
  }
  let count = 0;
  const run = new EntryRun();
  for (const span of spans ?? [{ index: null, range: {}, point: null }]) {
    const tree = span.index?.tree ?? table.tree;
    if (span.point !== null) {
      if (view.get(tree, span.point, span.point.length, found)) count++;
      continue;
    }
    const cursor = view.cursor(tree, span.range, false);
    while (cursor.nextRun(run)) count += run.count;
    cursor.close();
  }
  return count;
}

/** Rows whose primary keys come from somewhere else, fetched page by page. */
abstract class Fetch<Row, Key> implements EntrySource<Row> {
  readonly scan = null;
  protected readonly table: Table<Row, Key>;
  protected readonly view: View;
  private readonly decoder: RowDecoder<Row, Key>;
  private readonly filter: RowFilter<Row>;
  /** One record at a time, for the filter; made when there is one to be tested. */
  private run: EntryRun | null = null;
  private readonly key = new ByteSpan();

  constructor(table: Table<Row, Key>, decoder: RowDecoder<Row, Key>, filter: RowFilter<Row>, view: View) {
    this.table = table;
    this.decoder = decoder;
    this.filter = filter;
    this.view = view;
  }

  /** The next keys, `most` at the most; false when there are no more. */
  protected abstract nextKeys(most: number): boolean;
  /** The keys that `nextKeys` found: one behind the other, with their ends. */
  protected abstract readonly found: KeyPage;
  abstract close(): void;

  pull(into: Row[], most: number): boolean {
    const more = this.nextKeys(most);
    const { filter, decoder } = this;
    const { entity } = this.table;
    if (filter.takesAll) {
      this.decodeAll(into);
      return more;
    }
    this.fetch((key, value) => {
      const known = entity.key.read(key.bytes, key.start, key.end);
      const row = (filter.decided ? decoder : entity.row).decode(value, known);
      if (filter.accepts(row)) into.push(row);
    });
    return more;
  }

  private decodeAll(into: Row[]): void {
    const { bytes, ends, count } = this.found;
    const { decoder } = this;
    const { key } = this.table.entity;
    if (count === 0) return;
    this.view.getMany(this.table.tree, bytes, ends, count, (i, value) => {
      into.push(decoder.decode(value, key.read(bytes, i === 0 ? 0 : ends[i - 1]!, ends[i]!)));
    });
  }

  count(): number {
    let count = 0;
    this.visit(() => {
      count++;
    });
    return count;
  }

  visit(visitor: EntryVisitor): void {
    const { entity } = this.table;
    const { filter } = this;
    this.run ??= new EntryRun();
    const { run } = this;
    for (let more = true; more; ) {
      more = this.nextKeys(VISITED_PAGE);
      this.fetch((key, value) => {
        const isAnswer =
          filter.decided || filter.accepts(entity.row.decode(value, entity.key.read(key.bytes, key.start, key.end)));
        if (isAnswer) visitor(run, filter.selected, 1);
      });
    }
  }

  /** Shows the entries of the keys that still have one and are not refused by their record. */
  private fetch(show: (key: ByteSpan, value: ByteSpan) => void): void {
    const { bytes, ends, count } = this.found;
    if (count === 0) return;
    const { filter, key } = this;
    this.run ??= new EntryRun();
    const { run } = this;
    key.bytes = bytes;
    this.view.getMany(this.table.tree, bytes, ends, count, (i, value) => {
      key.start = i === 0 ? 0 : ends[i - 1]!;
      key.end = ends[i]!;
      run.setOne(key, value);
      if (filter.select(run) > 0) show(key, value);
    });
  }
}

interface KeyPage {
  readonly bytes: Buffer;
  readonly ends: Int32Array;
  readonly count: number;
}

class IndexWalk<Row, Key> extends Fetch<Row, Key> {
  private readonly index: TableIndex<Row>;
  private readonly cursor: Cursor;
  private readonly page = new KeyList();
  /** Entries of the index, and the next of them. */
  private readonly entries = new EntryRun();
  private at = 0;
  private readonly entryKey = new ByteSpan();
  private readonly entryValue = new ByteSpan();

  constructor(
    table: Table<Row, Key>,
    decoder: RowDecoder<Row, Key>,
    filter: RowFilter<Row>,
    index: TableIndex<Row>,
    view: View,
    range: KeyRange,
    reverse: boolean,
  ) {
    super(table, decoder, filter, view);
    this.index = index;
    this.cursor = view.cursor(index.tree, range, reverse);
  }

  protected nextKeys(most: number): boolean {
    const { page, entries, entryKey: key, entryValue: value, index } = this;
    const { size } = this.table.entity.key;
    page.clear();
    while (page.count < most) {
      if (this.at === entries.count) {
        if (!this.cursor.nextRun(entries)) return false;
        this.at = 0;
        key.bytes = entries.keyBytes;
        value.bytes = entries.bytes;
      }
      const end = Math.min(entries.count, this.at + most - page.count);
      if (size === null) {
        for (let i = this.at; i < end; i++) {
          key.start = entries.keyStarts[i]!;
          key.end = entries.keyEnds[i]!;
          value.start = entries.starts[i]!;
          value.end = entries.ends[i]!;
          addPrimaryKey(this.table, this.index, key, value, page);
        }
      } else if (index.model.unique) page.addFixed(entries.bytes, entries.ends, index.suffix, this.at, end, size);
      else page.addFixed(entries.keyBytes, entries.keyEnds, 0, this.at, end, size);
      this.at = end;
    }
    return true;
  }

  protected get found(): KeyPage {
    const { writer, ends, count } = this.page;
    return { bytes: writer.bytes, ends, count };
  }

  close(): void {
    this.cursor.close();
  }
}

class KeyFetch<Row, Key> extends Fetch<Row, Key> {
  private readonly keys: KeyList;
  private next = 0;
  protected found: KeyPage;

  constructor(
    table: Table<Row, Key>,
    decoder: RowDecoder<Row, Key>,
    filter: RowFilter<Row>,
    view: View,
    keys: KeyList,
  ) {
    super(table, decoder, filter, view);
    this.keys = keys;
    this.found = { bytes: keys.writer.bytes, ends: keys.ends, count: 0 };
  }

  protected nextKeys(most: number): boolean {
    const { keys } = this;
    const first = this.next;
    const end = Math.min(first + most, keys.count);
    const start = keys.startOf(first);
    const ends = keys.ends.slice(first, end);
    for (let i = 0; i < ends.length; i++) ends[i]! -= start;
    this.found = { bytes: keys.writer.bytes.subarray(start), ends, count: ends.length };
    this.next = end;
    return end < keys.count;
  }

  close(): void {}
}
