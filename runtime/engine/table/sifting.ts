// What a cursor over a table needs to pass over single entries, or to read columns instead of them.
import type { ScanBounds } from '../../bytes/scanned-columns.js';
import { Sift } from './sift.js';
import type { ScannedColumns, TableColumns } from './table-columns.js';

export class Sifting {
  readonly sift = new Sift();
  private known: ScannedColumns | null = null;
  /** The generation of the columns that `known` is of. */
  private generation = -1;

  constructor(
    readonly columns: TableColumns,
    private readonly scan: ScanBounds,
  ) {}

  /** What the columns in memory tell of the scan as of now; null for nothing. */
  scanned(): ScannedColumns | null {
    const { columns, known } = this;
    const mayBeMore = (known === null || known.isPartial) && columns.mayCollect;
    if (mayBeMore || this.generation !== columns.generation) {
      this.known = columns.of(this.scan);
      this.generation = columns.generation;
    }
    return this.known;
  }
}

/** Whether columns can be of any use to the scan. */
export function asksForColumns({ bounds, texts = [], reads = null }: ScanBounds): boolean {
  return bounds.length > 0 || texts.length > 0 || reads !== null;
}
