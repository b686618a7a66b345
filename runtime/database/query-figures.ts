// The calls of a query that bring its rows together: figures over all of them, and over groups.
import type { LoweredSelector } from '../query/expression.js';
import type { Query } from '../query/query.js';
import { assertFunction, selectorOf } from '../query/selector.js';
import {
  type Answers,
  type Comparable,
  type Figure,
  type Figures,
  figuresOf,
  type Mean,
  type Shape,
  type Sum,
  type Summable,
} from './figures.js';
import { GroupedQuery } from './grouped-query.js';
import type { Session } from './session.js';
import { INSPECT, inspected, type Shown, shown } from './shown.js';
import type { EntityTable } from './table.js';

/** See AsyncQuery for what each of them does. */
export abstract class QueryFigures<Row, Key, Input> {
  protected readonly session: Session;
  protected readonly table: EntityTable<Row, Key, Input>;

  constructor(session: Session, table: EntityTable<Row, Key, Input>) {
    this.session = session;
    this.table = table;
  }

  /** The query of the rows, as a frozen value. */
  abstract toQuery(): Query;

  /** Its rows are `await toArray()`. */
  toJSON(): Shown {
    return shown(this.table);
  }

  [INSPECT](): string {
    return inspected(this, this.table);
  }

  groupBy<K>(key: (row: Row) => K, lowered?: LoweredSelector | null): GroupedQuery<Row, Key, Input, { key: K }> {
    assertFunction(key, 'groupBy');
    const by = () => selectorOf(key, lowered, 'groupBy');
    return new GroupedQuery(this.session, this.table, () => this.toQuery(), { by });
  }

  aggregateSync<Asked extends Shape>(figures: (of: Figures<Row>) => Asked): Answers<Asked> {
    return this.allAsGroup().aggregate(figures).onlySync() as Answers<Asked>;
  }

  async aggregate<Asked extends Shape>(figures: (of: Figures<Row>) => Asked): Promise<Answers<Asked>> {
    return this.aggregateSync(figures);
  }

  sumSync<Value extends Summable>(value: (row: Row) => Value, lowered?: LoweredSelector | null): Sum<Value> {
    return this.figureSync(figuresOf<Row>().sum(value, lowered));
  }

  async sum<Value extends Summable>(value: (row: Row) => Value, lowered?: LoweredSelector | null): Promise<Sum<Value>> {
    return this.sumSync(value, lowered);
  }

  avgSync<Value extends Summable | Date>(value: (row: Row) => Value, lowered?: LoweredSelector | null): Mean<Value> {
    return this.figureSync(figuresOf<Row>().avg(value, lowered));
  }

  async avg<Value extends Summable | Date>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Promise<Mean<Value>> {
    return this.avgSync(value, lowered);
  }

  minSync<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): NonNullable<Value> | undefined {
    return this.figureSync(figuresOf<Row>().min(value, lowered));
  }

  async min<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Promise<NonNullable<Value> | undefined> {
    return this.minSync(value, lowered);
  }

  maxSync<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): NonNullable<Value> | undefined {
    return this.figureSync(figuresOf<Row>().max(value, lowered));
  }

  async max<Value extends Comparable>(
    value: (row: Row) => Value,
    lowered?: LoweredSelector | null,
  ): Promise<NonNullable<Value> | undefined> {
    return this.maxSync(value, lowered);
  }

  private allAsGroup(): GroupedQuery<Row, Key, Input, unknown> {
    return new GroupedQuery(this.session, this.table, () => this.toQuery(), { by: null });
  }

  private figureSync<Value>(figure: Figure<Value>): Value {
    return this.allAsGroup()
      .aggregate(() => ({ figure }))
      .onlySync().figure as Value;
  }
}
