// The engine: trees of bytes over one log, one version and one sequence number. It only joins its parts; each does one thing:
// write/ (batches, group commit, loads), memtable/, table/ and cache/, read/ (merging), compaction/, version/ and wal/.
import { ClosedError, LimitError } from '../errors.js';
import { isDiskFull } from '../vfs/failure.js';
import type { VfsLock } from '../vfs/vfs.js';
import type {
  BackupOptions,
  BackupSummary,
  BulkLoad,
  CompactionFilter,
  Engine,
  EngineStats,
  PastSnapshot,
  Snapshot,
  Tree,
  TreeChanges,
  TreeOptions,
  WriteBatch,
} from './api.js';
import { assertBackup, writeBackup } from './backup/backup.js';
import type { FrameState } from './cache/page-cache.js';
import { closeLog, ifThereIsRoom } from './closing.js';
import { Compactor } from './compaction/compactor.js';
import { entryFilter } from './compaction/filter.js';
import type { MergeRunner } from './compaction/runner.js';
import { doAll } from './do-all.js';
import { closedError, storageError } from './failure.js';
import { Forest } from './forest.js';
import { establishHistory, type History, withoutHistory } from './history.js';
import type { Settings } from './options.js';
import { Readers } from './readers.js';
import { EngineSnapshot } from './snapshot.js';
import { gatherStats } from './stats.js';
import { Store } from './store.js';
import type { TableSet } from './tables.js';
import type { EngineTree, TreeHost } from './tree.js';
import type { VersionEdit } from './version/edit.js';
import type { Manifest } from './version/manifest.js';
import type { Version } from './version/version.js';
import type { WalRecovery } from './wal/log.js';
import type { WalWriter } from './wal/writer.js';
import { Batch } from './write/batch.js';
import { EngineBulkLoad } from './write/bulk-load.js';
import { CommitLog } from './write/commit-log.js';
import { Loader, type LoaderHost } from './write/loader.js';
import { type TableOutput, tablesOf, writeMemtable } from './write/table-output.js';
import { SLOW_L0_TABLES, Throttle } from './write/throttle.js';

/** The log is cut, and memtables flushed, when it is this many times as long as memtables may be: overwrites grow only the log. */
const LOG_BYTES_PER_MEMTABLE_BYTE = 2;
/** Memtables of fewer bytes than this stay in the log at close: replaying them costs less than a table. */
const CLOSE_FLUSH_BYTES = 1024 * 1024;

export class LsmEngine implements Engine, TreeHost, LoaderHost {
  readonly path: string;
  readonly readers = new Readers();
  sequence: number;
  closed = false;
  private readonly store: Store;
  private readonly forest: Forest;
  private readonly compactor: Compactor;
  private readonly loader: Loader;
  private wal!: WalWriter;
  private log!: CommitLog;
  private tornBytesDropped = 0;
  private past: History | null = null;
  private readonly throttle: Throttle;
  /** Tables in the deepest L0 of all trees. */
  private l0Tables = 0;

  /** Call `replay` for every record of the log, then `start`, then `keepHistory`. */
  constructor(
    private readonly settings: Settings,
    manifest: Manifest,
    private readonly lock: VfsLock,
    private readonly runner: MergeRunner,
  ) {
    this.path = settings.path;
    const { history } = manifest.version;
    // Until the marks can be read, everything stays that the last process kept.
    if (history.milliseconds > 0) this.readers.history = history.from;
    this.store = new Store(
      settings,
      manifest,
      (version) => this.follow(version),
      () => this.readers.history,
    );
    this.forest = new Forest(this, manifest.version);
    this.sequence = manifest.version.lastSequence;
    this.throttle = new Throttle(settings.clock, (milliseconds) => this.compactor.wait(milliseconds));
    this.compactor = new Compactor(
      this.store,
      () => this.forest.all(),
      this.readers,
      runner,
      (error) => this.log.fail(error, 'compaction'),
    );
    this.loader = new Loader(this.store, this.compactor, this);
  }

  get tables(): TableSet {
    return this.store.tables;
  }

  get trees(): ReadonlyMap<string, Tree> {
    return this.forest.byName;
  }

  replay(sequence: number, bytes: Buffer, start: number, end: number): void {
    this.forest.apply(sequence, bytes, start, end);
    this.sequence = Math.max(this.sequence, sequence);
  }

  start(wal: WalWriter, recovery: WalRecovery): void {
    const { durability, clock } = this.settings;
    this.wal = wal;
    this.tornBytesDropped = recovery.tornBytes;
    this.log = new CommitLog(wal, durability, this.readers, clock, this.sequence, (sequence) => {
      this.forest.undo(sequence);
      this.past?.refresh();
    });
    this.compactor.poke();
  }

  /** Begins, goes on with or gives up the history, as the options say; after `start`. */
  keepHistory(): void {
    this.past = establishHistory(this, this.store.version.history, this.settings, {
      install: (history) => this.change('the history', [], () => this.store.install({ history })),
      commit: (batch) => {
        this.append(batch);
        this.log.syncNow();
      },
    });
  }

  openTree(name: string, options: TreeOptions): Tree {
    this.checkWritable();
    const edit = this.forest.opened(name, options, () => this.store.takeId());
    if (edit !== null) this.change('a new tree, or what is said of it', [], () => this.store.install(edit));
    return this.forest.byName.get(name)!;
  }

  dropTree(name: string): void {
    if (this.forest.byName.has(name)) this.rearrangeTrees({ drop: [name] });
  }

  rearrangeTrees(changes: TreeChanges): void {
    this.checkWritable();
    const edit = this.forest.rearranged(changes);
    // Earlier states can't be read by name any more: another tree stood under it.
    if (this.past !== null && edit.changeTrees?.length) this.readers.history = this.sequence;
    this.change('a rearrangement of trees', [], () => this.store.install(edit));
  }

  setFilter(tree: Tree, current: () => CompactionFilter | null): void {
    // Better an error here than in the midst of a merge.
    const now = current();
    if (now !== null) entryFilter(now);
    (tree as EngineTree).filter = current;
  }

  createBatch(): WriteBatch {
    return new Batch();
  }

  write(batch: WriteBatch, durability?: 'commit'): Promise<void> {
    try {
      if (!this.apply(batch as Batch)) return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
    return this.log.join(durability);
  }

  writeSync(batch: WriteBatch): void {
    if (this.apply(batch as Batch)) this.log.commitNow();
  }

  bulkLoad(): BulkLoad {
    this.checkWritable();
    return new EngineBulkLoad(this.loader);
  }

  snapshot(): Snapshot {
    if (this.closed) throw closedError(this.path);
    return new EngineSnapshot(this.sequence, this.readers);
  }

  snapshotAt(at: number | Date): PastSnapshot {
    if (this.closed) throw closedError(this.path);
    return this.past === null ? withoutHistory(at, this, this.settings.date()) : this.past.open(at);
  }

  get history(): number {
    return this.past?.milliseconds ?? 0;
  }

  emptyTrees(trees: readonly Tree[]): boolean {
    const emptied = trees as readonly EngineTree[];
    this.checkTrees(emptied);
    if (this.past !== null || this.readers.watch(0)) return false;
    const sequence = this.sequence + 1;
    // What the log holds of these trees must be behind `walFrom`, or the next opening would bring it back.
    this.bringToTables('emptying trees', new Set(emptied), {
      removeTables: emptied.flatMap(({ view }) => view.metas.flat().map(({ id }) => id)),
      lastSequence: sequence,
    });
    this.sequence = sequence;
    this.log.skipTo(sequence);
    for (const tree of emptied) tree.changes++;
    return true;
  }

  flush(): void {
    this.checkWritable();
    if (this.forest.memtableBytes === 0) return;
    this.past?.advance();
    this.bringToTables('a flush', new Set(), { lastSequence: this.sequence });
  }

  /** Makes tables of the memtables, but of those of `emptied` trees, whose contents are forgotten, and installs them with `edit`. */
  private bringToTables(what: string, emptied: ReadonlySet<EngineTree>, edit: VersionEdit): void {
    this.log.flush();
    const outputs: TableOutput[] = [];
    this.change(what, outputs, () => {
      for (const tree of this.forest.all()) if (!emptied.has(tree)) writeMemtable(this.store, tree, outputs);
      const walFrom = this.wal.rotate();
      this.store.install({ ...edit, addTables: tablesOf(outputs), walFrom });
    });
    this.forest.countTables(tablesOf(outputs));
    this.forest.emptyMemtables(emptied);
    this.wal.release(this.wal.segment);
    this.compactor.poll();
    this.compactor.poke();
  }

  async compact(all = false): Promise<void> {
    await (all ? this.rewrite([...this.forest.all()]) : this.merge([]));
  }

  async rewrite(trees: readonly Tree[]): Promise<void> {
    this.flush();
    await this.merge(trees);
  }

  private async merge(rewritten: readonly Tree[]): Promise<void> {
    this.checkWritable();
    this.past?.advance();
    await this.compactor.compact(rewritten as readonly EngineTree[]);
  }

  stats(): EngineStats {
    return gatherStats({
      sequence: this.sequence,
      store: this.store,
      trees: this.forest.all(),
      wal: this.wal.counters,
      tornBytesDropped: this.tornBytesDropped,
      stalls: { count: this.throttle.count, milliseconds: this.throttle.milliseconds },
      compactor: this.compactor,
      history: this.closed ? null : (this.past?.stats() ?? null),
    });
  }

  memoryMap(): readonly FrameState[] {
    return this.store.cache.snapshot();
  }

  async backup(directory: string, options?: BackupOptions): Promise<BackupSummary> {
    assertBackup(this.path, directory, options);
    this.flush();
    const { vfs } = this.settings;
    const { version } = this.store;
    const pin = this.tables.pin();
    const check = (): void => {
      if (this.closed) throw closedError(this.path);
    };
    try {
      return await writeBackup({ vfs, path: this.path, version, check }, directory, options);
    } finally {
      this.tables.unpin(pin);
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    await this.compactor.stop();
    this.closeSync();
  }

  closeSync(): void {
    if (this.closed) return;
    const flush = (): void => {
      if (this.forest.memtableBytes >= CLOSE_FLUSH_BYTES) this.flush();
    };
    // Whatever fails, the log is synced and all is given back; the first failure is told.
    doAll(
      () => this.compactor.stopSync(),
      () => this.loader.abortAll(),
      () =>
        closeLog(this.log, this.wal, flush, (walDurable) =>
          ifThereIsRoom(() => this.store.install({ walDurable, lastSequence: this.sequence })),
        ),
      () => {
        this.closed = true;
        this.forest.close();
      },
      () => ifThereIsRoom(() => this.store.close()),
      () => this.lock.release(),
    );
  }

  checkOpen(tree: EngineTree): void {
    if (this.closed) throw closedError(this.path);
    if (!tree.open) throw new ClosedError('QDB4040', `Tree "${tree.name}" was dropped.`);
  }

  sequenceOf(snapshot: Snapshot): number {
    (snapshot as EngineSnapshot).check();
    return snapshot.sequence;
  }

  private checkWritable(): void {
    if (this.closed) throw closedError(this.path);
    if (this.log.failure !== null) throw this.log.failure;
  }

  /** Brings a batch into the log's buffer and the memtables; false when it is empty. */
  private apply(batch: Batch): boolean {
    this.checkWritable();
    if (batch.count === 0) return false;
    for (const tree of batch.trees) if (!(tree as EngineTree).open) this.checkOpen(tree as EngineTree);
    if (this.runner.inBackground && this.l0Tables >= SLOW_L0_TABLES) this.throttle.pay(batch.byteLength, this.l0Tables);
    const { memtableBytes } = this.settings;
    if (
      this.forest.memtableBytes >= memtableBytes ||
      this.wal.segmentBytes >= memtableBytes * LOG_BYTES_PER_MEMTABLE_BYTE
    ) {
      this.flush();
    }
    this.markTime();
    this.append(batch);
    return true;
  }

  private append({ writer: { bytes, at } }: Batch): void {
    const sequence = this.sequence + 1;
    this.log.append(sequence, bytes, 0, at);
    this.sequence = sequence;
    this.forest.apply(sequence, bytes, 0, at);
  }

  private markTime(): void {
    if (this.past?.isDue === true) this.append(this.past.mark(this.sequence + 2));
  }

  private follow(version: Version): void {
    this.forest.follow(version);
    this.l0Tables = 0;
    for (const { view } of this.forest.all()) this.l0Tables = Math.max(this.l0Tables, view.l0.length);
  }

  checkTrees(trees: readonly EngineTree[]): void {
    this.checkWritable();
    for (const tree of trees) this.checkOpen(tree);
  }

  nextLoad(trees: readonly EngineTree[]): number {
    this.markTime();
    if (trees.some((tree) => tree.memtable.entries > 0)) this.flush();
    else this.log.syncNow();
    return this.sequence + 1;
  }

  loaded(sequence: number, outputs: readonly TableOutput[]): void {
    this.sequence = sequence;
    this.log.skipTo(sequence);
    this.forest.countTables(tablesOf(outputs));
    this.compactor.poke();
  }

  /**
   * Runs a change of the version and the writing of its tables. When the disk is full, nothing of it is left. After another
   * failure nobody knows what the disk holds: read-only, and the tables stay in case that a reopen finds the edit.
   */
  change(what: string, outputs: readonly TableOutput[], install: () => void): void {
    try {
      install();
    } catch (cause) {
      const error = storageError(cause, what);
      if (isDiskFull(cause) || cause instanceof LimitError) {
        for (const output of outputs) output.abort();
        throw error;
      }
      for (const output of outputs) output.abandon();
      throw this.log.fail(cause, `writing ${what}`);
    }
  }
}
