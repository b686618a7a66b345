// Runs merges where they are asked for: for file systems that no other thread can reach.
import type { Vfs } from '../../vfs/vfs.js';
import type { TableMeta } from '../version/edit.js';
import { type MergeTask, mergeTables } from './merge.js';
import type { MergeDone, MergeRunner } from './runner.js';

export class SameThreadRunner implements MergeRunner {
  readonly inBackground = false;

  constructor(private readonly vfs: Vfs) {}

  run(task: MergeTask, done: MergeDone): void {
    let tables: TableMeta[];
    try {
      tables = mergeTables(this.vfs, task);
    } catch (error) {
      done(error as Error, []);
      return;
    }
    done(null, tables);
  }

  poll(): void {}

  wait(): void {}

  cancel(): void {}

  close(): void {}
}
