// A level of disjoint tables as one source: a table is opened when the walk comes to it.
import type { EntryRun } from '../../bytes/entry-run.js';
import { ByteSpan } from '../../bytes/writer.js';
import type { Scan } from '../api.js';
import type { TableHandle, TableSet } from '../tables.js';
import type { Source } from './source.js';
import { tableSource } from './table-source.js';
import type { SortedLevel } from './tree-view.js';

const NOWHERE = new ByteSpan();

export class LevelSource implements Source {
  private index = -1;
  private inner: Source | null = null;

  constructor(
    private readonly tables: TableSet,
    private readonly level: SortedLevel,
    private readonly sequence: number,
    private readonly scan: Scan | undefined,
    /** Whether nothing older has keys in the table's range. */
    private readonly isLowest: (handle: TableHandle) => boolean,
  ) {}

  get key(): ByteSpan {
    return this.inner === null ? NOWHERE : this.inner.key;
  }

  get value(): ByteSpan {
    return this.inner === null ? NOWHERE : this.inner.value;
  }

  get deleted(): boolean {
    return this.inner?.deleted === true;
  }

  first(): boolean {
    return this.enter(0) && (this.inner!.first() || this.following());
  }

  last(): boolean {
    return this.enter(this.level.handles.length - 1) && (this.inner!.last() || this.preceding());
  }

  seek(key: Uint8Array, keyEnd: number): boolean {
    return this.enter(this.level.find(key, 0, keyEnd)) && (this.inner!.seek(key, keyEnd) || this.following());
  }

  next(): boolean {
    return this.inner!.next() || this.following();
  }

  previous(): boolean {
    return this.inner!.previous() || this.preceding();
  }

  describe(into: EntryRun, most: number): number {
    return this.inner!.describe(into, most);
  }

  sift(into: EntryRun, until: Uint8Array | null, start: number, end: number, takenIn: boolean): boolean {
    return this.inner!.sift(into, until, start, end, takenIn);
  }

  skip(entries: number): void {
    this.inner!.skip(entries);
  }

  close(): void {
    this.inner?.close();
    this.inner = null;
    this.index = -1;
  }

  private following(): boolean {
    while (this.enter(this.index + 1)) if (this.inner!.first()) return true;
    return false;
  }

  private preceding(): boolean {
    while (this.enter(this.index - 1)) if (this.inner!.last()) return true;
    return false;
  }

  private enter(index: number): boolean {
    if (index === this.index && this.inner !== null) return true;
    const handle = this.level.handles[index];
    if (handle === undefined) return false;
    this.inner?.close();
    const leavesOut = this.scan !== undefined && this.isLowest(handle);
    this.inner = tableSource(this.tables.open(handle), this.sequence, this.scan, leavesOut);
    this.index = index;
    return true;
  }
}
