// Sorting of rows that don't arrive in the order that was asked for.
import { compareValues } from './order.js';
import type { OrderTerm } from './query.js';

export type Compare<Row> = (a: Row, b: Row) => number;

/** Compares rows by `terms`, one after the other until one decides. A path through something missing reads undefined. */
export function comparator<Row>(terms: readonly OrderTerm[]): Compare<Row> {
  const readers = terms.map(({ path }) => reader(path));
  const signs = terms.map(({ direction }) => (direction === 'desc' ? -1 : 1));
  return (a, b) => {
    for (let i = 0; i < readers.length; i++) {
      const read = readers[i]!;
      const order = compareValues(read(a), read(b));
      if (order !== 0) return order * signs[i]!;
    }
    return 0;
  };
}

function reader(path: readonly string[]): (row: unknown) => unknown {
  const [name] = path;
  if (path.length === 1) return (row) => (row as Record<string, unknown>)[name!];
  return (row) => {
    let value: unknown = row;
    for (const step of path) value = (value as Record<string, unknown> | null | undefined)?.[step];
    return value;
  };
}

/** Keeps the first `most` rows of all that are added, in memory for about twice as many. */
export class TopRows<Row> {
  private readonly compare: Compare<Row>;
  private readonly most: number;
  private rows: Row[] = [];
  /** The last row that would be kept, once there are enough; later ones must come before it. */
  private bar: Row | undefined;

  constructor(compare: Compare<Row>, most: number) {
    this.compare = compare;
    this.most = most;
  }

  add(row: Row): void {
    if (this.bar !== undefined && this.compare(row, this.bar) >= 0) return;
    this.rows.push(row);
    if (this.rows.length >= Math.max(2 * this.most, 64)) this.cut();
  }

  /** The last row that would be kept as things stand; undefined while there are too few. */
  get last(): Row | undefined {
    return this.bar;
  }

  private cut(): void {
    this.rows.sort(this.compare);
    this.rows.length = Math.min(this.rows.length, this.most);
    this.bar = this.rows[this.most - 1];
  }

  sorted(): Row[] {
    this.cut();
    return this.rows;
  }
}
