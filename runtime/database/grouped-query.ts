// Queries whose rows are brought together in groups, as builders: each call gives a new one.

import { QueryError } from '../errors.js';
import { extremeByIndex } from '../query/aggregate/extreme.js';
import { aggregate, type Group } from '../query/aggregate/fold.js';
import { explain } from '../query/explain.js';
import type { Explanation } from '../query/explanation.js';
import { wantedOf } from '../query/planner.js';
import type { Aggregate, Aggregation, OrderTerm, Query, Selector } from '../query/query.js';
import { assertFunction, selectorOf } from '../query/selector.js';
import { type Answers, type Figure, type Figures, figuresOf, type Shape } from './figures.js';
import { orderTerm, wholeNumber } from './given.js';
import type { Session } from './session.js';
import { INSPECT, inspected, type Shown, shown } from './shown.js';
import type { EntityTable } from './table.js';

/** Groups of rows in any store. What it gives are plain objects: `key`, and the figures that were asked for. */
export interface AsyncGroupedQuery<Row, Out> extends AsyncIterable<Out> {
  /**
   * Computes figures over each group: `aggregate((of) => ({ users: of.count(), best: of.max((u) => u.score) }))`. Throws QueryError QDB2114
   * for what is no such object, and for a figure called `key`.
   */
  aggregate<Asked extends Shape>(figures: (of: Figures<Row>) => Asked): AsyncGroupedQuery<Row, Out & Answers<Asked>>;
  /** Only groups for which `predicate` is true, in memory, on the finished groups. */
  having(predicate: (group: Out) => boolean): AsyncGroupedQuery<Row, Out>;
  /** Sorts the groups, by `g => g.users`; otherwise, and where they tie, they come in the order of their keys. As `sortBy` of a query. */
  sortBy(figure: (group: Out) => unknown, direction?: OrderTerm['direction']): AsyncGroupedQuery<Row, Out>;
  thenBy(figure: (group: Out) => unknown, direction?: OrderTerm['direction']): AsyncGroupedQuery<Row, Out>;
  /** At most `groups` groups. */
  limit(groups: number): AsyncGroupedQuery<Row, Out>;
  /** Leaves out the first `groups` groups. */
  offset(groups: number): AsyncGroupedQuery<Row, Out>;
  toArray(): Promise<Out[]>;
  first(): Promise<Out | undefined>;
  /** The number of groups. */
  count(): Promise<number>;
  /** How the rows would be found. */
  explain(): Explanation;
}

/** What the builder of the rows gives: their query as it is when it runs. */
type RowsOf = () => Query;

/** What is known of the groups so far; selectors capture their values when the query runs. */
interface Parts {
  readonly by: (() => Selector) | null;
  readonly figures: readonly { readonly name: string; readonly figure: Figure<unknown> }[];
  readonly having: readonly ((group: never) => boolean)[];
  readonly orderBy: readonly OrderTerm[];
  readonly limit: number | null;
  readonly offset: number;
}

const ALL_GROUPS: Omit<Parts, 'by'> = { figures: [], having: [], orderBy: [], limit: null, offset: 0 };

/** The same over the embedded database: each answer also comes without a promise. */
export class GroupedQuery<Row, Key, Input, Out> implements AsyncGroupedQuery<Row, Out>, Iterable<Out> {
  private readonly session: Session;
  private readonly table: EntityTable<Row, Key, Input>;
  private readonly rows: RowsOf;
  private readonly parts: Parts;

  constructor(
    session: Session,
    table: EntityTable<Row, Key, Input>,
    rows: RowsOf,
    parts: Pick<Parts, 'by'> & Partial<Parts>,
  ) {
    this.session = session;
    this.table = table;
    this.rows = rows;
    this.parts = { ...ALL_GROUPS, ...parts };
  }

  private with<Made = Out>(parts: Partial<Parts>): GroupedQuery<Row, Key, Input, Made> {
    return new GroupedQuery(this.session, this.table, this.rows, { ...this.parts, ...parts });
  }

  aggregate<Asked extends Shape>(
    figures: (of: Figures<Row>) => Asked,
  ): GroupedQuery<Row, Key, Input, Out & Answers<Asked>> {
    assertFunction(figures, 'aggregate');
    const asked = Object.entries(figures(figuresOf<Row>()) ?? {}).map(([name, figure]) => {
      const isFigure = typeof figure === 'object' && figure !== null && 'kind' in figure;
      if (isFigure && !(name === 'key' && this.parts.by !== null) && name !== '__proto__') return { name, figure };
      throw new QueryError(
        'QDB2114',
        `aggregate was given ${JSON.stringify(name)}, which is no figure or has a name that is taken. Write it as of => ({ rows: of.count() }).`,
      );
    });
    return this.with({ figures: [...this.parts.figures, ...asked] });
  }

  having(predicate: (group: Out) => boolean): GroupedQuery<Row, Key, Input, Out> {
    assertFunction(predicate, 'having');
    return this.with({ having: [...this.parts.having, predicate] });
  }

  sortBy(
    figure: (group: Out) => unknown,
    direction: OrderTerm['direction'] = 'asc',
  ): GroupedQuery<Row, Key, Input, Out> {
    return this.with({ orderBy: [orderTerm('sortBy', figure, direction)] });
  }

  thenBy(
    figure: (group: Out) => unknown,
    direction: OrderTerm['direction'] = 'asc',
  ): GroupedQuery<Row, Key, Input, Out> {
    return this.with({ orderBy: [...this.parts.orderBy, orderTerm('thenBy', figure, direction)] });
  }

  limit(groups: number): GroupedQuery<Row, Key, Input, Out> {
    return this.with({ limit: wholeNumber('limit', groups) });
  }

  offset(groups: number): GroupedQuery<Row, Key, Input, Out> {
    return this.with({ offset: wholeNumber('offset', groups) });
  }

  /** The query as a frozen value, with the captured values as they are now. */
  toQuery(): Query {
    const { by, figures, having, orderBy, limit, offset } = this.parts;
    const aggregates = figures.map(
      ({ name, figure: { kind, read, lowered } }): Aggregate =>
        Object.freeze({ name, kind, of: read && selectorOf(read, lowered, kind) }),
    );
    const aggregation: Aggregation = Object.freeze({
      by: by?.() ?? null,
      aggregates: Object.freeze(aggregates),
      having: Object.freeze(having),
      orderBy: Object.freeze(orderBy),
      limit,
      offset,
    });
    return Object.freeze({ ...this.rows(), aggregation });
  }

  toArraySync(): Out[] {
    const groups: Group[] = aggregate(this.table, this.toQuery(), this.session.view);
    return groups as Out[];
  }

  /** The one group that there is where nothing tells rows apart. */
  onlySync(): Out {
    const query = this.toQuery();
    const [only] = query.aggregation!.aggregates;
    const found = only && extremeByIndex(this.table, query, this.session.view);
    if (found) return { [only.name]: found.value } as Out;
    return aggregate(this.table, query, this.session.view)[0] as Out;
  }

  async toArray(): Promise<Out[]> {
    return this.toArraySync();
  }

  firstSync(): Out | undefined {
    return this.limit(Math.min(1, this.parts.limit ?? 1)).toArraySync()[0];
  }

  async first(): Promise<Out | undefined> {
    return this.firstSync();
  }

  countSync(): number {
    return this.toArraySync().length;
  }

  async count(): Promise<number> {
    return this.countSync();
  }

  explain(): Explanation {
    const query = this.toQuery();
    return explain(this.table, query, wantedOf(query));
  }

  /** Its groups are `await toArray()`. */
  toJSON(): Shown {
    return shown(this.table);
  }

  [INSPECT](): string {
    return inspected(this, this.table);
  }

  [Symbol.iterator](): Iterator<Out> {
    return this.toArraySync()[Symbol.iterator]();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Out, undefined, undefined> {
    yield* this.toArraySync();
  }
}
