// Transactions: changes over any number of entities that are committed together or not at all.
//
// An asynchronous one is optimistic: its body reads a snapshot (and its own writes) while others commit; at the end, what it
// read is compared with what was committed meanwhile. If nothing meets, the outcome is as if it had run alone at that moment
// (it is serializable); otherwise its body runs again, as it does when the snapshot held a commit that the disk then refused. A
// synchronous one runs alone, so nothing can have changed.
import type { EntityRuntime } from '../codec/codec.js';
import { ClosedError, ConflictError, StorageError, UndoneError } from '../errors.js';
import { SnapshotView, type View } from '../query/view.js';
import { apply } from './apply.js';
import { assertBody } from './arguments.js';
import type { BulkChunk } from './bulk.js';
import type { RowChange } from './change.js';
import type { Horizon } from './expiry.js';
import { OverlayView } from './overlay.js';
import { ReadSet, RecordingView } from './read-set.js';
import { RetryQueue } from './retry-queue.js';
import type { Session } from './session.js';
import type { Store } from './store.js';
import type { EntityTable } from './table.js';
import { WriteSet } from './write-set.js';

/** Times that a transaction's body is run before it gives up. */
export const MAX_ATTEMPTS = 10;

const NOTHING_TO_WAIT_FOR = Promise.resolve();

/** Reads and writes of one attempt of a transaction. */
export class TransactionSession implements Session {
  readonly writes = new WriteSet();
  private readonly store: Store;
  private readonly moment: number | null;
  private readonly overlay: View;
  private isOpen = true;
  /** The error of a nested body: the transaction can then only be rolled back. */
  failure: { readonly error: unknown } | null = null;

  /** `moment` decides what has expired; null stands for the present, whenever something is read. */
  constructor(store: Store, base: View, moment: number | null, horizon: Horizon | null = null) {
    this.store = store;
    this.moment = moment;
    this.overlay = store.expiry.over(new OverlayView(base, this.writes), moment, horizon);
  }

  get view(): View {
    if (!this.isOpen) {
      throw new ClosedError(
        'QDB4041',
        'The transaction is over. Use `tx` only inside its body, and await what the body starts.',
      );
    }
    return this.overlay;
  }

  end(): void {
    this.isOpen = false;
  }

  get cursorKey(): Uint8Array {
    return this.store.cursorKey;
  }

  table<Row, Key, Input>(entity: EntityRuntime<Row, Key, Input>): EntityTable<Row, Key, Input> {
    return this.store.table(entity);
  }

  stage<Row, Key, Input>(change: RowChange<Row, Key, Input>): Row | undefined {
    return apply(change, this.view, this.writes);
  }

  stageAll<Row, Key, Input>(changes: readonly RowChange<Row, Key, Input>[]): (Row | undefined)[] {
    // A write set of their own, so that a change which is refused leaves nothing of the others.
    const writes = new WriteSet();
    const view = this.store.expiry.over(new OverlayView(this.view, writes), this.moment);
    const rows = changes.map((change) => apply(change, view, writes));
    writes.pourInto(this.writes);
    return rows;
  }

  /** The transaction commits, when its body has returned. */
  commit(): Promise<void> {
    return NOTHING_TO_WAIT_FOR;
  }

  commitSync(): void {}

  empty(): boolean {
    return false;
  }

  bulk<Row, Key, Input>(): BulkChunk<Row, Key, Input> | null {
    return null;
  }
}

/** Runs transactions over one store; `Tx` is what bodies are given. */
export class TransactionRunner<Tx> {
  private readonly store: Store;
  private readonly create: (session: TransactionSession) => Tx;
  private readonly retries: RetryQueue;
  private current: Tx | null = null;

  constructor(store: Store, create: (session: TransactionSession) => Tx) {
    this.store = store;
    this.create = create;
    this.retries = new RetryQueue(store.timer);
  }

  /** See BaseDatabase.transaction. */
  async run<T>(body: (tx: Tx) => T | Promise<T>): Promise<T> {
    assertBody(body);
    const first = await this.attempt(body);
    if (first.committed) return first.value;
    // Losers of a conflict run one after the other: racing each other again would make losers of all but one again.
    const leave = await this.retries.enter();
    try {
      for (let attempt = 2; attempt <= MAX_ATTEMPTS; attempt++) {
        const outcome = await this.attempt(body);
        if (outcome.committed) return outcome.value;
      }
    } finally {
      leave();
    }
    throw new ConflictError(
      'QDB4110',
      `The transaction was run ${MAX_ATTEMPTS} times, and each time another commit changed what it had read, or the disk refused it. Make it shorter, or run it again later.`,
    );
  }

  private async attempt<T>(
    body: (tx: Tx) => T | Promise<T>,
  ): Promise<{ committed: true; value: T } | { committed: false }> {
    const { store } = this;
    const reads = new ReadSet();
    const snapshot = store.engine.snapshot();
    const mark = store.log.begin();
    const horizon: Horizon = { soonest: Number.POSITIVE_INFINITY };
    const base = new RecordingView(new SnapshotView(snapshot), reads);
    const session = new TransactionSession(store, base, store.expiry.now(), horizon);
    let value: T;
    let durable: Promise<void>;
    try {
      value = await body(this.create(session));
      session.end();
      if (session.failure !== null) throw session.failure.error;
      // That a row has expired meanwhile is a change like any other.
      const stale = store.log.conflicts(mark, reads) || horizon.soonest <= store.expiry.now();
      if (snapshot.isUndone || (stale && !session.writes.isEmpty)) return { committed: false };
      store.gather(session.writes);
      durable = store.commit();
    } catch (error) {
      // Whatever it was: the body may have come to it by what never was.
      if (snapshot.isUndone) return { committed: false };
      throw error;
    } finally {
      session.end();
      store.log.end(mark);
      snapshot.close();
    }
    await durable;
    return { committed: true, value };
  }

  /** See BaseEmbeddedDatabase.transactionSync. */
  runSync<T>(body: (tx: Tx) => T): T {
    assertBody(body);
    if (this.current !== null) return body(this.current);
    const { store } = this;
    store.assertOpen();
    const session = new TransactionSession(store, store.live, null);
    const tx = this.create(session);
    // Only to learn whether a commit that the body may have read is refused while it runs, by a write of something that it calls.
    const snapshot = store.engine.snapshot();
    let value: T;
    this.current = tx;
    store.isSyncTransactionRunning = true;
    try {
      value = body(tx);
    } finally {
      this.current = null;
      store.isSyncTransactionRunning = false;
      session.end();
      snapshot.close();
    }
    assertNoPromise(value);
    if (session.failure !== null) throw session.failure.error;
    if (snapshot.isUndone) throw new UndoneError('transaction');
    store.gather(session.writes);
    store.commitSync();
    return value;
  }
}

function assertNoPromise(value: unknown): void {
  if (value === null || typeof value !== 'object' || !('then' in value) || typeof value.then !== 'function') return;
  // The body may still fail when it goes on; the error below says all that there is to say.
  Promise.resolve(value).catch(() => undefined);
  throw new StorageError(
    'QDB4113',
    'The body of a transactionSync returned a promise, so it was rolled back. Use the ...Sync calls in it, or transaction().',
  );
}

/** What the body of a transaction is given besides its DAOs; generated code extends it. */
export interface BaseTransaction {
  /**
   * Joins this transaction: `body` reads and writes in it, and is committed or rolled back with it. If it throws, the whole
   * transaction is rolled back, even when the outer body catches the error.
   */
  transaction<T>(body: (tx: this) => T | Promise<T>): Promise<T>;
}

/** The same over the embedded engine. */
export abstract class BaseEmbeddedTransaction implements BaseTransaction {
  readonly #session: TransactionSession;

  constructor(session: TransactionSession) {
    this.#session = session;
  }

  async transaction<T>(body: (tx: this) => T | Promise<T>): Promise<T> {
    try {
      return await body(this);
    } catch (error) {
      this.#session.failure ??= { error };
      throw error;
    }
  }

  transactionSync<T>(body: (tx: this) => T): T {
    try {
      return body(this);
    } catch (error) {
      this.#session.failure ??= { error };
      throw error;
    }
  }
}
