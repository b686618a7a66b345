// The bar that a row's first sort column must reach to be among the first rows of an order, read from the encoded record: of many
// rows sorted in memory for a few, only those that may win are decoded.
import type { ColumnBound } from '../bytes/columns.js';
import type { EntryRun } from '../bytes/entry-run.js';
import type { FieldPlace, RecordLayout } from '../codec/layout.js';
import type { OrderTerm } from './query.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

export class OrderBar {
  private readonly field: string;
  private readonly offset: number;
  private readonly descending: boolean;
  /** What rows must reach, for those who scan: it rises with the bar. */
  readonly bound: Writable<ColumnBound>;
  /** The last winner's value so far. NaN, before there is one and where it sorts as NaN does, excludes nothing. */
  private value = Number.NaN;

  private constructor(field: string, offset: number, descending: boolean) {
    this.field = field;
    this.offset = offset;
    this.descending = descending;
    const column = { kind: 'f64', offset, mask: 0 } as const;
    this.bound = { column, least: Number.NEGATIVE_INFINITY, most: Number.POSITIVE_INFINITY, orNaN: true };
  }

  /** Null unless the term is a number or date of 8 bytes that is never missing. */
  static of(layout: RecordLayout, { path, direction }: OrderTerm): OrderBar | null {
    const found = layout.fields.find(({ field }) => path.length === 1 && field.name === path[0]);
    if (found === undefined || !isDouble(found)) return null;
    return new OrderBar(found.field.name, (found.place as { readonly offset: number }).offset, direction === 'desc');
  }

  /** `row` is the last that would be among the first ones as things stand. */
  raise(row: unknown): void {
    this.value = Number((row as Record<string, unknown>)[this.field]);
    if (Number.isNaN(this.value)) return;
    if (this.descending) this.bound.least = this.value;
    else this.bound.most = this.value;
  }

  /** Leaves out entries that come behind the bar by their first column alone; those that tie, and NaN, are for the full comparison. */
  narrow({ view, starts }: EntryRun, selected: Int32Array, count: number): number {
    const { offset, value: bar, descending } = this;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const entry = selected[i]!;
      selected[kept] = entry;
      const value = view.getFloat64(starts[entry]! + offset, true);
      kept += Number(!(descending ? value < bar : value > bar));
    }
    return kept;
  }
}

function isDouble({ field, missing, place }: FieldPlace): boolean {
  return place.kind === 'fixed' && missing === null && (field.type.kind === 'float64' || field.type.kind === 'date');
}
