// Snapshots of the whole database: its DAOs and queries over one moment, whatever is written meanwhile.
import type { EntityRuntime } from '../codec/codec.js';
import { ReadOnlyError } from '../errors.js';
import { SnapshotView, type View } from '../query/view.js';
import type { OpenSnapshot } from './open-snapshots.js';
import type { Session } from './session.js';
import type { Store } from './store.js';
import type { EntityTable } from './table.js';

type Writes = 'put' | 'insert' | 'putMany' | 'update' | 'delete' | 'deleteMany' | 'clear';

/** A DAO that only reads: calls of the others don't compile, and throw ReadOnlyError (QDB4114) all the same. */
export type ReadonlyDao<D> = Omit<D, Writes | `${Writes}Sync`>;

/** Reads at one moment. */
export class SnapshotSession implements Session {
  readonly view: View;
  /** Number of the last commit that is seen. */
  readonly sequence: number;
  private readonly store: Store;
  private readonly entry: OpenSnapshot;
  private readonly closesStore: boolean;

  /**
   * @param opener the function that a warning's stack begins below
   * @param options which past, where it is not the present; whether the store is open for this session alone
   */
  constructor(
    store: Store,
    opener: (...args: never[]) => unknown,
    { at, closesStore = false }: { readonly at?: number | Date; readonly closesStore?: boolean } = {},
  ) {
    const past = at === undefined ? null : store.engine.snapshotAt(at);
    const snapshot = past ?? store.engine.snapshot();
    this.closesStore = closesStore;
    this.store = store;
    this.sequence = snapshot.sequence;
    this.view = store.expiry.over(new SnapshotView(snapshot), past?.time ?? store.expiry.now());
    this.entry = store.snapshots.add(this, snapshot, opener);
  }

  get cursorKey(): Uint8Array {
    return this.store.cursorKey;
  }

  table<Row, Key, Input>(entity: EntityRuntime<Row, Key, Input>): EntityTable<Row, Key, Input> {
    return this.store.table(entity);
  }

  stage(): never {
    throw readOnly();
  }

  stageAll(): never {
    throw readOnly();
  }

  empty(): never {
    throw readOnly();
  }

  bulk(): never {
    throw readOnly();
  }

  async commit(): Promise<void> {}

  commitSync(): void {}

  close(): void {
    this.store.snapshots.close(this.entry);
    if (this.closesStore) this.store.closeSync();
  }
}

function readOnly(): ReadOnlyError {
  return new ReadOnlyError('QDB4114', 'A snapshot is only read. Write to the database itself.');
}

/**
 * The database at one moment, only to be read; generated code extends it by the DAOs. Close it, or declare it with `using`: as
 * long as it is open, what it sees stays on disk. After that, reads through it throw ClosedError (QDB4040).
 */
export abstract class BaseEmbeddedSnapshot implements Disposable, AsyncDisposable {
  readonly #session: SnapshotSession;

  constructor(session: SnapshotSession) {
    this.#session = session;
  }

  /** Number of the last commit that is in it; greater in a later one. */
  get sequence(): number {
    return this.#session.sequence;
  }

  close(): void {
    this.#session.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
