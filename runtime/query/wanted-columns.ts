// The columns that a query reads instead of entries: who needs one asks for it while the query is being prepared, and finds it by its
// number in the runs that a scan then gives.
import { type Column, isSameColumn } from '../bytes/columns.js';
import type { ColumnReads, TextColumn } from '../bytes/scanned-columns.js';

export class WantedColumns implements ColumnReads {
  readonly numbers: Column[] = [];
  readonly texts: TextColumn[] = [];

  /** The number of `column` among those of a run. */
  number(column: Column): number {
    const known = this.numbers.findIndex((one) => isSameColumn(one, column));
    return known < 0 ? this.numbers.push(column) - 1 : known;
  }

  text(column: TextColumn): number {
    const known = this.texts.findIndex(({ name }) => name === column.name);
    return known < 0 ? this.texts.push(column) - 1 : known;
  }
}
