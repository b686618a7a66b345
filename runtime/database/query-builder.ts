// Builds queries: each call gives a new builder, and nothing is read before the last one. What it makes is a frozen Query.
import { QueryError } from '../errors.js';
import type { Explanation } from '../query/access.js';
import { compile, fieldOfRow } from '../query/evaluate.js';
import { count, pages, toArray } from '../query/executor.js';
import type { Lowered } from '../query/expression.js';
import { loweredFilter } from '../query/filter.js';
import { lowerObject, type ObjectForm } from '../query/object-form.js';
import { pathOf } from '../query/path.js';
import { plan } from '../query/planner.js';
import type { Condition, OrderTerm, Query } from '../query/query.js';
import { warnOfScans } from './scan-warning.js';
import type { Session } from './session.js';
import type { EntityTable } from './table.js';

/** A query of any store: what it gives comes through promises. */
export interface AsyncQuery<Row> extends AsyncIterable<Row> {
  /**
   * Only rows for which `predicate` is true; several are joined by "and". The compiler plugin adds `lowered`, which lets an
   * index answer; without it every row is looked at, with the same result.
   */
  where(predicate: (row: Row) => boolean, lowered?: Lowered | null): AsyncQuery<Row>;
  /**
   * The same for conditions that are data: `where({ isActive: true, score: { gt: 5 } })`. Throws QueryError QDB2110 to
   * QDB2113 for what the entity doesn't have.
   */
  where(condition: ObjectForm<Row>): AsyncQuery<Row>;
  /** Only rows for which `predicate` is true, tested in memory, after any index: for what can't be a query. */
  filter(predicate: (row: Row) => boolean): AsyncQuery<Row>;
  /**
   * Sorts by a field, `u => u.name` or `u => u.address.city`: undefined, null, then values; strings by code point, NaN last.
   * Rows that tie come in the order of their primary keys, as do all rows of a query that is not sorted.
   * Throws QueryError QDB2101 for a selector that is no field.
   */
  sortBy(field: (row: Row) => unknown, direction?: OrderTerm['direction']): AsyncQuery<Row>;
  /** Sorts what ties so far by another field. */
  thenBy(field: (row: Row) => unknown, direction?: OrderTerm['direction']): AsyncQuery<Row>;
  /** At most `rows` rows. Throws QueryError QDB2102 unless it is a whole number >= 0. */
  limit(rows: number): AsyncQuery<Row>;
  /** Leaves out the first `rows` rows. Throws QueryError QDB2102 unless it is a whole number >= 0. */
  offset(rows: number): AsyncQuery<Row>;
  toArray(): Promise<Row[]>;
  /** The first row, or undefined. */
  first(): Promise<Row | undefined>;
  /** The number of rows, within offset and limit. */
  count(): Promise<number>;
  exists(): Promise<boolean>;
  /** How the query would be answered now; `String(...)` of it is one line. */
  explain(): Explanation;
}

interface Part {
  readonly predicate: (row: never) => boolean;
  readonly lowered: Lowered | null;
  readonly inMemory?: boolean;
}

interface Parts {
  readonly where: readonly Part[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number | null;
  readonly offset: number;
}

const ALL_ROWS: Parts = { where: [], orderBy: [], limit: null, offset: 0 };

/** A query of the embedded database: each answer also comes without a promise. */
export class QueryBuilder<Row, Key = unknown, Input = unknown> implements AsyncQuery<Row>, Iterable<Row> {
  private readonly session: Session;
  private readonly table: EntityTable<Row, Key, Input>;
  private readonly parts: Parts;

  constructor(session: Session, table: EntityTable<Row, Key, Input>, parts: Parts = ALL_ROWS) {
    this.session = session;
    this.table = table;
    this.parts = parts;
  }

  private with(parts: Partial<Parts>): QueryBuilder<Row, Key, Input> {
    return new QueryBuilder(this.session, this.table, { ...this.parts, ...parts });
  }

  where(predicate: (row: Row) => boolean, lowered?: Lowered | null): QueryBuilder<Row, Key, Input>;
  where(condition: ObjectForm<Row>): QueryBuilder<Row, Key, Input>;
  where(condition: ((row: Row) => boolean) | ObjectForm<Row>, lowered?: Lowered | null): QueryBuilder<Row, Key, Input> {
    return this.with({ where: [...this.parts.where, this.condition(condition, lowered)] });
  }

  filter(predicate: (row: Row) => boolean): QueryBuilder<Row, Key, Input> {
    return this.with({ where: [...this.parts.where, { predicate, lowered: null, inMemory: true }] });
  }

  private condition(condition: ((row: Row) => boolean) | ObjectForm<Row>, lowered?: Lowered | null): Part {
    const { model } = this.table.entity;
    if (typeof condition !== 'function') {
      const { expression, parameters } = lowerObject(model, condition);
      const holds = compile(expression, parameters(), fieldOfRow);
      return { predicate: (row) => !!holds(row), lowered: { expression, parameters } };
    }
    const known = lowered === undefined ? loweredFilter(condition) : lowered;
    if (known === undefined) warnOfScans(model.name);
    return { predicate: condition, lowered: known ?? null };
  }

  sortBy(field: (row: Row) => unknown, direction: OrderTerm['direction'] = 'asc'): QueryBuilder<Row, Key, Input> {
    return this.with({ orderBy: [{ path: pathOf(field), direction }] });
  }

  thenBy(field: (row: Row) => unknown, direction: OrderTerm['direction'] = 'asc'): QueryBuilder<Row, Key, Input> {
    return this.with({ orderBy: [...this.parts.orderBy, { path: pathOf(field), direction }] });
  }

  limit(rows: number): QueryBuilder<Row, Key, Input> {
    return this.with({ limit: wholeNumber('limit', rows) });
  }

  offset(rows: number): QueryBuilder<Row, Key, Input> {
    return this.with({ offset: wholeNumber('offset', rows) });
  }

  /** The query as a frozen value, with the captured values as they are now. */
  toQuery(): Query {
    const where = this.parts.where.map(
      ({ predicate, lowered, inMemory = false }): Condition =>
        Object.freeze({
          expression: lowered?.expression ?? null,
          parameters: Object.freeze([...(lowered?.parameters() ?? [])]),
          predicate,
          inMemory,
        }),
    );
    const { orderBy, limit, offset } = this.parts;
    const entity = this.table.entity.model.name;
    return Object.freeze({ entity, where: Object.freeze(where), orderBy: Object.freeze(orderBy), limit, offset });
  }

  toArraySync(): Row[] {
    const query = this.toQuery();
    return toArray(this.table, plan(this.table, query), query, this.session.view);
  }

  async toArray(): Promise<Row[]> {
    return this.toArraySync();
  }

  firstSync(): Row | undefined {
    return this.limit(Math.min(1, this.parts.limit ?? 1)).toArraySync()[0];
  }

  async first(): Promise<Row | undefined> {
    return this.firstSync();
  }

  countSync(): number {
    const query = this.toQuery();
    return count(this.table, plan(this.table, query), query, this.session.view);
  }

  async count(): Promise<number> {
    return this.countSync();
  }

  existsSync(): boolean {
    return this.firstSync() !== undefined;
  }

  async exists(): Promise<boolean> {
    return this.existsSync();
  }

  explain(): Explanation {
    return plan(this.table, this.toQuery()).explanation;
  }

  /** Streams the rows as they are at the start of the loop, whatever is written meanwhile. */
  *[Symbol.iterator](): Generator<Row, undefined, undefined> {
    const query = this.toQuery();
    const view = this.session.view.hold();
    try {
      for (const page of pages(this.table, plan(this.table, query), query, view)) yield* page;
    } finally {
      view.close();
    }
  }

  /** The same, asynchronously. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Row, undefined, undefined> {
    yield* this[Symbol.iterator]();
  }
}

function wholeNumber(what: string, rows: number): number {
  if (Number.isSafeInteger(rows) && rows >= 0) return rows;
  throw new QueryError('QDB2102', `${what}(${rows}) is no number of rows. Give a whole number, 0 or more.`);
}
