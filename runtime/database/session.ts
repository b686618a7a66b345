// Where a DAO's calls go: straight to the database, each call a commit of its own, or into a transaction.
import type { EntityRuntime } from '../codec/codec.js';
import { StorageError } from '../errors.js';
import type { View } from '../query/view.js';
import { apply } from './apply.js';
import { BulkChunk } from './bulk.js';
import type { RowChange } from './change.js';
import { AutoIncrement } from './key-generator.js';
import { OverlayView } from './overlay.js';
import type { Store } from './store.js';
import type { EntityTable } from './table.js';
import { WriteSet } from './write-set.js';

export interface Session {
  /** What reads of this session see. */
  readonly view: View;
  /** The secret that cursors of queries are signed with. */
  readonly cursorKey: Uint8Array;
  table<Row, Key, Input>(entity: EntityRuntime<Row, Key, Input>): EntityTable<Row, Key, Input>;
  /**
   * Applies one change, which the very next call commits; see `apply` for what it returns and throws. Two steps, so that an
   * asynchronous write costs its caller one promise.
   */
  stage<Row, Key, Input>(change: RowChange<Row, Key, Input>): Row | undefined;
  /** The same for several changes, in their order: all or none. Returns what each gave. */
  stageAll<Row, Key, Input>(changes: readonly RowChange<Row, Key, Input>[]): (Row | undefined)[];
  /** Commits what was staged, where this session does so by itself. Resolves when it is durable. */
  commit(): Promise<void>;
  commitSync(): void;
  /** Deletes all rows of an entity past the log; false, with nothing done, where they have to be deleted one by one. */
  empty<Row, Key, Input>(table: EntityTable<Row, Key, Input>): boolean;
  /** A load of many new rows past the log, where this session allows one. */
  bulk<Row, Key, Input>(table: EntityTable<Row, Key, Input>): BulkChunk<Row, Key, Input> | null;
}

/** Each call is a commit of its own. */
export class DirectSession implements Session {
  readonly view: View;
  readonly store: Store;

  constructor(store: Store) {
    this.store = store;
    this.view = store.live;
  }

  get cursorKey(): Uint8Array {
    return this.store.cursorKey;
  }

  table<Row, Key, Input>(entity: EntityRuntime<Row, Key, Input>): EntityTable<Row, Key, Input> {
    return this.store.table(entity);
  }

  stage<Row, Key, Input>(change: RowChange<Row, Key, Input>): Row | undefined {
    const { store } = this;
    this.assertNotInSyncTransaction();
    if (store.log.isWatched) return this.stageAll([change])[0];
    store.batch.clear();
    return apply(change, store.live, store.batch);
  }

  stageAll<Row, Key, Input>(changes: readonly RowChange<Row, Key, Input>[]): (Row | undefined)[] {
    this.store.assertOpen();
    this.assertNotInSyncTransaction();
    const writes = new WriteSet();
    const view = this.store.expiry.over(new OverlayView(this.view, writes), null);
    const rows = changes.map((change) => apply(change, view, writes));
    this.store.gather(writes);
    return rows;
  }

  commit(): Promise<void> {
    return this.store.commit();
  }

  commitSync(): void {
    this.store.commitSync();
  }

  /** Running transactions must learn of every key, which this doesn't tell. */
  empty<Row, Key, Input>({ entity, tree, indexes, generator }: EntityTable<Row, Key, Input>): boolean {
    const { store } = this;
    this.assertNotInSyncTransaction();
    if (store.log.isWatched) return false;
    if (generator instanceof AutoIncrement) store.keepCounter(entity.model.storedName, generator);
    return store.engine.emptyTrees([tree, ...indexes.map((index) => index.tree)]);
  }

  /** Nor does a bulk load tell it. */
  bulk<Row, Key, Input>(table: EntityTable<Row, Key, Input>): BulkChunk<Row, Key, Input> | null {
    this.assertNotInSyncTransaction();
    return this.store.log.isWatched ? null : new BulkChunk(table, this.store.engine, this.store.log);
  }

  private assertNotInSyncTransaction(): void {
    if (!this.store.isSyncTransactionRunning) return;
    throw new StorageError(
      'QDB4112',
      'The database was written to beside a transactionSync that is running. Write through the `tx` that its body was given.',
    );
  }
}
