// The faces of an open database, which generated code extends by a DAO per entity: the asynchronous half that every store
// has, and the embedded database.
import type { BackupOptions, BackupSummary, EngineStats } from '../engine/api.js';
import { assertMoment } from './arguments.js';
import type { DirectSession } from './session.js';
import { SnapshotSession } from './snapshot.js';
import type { Store } from './store.js';
import { TransactionRunner, type TransactionSession } from './transaction.js';

/** What every store can do; `Tx` is what the bodies of its transactions are given. */
export interface BaseDatabase<Tx> extends AsyncDisposable {
  /**
   * Runs `body` as a transaction: what it changes through `tx`, in any entity, is committed together when it returns, and not
   * at all when it throws. It reads its own writes, and nothing that others commit meanwhile (serializable isolation).
   *
   * `body` may run more than once: when another commit changed what it had read, it is run again, up to 10 times; then
   * ConflictError (QDB4110) is thrown. So it should do nothing but read and write through `tx`.
   *
   * Calls on the database itself, inside `body`, are no part of the transaction; `tx.transaction` joins it.
   *
   * @example
   * await db.transaction(async (tx) => {
   *   const ann = await tx.user.get(1);
   *   if (ann) await tx.user.update(1, { score: ann.score + 1 });
   * });
   */
  transaction<T>(body: (tx: Tx) => T | Promise<T>): Promise<T>;
  /** Waits for what is being written and closes. Calls after that throw ClosedError (QDB4040). */
  close(): Promise<void>;
}

/** A database directory that this process has open. `await using` and `using` close it. */
export abstract class BaseEmbeddedDatabase<Tx, Snapshot> implements BaseDatabase<Tx>, Disposable {
  // Private to the language, not only to the compiler: an entity may be called Store, and then `db.store` is its DAO.
  readonly #store: Store;
  readonly #transactions: TransactionRunner<Tx>;
  readonly #createSnapshot: (session: SnapshotSession) => Snapshot;

  constructor(
    { store }: DirectSession,
    createTransaction: (session: TransactionSession) => Tx,
    createSnapshot: (session: SnapshotSession) => Snapshot,
  ) {
    this.#store = store;
    this.#transactions = new TransactionRunner(store, createTransaction);
    this.#createSnapshot = createSnapshot;
  }

  transaction<T>(body: (tx: Tx) => T | Promise<T>): Promise<T> {
    return this.#transactions.run(body);
  }

  /**
   * The same without a promise: `body` uses the `...Sync` calls of `tx`, and runs once and alone, so it never conflicts.
   * Inside another body it joins that transaction. Throws StorageError QDB4113 when `body` returns a promise, and QDB4112 when
   * it writes to the database beside `tx`.
   */
  transactionSync<T>(body: (tx: Tx) => T): T {
    return this.#transactions.runSync(body);
  }

  /**
   * The database as it is now, to be read by the same DAOs and queries, whatever is written later. Close it: as long as it is
   * open, what it sees stays on disk. One that is forgotten is reported as a warning (QDB4115), with where it was opened.
   *
   * @example
   * using then = db.snapshot();
   * const [orders, lines] = [then.order.countSync(), then.orderLine.countSync()];   // of one moment
   */
  snapshot(): Snapshot {
    return this.#createSnapshot(new SnapshotSession(this.#store, this.snapshot));
  }

  /**
   * The database as it was at that date, or after the commit whose number a snapshot's `sequence` or `stats().sequence` once was:
   * a snapshot like any other. Dates are good to a second, and never show what was committed after them.
   *
   * How far back it goes is what `history` says, an option of openDatabase. Throws HistoryError (QDB4117) beyond that.
   *
   * @example
   * using before = db.at(new Date(Date.now() - 3_600_000));
   * const lost = before.order.getSync(7);
   */
  at(when: number | Date): Snapshot {
    assertMoment(when);
    return this.#createSnapshot(new SnapshotSession(this.#store, this.at, { at: when }));
  }

  /**
   * Merges files until none is over its share, and rewrites what migrations have left as it was; `all` rewrites everything, which
   * gives back the space of what was deleted.
   */
  compact(all = false): Promise<void> {
    return this.#store.compact(all);
  }

  /**
   * Makes `directory`, which must be new or empty, a backup of the state at the call, while reads and writes go on. Tables are
   * linked where the file system can, else copied. With `incremental`, an earlier backup there is brought up to date.
   *
   * `quantadb restore` makes a database of it. Throws StorageError QDB4016 when the directory holds something else, CorruptionError
   * when a table that would be copied is damaged.
   *
   * @example
   * await db.backup('/backups/monday');
   */
  backup(directory: string, options?: BackupOptions): Promise<BackupSummary> {
    return this.#store.engine.backup(directory, options);
  }

  /** What the engine holds and has done. */
  stats(): EngineStats {
    return this.#store.engine.stats();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  closeSync(): void {
    this.#store.closeSync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  [Symbol.dispose](): void {
    this.closeSync();
  }
}
