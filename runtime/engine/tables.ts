// The open tables of a database: opened at first use, kept while a reader of an older version may stand in them.
import type { Vfs } from '../vfs/vfs.js';
import { CacheCounters, type PageCache } from './cache/page-cache.js';
import { doAll } from './do-all.js';
import { tableName } from './format.js';
import { openTable } from './table/reader.js';
import type { TableReader } from './table/table.js';
import { MAX_LEVELS, type TableMeta } from './version/edit.js';

/** A table of the current version, whose file is opened when somebody reads it. */
export class TableHandle {
  reader: TableReader | null = null;

  constructor(
    /** As the newest version has it, or the last one that had it. */
    public meta: TableMeta,
    readonly path: string,
  ) {}
}

/**
 * Handles by table id. Readers that outlive a call (cursors) `pin` the present; a table that left the version is closed and
 * its file removed once no pin is older than its leaving.
 */
export class TableSet {
  private readonly handles = new Map<number, TableHandle>();
  /** By the id of the tree, one for each level. */
  private readonly counters = new Map<number, readonly CacheCounters[]>();
  /** Counts versions; each pin and each leaving is at one of them. */
  private epoch = 0;
  private readonly pins = new Map<number, number>();
  private readonly leaving: { readonly handle: TableHandle; readonly epoch: number }[] = [];

  constructor(
    private readonly vfs: Vfs,
    private readonly directory: string,
    readonly cache: PageCache,
  ) {}

  handle(meta: TableMeta): TableHandle {
    let handle = this.handles.get(meta.id);
    if (handle === undefined) {
      handle = new TableHandle(meta, this.vfs.join(this.directory, tableName(meta.id)));
      this.handles.set(meta.id, handle);
    } else if (handle.meta.level !== meta.level) {
      handle.meta = meta;
      handle.reader?.countInto(this.countersAt(meta));
    }
    return handle;
  }

  open(handle: TableHandle): TableReader {
    const { meta, path } = handle;
    const reader = handle.reader ?? openTable(this.vfs, path, meta, this.cache, this.countersAt(meta));
    handle.reader = reader;
    return reader;
  }

  /** What was read of a tree since the engine was opened, by level. */
  countersOf(treeId: number): readonly CacheCounters[] {
    let counters = this.counters.get(treeId);
    if (counters === undefined) {
      counters = Array.from({ length: MAX_LEVELS }, () => new CacheCounters());
      this.counters.set(treeId, counters);
    }
    return counters;
  }

  private countersAt({ treeId, level }: TableMeta): CacheCounters {
    return this.countersOf(treeId)[level]!;
  }

  /** Keeps all tables of the present version; hand the answer to {@link unpin}. */
  pin(): number {
    this.pins.set(this.epoch, (this.pins.get(this.epoch) ?? 0) + 1);
    return this.epoch;
  }

  unpin(epoch: number): void {
    const count = this.pins.get(epoch)! - 1;
    if (count > 0) this.pins.set(epoch, count);
    else {
      this.pins.delete(epoch);
      this.sweep();
    }
  }

  /** Tells that these tables are in no version any more. */
  retire(ids: Iterable<number>): void {
    this.epoch++;
    for (const id of ids) {
      const handle = this.handles.get(id);
      if (handle === undefined) continue;
      this.handles.delete(id);
      this.leaving.push({ handle, epoch: this.epoch });
    }
    this.sweep();
  }

  closeAll(): void {
    this.pins.clear();
    this.sweep();
    const handles = [...this.handles.values()];
    this.handles.clear();
    doAll(
      ...handles.map(
        ({ reader }) =>
          () =>
            reader?.close(),
      ),
    );
  }

  private sweep(): void {
    const oldestPin = Math.min(...this.pins.keys());
    while (this.leaving.length > 0 && this.leaving[0]!.epoch <= oldestPin) {
      const { handle } = this.leaving.shift()!;
      try {
        handle.reader?.close();
        this.vfs.remove(handle.path);
      } catch {
        // Whoever happens to read now has nothing to do with it; the next opening removes the file as an orphan.
      }
    }
  }
}
