// How a query is answered, for people and tests: plain data that prints itself as a tree.
import { inspect } from 'node:util';
import { showCount, showTime } from './show.js';

/** One step of the way from the entries to the answer. */
export interface PlanStep {
  /** What it does, in words. */
  readonly text: string;
  /** Rows or entries that come out of it, as expected. */
  readonly rows: number;
  /** Where it takes them from; several for a union or an intersection. */
  readonly inputs: readonly PlanStep[];
}

/** A way that was not taken. */
export interface BeatenPlan {
  readonly access: string;
  readonly bounds: string;
  readonly order: string;
  /** Expected nanoseconds, and how many times as much that is as of the way that was taken. */
  readonly cost: number;
  readonly times: number;
}

/** What a run of the query took. */
export interface Measured {
  readonly rows: number;
  readonly nanoseconds: number;
  /** Pages of 4 KiB that were found in memory, and that had to be read. */
  readonly pagesInMemory: number;
  readonly pagesRead: number;
  /** Blocks that zone maps let a scan pass over. */
  readonly blocksSkipped: number;
}

export interface Explained {
  readonly entity: string;
  /** `'primary key'`, `'index <name>'` or `'scan'`; several joined by ` + ` (rows of any of them) or ` & ` (rows of all). */
  readonly access: string;
  /** What bounds the access, as `country = 'CH'`; empty for a whole tree. */
  readonly bounds: string;
  /** `'in order'`, `'sorted in groups'` or `'sorted in memory'`; empty where no order was asked for. */
  readonly order: string;
  /** Whether no record is looked up, because the entries of the index hold all that is asked for. */
  readonly indexOnly: boolean;
  /** Whether each row is checked after it was found. */
  readonly recheck: boolean;
  /** Why the predicate could not be used: no compiler plugin lowered it. Null otherwise. */
  readonly reason: string | null;
  /** Rows that are expected, and how many there are in all. */
  readonly rows: number;
  readonly rowsInTable: number;
  /** Whether the table has so few rows that it was planned for a larger one, by rules of thumb. */
  readonly isAssumed: boolean;
  /** Expected nanoseconds; of the larger table where that was assumed. */
  readonly cost: number;
  readonly steps: PlanStep;
  /** From the cheapest on. */
  readonly beaten: readonly BeatenPlan[];
  /** Conditions that the planner understands, and those that it can only call. */
  readonly lowered: readonly string[];
  readonly notLowered: readonly string[];
  /** Only after `analyze`. */
  readonly measured: Measured | null;
}

/** `console.log` shows it as a tree, `String(...)` in one line. */
export class Explanation implements Explained {
  declare readonly entity: string;
  declare readonly access: string;
  declare readonly bounds: string;
  declare readonly order: string;
  declare readonly indexOnly: boolean;
  declare readonly recheck: boolean;
  declare readonly reason: string | null;
  declare readonly rows: number;
  declare readonly rowsInTable: number;
  declare readonly isAssumed: boolean;
  declare readonly cost: number;
  declare readonly steps: PlanStep;
  declare readonly beaten: readonly BeatenPlan[];
  declare readonly lowered: readonly string[];
  declare readonly notLowered: readonly string[];
  declare readonly measured: Measured | null;

  constructor(explained: Explained) {
    Object.assign(this, explained);
    Object.freeze(this);
  }

  /** The way that was taken, in one line. */
  toString(): string {
    const { access, bounds, order, indexOnly, recheck, reason } = this;
    return [
      bounds === '' ? access : `${access} (${bounds})`,
      ...(indexOnly ? ['index only'] : []),
      ...(order === '' ? [] : [order]),
      ...(recheck ? ['each row checked'] : []),
      ...(reason === null ? [] : [reason]),
    ].join(', ');
  }

  /** All of it, in several lines. */
  toTree(): string {
    return [...this.summary(), ...branches(this.steps, '', ''), ...this.comparison(), ...this.conditions()].join('\n');
  }

  [inspect.custom](): string {
    return this.toTree();
  }

  private summary(): string[] {
    const { entity, rows, rowsInTable, isAssumed, cost, measured } = this;
    const time = isAssumed ? 'planned for a table that will grow' : `in ${showTime(cost)}`;
    const expected = `${entity}: ${showCount(rows)} of ${showCount(rowsInTable)} rows expected, ${time}`;
    if (measured === null) return [expected];
    const { pagesInMemory, pagesRead, blocksSkipped } = measured;
    return [
      expected,
      `measured: ${showCount(measured.rows)} rows in ${showTime(measured.nanoseconds)}, ` +
        `${showCount(pagesInMemory)} pages in memory, ${showCount(pagesRead)} read, ${showCount(blocksSkipped)} blocks skipped`,
    ];
  }

  private comparison(): string[] {
    if (this.beaten.length === 0) return [];
    const lines = this.beaten.map(({ access, bounds, order, cost, times }) => {
      const way = [bounds === '' ? access : `${access} (${bounds})`, ...(order === '' ? [] : [order])].join(', ');
      return `  ${showTime(cost).padStart(8)}  ${`${times.toFixed(1)} x`.padStart(9)}  ${way}`;
    });
    return ['instead of', ...lines];
  }

  private conditions(): string[] {
    return [
      ...this.lowered.map((text) => `lowered      ${text}`),
      ...this.notLowered.map((text) => `not lowered  ${text}`),
      ...(this.reason === null ? [] : [`because      ${this.reason}`]),
    ];
  }
}

/** @param head what stands before the step itself, `rest` before what is under it */
function branches({ text, rows, inputs }: PlanStep, head: string, rest: string): string[] {
  const lines = inputs.flatMap((input, i) => {
    const isLast = i === inputs.length - 1;
    return branches(input, `${rest}${isLast ? '└─ ' : '├─ '}`, `${rest}${isLast ? '   ' : '│  '}`);
  });
  return [`${head}${text}: ${showCount(rows)}`, ...lines];
}
