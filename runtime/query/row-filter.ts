// Which rows are answers: told from the encoded record where that is possible, so that only rows that pass are decoded; by the
// arrow on the decoded row otherwise.
import { type ColumnBound, isSameColumn } from '../bytes/columns.js';
import { type EntryRun, MAX_RUN_ENTRIES } from '../bytes/entry-run.js';
import type { ColumnReads, TextBound } from '../bytes/scanned-columns.js';
import { layoutRecord, type RecordLayout } from '../codec/layout.js';
import type { Scan } from '../engine/api.js';
import type { EntityModel } from '../schema/model.js';
import { columnBounds } from './column-bounds.js';
import type { Expression } from './expression.js';
import type { Narrowing } from './narrowing.js';
import type { OrderBar } from './order-bar.js';
import type { Condition } from './query.js';
import { RecordTests } from './record-test.js';

const layouts = new WeakMap<EntityModel, RecordLayout>();

export function layoutOf(model: EntityModel): RecordLayout {
  let layout = layouts.get(model);
  if (layout === undefined) {
    layout = layoutRecord(model);
    layouts.set(model, layout);
  }
  return layout;
}

export class RowFilter<Row> {
  /** After `select`: whether those surely are, so that the arrows need not be asked. */
  decided = false;
  private numbers: Int32Array | null = null;
  private readonly bar: OrderBar | null;
  private readonly predicates: readonly ((row: Row) => boolean)[];
  private readonly narrowings: readonly Narrowing[];
  /** Those that the bounds of a scan don't say, and those that its bounds of strings don't say either. */
  private readonly unbounded: readonly Narrowing[];
  private readonly untold: readonly Narrowing[];
  private readonly exactBounds: readonly ColumnBound[];
  private readonly textBounds: readonly TextBound[];
  /** Whether the narrowings say all that the predicates say. */
  private readonly complete: boolean;
  private readonly fixedSize: number;
  private readonly bounds: () => readonly ColumnBound[];

  /**
   * @param number of the layout of the records
   * @param bar refuses rows that come too late in the order to be among the first ones; null where all are wanted
   */
  constructor(
    model: EntityModel,
    private readonly number: number,
    conditions: readonly Condition[],
    bar: OrderBar | null,
  ) {
    this.bar = bar;
    this.predicates = conditions.map(({ predicate }) => predicate as (row: Row) => boolean);
    const layout = layoutOf(model);
    const narrowings: Narrowing[] = [];
    const unbounded: Narrowing[] = [];
    const untold: Narrowing[] = [];
    const exactBounds: ColumnBound[] = [];
    const textBounds: TextBound[] = [];
    let complete = true;
    for (const { expression, parameters } of conditions) {
      const tests = new RecordTests(layout, model.name, parameters, number);
      for (const part of conjuncts(expression)) {
        const narrowing = part && tests.narrowing(part);
        if (narrowing === null) {
          complete = false;
          continue;
        }
        narrowings.push(narrowing);
        const bound = part && tests.exactBound(part);
        if (bound !== null) {
          exactBounds.push(bound);
          continue;
        }
        unbounded.push(narrowing);
        const text = part && tests.textBound(part);
        if (text === null) untold.push(narrowing);
        else textBounds.push(text);
      }
    }
    this.narrowings = narrowings;
    this.unbounded = unbounded;
    this.untold = untold;
    this.exactBounds = exactBounds;
    this.textBounds = textBounds;
    this.complete = complete;
    this.fixedSize = layout.fixedSize;
    this.bounds = () => columnBounds(model, layout, conditions);
  }

  /** After `select`: numbers of the entries whose rows may be answers. Made when first asked for: many a query selects nothing. */
  get selected(): Int32Array {
    this.numbers ??= new Int32Array(MAX_RUN_ENTRIES);
    return this.numbers;
  }

  /** Whether all rows are answers, so that nothing need be selected. */
  get takesAll(): boolean {
    return this.complete && this.narrowings.length === 0 && this.bar === null;
  }

  /**
   * For a walk over all rows: what it may pass over.
   * @param reads all that is wanted of rows that are answers, where that is not the rows
   */
  scan(reads: ColumnReads | null): Scan {
    const { bar, exactBounds, textBounds } = this;
    const isTold = this.complete && this.untold.length === 0 && bar === null;
    const others = this.bounds().filter(
      ({ column }) => !exactBounds.some((bound) => isSameColumn(bound.column, column)),
    );
    const bounds = [...exactBounds, ...others, ...(bar === null ? [] : [bar.bound])];
    return {
      lead: this.number,
      bounds,
      texts: textBounds,
      reads: isTold ? reads : null,
      blocksRead: 0,
      blocksSkipped: 0,
    };
  }

  /** Selects the entries whose records don't refuse; returns how many. */
  select(run: EntryRun): number {
    const { selected, bar } = this;
    const narrowings = run.sifted ? (run.tested ? this.untold : this.unbounded) : this.narrowings;
    let { count } = run;
    for (let i = 0; i < count; i++) selected[i] = i;
    this.decided = this.complete;
    if (narrowings.length === 0 && bar === null) return count;
    if (!this.areReadable(run)) {
      this.decided = this.predicates.length === 0;
      return count;
    }
    for (let i = 0; i < narrowings.length; i++) count = narrowings[i]!(run, selected, count);
    return bar === null ? count : bar.narrow(run, selected, count);
  }

  /** Whether a row that was selected is an answer. */
  accepts(row: Row): boolean {
    if (this.decided) return true;
    for (const predicate of this.predicates) if (!predicate(row)) return false;
    return true;
  }

  /**
   * Records of another layout, and damaged ones, are for decoding to judge. Touching all in a loop that does nothing else also lets
   * their cache misses overlap.
   */
  private areReadable({ bytes, starts, ends, count }: EntryRun): boolean {
    let readable = true;
    for (let i = 0; i < count; i++) {
      const start = starts[i]!;
      if (ends[i]! - start < this.fixedSize || bytes[start] !== this.number) readable = false;
    }
    return readable;
  }
}

/** The parts of a conjunction, each of which may be tested without the others; null stands for an arrow that was not lowered. */
function conjuncts(expression: Expression | null): readonly (Expression | null)[] {
  return expression?.op === '&&' ? expression.args.flatMap(conjuncts) : [expression];
}
