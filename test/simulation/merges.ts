// Merges as the compaction thread runs them, at a time of the scheduler's choosing: one turn does the work, a later one tells of it.
import { type MergeTask, mergeTables } from '../../runtime/engine/compaction/merge.js';
import type { MergeDone, MergeRunner } from '../../runtime/engine/compaction/runner.js';
import type { TableMeta } from '../../runtime/engine/version/edit.js';
import { ClosedError } from '../../runtime/errors.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';

interface Merge {
  readonly task: MergeTask;
  readonly done: MergeDone;
  outcome: { readonly error: Error | null; readonly tables: readonly TableMeta[] } | null;
}

export class ScheduledMerges implements MergeRunner {
  readonly inBackground = true;
  private merge: Merge | null = null;
  private cancelled = false;

  constructor(
    private readonly vfs: Vfs,
    private readonly turn: (who: string) => Promise<void>,
  ) {}

  run(task: MergeTask, done: MergeDone): void {
    const merge: Merge = { task, done, outcome: null };
    this.merge = merge;
    void this.turn('merge')
      .then(() => this.perform(merge))
      .then(() => this.turn('end of merge'))
      .then(() => this.settle(merge));
  }

  poll(): void {
    if (this.merge !== null && this.merge.outcome !== null) this.settle(this.merge);
  }

  wait(): void {
    const { merge } = this;
    if (merge === null) return;
    this.perform(merge);
    this.settle(merge);
  }

  cancel(): void {
    this.cancelled = true;
  }

  close(): void {}

  private perform(merge: Merge): void {
    if (merge.outcome !== null) return;
    try {
      if (this.cancelled) throw new ClosedError('QDB4040', 'The merge was cancelled, because the database closes.');
      merge.outcome = { error: null, tables: mergeTables(this.vfs, merge.task) };
    } catch (error) {
      merge.outcome = { error: error as Error, tables: [] };
    }
  }

  private settle(merge: Merge): void {
    if (this.merge !== merge || merge.outcome === null) return;
    this.merge = null;
    merge.done(merge.outcome.error, merge.outcome.tables);
  }
}
