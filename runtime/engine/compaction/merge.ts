// Merges tables into new ones: pure work on files, so that it runs in any thread. Nothing here knows of versions or manifests.
import { compareBytes } from '../../bytes/compare.js';
import { type ByteSpan, ByteWriter } from '../../bytes/writer.js';
import { ClosedError } from '../../errors.js';
import type { Vfs } from '../../vfs/vfs.js';
import type { CompactionFilter } from '../api.js';
import { PageCache } from '../cache/page-cache.js';
import { Readers } from '../readers.js';
import { openTable } from '../table/reader.js';
import type { Compression, TableCursor, TableReader, TableWriter } from '../table/table.js';
import { createTable } from '../table/writer.js';
import type { TableMeta, TreeMeta } from '../version/edit.js';
import { DROP, entryFilter, REWRITE } from './filter.js';

/** Bytes of blocks that a merge holds for each input: it reads each block once, so they need not be many. */
const CACHE_BYTES_PER_INPUT = 64 * 1024;
/** Bytes between two syncs of the output: a put that waits for the same disk never waits for more. */
const SYNC_BYTES = 256 * 1024;

/** A merge as plain data, fit for a message to another thread. */
export interface MergeTask {
  readonly tree: TreeMeta;
  /** Paths and ids of the tables, newest first. */
  readonly inputs: readonly { readonly id: number; readonly path: string }[];
  /** Ids and paths that the output may take, in this order. */
  readonly outputs: readonly { readonly id: number; readonly path: string }[];
  readonly outputLevel: number;
  /** Sequence numbers that somebody reads at. */
  readonly readers: readonly number[];
  /** Every state from this sequence number on is kept. */
  readonly history: number;
  /** Nothing older lies below: deletions that nobody reads may go. */
  readonly bottommost: boolean;
  readonly filter: CompactionFilter | null;
  readonly tableBytes: number;
  readonly blockBytes: number;
  readonly bitsPerKey: number;
  readonly compression: Compression;
}

/** Versions between two looks at whether the merge shall end. */
const VERSIONS_BETWEEN_LOOKS = 4096;

/**
 * Runs the task and answers the tables it wrote, synced and closed. When it throws, nothing of them is left. `cancelled` is
 * asked now and then, and ends the merge with an error.
 */
export function mergeTables(vfs: Vfs, task: MergeTask, cancelled: () => boolean = () => false): TableMeta[] {
  const cache = new PageCache(task.inputs.length * CACHE_BYTES_PER_INPUT);
  const readers: TableReader[] = [];
  const output = new MergeOutput(vfs, task);
  try {
    for (const { id, path } of task.inputs) readers.push(openTable(vfs, path, { id, treeId: task.tree.id }, cache));
    const merge = new VersionMerge(readers.map((reader) => reader.cursor()));
    writeVersions(merge, output, task, cancelled);
    return output.finish();
  } catch (error) {
    output.abort();
    throw error;
  } finally {
    for (const reader of readers) reader.close();
  }
}

/** Copies every version that is still needed. */
function writeVersions(merge: VersionMerge, output: MergeOutput, task: MergeTask, cancelled: () => boolean): void {
  const readers = new Readers(task.readers);
  // No reader ever stands below the floor, and none between two sequences unless it is in the list.
  readers.floor = -1;
  readers.history = task.history;
  const filter = task.filter === null ? null : entryFilter(task.filter);
  const rewritten = new ByteWriter(256);
  let newer = 0;
  let versions = 0;
  for (let cursor = merge.next(); cursor !== null; cursor = merge.next()) {
    if (++versions % VERSIONS_BETWEEN_LOOKS === 0 && cancelled()) {
      throw new ClosedError('QDB4040', 'The merge was cancelled, because the database closes.');
    }
    const { key, value, sequence } = cursor;
    const hidden = !merge.newKey && !readers.need(sequence, newer);
    newer = sequence;
    if (hidden) continue;
    let { deleted } = cursor;
    let kept: Pick<ByteSpan, 'bytes' | 'start' | 'end'> = value;
    if (filter !== null && !deleted && merge.newKey && !readers.watch(sequence)) {
      rewritten.at = 0;
      const verdict = filter.judge(key, value, rewritten);
      deleted = verdict === DROP;
      if (verdict === REWRITE) kept = { bytes: rewritten.bytes, start: 0, end: rewritten.at };
    }
    // Every older version of this key goes with the deletion, if nobody reads below it.
    if (deleted && task.bottommost && !readers.need(0, sequence)) continue;
    const writer = output.writer(merge.newKey);
    writer.add(
      key.bytes,
      key.start,
      key.end,
      sequence,
      deleted,
      kept.bytes,
      kept.start,
      deleted ? kept.start : kept.end,
    );
  }
}

/**
 * Walks all versions of all keys of several tables in internal order. Of equal keys the earlier table's come first. By runs,
 * as MergeCursor does: the foremost cursor goes on until it meets the second.
 */
class VersionMerge {
  /** Whether the version that `next` answered is the first of its key. */
  newKey = true;
  private current = -1;
  private rival = -1;
  private lastKey = Buffer.allocUnsafe(64);
  private lastKeyEnd = -1;
  private readonly live: boolean[];

  constructor(private readonly cursors: readonly TableCursor[]) {
    this.live = cursors.map((cursor) => cursor.seekToFirst());
  }

  next(): TableCursor | null {
    const { current } = this;
    if (current >= 0) this.live[current] = this.cursors[current]!.next();
    if (current < 0 || !this.live[current] || (this.rival >= 0 && this.order(this.rival, current) < 0)) this.choose();
    if (this.current < 0) return null;
    const cursor = this.cursors[this.current]!;
    this.noteKey(cursor);
    return cursor;
  }

  private choose(): void {
    this.current = -1;
    this.rival = -1;
    for (let i = 0; i < this.cursors.length; i++) {
      if (!this.live[i]) continue;
      if (this.current < 0 || this.order(i, this.current) < 0) {
        this.rival = this.current;
        this.current = i;
      } else if (this.rival < 0 || this.order(i, this.rival) < 0) this.rival = i;
    }
  }

  private order(a: number, b: number): number {
    return compareCursors(this.cursors[a]!, this.cursors[b]!) || a - b;
  }

  private noteKey(cursor: TableCursor): void {
    const { bytes, start, end } = cursor.key;
    this.newKey = this.lastKeyEnd < 0 || compareBytes(bytes, start, end, this.lastKey, 0, this.lastKeyEnd) !== 0;
    if (!this.newKey) return;
    const length = end - start;
    if (length > this.lastKey.length) this.lastKey = Buffer.allocUnsafe(length * 2);
    for (let i = 0; i < length; i++) this.lastKey[i] = bytes[start + i]!;
    this.lastKeyEnd = length;
  }
}

function compareCursors(a: TableCursor, b: TableCursor): number {
  return compareBytes(a.key.bytes, a.key.start, a.key.end, b.key.bytes, b.key.start, b.key.end);
}

/** The tables that a merge writes. */
class MergeOutput {
  private readonly tables: TableMeta[] = [];
  private current: TableWriter | null = null;

  constructor(
    private readonly vfs: Vfs,
    private readonly task: MergeTask,
  ) {}

  /** The writer for the next version; tables end between keys only, for no key may lie in two tables of a level. */
  writer(newKey: boolean): TableWriter {
    const { task } = this;
    const last = this.tables.length + 1 >= task.outputs.length;
    if (this.current !== null && newKey && !last && this.current.estimatedBytes >= task.tableBytes) this.close();
    const writer = this.current ?? this.begin();
    this.current = writer;
    return writer;
  }

  finish(): TableMeta[] {
    this.close();
    return this.tables;
  }

  abort(): void {
    this.current?.abort();
    for (const { id } of this.tables) {
      const { path } = this.task.outputs.find((output) => output.id === id)!;
      this.vfs.remove(path);
    }
  }

  private begin(): TableWriter {
    const { id, path } = this.place();
    return createTable(this.vfs, path, id, this.task.tree, { ...this.task, syncBytes: SYNC_BYTES });
  }

  private place(): { readonly id: number; readonly path: string } {
    return this.task.outputs[this.tables.length]!;
  }

  private close(): void {
    const { current, task } = this;
    if (current === null) return;
    const { id } = this.place();
    const summary = current.finish();
    this.current = null;
    this.tables.push({ id, treeId: task.tree.id, level: task.outputLevel, ...summary });
  }
}
