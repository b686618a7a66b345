// Bulk loads: rows are collected, sorted once and written as tables, past the log and the memtables.
import { compareBytes } from '../../bytes/compare.js';
import { ByteWriter } from '../../bytes/writer.js';
import { ClosedError, LimitError } from '../../errors.js';
import type { BulkLoad, Tree } from '../api.js';
import { MAX_VALUE_BYTES } from '../limits.js';
import { sortKeys } from '../memtable/sort.js';
import { checkKey } from './batch.js';
import type { TableOutput } from './table-output.js';

const FIRST_ROWS = 1024;
const FIRST_ARENA_BYTES = 64 * 1024;

/** Rows of one tree: keys and values one behind the other, and where each begins. */
export class LoadPart {
  readonly writer = new ByteWriter(FIRST_ARENA_BYTES);
  rows = 0;
  starts = new Int32Array(FIRST_ROWS);
  keyEnds = new Int32Array(FIRST_ROWS);
  onDuplicate: ((first: number, second: number) => void) | null = null;
  /** Ordinals in key order, once sorted. */
  order = new Int32Array(0);

  constructor(readonly tree: Tree) {}

  begin(key: Uint8Array, keyEnd: number): void {
    if (this.rows + 1 >= this.starts.length) {
      this.starts = grown(this.starts);
      this.keyEnds = grown(this.keyEnds);
    }
    this.starts[this.rows] = this.writer.at;
    this.writer.append(key, 0, keyEnd);
    this.keyEnds[this.rows] = this.writer.at;
  }

  end(): void {
    const length = this.writer.at - this.keyEnds[this.rows]!;
    if (length > MAX_VALUE_BYTES) {
      throw new LimitError('QDB4050', `A value of ${length} bytes is over the limit of ${MAX_VALUE_BYTES}.`);
    }
    this.rows++;
    this.starts[this.rows] = this.writer.at;
  }

  /** Sorts; throws LimitError when a key was given twice, after telling who asked to be told. */
  sort(): void {
    const { rows, starts, keyEnds } = this;
    const { bytes } = this.writer;
    const order = new Int32Array(rows);
    for (let i = 0; i < rows; i++) order[i] = i;
    this.order = order;
    if (sortKeys(bytes, starts, keyEnds, order)) this.refuseDuplicates();
  }

  private refuseDuplicates(): void {
    const { rows, starts, keyEnds, order } = this;
    const { bytes } = this.writer;
    let duplicates = 0;
    for (let i = 1; i < rows; i++) {
      const first = order[i - 1]!;
      const second = order[i]!;
      const sign = compareBytes(bytes, starts[first]!, keyEnds[first]!, bytes, starts[second]!, keyEnds[second]!);
      if (sign !== 0) continue;
      duplicates++;
      this.onDuplicate?.(first, second);
    }
    throw new LimitError(
      'QDB4051',
      `A bulk load gives ${duplicates} keys of tree "${this.tree.name}" more than once. Nothing of it was written.`,
    );
  }

  smallest(): Uint8Array {
    return this.keyAt(this.order[0]!);
  }

  largest(): Uint8Array {
    return this.keyAt(this.order[this.rows - 1]!);
  }

  write(sequence: number, output: TableOutput): void {
    const { rows, starts, keyEnds, order } = this;
    const { bytes } = this.writer;
    for (let i = 0; i < rows; i++) {
      const row = order[i]!;
      const keyEnd = keyEnds[row]!;
      output.writerForNextKey().add(bytes, starts[row]!, keyEnd, sequence, false, bytes, keyEnd, starts[row + 1]!);
    }
    output.finish();
  }

  private keyAt(row: number): Uint8Array {
    return this.writer.bytes.subarray(this.starts[row]!, this.keyEnds[row]!);
  }
}

export class EngineBulkLoad implements BulkLoad {
  private readonly parts = new Map<Tree, LoadPart>();
  private part: LoadPart | null = null;
  private finished = false;

  /** @param install writes the sorted parts and makes them visible, all or nothing */
  constructor(private readonly install: (parts: readonly LoadPart[]) => void) {}

  get byteLength(): number {
    let bytes = 0;
    for (const part of this.parts.values()) bytes += part.writer.at;
    return bytes;
  }

  beginPut(tree: Tree, key: Uint8Array, keyEnd: number): ByteWriter {
    checkKey(tree, keyEnd);
    const part = this.partOf(tree);
    this.part = part;
    part.begin(key, keyEnd);
    return part.writer;
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

function grown(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
