// A walk of the primary tree as a source of rows: entries by the run, those that the filter refuses passed over undecoded.
import { EntryRun } from '../bytes/entry-run.js';
import { ByteSpan } from '../bytes/writer.js';
import type { Cursor, KeyRange, Scan } from '../engine/api.js';
import type { ColumnDecoder } from './column-row.js';
import type { Firsts } from './firsts.js';
import type { RowDecoder } from './partial-row.js';
import type { RowFilter } from './row-filter.js';
import type { EntrySource, EntryVisitor, Wanted } from './row-source.js';
import type { Table } from './table.js';
import type { View } from './view.js';

export class PrimaryWalk<Row, Key> implements EntrySource<Row> {
  private readonly table: Table<Row, Key>;
  private readonly decoder: RowDecoder<Row, Key>;
  private readonly filter: RowFilter<Row>;
  private readonly columnDecoder: ColumnDecoder<Row> | null;
  private readonly firsts: Firsts<Row> | null;
  readonly scan: Scan;
  private readonly cursor: Cursor;
  private readonly run = new EntryRun();
  /** Entries of the run that the filter selected, and the next of them. */
  private selected = 0;
  private at = 0;
  private readonly record = new ByteSpan();

  constructor(
    table: Table<Row, Key>,
    decoder: RowDecoder<Row, Key>,
    filter: RowFilter<Row>,
    view: View,
    range: KeyRange,
    reverse: boolean,
    { reads = null, columnDecoder = null, firsts = null }: Wanted<Row, Key>,
  ) {
    this.table = table;
    this.decoder = decoder;
    this.filter = filter;
    this.columnDecoder = columnDecoder;
    this.firsts = firsts;
    this.scan = filter.scan(reads);
    this.cursor = view.cursor(table.tree, range, reverse, this.scan);
  }

  pull(into: Row[], most: number): boolean {
    const { filter, decoder, columnDecoder, run } = this;
    const whole = this.table.entity.row;
    do {
      while (this.at < this.selected) {
        if (into.length === most) return true;
        const entry = filter.selected[this.at++]!;
        if (run.columns !== null) {
          into.push(columnDecoder!.decode(run.columns, run.ordinals[entry]!));
          continue;
        }
        const row = this.decode(entry, filter.decided ? decoder : whole);
        if (filter.accepts(row)) into.push(row);
      }
    } while (this.nextRun());
    return false;
  }

  count(): number {
    let count = 0;
    this.visit((_run, _selected, answers) => {
      count += answers;
    });
    return count;
  }

  visit(visitor: EntryVisitor): void {
    const { filter, run } = this;
    const { selected } = filter;
    while (this.nextRun()) {
      let count = this.selected;
      if (!filter.decided) {
        count = 0;
        for (let i = 0; i < this.selected; i++) if (this.accepts(selected[i]!)) selected[count++] = selected[i]!;
      }
      if (count > 0) visitor(run, selected, count);
    }
  }

  private nextRun(): boolean {
    const { run, record, filter, firsts } = this;
    if (!this.cursor.nextRun(run)) return false;
    record.bytes = run.bytes;
    record.view = run.view;
    this.selected = filter.select(run);
    if (firsts !== null && filter.decided) this.selected = firsts.narrow(run, filter.selected, this.selected);
    this.at = 0;
    return true;
  }

  private accepts(entry: number): boolean {
    return this.filter.accepts(this.decode(entry, this.table.entity.row));
  }

  private decode(entry: number, decoder: RowDecoder<Row, Key>): Row {
    const { run, record } = this;
    record.start = run.starts[entry]!;
    record.end = run.ends[entry]!;
    return decoder.decode(record, this.table.entity.key.read(run.keyBytes, run.keyStarts[entry]!, run.keyEnds[entry]!));
  }

  close(): void {
    this.cursor.close();
  }
}
