// Bulk loads: rows are collected, sorted once and written as tables, past the log and the memtables.
import type { ByteWriter } from '../../bytes/writer.js';
import { ClosedError } from '../../errors.js';
import type { BulkLoad, Tree } from '../api.js';
import { checkKey } from './batch.js';
import { LoadPart } from './load-part.js';

export class EngineBulkLoad implements BulkLoad {
  private readonly parts = new Map<Tree, LoadPart>();
  private part: LoadPart | null = null;
  private finished = false;

  /** @param install writes the sorted parts and makes them visible, all or nothing */
  constructor(private readonly install: (parts: readonly LoadPart[]) => void) {}

  get byteLength(): number {
    let bytes = 0;
    for (const part of this.parts.values()) bytes += part.byteLength;
    return bytes;
  }

  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter {
    checkKey(tree, keyEnd);
    const part = this.partOf(tree);
    this.part = part;
    return part.begin(key, keyEnd);
  }

  endPut(): void {
    this.part!.end();
  }

  onDuplicate(tree: Tree, found: (first: number, second: number) => void): void {
    this.partOf(tree).onDuplicate = found;
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
    this.finished = true;
    const parts = [...this.parts.values()].filter((part) => part.rows > 0);
    this.parts.clear();
    for (const part of parts) part.sort();
    if (parts.length > 0) this.install(parts);
  }

  abort(): void {
    this.finished = true;
    this.parts.clear();
  }

  private partOf(tree: Tree): LoadPart {
    if (this.part?.tree === tree) return this.part;
    this.checkUnfinished();
    let part = this.parts.get(tree);
    if (part === undefined) {
      part = new LoadPart(tree);
      this.parts.set(tree, part);
    }
    return part;
  }

  private checkUnfinished(): void {
    if (this.finished) {
      throw new ClosedError('QDB4040', 'This bulk load has been finished or aborted. Begin another one.');
    }
  }
}
