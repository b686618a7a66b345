// Builds queries: each call gives a new builder, and nothing is read before the last one. What it makes is a frozen Query.
import { Pace } from '../engine/pace.js';
import { QueryError } from '../errors.js';
import { completeOrder } from '../query/arrival.js';
import { cursorAt, fingerprintOf, readCursor } from '../query/cursor.js';
import { compile, fieldOfRow } from '../query/evaluate.js';
import { count, pages, toArray } from '../query/executor.js';
import { analyze, explain } from '../query/explain.js';
import type { Explanation } from '../query/explanation.js';
import type { Lowered, LoweredSelector } from '../query/expression.js';
import { loweredFilter } from '../query/filter.js';
import { lowerObject, type ObjectForm } from '../query/object-form.js';
import { countingOf, plan, wantedOf } from '../query/planner.js';
import type { Condition, OrderTerm, Query } from '../query/query.js';
import { assertFunction, captured, selectorOf } from '../query/selector.js';
import { assertValues } from './arguments.js';
import type { AsyncQuery, ExplainOptions, Page, Patch } from './async-query.js';
import type { RowChange } from './change.js';
import { orderTerm, wholeNumber } from './given.js';
import { QueryFigures } from './query-figures.js';
import { RowIterator } from './row-iterator.js';
import { warnOfScans } from './scan-warning.js';
import type { Session } from './session.js';
import type { EntityTable } from './table.js';

interface Part {
  readonly predicate: (row: never) => boolean;
  readonly lowered: Lowered | null;
  readonly inMemory?: boolean;
}

/** A selector whose captured values are read when the query runs. */
interface Selecting {
  readonly call: string;
  readonly read: (row: never) => unknown;
  readonly lowered: LoweredSelector | null | undefined;
}

interface Parts {
  readonly where: readonly Part[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number | null;
  readonly offset: number;
  readonly cursor: string | null;
  readonly distinctBy: Selecting | null;
  readonly projection: Selecting | null;
}

const ALL_ROWS: Parts = {
  where: [],
  orderBy: [],
  limit: null,
  offset: 0,
  cursor: null,
  distinctBy: null,
  projection: null,
};

/** A query of the embedded database: each answer also comes without a promise. */
export class QueryBuilder<Row, Key = unknown, Input = unknown, Out = Row>
  extends QueryFigures<Row, Key, Input>
  implements AsyncQuery<Row, Input, Out>, Iterable<Out>
{
  private readonly parts: Parts;

  constructor(session: Session, table: EntityTable<Row, Key, Input>, parts: Parts = ALL_ROWS) {
    super(session, table);
    this.parts = parts;
  }

  private with(parts: Partial<Parts>): QueryBuilder<Row, Key, Input, Out> {
    return new QueryBuilder(this.session, this.table, { ...this.parts, ...parts });
  }

  where(predicate: (row: Row) => boolean, lowered?: Lowered | null): QueryBuilder<Row, Key, Input, Out>;
  where(condition: ObjectForm<Row>): QueryBuilder<Row, Key, Input, Out>;
  where(
    condition: ((row: Row) => boolean) | ObjectForm<Row>,
    lowered?: Lowered | null,
  ): QueryBuilder<Row, Key, Input, Out> {
    return this.with({ where: [...this.parts.where, this.condition(condition, lowered)] });
  }

  filter(predicate: (row: Row) => boolean): QueryBuilder<Row, Key, Input, Out> {
    assertFunction(predicate, 'filter');
    return this.with({ where: [...this.parts.where, { predicate, lowered: null, inMemory: true }] });
  }

  private condition(condition: ((row: Row) => boolean) | ObjectForm<Row>, lowered?: Lowered | null): Part {
    const { model } = this.table.entity;
    if (typeof condition !== 'function') {
      const { expression, parameters } = lowerObject(model, condition);
      const holds = compile(expression, parameters(), fieldOfRow);
      return { predicate: (row) => !!holds(row), lowered: { expression, parameters } };
    }
    // A shared filter that comes by way of a variable is known here, where the plugin did not see what it is.
    const known = lowered ?? loweredFilter(condition);
    if (known === undefined && lowered === undefined) warnOfScans(model.name);
    return { predicate: condition, lowered: known ?? null };
  }

  sortBy(field: (row: Row) => unknown, direction: OrderTerm['direction'] = 'asc'): QueryBuilder<Row, Key, Input, Out> {
    return this.with({ orderBy: [orderTerm('sortBy', field, direction, this.table.entity.model.fields)] });
  }

  thenBy(field: (row: Row) => unknown, direction: OrderTerm['direction'] = 'asc'): QueryBuilder<Row, Key, Input, Out> {
    return this.with({
      orderBy: [...this.parts.orderBy, orderTerm('thenBy', field, direction, this.table.entity.model.fields)],
    });
  }

  limit(rows: number): QueryBuilder<Row, Key, Input, Out> {
    return this.with({ limit: wholeNumber('limit', rows) });
  }

  offset(rows: number): QueryBuilder<Row, Key, Input, Out> {
    return this.with({ offset: wholeNumber('offset', rows) });
  }

  after(cursor: string | null): QueryBuilder<Row, Key, Input, Out> {
    return this.with({ cursor });
  }

  distinctBy(value: (row: Row) => unknown, lowered?: LoweredSelector | null): QueryBuilder<Row, Key, Input, Out> {
    assertFunction(value, 'distinctBy');
    return this.with({ distinctBy: { call: 'distinctBy', read: value, lowered } });
  }

  select<Made>(make: (row: Row) => Made, lowered?: LoweredSelector | null): QueryBuilder<Row, Key, Input, Made> {
    assertFunction(make, 'select');
    const projection = { call: 'select', read: make, lowered };
    return new QueryBuilder<Row, Key, Input, Made>(this.session, this.table, { ...this.parts, projection });
  }

  /** The query as a frozen value, with the captured values as they are now. Throws QueryError QDB2105 or QDB2106 for its cursor. */
  toQuery(): Query {
    const { orderBy, limit, offset, cursor, distinctBy, projection } = this.parts;
    const where = this.parts.where.map(({ predicate, lowered, inMemory = false }): Condition => {
      const { expression, parameters } = captured(lowered);
      return Object.freeze({ expression, parameters, predicate, inMemory });
    });
    const { model } = this.table.entity;
    const query: Query = {
      entity: model.name,
      where: Object.freeze(where),
      orderBy: Object.freeze(orderBy),
      limit,
      offset,
      after: null,
      distinctBy: distinctBy && selectorOf(distinctBy.read, distinctBy.lowered, distinctBy.call),
      projection: projection && selectorOf(projection.read, projection.lowered, projection.call),
      aggregation: null,
    };
    if (cursor === null) return Object.freeze(query);
    const order = completeOrder(model, orderBy);
    const after = readCursor(this.session.cursorKey, fingerprintOf(query, order), order, cursor);
    return Object.freeze({ ...query, after: Object.freeze(after) });
  }

  toArraySync(): Out[] {
    const query = this.toQuery();
    return toArray(this.table, plan(this.table, query), query, this.session.view);
  }

  async toArray(): Promise<Out[]> {
    return this.toArraySync();
  }

  /** The first rows, as many as `most` at the most. */
  private some(most: number): Out[] {
    return this.limit(Math.min(most, this.parts.limit ?? most)).toArraySync();
  }

  firstSync(): Out | undefined {
    return this.some(1)[0];
  }

  async first(): Promise<Out | undefined> {
    return this.firstSync();
  }

  singleSync(): Out {
    const rows = this.some(2);
    const { name } = this.table.entity.model;
    if (rows.length === 0) {
      throw new QueryError('QDB2107', `no ${name} answers the query. Use first() where there may be none.`);
    }
    if (rows.length > 1) {
      throw new QueryError('QDB2108', `more than one ${name} answers the query. Narrow it, or use first().`);
    }
    return rows[0]!;
  }

  async single(): Promise<Out> {
    return this.singleSync();
  }

  pageSync(): Page<Out> {
    const { limit, projection } = this.parts;
    if (limit === null || limit === 0) {
      throw new QueryError('QDB2115', 'a page needs a size. Call limit(rows) with 1 or more before page().');
    }
    // One row more tells whether there is a next page. The cursor is that of a whole row, so the projection comes last.
    const rows = new QueryBuilder<Row, Key, Input>(this.session, this.table, {
      ...this.parts,
      limit: limit + 1,
      projection: null,
    }).toArraySync();
    const isLast = rows.length <= limit;
    const shown = isLast ? rows : rows.slice(0, limit);
    const made = projection === null ? shown : shown.map(projection.read as (row: Row) => unknown);
    return { rows: made as Out[], cursor: isLast ? null : this.cursorOfSync(shown.at(-1)!) };
  }

  async page(): Promise<Page<Out>> {
    return this.pageSync();
  }

  cursorOfSync(row: Row): string {
    const query = this.with({ cursor: null }).toQuery();
    const order = completeOrder(this.table.entity.model, query.orderBy);
    return cursorAt(this.session.cursorKey, fingerprintOf(query, order), order, row);
  }

  async cursorOf(row: Row): Promise<string> {
    return this.cursorOfSync(row);
  }

  countSync(): number {
    const query = this.toQuery();
    return count(this.table, plan(this.table, query, countingOf(query)), query, this.session.view);
  }

  async count(): Promise<number> {
    return this.countSync();
  }

  existsSync(): boolean {
    return this.select(() => true, NO_FIELDS).some(1).length > 0;
  }

  async exists(): Promise<boolean> {
    return this.existsSync();
  }

  updateSync(patch: Patch<Row, Input>): number {
    const count = this.stageUpdates(patch);
    this.session.commitSync();
    return count;
  }

  async update(patch: Patch<Row, Input>): Promise<number> {
    const count = this.stageUpdates(patch);
    await this.session.commit();
    return count;
  }

  deleteSync(): number {
    const count = this.stageDeletions();
    this.session.commitSync();
    return count;
  }

  async delete(): Promise<number> {
    const count = this.stageDeletions();
    await this.session.commit();
    return count;
  }

  private stageUpdates(patch: Patch<Row, Input>): number {
    const { table } = this;
    const { model } = table.entity;
    if (typeof patch !== 'function') {
      assertValues(model, patch);
      return this.stageEach((_, key) => ({ kind: 'patch', table, key, values: patch }), true);
    }
    return this.stageEach((row, key) => {
      const values = patch(row);
      assertValues(model, values);
      return { kind: 'patch', table, key, values };
    }, false);
  }

  private stageDeletions(): number {
    return this.stageEach((_, key) => ({ kind: 'delete', table: this.table, key }), true);
  }

  /** Changes each row of the answer, as it is before any of them is changed. */
  private stageEach(changeOf: (row: Row, key: Key) => RowChange<Row, Key, Input>, keysOnly: boolean): number {
    const { entity } = this.table;
    const keys = { call: 'delete', read: (row: never) => row, lowered: keysOnly ? NO_FIELDS : null };
    const rows = new QueryBuilder<Row, Key, Input>(this.session, this.table, { ...this.parts, projection: keys });
    const changes = rows.toArraySync().map((row) => changeOf(row, entity.keyOf(row)));
    this.session.stageAll(changes);
    return changes.length;
  }

  explain(options?: ExplainOptions & { readonly analyze?: false }): Explanation;
  explain(options: ExplainOptions & { readonly analyze: true }): Promise<Explanation>;
  explain(options: ExplainOptions = {}): Explanation | Promise<Explanation> {
    const explanation = this.explainSync(options);
    return options.analyze === true ? Promise.resolve(explanation) : explanation;
  }

  explainSync({ of = 'rows', analyze: runs = false }: ExplainOptions = {}): Explanation {
    const query = this.toQuery();
    const wanted = of === 'count' ? countingOf(query) : wantedOf(query);
    return runs ? analyze(this.table, query, this.session.view, wanted) : explain(this.table, query, wanted);
  }

  /** Streams the rows as they are at the start of the loop, whatever is written meanwhile. */
  [Symbol.iterator](): IterableIterator<Out, undefined, undefined> {
    const { table } = this;
    return new RowIterator(this.session.view, (view) => {
      const query = this.toQuery();
      return pages<Row, Key, Out>(table, plan(table, query), query, view);
    });
  }

  /** The same, asynchronously, and with turns for others in between. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Out, undefined, undefined> {
    const pace = new Pace();
    for (const row of this) {
      yield row;
      if (pace.isOver()) await pace.rest();
    }
  }
}

/** Reads no field, which leaves of a row its primary key, and what it is sorted by. */
const NO_FIELDS: LoweredSelector = { expression: { op: 'undefined' }, parameters: () => [] };
