// The commits that running transactions may conflict with: what was written since the oldest of them began. Empty, and
// free, while no asynchronous transaction runs.
import type { ReadSet } from './read-set.js';
import type { WriteSet } from './write-set.js';

export class CommitLog {
  private commits: WriteSet[] = [];
  /** Number of commits that were dropped from the front. */
  private dropped = 0;
  /** Where each running transaction began. */
  private readonly running = new Set<{ readonly from: number }>();

  get isWatched(): boolean {
    return this.running.size > 0;
  }

  /** Starts watching; hand what it returns to `conflicts` and `end`. */
  begin(): { readonly from: number } {
    const mark = { from: this.dropped + this.commits.length };
    this.running.add(mark);
    return mark;
  }

  add(writes: WriteSet): void {
    if (this.isWatched) this.commits.push(writes);
  }

  /** Whether a commit since `mark` wrote what was read. */
  conflicts(mark: { readonly from: number }, reads: ReadSet): boolean {
    for (let i = mark.from - this.dropped; i < this.commits.length; i++) {
      if (reads.meets(this.commits[i]!)) return true;
    }
    return false;
  }

  end(mark: { readonly from: number }): void {
    this.running.delete(mark);
    let oldest = this.dropped + this.commits.length;
    for (const { from } of this.running) oldest = Math.min(oldest, from);
    this.commits.splice(0, oldest - this.dropped);
    this.dropped = oldest;
  }
}
