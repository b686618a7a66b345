// The data access object of one entity. Generated classes extend Dao with a getter per unique index, and pass on types.
import { ByteSpan } from '../bytes/writer.js';
import type { EntityRuntime } from '../codec/codec.js';
import type { Lowered } from '../query/expression.js';
import { KeyList } from '../query/key-list.js';
import type { ObjectForm } from '../query/object-form.js';
import type { OrderTerm } from '../query/query.js';
import { assertIterable, assertValues } from './arguments.js';
import type { AsyncQuery } from './async-query.js';
import type { RowChange } from './change.js';
import { assertColumn, writeGivenKey } from './given-key.js';
import { LOG_CHUNK_ROWS, putMany, putManySync } from './put-many.js';
import { QueryBuilder } from './query-builder.js';
import type { Session } from './session.js';
import { INSPECT, inspected, type Shown, shown } from './shown.js';
import type { EntityTable } from './table.js';

/**
 * What every store can do with an entity. Writes resolve when they are durable as the database's `durability` says; each is
 * atomic over the row and its indexes, and one that is refused leaves nothing behind.
 */
export interface AsyncDao<Row, Key, Input> {
  /**
   * Stores a row in place of the one with its key, if there is one. Generated keys and fields with a default may be left out;
   * returns the row as it was stored, an instance of its class. Of properties that are no fields of the entity nothing is stored.
   * Throws ValidationError (QDB11xx) and UniqueViolationError (QDB4101).
   */
  put(input: Input): Promise<Row>;
  /** The same for a row whose key must not exist yet: throws KeyExistsError (QDB4100). */
  insert(input: Input): Promise<Row>;
  /**
   * Stores many rows; returns how many. They are committed in chunks, each of which is stored whole or not at all: up to
   * 2,000 rows or 16 MiB go through the log as one, more as bulk loads of up to 100,000 rows or 64 MiB. When a row is refused, its chunk is
   * undone and the earlier ones stay. Inside a transaction all are part of it. Others get their turn in between.
   */
  putMany(inputs: Iterable<Input> | AsyncIterable<Input>): Promise<number>;
  /**
   * Gives some fields of a stored row other values; returns the whole row. Throws NotFoundError (QDB4102) when there is no
   * such row, ValidationError for another primary key (QDB1130) and for a name that is no field (QDB1106).
   */
  update(key: Key, values: Partial<Input>): Promise<Row>;
  /**
   * The row with that primary key. Like all calls that take a key, it throws ValidationError (QDB1101) for one of another type;
   * a number that the key has no room for is the key of no row.
   */
  get(key: Key): Promise<Row | undefined>;
  /** The rows of the keys, in their order; undefined where there is none. */
  getMany(keys: Iterable<Key>): Promise<(Row | undefined)[]>;
  has(key: Key): Promise<boolean>;
  /** Deletes a row; false when there was none. */
  delete(key: Key): Promise<boolean>;
  /** Deletes rows, all at once; returns how many there were. */
  deleteMany(keys: Iterable<Key>): Promise<number>;
  /** Number of rows, by counting them. */
  count(): Promise<number>;
  /**
   * Deletes all rows, all at once; returns how many there were. Auto-increment keys go on from where they were. More than 2,000 rows go
   * with their tables, in a few milliseconds however many they are. While a transaction, a snapshot or an unfinished iteration is open,
   * inside a transaction, and where a history is kept, each row is deleted instead: all in one commit, which may have 256 MiB of keys
   * (LimitError QDB4050 beyond, with nothing deleted).
   */
  clear(): Promise<number>;
  /** All rows, as a query. */
  all(): AsyncQuery<Row, Input>;
  /** The rows for which `predicate` is true, as a query; the compiler plugin adds `lowered`. */
  where(predicate: (row: Row) => boolean, lowered?: Lowered | null): AsyncQuery<Row, Input>;
  /** The rows that satisfy conditions given as data, `{ isActive: true, score: { gt: 5 } }`; see {@link AsyncQuery.where}. */
  where(condition: ObjectForm<Row>): AsyncQuery<Row, Input>;
  /** All rows sorted by a field, as a query. */
  sortBy(field: (row: Row) => unknown, direction?: OrderTerm['direction']): AsyncQuery<Row, Input>;
}

/** The same over the embedded engine, where each call has a `...Sync` twin that differs only in not giving a promise. */
export class Dao<Row, Key, Input> implements AsyncDao<Row, Key, Input> {
  protected readonly session: Session;
  protected readonly table: EntityTable<Row, Key, Input>;
  private readonly found = new ByteSpan();

  constructor(session: Session, entity: EntityRuntime<Row, Key, Input>) {
    this.session = session;
    this.table = session.table(entity);
  }

  async put(input: Input): Promise<Row> {
    const row = this.stagePut(input);
    await this.session.commit();
    return row;
  }

  putSync(input: Input): Row {
    const row = this.stagePut(input);
    this.session.commitSync();
    return row;
  }

  async insert(input: Input): Promise<Row> {
    const row = this.stageInsert(input);
    await this.session.commit();
    return row;
  }

  insertSync(input: Input): Row {
    const row = this.stageInsert(input);
    this.session.commitSync();
    return row;
  }

  putMany(inputs: Iterable<Input> | AsyncIterable<Input>): Promise<number> {
    return putMany(this.session, this.table, inputs);
  }

  putManySync(inputs: Iterable<Input>): number {
    return putManySync(this.session, this.table, inputs);
  }

  async update(key: Key, values: Partial<Input>): Promise<Row> {
    const row = this.stagePatch(key, values);
    await this.session.commit();
    return row;
  }

  updateSync(key: Key, values: Partial<Input>): Row {
    const row = this.stagePatch(key, values);
    this.session.commitSync();
    return row;
  }

  async get(key: Key): Promise<Row | undefined> {
    return this.table.read(this.session.view, key);
  }

  getSync(key: Key): Row | undefined {
    return this.table.read(this.session.view, key);
  }

  async getMany(keys: Iterable<Key>): Promise<(Row | undefined)[]> {
    return this.getManySync(keys);
  }

  getManySync(keys: Iterable<Key>): (Row | undefined)[] {
    assertIterable(this.table.entity.model.name, 'keys', keys);
    const wanted = [...keys];
    const encoded = new KeyList();
    const { entity, tree } = this.table;
    const positions: number[] = [];
    wanted.forEach((key, i) => {
      if (!writeGivenKey(entity, key, encoded.writer)) return;
      encoded.close();
      positions.push(i);
    });
    const rows = new Array<Row | undefined>(wanted.length).fill(undefined);
    this.session.view.getMany(tree, encoded.writer.bytes, encoded.ends, encoded.count, (i, value) => {
      const position = positions[i]!;
      rows[position] = entity.row.decode(value, wanted[position]!);
    });
    return rows;
  }

  async has(key: Key): Promise<boolean> {
    return this.hasSync(key);
  }

  hasSync(key: Key): boolean {
    const { table } = this;
    return table.writeGivenKey(key) && this.session.view.get(table.tree, table.key.bytes, table.key.at, this.found);
  }

  async delete(key: Key): Promise<boolean> {
    const row = this.session.stage({ kind: 'delete', table: this.table, key });
    await this.session.commit();
    return row !== undefined;
  }

  deleteSync(key: Key): boolean {
    const row = this.session.stage({ kind: 'delete', table: this.table, key });
    this.session.commitSync();
    return row !== undefined;
  }

  async deleteMany(keys: Iterable<Key>): Promise<number> {
    const count = this.stageDeletions(keys);
    await this.session.commit();
    return count;
  }

  deleteManySync(keys: Iterable<Key>): number {
    const count = this.stageDeletions(keys);
    this.session.commitSync();
    return count;
  }

  async count(): Promise<number> {
    return this.all().countSync();
  }

  countSync(): number {
    return this.all().countSync();
  }

  async clear(): Promise<number> {
    return this.emptied() ?? this.deleteMany(this.allKeys());
  }

  clearSync(): number {
    return this.emptied() ?? this.deleteManySync(this.allKeys());
  }

  all(): QueryBuilder<Row, Key, Input> {
    return new QueryBuilder(this.session, this.table);
  }

  where(predicate: (row: Row) => boolean, lowered?: Lowered | null): QueryBuilder<Row, Key, Input>;
  where(condition: ObjectForm<Row>): QueryBuilder<Row, Key, Input>;
  where(condition: ((row: Row) => boolean) | ObjectForm<Row>, lowered?: Lowered | null): QueryBuilder<Row, Key, Input> {
    return typeof condition === 'function' ? this.all().where(condition, lowered) : this.all().where(condition);
  }

  sortBy(field: (row: Row) => unknown, direction?: OrderTerm['direction']): QueryBuilder<Row, Key, Input> {
    return this.all().sortBy(field, direction);
  }

  /**
   * The row that holds `value` in unique index number `position`, whose only column it is. Throws ValidationError (QDB1101, QDB1102) for a
   * value of another type.
   */
  protected findUnique(position: number, value: unknown): Row | undefined {
    const { key, indexes } = this.table;
    key.at = 0;
    if (indexes[position]!.codec.writeColumn(0, value, key)) return this.followUnique(position);
    this.assertColumn(position, 0, value);
    return undefined;
  }

  /** The same for several columns. */
  protected findUniqueBy(position: number, values: readonly unknown[]): Row | undefined {
    const { key, indexes } = this.table;
    const { codec } = indexes[position]!;
    key.at = 0;
    for (let i = 0; i < values.length; i++) {
      if (codec.writeColumn(i, values[i], key)) continue;
      this.assertColumn(position, i, values[i]);
      return undefined;
    }
    return this.followUnique(position);
  }

  private assertColumn(position: number, column: number, value: unknown): void {
    const { model } = this.table.entity;
    assertColumn(model, model.indexes[position]!.fields[column]!, value);
  }

  /** `table.key` holds the columns. */
  private followUnique(position: number): Row | undefined {
    const { found } = this;
    const { entity, indexes, key, tree } = this.table;
    const { view } = this.session;
    const index = indexes[position]!;
    if (!view.get(index.tree, key.bytes, key.at, found)) return undefined;
    found.end -= index.suffix;
    const primary = entity.key.read(found.bytes, found.start, found.end);
    key.at = 0;
    key.append(found.bytes, found.start, found.end);
    return view.get(tree, key.bytes, key.at, found) ? entity.row.decode(found, primary) : undefined;
  }

  toJSON(): Shown {
    return shown(this.table);
  }

  [INSPECT](): string {
    return inspected(this, this.table);
  }

  /** Takes many rows away with their tables; null where they are few, or somebody may still ask for them: then each is deleted. */
  private emptied(): number | null {
    const count = this.countSync();
    return count > LOG_CHUNK_ROWS && this.session.empty(this.table) ? count : null;
  }

  private *allKeys(): Generator<Key> {
    const { entity, tree } = this.table;
    const cursor = this.session.view.cursor(tree, {}, false);
    try {
      while (cursor.next()) yield entity.key.read(cursor.key.bytes, cursor.key.start, cursor.key.end);
    } finally {
      cursor.close();
    }
  }

  private stagePut(input: Input): Row {
    const { table } = this;
    return this.session.stage({ kind: 'put', table, row: table.create(input) })!;
  }

  private stageInsert(input: Input): Row {
    const { table } = this;
    return this.session.stage({ kind: 'insert', table, row: table.create(input) })!;
  }

  private stagePatch(key: Key, values: Partial<Input>): Row {
    assertValues(this.table.entity.model, values);
    return this.session.stage({ kind: 'patch', table: this.table, key, values })!;
  }

  /** Returns how many rows there were. */
  private stageDeletions(keys: Iterable<Key>): number {
    const { table } = this;
    assertIterable(table.entity.model.name, 'keys', keys);
    const changes = Array.from(keys, (key): RowChange<Row, Key, Input> => ({ kind: 'delete', table, key }));
    return this.session.stageAll(changes).filter((row) => row !== undefined).length;
  }
}
