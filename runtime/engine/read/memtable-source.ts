// A sorted run of a memtable as a source for merging.
import { compareBytes } from '../../bytes/compare.js';
import { ByteSpan } from '../../bytes/writer.js';
import type { Memtable } from '../memtable/memtable.js';
import { ABSENT, DELETED } from '../table/table.js';
import type { Source } from './source.js';

export class MemtableSource implements Source {
  readonly key = new ByteSpan();
  readonly value = new ByteSpan();
  deleted = false;
  private at = 0;

  /** `run` is one of the memtable's sorted runs; versions above `sequence` are not seen. */
  constructor(
    private readonly table: Memtable,
    private readonly run: Int32Array,
    private readonly sequence: number,
  ) {}

  first(): boolean {
    this.at = 0;
    return this.settle(1);
  }

  last(): boolean {
    this.at = this.run.length - 1;
    return this.settle(-1);
  }

  seek(key: Uint8Array, keyEnd: number): boolean {
    const { table, run } = this;
    let low = 0;
    let high = run.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const number = run[middle]!;
      if (compareBytes(table.bytes, table.keyStart(number), table.keyEnd(number), key, 0, keyEnd) < 0) low = middle + 1;
      else high = middle;
    }
    this.at = low;
    return this.settle(1);
  }

  next(): boolean {
    this.at++;
    return this.settle(1);
  }

  previous(): boolean {
    this.at--;
    return this.settle(-1);
  }

  /** Neighbours in key order stand anywhere. */
  describe(): number {
    return 0;
  }

  sift(): boolean {
    return false;
  }

  skip(): void {}

  close(): void {}

  /** From `at` on, the first key that had been written by then. */
  private settle(step: 1 | -1): boolean {
    const { table, run, key } = this;
    for (; this.at >= 0 && this.at < run.length; this.at += step) {
      const number = run[this.at]!;
      const found = table.read(number, this.sequence, this.value);
      if (found === ABSENT) continue;
      this.deleted = found === DELETED;
      key.bytes = table.bytes;
      key.view = table.view;
      key.start = table.keyStart(number);
      key.end = table.keyEnd(number);
      return true;
    }
    return false;
  }
}
