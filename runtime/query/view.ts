// What queries and DAOs read through: the live database, or a transaction's own state. Everything above sees trees of bytes
// only by way of a View, so that a query inside a transaction needs no code of its own.
import type { ByteSpan } from '../bytes/writer.js';
import type { Cursor, Engine, KeyRange, Scan, Snapshot, Tree } from '../engine/api.js';

/** Reads over trees; the contracts of the single calls are those of {@link Tree}. */
export interface View {
  get(tree: Tree, key: Uint8Array, keyEnd: number, into: ByteSpan): boolean;
  getMany(
    tree: Tree,
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
  ): void;
  cursor(tree: Tree, range: KeyRange, reverse: boolean, scan?: Scan): Cursor;
  /** A view that keeps showing this moment while its holder lets other code run. Close it. */
  hold(): HeldView;
}

export interface HeldView extends View {
  /** Whether it shows a commit that the disk refused since: whoever read by it must throw UndoneError. */
  readonly isUndone: boolean;
  close(): void;
}

/** The engine as it is at each call. */
export class LiveView implements View {
  private readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  get(tree: Tree, key: Uint8Array, keyEnd: number, into: ByteSpan): boolean {
    return tree.get(key, keyEnd, into);
  }

  getMany(
    tree: Tree,
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
  ): void {
    tree.getMany(keys, ends, count, visit);
  }

  cursor(tree: Tree, range: KeyRange, reverse: boolean, scan?: Scan): Cursor {
    return tree.cursor(range, { reverse, ...(scan && { scan }) });
  }

  hold(): HeldView {
    return new SnapshotView(this.engine.snapshot());
  }
}

/** The engine as it was when the snapshot was taken, which the view closes with itself. */
export class SnapshotView implements HeldView {
  private readonly snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  get(tree: Tree, key: Uint8Array, keyEnd: number, into: ByteSpan): boolean {
    return tree.get(key, keyEnd, into, this.snapshot);
  }

  getMany(
    tree: Tree,
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
  ): void {
    tree.getMany(keys, ends, count, visit, this.snapshot);
  }

  cursor(tree: Tree, range: KeyRange, reverse: boolean, scan?: Scan): Cursor {
    return tree.cursor(range, { reverse, at: this.snapshot, ...(scan && { scan }) });
  }

  /** Already held: the same moment, closed by whoever closes this view. */
  hold(): HeldView {
    return new BorrowedView(this, this.snapshot);
  }

  get isUndone(): boolean {
    return this.snapshot.isUndone;
  }

  close(): void {
    this.snapshot.close();
  }
}

/** A view that somebody else closes. */
export class BorrowedView implements HeldView {
  private readonly view: View;
  private readonly snapshot: Snapshot | null;

  /** `snapshot` is what the view shows, where its owner doesn't look by itself whether that was undone. */
  constructor(view: View, snapshot: Snapshot | null = null) {
    this.view = view;
    this.snapshot = snapshot;
  }

  get isUndone(): boolean {
    return this.snapshot?.isUndone ?? false;
  }

  get(tree: Tree, key: Uint8Array, keyEnd: number, into: ByteSpan): boolean {
    return this.view.get(tree, key, keyEnd, into);
  }

  getMany(
    tree: Tree,
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
  ): void {
    this.view.getMany(tree, keys, ends, count, visit);
  }

  cursor(tree: Tree, range: KeyRange, reverse: boolean, scan?: Scan): Cursor {
    return this.view.cursor(tree, range, reverse, scan);
  }

  hold(): HeldView {
    return this;
  }

  close(): void {}
}
