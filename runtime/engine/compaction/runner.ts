// Who runs merges: the same thread or a worker, behind one face.
import type { TableMeta } from '../version/edit.js';
import type { MergeTask } from './merge.js';

export type MergeDone = (error: Error | null, tables: readonly TableMeta[]) => void;

/** Runs one merge at a time. */
export interface MergeRunner {
  /** Whether `run` returns while the merge goes on. */
  readonly inBackground: boolean;
  /** Calls `done` once, when the merge has ended; that may be before `run` returns. */
  run(task: MergeTask, done: MergeDone): void;
  /** Calls `done` if a merge has ended that the event loop had no time to tell of. */
  poll(): void;
  /** Blocks until the merge has ended, `milliseconds` at most. */
  wait(milliseconds: number): void;
  /** Makes a merge under way end soon, with an error. */
  cancel(): void;
  /** Ends the thread; no merge may be under way. */
  close(): void;
}
