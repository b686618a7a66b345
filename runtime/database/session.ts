// Where a DAO's calls go: straight to the database, each call a commit of its own, or into a transaction.
import type { EntityRuntime } from '../codec/codec.js';
import { StorageError } from '../errors.js';
import type { View } from '../query/view.js';
import { apply } from './apply.js';
import { BulkChunk } from './bulk.js';
import type { RowChange } from './change.js';
import { OverlayView } from './overlay.js';
import type { Store } from './store.js';
import type { EntityTable } from './table.js';
import { WriteSet } from './write-set.js';

export interface Session {
  /** What reads of this session see. */
  readonly view: View;
  table<Row, Key, Input>(entity: EntityRuntime<Row, Key, Input>): EntityTable<Row, Key, Input>;
  /** Applies one change; see `apply` for what it returns and throws. The promise resolves when it is durable. */
  change<Row, Key, Input>(change: RowChange<Row, Key, Input>): Promise<Row | undefined>;
  changeSync<Row, Key, Input>(change: RowChange<Row, Key, Input>): Row | undefined;
  /** Applies all changes or none, in their order; returns what each gave. */
  changeAll<Row, Key, Input>(changes: readonly RowChange<Row, Key, Input>[]): Promise<(Row | undefined)[]>;
  changeAllSync<Row, Key, Input>(changes: readonly RowChange<Row, Key, Input>[]): (Row | undefined)[];
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

  table<Row, Key, Input>(entity: EntityRuntime<Row, Key, Input>): EntityTable<Row, Key, Input> {
    return this.store.table(entity);
  }

  async change<Row, Key, Input>(change: RowChange<Row, Key, Input>): Promise<Row | undefined> {
    const row = this.gather(change);
    if (this.store.batch.count > 0) await this.store.commit();
    return row;
  }

  changeSync<Row, Key, Input>(change: RowChange<Row, Key, Input>): Row | undefined {
    const row = this.gather(change);
    this.store.commitSync();
    return row;
  }

  async changeAll<Row, Key, Input>(changes: readonly RowChange<Row, Key, Input>[]): Promise<(Row | undefined)[]> {
    const rows = this.gatherAll(changes);
    await this.store.commit();
    return rows;
  }

  changeAllSync<Row, Key, Input>(changes: readonly RowChange<Row, Key, Input>[]): (Row | undefined)[] {
    const rows = this.gatherAll(changes);
    this.store.commitSync();
    return rows;
  }

  /** Running transactions must learn of every key, which a bulk load doesn't tell. */
  bulk<Row, Key, Input>(table: EntityTable<Row, Key, Input>): BulkChunk<Row, Key, Input> | null {
    this.assertNotInSyncTransaction();
    return this.store.log.isWatched ? null : new BulkChunk(table, this.store.engine, this.store.log);
  }

  private gather<Row, Key, Input>(change: RowChange<Row, Key, Input>): Row | undefined {
    const { store } = this;
    this.assertNotInSyncTransaction();
    if (store.log.isWatched) return this.gatherAll([change])[0];
    store.batch.clear();
    return apply(change, store.live, store.batch);
  }

  private gatherAll<Row, Key, Input>(changes: readonly RowChange<Row, Key, Input>[]): (Row | undefined)[] {
    this.assertNotInSyncTransaction();
    const writes = new WriteSet();
    const view = new OverlayView(this.view, writes);
    const rows = changes.map((change) => apply(change, view, writes));
    this.store.gather(writes);
    return rows;
  }

  private assertNotInSyncTransaction(): void {
    if (!this.store.isSyncTransactionRunning) return;
    throw new StorageError(
      'QDB4112',
      'The database was written to beside a transactionSync that is running. Write through the `tx` that its body was given.',
    );
  }
}
