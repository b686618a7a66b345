// An open database below its faces: the engine, the tables of the entities, and the one place where batches are committed.
import { type EntityRuntime, layoutNumber } from '../codec/codec.js';
import { upgradingFilter } from '../codec/layout-filter.js';
import type { TreeLayouts } from '../codec/layouts.js';
import type { CompactionFilter, Engine, WriteBatch } from '../engine/api.js';
import { ClosedError } from '../errors.js';
import { retentionFilter } from '../query/retention.js';
import { LiveView, type View } from '../query/view.js';
import { treesOf } from './absent-tree.js';
import { CommitLog } from './commit-log.js';
import { DroppedFields } from './dropped-fields.js';
import { type Clock, Expiry } from './expiry.js';
import { ExpiryUpkeep, idleTimer } from './expiry-upkeep.js';
import { AutoIncrement, type RandomSource } from './key-generator.js';
import { MetaTree } from './meta.js';
import { OpenSnapshots, type WarningReporter } from './open-snapshots.js';
import { sweepRefused } from './retention-sweep.js';
import { systemTimer, type Timer } from './retry-queue.js';
import { EntityTable } from './table.js';
import { useLayouts } from './tree-layouts.js';
import type { WriteSet } from './write-set.js';

/** An entity of any type, as the list of all of them holds it. */
export type AnyEntity = EntityRuntime<unknown, unknown, unknown>;

/** What a database takes from the world around it. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly warn: WarningReporter;
  /** What waiting is measured by; `setTimeout` unless given. */
  readonly timer?: Timer;
  /** What upkeep is timed by, for which no process should live on; an unref'd `setTimeout` unless given. */
  readonly idleTimer?: Timer;
}

const NOTHING_TO_WAIT_FOR = Promise.resolve();

export class Store {
  readonly engine: Engine;
  readonly live: View;
  readonly expiry: Expiry;
  readonly log = new CommitLog();
  readonly snapshots: OpenSnapshots;
  readonly timer: Timer;
  /** The batch that every commit is gathered in: nothing runs between gathering and writing. */
  readonly batch: WriteBatch;
  /** Whether the body of a transactionSync is running: it runs alone, so nothing else may be committed. */
  isSyncTransactionRunning = false;
  private isClosed = false;
  private readonly meta: MetaTree;
  private readonly layouts: ReadonlyMap<string, TreeLayouts>;
  private readonly upkeep: ExpiryUpkeep;
  private readonly random: RandomSource;
  private drawnKey: Uint8Array | null = null;
  private readonly tables = new Map<AnyEntity, EntityTable<unknown, unknown, unknown>>();
  private readonly counters: {
    readonly entity: string;
    readonly counter: AutoIncrement;
    /** Rows go without being deleted, so that the largest key among them may say too little. */
    readonly rowsVanish: boolean;
  }[] = [];

  /**
   * Checks the stored schema against the code's and opens all trees; where only the past is to be read, no tree is made, and what
   * changed in the schema is not stored. Throws SchemaMismatchError.
   */
  constructor(engine: Engine, entities: readonly AnyEntity[], surroundings: Surroundings, readsPast = false) {
    const { clock, random, warn } = surroundings;
    this.engine = engine;
    this.expiry = new Expiry(clock);
    this.snapshots = new OpenSnapshots(warn);
    this.timer = surroundings.timer ?? systemTimer;
    this.batch = engine.createBatch();
    this.random = random;
    this.meta = new MetaTree(engine);
    this.meta.checkSchema(
      entities.map((entity) => entity.model),
      this.expiry.now(),
      readsPast,
    );
    if (!readsPast) this.meta.discardBegunMigration();
    this.layouts = useLayouts(engine);
    this.upkeep = new ExpiryUpkeep(
      engine,
      this.meta,
      () => this.expiry.now(),
      surroundings.idleTimer ?? idleTimer,
      warn,
    );
    const trees = readsPast ? treesOf(engine) : engine;
    for (const entity of entities) {
      const { storedName } = entity.model;
      const table = new EntityTable(entity, trees, this.meta.counter(storedName), clock, random);
      this.tables.set(entity, table);
      this.letExpire(table);
      if (!readsPast) {
        this.retain(table);
        this.setFilters(table);
        table.dropped = DroppedFields.of(engine, table.tree, this.layouts.get(table.tree.name));
        this.keepUp(table);
      }
      if (table.generator instanceof AutoIncrement)
        this.counters.push({
          entity: storedName,
          counter: table.generator,
          rowsVanish: entity.model.ttl !== undefined || entity.model.retainWhile !== undefined,
        });
    }
    this.live = this.expiry.over(new LiveView(engine), null);
    this.upkeep.start();
  }

  private letExpire({ entity, tree, indexes }: EntityTable<unknown, unknown, unknown>): void {
    const { model } = entity;
    const { ttl } = model;
    if (ttl === undefined) return;
    const goneUpTo = this.meta.goneUpTo(model.storedName);
    this.expiry.add(tree, false, model, ttl, goneUpTo);
    for (const index of indexes) this.expiry.add(index.tree, true, model, ttl, goneUpTo);
  }

  /** Holds all rows against a `retainWhile` that is new: they are swept, and then it is noted, so that a crash has it done again. */
  private retain(table: EntityTable<unknown, unknown, unknown>): void {
    const { storedName, retainWhile } = table.entity.model;
    const predicate = retainWhile === undefined ? null : JSON.stringify(retainWhile);
    if (this.meta.retained(storedName) === predicate) return;
    const { batch, engine, meta } = this;
    // The rows with the largest keys may go.
    if (table.generator instanceof AutoIncrement) this.keepCounter(storedName, table.generator);
    batch.clear();
    if (retainWhile !== undefined) sweepRefused(table, engine);
    meta.writeRetained(batch, storedName, predicate);
    engine.writeSync(batch);
  }

  private keepUp({ entity: { model }, tree, indexes }: EntityTable<unknown, unknown, unknown>): void {
    if (model.ttl === undefined) return;
    this.upkeep.add(model.storedName, model.ttl.milliseconds, [tree, ...indexes.map((index) => index.tree)]);
  }

  /** What merges let go of. States of the history still show rows that were refused since, so there deletions alone decide. */
  private setFilters({ entity, tree, indexes }: EntityTable<unknown, unknown, unknown>): void {
    const { engine, expiry } = this;
    const { model } = entity;
    if (model.ttl !== undefined) {
      for (const index of indexes) engine.setFilter(index.tree, () => expiry.filterOf(index.tree, engine.history));
    }
    const kept = this.layouts.get(tree.name);
    if (model.ttl === undefined && model.retainWhile === undefined && kept === undefined) return;
    const number = layoutNumber(entity);
    const ofRows = (): CompactionFilter | null => {
      const expired = model.ttl === undefined ? null : expiry.filterOf(tree, engine.history);
      if (model.retainWhile === undefined || engine.history > 0) return expired;
      return retentionFilter({ model, number, expiry: expired });
    };
    engine.setFilter(tree, () =>
      kept !== undefined && tree.holdsEarlier ? upgradingFilter(kept, ofRows()) : ofRows(),
    );
  }

  /** See BaseEmbeddedDatabase.compact. */
  async compact(all: boolean): Promise<void> {
    const { engine } = this;
    // What a way back wants can't be rewritten.
    const earlier = [...this.tables.values()].flatMap(({ tree, dropped }) =>
      tree.holdsEarlier && dropped === null ? [tree] : [],
    );
    if (!all && earlier.length > 0) await engine.rewrite(earlier);
    await engine.compact(all);
  }

  /** The table of an entity that this database was opened with. */
  table<Row, Key, Input>(entity: EntityRuntime<Row, Key, Input>): EntityTable<Row, Key, Input> {
    return this.tables.get(entity as AnyEntity) as unknown as EntityTable<Row, Key, Input>;
  }

  /** The secret that cursors are signed with. */
  get cursorKey(): Uint8Array {
    this.drawnKey ??= this.meta.cursorKey(this.random);
    return this.drawnKey;
  }

  /** Commits `batch`; visible at once, durable when the promise resolves. */
  commit(): Promise<void> {
    if (this.batch.count === 0) return NOTHING_TO_WAIT_FOR;
    const counters = this.writeCounters();
    const durable = this.engine.write(this.batch);
    return counters === null ? durable : durable.then(() => noteStored(counters));
  }

  commitSync(): void {
    if (this.batch.count === 0) return;
    const counters = this.writeCounters();
    this.engine.writeSync(this.batch);
    if (counters !== null) noteStored(counters);
  }

  /** For calls that come to no tree, as of no rows at all. Throws ClosedError (QDB4040). */
  assertOpen(): void {
    if (this.isClosed) throw new ClosedError('QDB4040', `The database ${this.engine.path} is closed. Open it again.`);
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.upkeep.stop();
    this.snapshots.closeAll();
    return this.engine.close();
  }

  closeSync(): void {
    this.isClosed = true;
    this.upkeep.stop();
    this.snapshots.closeAll();
    this.engine.closeSync();
  }

  /** Takes `writes` into the batch, to be committed next, and tells running transactions of them. */
  gather(writes: WriteSet): void {
    this.batch.clear();
    writes.pourInto(this.batch);
    this.log.add(writes);
  }

  /** Stores the last key that was given, durably, before the rows go that tell it. */
  keepCounter(entity: string, counter: AutoIncrement): void {
    if (counter.last === counter.stored) return;
    this.batch.clear();
    this.meta.writeCounter(this.batch, entity, counter.last);
    this.engine.writeSync(this.batch);
    noteStored([{ counter, last: counter.last }]);
  }

  /** Adds the counters that must be stored to the batch; null, as nearly always, when there are none. */
  private writeCounters(): CounterState[] | null {
    let written: CounterState[] | null = null;
    for (const { entity, counter, rowsVanish } of this.counters) {
      if (!counter.mustStore && !(rowsVanish && counter.last !== counter.stored)) continue;
      this.meta.writeCounter(this.batch, entity, counter.last);
      written ??= [];
      written.push({ counter, last: counter.last });
    }
    return written;
  }
}

interface CounterState {
  readonly counter: AutoIncrement;
  readonly last: number | bigint;
}

/** Only once they are: a commit that failed leaves them to the next. */
function noteStored(counters: readonly CounterState[]): void {
  for (const { counter, last } of counters) {
    counter.stored = last;
    counter.mustStore = false;
  }
}
