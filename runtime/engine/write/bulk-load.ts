// Bulk loads: rows are collected, sorted once and written as tables, past the log and the memtables.
import type { ByteWriter } from '../../bytes/writer.js';
import { ClosedError } from '../../errors.js';
import type { BulkLoad, Tree } from '../api.js';
import { LoadPart } from './load-part.js';

export class EngineBulkLoad implements BulkLoad {
  private readonly parts: LoadPart[] = [];
  private current: LoadPart | null = null;
  private finished = false;

  /** @param install writes the sorted parts and makes them visible, all or nothing */
  constructor(private readonly install: (parts: readonly LoadPart[]) => void) {}

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

  finish(): Promise<void> {
    try {
      this.finishSync();
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  finishSync(): void {
    this.checkUnfinished();
    const parts = this.parts.filter((part) => part.count > 0);
    this.abort();
    for (const part of parts) {
      part.sort();
      part.refuseDuplicates();
    }
    if (parts.length > 0) this.install(parts);
  }

  /** Forgets what was collected; whoever holds a part may still read it. */
  abort(): void {
    this.finished = true;
    this.parts.length = 0;
    this.current = null;
  }

  private checkUnfinished(): void {
    if (this.finished) {
      throw new ClosedError('QDB4040', 'This bulk load has been finished or aborted. Begin another one.');
    }
  }
}
