// Bulk loads: rows are collected, sorted once and written as tables, past the log and the memtables.
import type { ByteWriter } from '../../bytes/writer.js';
import { ClosedError } from '../../errors.js';
import type { BulkLoad, BulkPart, Tree } from '../api.js';
import type { Clock } from '../clock.js';
import { Pace, run } from '../pace.js';
import { LoadPart } from './load-part.js';
import type { StagedLoad } from './staged-load.js';

/** What a load needs of its engine. */
export interface LoadHost {
  readonly clock: Clock;
  /** Begins the tables of sorted parts. */
  stage(parts: readonly LoadPart[]): StagedLoad;
  /** Makes a load that is written visible, all or nothing; the host sees to its tables from here on. */
  install(staged: StagedLoad): void;
}

export class EngineBulkLoad implements BulkLoad {
  private readonly parts: LoadPart[] = [];
  private current: LoadPart | null = null;
  private staged: StagedLoad | null = null;
  private finished = false;

  constructor(private readonly host: LoadHost) {}

  get byteLength(): number {
    let bytes = 0;
    for (const part of this.parts) bytes += part.byteLength;
    return bytes;
  }

  part(tree: Tree): LoadPart {
    this.checkUnfinished();
    let part = this.parts.find((one) => one.tree === tree);
    if (part === undefined) {
      part = new LoadPart(tree);
      this.parts.push(part);
    }
    return part;
  }

  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter {
    if (this.current?.tree !== tree) this.current = this.part(tree);
    const { current } = this;
    current.keys.append(key, 0, keyEnd);
    return current.begin();
  }

  endPut(): void {
    this.current!.end();
  }

  onDuplicate(tree: Tree, found: (first: number, second: number) => void): void {
    this.part(tree).onDuplicate = found;
  }

  async prepare(fresh: readonly BulkPart[] = []): Promise<void> {
    this.checkUnfinished();
    try {
      await new Pace(this.host.clock).walk(this.preparation(fresh as readonly LoadPart[]));
      await this.staged?.syncAsync();
    } catch (error) {
      // Nothing is left of its tables: whoever tries again begins them anew.
      this.unstage();
      throw error;
    }
  }

  async finish(): Promise<void> {
    await this.prepare();
    this.finishSync();
  }

  finishSync(): void {
    this.checkUnfinished();
    try {
      run(this.preparation([]));
      for (const part of this.parts) part.refuseDuplicates();
      const { staged } = this;
      this.staged = null;
      if (staged !== null) this.host.install(staged);
    } finally {
      this.abort();
    }
  }

  /** Forgets what was collected, and removes what was written of it; whoever holds a part may still read it. */
  abort(): void {
    this.finished = true;
    this.unstage();
    this.parts.length = 0;
    this.current = null;
  }

  /** All the work before `install`. Ends early where the load can't be installed: `finishSync` or the caller finds out why. */
  private *preparation(fresh: readonly LoadPart[]): Generator<void> {
    if (this.staged === null) {
      const parts = this.parts.filter((part) => part.count > 0);
      if (parts.length === 0) return;
      for (const part of parts) {
        yield* part.sortInSteps();
        yield;
        if (part.hasDuplicates) return;
      }
      for (const part of fresh) {
        yield* part.look();
        if (part.stored >= 0) return;
      }
      // Others had their turns, and one of them may have been an abort.
      if (this.finished) return;
      this.staged = this.host.stage(parts);
    }
    const { staged } = this;
    while (staged.step()) yield;
  }

  private unstage(): void {
    this.staged?.abort();
    this.staged = null;
  }

  private checkUnfinished(): void {
    if (this.finished) {
      throw new ClosedError('QDB4040', 'This bulk load has been finished or aborted. Begin another one.');
    }
  }
}
