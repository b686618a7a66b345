// Keeps the levels of all trees within their sizes: one merge at a time, wherever the runner runs it.
import { isDiskFull } from '../../vfs/failure.js';
import { storageError } from '../failure.js';
import { filterBits } from '../options.js';
import type { Readers } from '../readers.js';
import type { Store } from '../store.js';
import type { EngineTree } from '../tree.js';
import type { TableMeta } from '../version/edit.js';
import { type Choice, choose, chooseAll, pressure, totalBytes } from './choose.js';
import type { MergeTask } from './merge.js';
import type { MergeRunner } from './runner.js';

/** How long a blocking stop waits for a merge: this often, this long. A cancelled one ends within some milliseconds. */
const MOST_STOP_WAITS = 100;
const STOP_WAIT_MILLISECONDS = 100;

type Pick = { readonly tree: EngineTree; readonly choice: Choice<TableMeta> };

export class Compactor {
  count = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Trees that wait to be rewritten as a whole. */
  private readonly rewrites = new Set<EngineTree>();
  private waiting: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  private stopped = false;
  private busyWith: EngineTree | null = null;

  /**
   * @param trees all trees, as they are when a merge is chosen
   * @param failed told of every error but a full disk: the engine stops writing
   */
  constructor(
    private readonly store: Store,
    private readonly trees: () => Iterable<EngineTree>,
    private readonly readers: Readers,
    private readonly runner: MergeRunner,
    private readonly failed: (error: Error) => void,
  ) {}

  get running(): boolean {
    return this.busyWith !== null;
  }

  /** Whether a merge of that tree is under way: it may come to fill any gap in its levels. */
  isBusyWith(tree: EngineTree): boolean {
    return this.busyWith === tree;
  }

  /** Looks for work, if compaction is automatic. */
  poke(): void {
    if (this.store.options.compaction === 'auto') this.work();
  }

  /** Works until nothing is left to do, having rewritten these trees as a whole. */
  async compact(rewritten: Iterable<EngineTree>): Promise<void> {
    for (const tree of rewritten) this.rewrites.add(tree);
    const done = new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
    this.work();
    await done;
  }

  /** Takes over a merge that has ended while the event loop had no turn. */
  poll(): void {
    this.runner.poll();
  }

  /** Blocks until the merge under way has ended, so many milliseconds at most. */
  wait(milliseconds: number): void {
    this.runner.wait(milliseconds);
  }

  /** Begins nothing more, and makes a merge under way end soon; resolves when it has. */
  async stop(): Promise<void> {
    this.cancel();
    if (this.running) await new Promise<void>((resolve) => this.waiting.push({ resolve, reject: () => resolve() }));
    this.runner.close();
  }

  /** The same, blocking. */
  stopSync(): void {
    this.cancel();
    // A thread that died can't say so while this one blocks; what it left is removed by the next opening.
    for (let waits = 0; this.running && waits < MOST_STOP_WAITS; waits++) this.runner.wait(STOP_WAIT_MILLISECONDS);
    this.runner.close();
  }

  private cancel(): void {
    this.stopped = true;
    this.runner.cancel();
  }

  private work(): void {
    if (this.running) return;
    const next = this.stopped ? null : this.pick();
    if (next === null) {
      const waiting = this.waiting.splice(0);
      for (const { resolve } of waiting) resolve();
      return;
    }
    if (next.choice.kind === 'move') {
      const { inputs, outputLevel } = next.choice;
      if (
        this.install(
          next,
          inputs.map((table) => ({ ...table, level: outputLevel })),
        )
      )
        this.work();
      return;
    }
    this.busyWith = next.tree;
    this.runner.run(this.task(next), (error, tables) => {
      this.busyWith = null;
      // Inputs of a dropped or emptied tree may be gone, and a cancelled merge has nothing to tell.
      const expected = this.stopped || this.isOvertaken(next);
      if (error !== null && !expected) this.fail(error);
      else if (error !== null || this.finish(next, tables)) this.work();
    });
  }

  private pick(): Pick | null {
    const { options } = this.store;
    for (const tree of this.rewrites) {
      this.rewrites.delete(tree);
      const choice = tree.open ? chooseAll(tree.view.metas, options) : null;
      if (choice !== null) return { tree, choice };
    }
    let best: Pick | null = null;
    let most = 0;
    for (const tree of this.trees()) {
      const { metas } = tree.view;
      const need = Math.max(...metas.map((_, level) => pressure(metas, level, options)));
      if (need < 1 || need <= most) continue;
      const choice = choose(metas, options);
      if (choice === null) continue;
      best = { tree, choice };
      most = need;
    }
    return best;
  }

  private task({ tree, choice }: Pick): MergeTask {
    const { store, readers } = this;
    const { blockBytes, compression } = store.options;
    // A merge within L0 is there to leave fewer tables: cut into pieces it would be chosen again for ever.
    const tableBytes = choice.outputLevel === 0 ? Number.POSITIVE_INFINITY : store.options.tableBytes;
    const place = (id: number): { id: number; path: string } => ({ id, path: store.tablePath(id) });
    const outputs = Math.ceil((2 * totalBytes(choice.inputs)) / tableBytes) + 1;
    const first = store.takeIds(outputs);
    return {
      tree: tree.meta,
      inputs: choice.inputs.map(({ id }) => place(id)),
      outputs: Array.from({ length: outputs }, (_, i) => place(first + i)),
      outputLevel: choice.outputLevel,
      readers: readers.list(),
      history: readers.history,
      bottommost: choice.bottommost,
      filter: tree.filter === null ? null : tree.filter(),
      tableBytes,
      blockBytes,
      bitsPerKey: filterBits(tree.meta, choice.outputLevel),
      compression,
    };
  }

  /** Brings the outcome of a merge into the version; false when that failed. */
  private finish(pick: Pick, tables: readonly TableMeta[]): boolean {
    if (this.isOvertaken(pick)) {
      this.removeFiles(tables);
      return true;
    }
    if (!this.install(pick, tables)) return false;
    this.count++;
    this.bytesIn += totalBytes(pick.choice.inputs);
    this.bytesOut += totalBytes(tables);
    for (const table of tables) pick.tree.countWritten(table);
    return true;
  }

  /** Whether the tree was dropped or emptied since the merge was chosen. */
  private isOvertaken({ tree, choice }: Pick): boolean {
    return !tree.open || choice.inputs.some(({ id }) => !this.store.version.tables.has(id));
  }

  private install({ choice }: Pick, tables: readonly TableMeta[]): boolean {
    try {
      this.store.install({ removeTables: choice.inputs.map(({ id }) => id), addTables: tables });
      return true;
    } catch (error) {
      // After other failures than a full disk a reopen may find the edit, and then needs the files.
      if (isDiskFull(error) && choice.kind === 'merge') this.removeFiles(tables);
      this.fail(error as Error);
      return false;
    }
  }

  private removeFiles(tables: readonly TableMeta[]): void {
    for (const { id } of tables) {
      try {
        this.store.removeTableFile(id);
      } catch {
        // Nobody waits for it, and what it comes from is being reported; the next opening removes the file as an orphan.
      }
    }
  }

  private fail(cause: Error): void {
    const error = storageError(cause, 'the outcome of a compaction');
    const waiting = this.waiting.splice(0);
    for (const { reject } of waiting) reject(error);
    // With more space the next look for work may succeed.
    if (!isDiskFull(cause)) this.failed(error);
  }
}
