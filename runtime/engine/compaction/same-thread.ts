// Runs merges where they are asked for: for file systems that no other thread can reach.
import type { Vfs } from '../../vfs/vfs.js';
import type { TableMeta } from '../version/edit.js';
import type { MergeRunner } from './compactor.js';
import { type MergeTask, mergeTables } from './merge.js';

export class SameThreadRunner implements MergeRunner {
  constructor(private readonly vfs: Vfs) {}

  run(task: MergeTask, done: (error: Error | null, tables: readonly TableMeta[]) => void): void {
    let tables: TableMeta[];
    try {
      tables = mergeTables(this.vfs, task);
    } catch (error) {
      done(error as Error, []);
      return;
    }
    done(null, tables);
  }
}
