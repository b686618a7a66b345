// Databases over interpreted entities, in memory: what tests open where generated code would be in the way.
import { Dao } from '../../runtime/database/dao.js';
import { BaseEmbeddedDatabase } from '../../runtime/database/database.js';
import type { AutoIncrement } from '../../runtime/database/key-generator.js';
import { openPast, openStore } from '../../runtime/database/open.js';
import type { OpenOptions, OpenPastOptions } from '../../runtime/database/open-options.js';
import type { DirectSession, Session } from '../../runtime/database/session.js';
import { BaseEmbeddedSnapshot, type SnapshotSession } from '../../runtime/database/snapshot.js';
import { BaseEmbeddedTransaction, type TransactionSession } from '../../runtime/database/transaction.js';
import { type MigratingOptions, openStore as openMigratingStore } from '../../runtime/migrate/open.js';
import type { Plan } from '../../runtime/query/access.js';
import { showTerms } from '../../runtime/query/candidate.js';
import { count, toArray } from '../../runtime/query/executor.js';
import { plan as chosenPlan, countingOf, plans } from '../../runtime/query/planner.js';
import type { Query } from '../../runtime/query/query.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { compile } from '../emit/compile.js';
import { type AnyRow, runtimeOf, type Values } from './entities.js';

type Runtime = ReturnType<typeof runtimeOf>;

/** A DAO whose unique getters take the index's position. */
export class TestDao extends Dao<AnyRow, unknown, Values> {
  /** The last auto-increment key that was given out, or chosen by a caller. */
  get lastKey(): number {
    return Number((this.table.generator as AutoIncrement).last);
  }

  /** What each plan of a query gives, and not only the one that is chosen. */
  everyWay(query: Query): readonly { readonly way: string; readonly rows: AnyRow[]; readonly count: number }[] {
    const { table } = this;
    const { view } = this.session;
    const counts = plans(table, query, countingOf(query)).plans.map((plan) => ({
      way: `count by ${wayOf(plan)}`,
      rows: toArray<AnyRow, unknown, AnyRow>(table, chosenPlan(table, query), query, view),
      count: count(table, plan, query, view),
    }));
    const all = plans(table, query).plans;
    const scan = all.find(({ spans }) => spans === null)!;
    const givenUp = all
      .filter(({ walk, fetched, arrival }) => walk && fetched > 0 && arrival.kind !== 'unordered')
      .map((plan) => ({ ...plan, otherwise: { entries: 4, plan: scan } }));
    const found = [...all, ...givenUp].map((plan) => {
      const rows = toArray<AnyRow, unknown, AnyRow>(table, plan, query, view);
      return { way: wayOf(plan), rows, count: rows.length };
    });
    return [...found, ...counts];
  }

  getBy(position: number, ...values: unknown[]): AnyRow | undefined {
    return values.length === 1 ? this.findUnique(position, values[0]) : this.findUniqueBy(position, values);
  }
}

function wayOf(plan: Plan<AnyRow>): string {
  const parts = plan.parts.map(({ access, terms }) => `${access} (${showTerms(terms)})`);
  return `${parts.join(plan.also.length > 0 ? ' & ' : ' + ')}${plan.walk ? ' walked' : ''}${plan.covering === null ? '' : ' alone'}`;
}

class Daos {
  private readonly daos: ReadonlyMap<string, TestDao>;

  constructor(session: Session, runtimes: readonly Runtime[]) {
    this.daos = new Map(runtimes.map((runtime) => [runtime.model.name, new TestDao(session, runtime)]));
  }

  of(name: string): TestDao {
    return this.daos.get(name)!;
  }
}

export class TestTransaction extends BaseEmbeddedTransaction {
  private readonly daos: Daos;

  constructor(session: TransactionSession, runtimes: readonly Runtime[]) {
    super(session);
    this.daos = new Daos(session, runtimes);
  }

  dao(name: string): TestDao {
    return this.daos.of(name);
  }
}

export class TestSnapshot extends BaseEmbeddedSnapshot {
  private readonly daos: Daos;

  constructor(session: SnapshotSession, runtimes: readonly Runtime[]) {
    super(session);
    this.daos = new Daos(session, runtimes);
  }

  dao(name: string): TestDao {
    return this.daos.of(name);
  }
}

export class TestDatabase extends BaseEmbeddedDatabase<TestTransaction, TestSnapshot> {
  private readonly daos: Daos;

  constructor(session: DirectSession, runtimes: readonly Runtime[]) {
    super(
      session,
      (inner) => new TestTransaction(inner, runtimes),
      (inner) => new TestSnapshot(inner, runtimes),
    );
    this.daos = new Daos(session, runtimes);
  }

  dao(name: string): TestDao {
    return this.daos.of(name);
  }
}

/** Opens a database of these models; in a fresh memory file system unless `options.vfs` brings one. */
export function openTest(models: readonly EntityModel[], options: Partial<OpenOptions> = {}): Promise<TestDatabase> {
  return openWith(models.map(runtimeOf), options);
}

/** The same with the code that is generated for the models, whose records are those that are read without decoding. */
export function openGenerated(
  models: readonly EntityModel[],
  options: Partial<OpenOptions> = {},
): Promise<TestDatabase> {
  return openWith(models.map(generatedFor), options);
}

const generated = new WeakMap<EntityModel, Runtime>();

/** Compiled once a model. */
function generatedFor(model: EntityModel): Runtime {
  const known = generated.get(model);
  if (known !== undefined) return known;
  const made = compile(model).runtime as unknown as Runtime;
  generated.set(model, made);
  return made;
}

/** The same through the door that knows migrations, as generated code opens. */
export function openMigrating(
  models: readonly EntityModel[],
  options: Partial<MigratingOptions>,
): Promise<TestDatabase> {
  const runtimes = models.map(generatedFor);
  return openMigratingStore(
    { path: 'db', durability: 'os', ...options },
    runtimes,
    (session) => new TestDatabase(session, runtimes),
  );
}

function openWith(runtimes: readonly Runtime[], options: Partial<OpenOptions>): Promise<TestDatabase> {
  return openStore(
    { path: 'db', vfs: new MemoryVfs(), durability: 'os', ...options },
    runtimes,
    (session) => new TestDatabase(session, runtimes),
  );
}

/** The same as it was at `options.at`. */
export function openTestPast(
  models: readonly EntityModel[],
  options: Partial<OpenOptions> & Pick<OpenPastOptions, 'at'>,
): Promise<TestSnapshot> {
  const runtimes = models.map(runtimeOf);
  return openPast(
    { path: 'db', durability: 'os', ...options },
    runtimes,
    (session) => new TestSnapshot(session, runtimes),
  );
}
