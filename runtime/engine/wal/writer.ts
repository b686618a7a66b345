// Appends records to the log: into a buffer, to the kernel with one write per flush, to the disk with one sync per group.
import { ByteWriter } from '../../bytes/writer.js';
import { LimitError, ReadOnlyError } from '../../errors.js';
import { writeFailure } from '../../vfs/failure.js';
import type { Vfs } from '../../vfs/vfs.js';
import { doAll } from '../do-all.js';
import { FORMAT_VERSION, walName } from '../format.js';
import {
  BLOCK_BYTES,
  encodeHeader,
  FIRST,
  FRAGMENT_HEADER_BYTES,
  FULL,
  fragmentOffset,
  LAST,
  MIDDLE,
  SEGMENT_HEADER_BYTES,
  SEQUENCE_BYTES,
  sealFragment,
} from './fragment.js';
import type { WalCounters, WalOptions, WalPosition, WalRecovery } from './log.js';
import { SegmentFile } from './segment-file.js';

const DEFAULT_GROW_BYTES = 1024 * 1024;
const DEFAULT_KEEP_FREE = 3;
const BUFFER_BYTES = 64 * 1024;
/** A buffer that large records have blown up beyond this is given back after its flush. In bytes. */
const MAX_IDLE_BUFFER_BYTES = 4 * 1024 * 1024;
/** Offsets stand in 32 bits. */
const MAX_SEGMENT_BYTES = 0xffffffff;

/**
 * The end of the log that grows. A record that was appended is lost with the process until `flush`, and with the power until
 * `sync`. One writer per directory, opened with what `replay` has found:
 *
 * @example
 * const recovery = replay(vfs, directory, version.walFrom, version.walDurable, applyToMemtable);
 * const wal = WalWriter.open(vfs, directory, recovery);
 * wal.append(sequence, batch.bytes, 0, batch.at);
 * wal.sync();
 */
export class WalWriter {
  private buffer = new ByteWriter(BUFFER_BYTES);
  /** Segments not yet released, ascending; the last is written to. */
  private readonly segments: SegmentFile[] = [];
  private readonly free: { readonly slot: number; readonly path: string }[] = [];
  private nextSlot = 1;
  private current!: SegmentFile;
  /** Bytes of the segment that the kernel has. */
  private written = 0;
  /** Bytes of the segment that are on the disk. */
  private synced = 0;
  private syncUnderWay: Promise<void> | undefined;
  private failure: unknown;
  private bytesWritten = 0;
  private syncCount = 0;

  private constructor(
    private readonly vfs: Vfs,
    private readonly directory: string,
    private readonly growBytes: number,
    private readonly keepFree: number,
  ) {}

  /**
   * Goes on behind `recovery.end`; in a new segment when there is none, or when a torn tail stands behind it. What was
   * recovered is on the disk when this returns, even if it was only in the kernel's cache before.
   */
  static open(vfs: Vfs, directory: string, recovery: WalRecovery, options: WalOptions = {}): WalWriter {
    const { growBytes = DEFAULT_GROW_BYTES, keepFree = DEFAULT_KEEP_FREE } = options;
    const wal = new WalWriter(vfs, directory, growBytes, keepFree);
    try {
      wal.resume(recovery);
    } catch (error) {
      wal.closeFiles();
      throw error;
    }
    return wal;
  }

  private resume({ slots, end, tornBytes }: WalRecovery): void {
    for (const { slot, path, segment } of [...slots].sort((a, b) => a.segment - b.segment)) {
      this.nextSlot = Math.max(this.nextSlot, slot + 1);
      if (segment === 0) this.free.push({ slot, path });
      else this.segments.push(new SegmentFile(this.vfs, slot, path, segment));
    }
    const last = this.segments.at(-1);
    if (last === undefined) {
      this.begin(end.segment + 1, end.offset);
      return;
    }
    last.sync();
    this.current = last;
    this.written = end.offset;
    this.synced = end.offset;
    if (tornBytes > 0) this.rotate();
  }

  /** Number of the segment that is written to. */
  get segment(): number {
    return this.current.segment;
  }

  /** Bytes of that segment, with what waits in the buffer: what to decide on when to rotate. */
  get segmentBytes(): number {
    return this.written + this.buffer.at;
  }

  /** Whether all that the kernel has is on the disk. */
  get isSynced(): boolean {
    return this.synced === this.written;
  }

  get counters(): WalCounters {
    return { segments: this.segments.length, bytes: this.bytesWritten, syncs: this.syncCount };
  }

  /**
   * Takes `bytes[start, end)` into the buffer as one record, whole or not at all after a crash. Throws LimitError (QDB4050)
   * when the segment would pass 4 GiB.
   */
  append(sequence: number, bytes: Uint8Array, start: number, end: number): void {
    const { buffer } = this;
    const from = buffer.at;
    let offset = fragmentOffset(this.written + from);
    let rest = SEQUENCE_BYTES + end - start;
    const fragments = 1 + Math.ceil(rest / (BLOCK_BYTES - FRAGMENT_HEADER_BYTES));
    buffer.ensure(offset - this.written - from + rest + fragments * FRAGMENT_HEADER_BYTES);
    if (this.written + buffer.bytes.length > MAX_SEGMENT_BYTES) {
      throw new LimitError(
        'QDB4050',
        `Log segment ${this.segment} would pass ${MAX_SEGMENT_BYTES} bytes. Flush first.`,
      );
    }

    const { view, bytes: target } = buffer;
    let at = offset - this.written;
    for (let padding = from; padding < at; padding++) target[padding] = 0;
    // Each turn places one fragment; the sequence stands in front of the first one's part of the record.
    for (let prefix = SEQUENCE_BYTES; ; prefix = 0) {
      const length = Math.min(rest, BLOCK_BYTES - (offset % BLOCK_BYTES) - FRAGMENT_HEADER_BYTES);
      const payload = at + FRAGMENT_HEADER_BYTES;
      if (prefix > 0) {
        view.setUint32(payload, sequence % 0x100000000, true);
        view.setUint32(payload + 4, Math.floor(sequence / 0x100000000), true);
      }
      buffer.at = payload + prefix;
      buffer.append(bytes, start, start + length - prefix);
      start += length - prefix;
      rest -= length;
      const type = prefix > 0 ? (rest === 0 ? FULL : FIRST) : rest === 0 ? LAST : MIDDLE;
      sealFragment(view, at, offset, this.current.segment, this.synced, length, type);
      at = buffer.at;
      if (rest === 0) return;
      offset = this.written + at;
    }
  }

  /**
   * Hands the buffer to the kernel with one write. When that fails, none of the records since the last flush is in the log, and
   * the log can be written on: DiskFullError (QDB4060) or StorageError (QDB4031). Should even that be impossible, or
   * after a failed sync, ReadOnlyError (QDB4030) from here on.
   */
  flush(): void {
    const { buffer, current } = this;
    if (this.failure !== undefined) throw this.refusal();
    if (buffer.at === 0) return;
    const end = this.written + buffer.at;
    try {
      if (end > current.allocated) current.allocate(Math.ceil(end / this.growBytes) * this.growBytes);
      current.write(buffer.bytes, 0, buffer.at, this.written);
    } catch (error) {
      this.erase(current, this.written, end);
      throw writeFailure(error, 'a commit');
    } finally {
      if (buffer.bytes.length > MAX_IDLE_BUFFER_BYTES) this.buffer = new ByteWriter(BUFFER_BYTES);
      else buffer.at = 0;
    }
    this.bytesWritten += end - this.written;
    this.written = end;
  }

  /** Flushes, and returns when all of it is on the disk. A failed sync is never tried again: ReadOnlyError from then on. */
  sync(): void {
    this.flush();
    if (this.synced === this.written) return;
    try {
      this.current.sync();
    } catch (error) {
      this.failure = error;
      throw this.refusal();
    }
    this.syncCount++;
    this.synced = this.written;
  }

  /** The same, off the thread. Flushes at once; calls that then wait for a sync under way share the next one. */
  async syncAsync(): Promise<void> {
    this.flush();
    const { current, written } = this;
    while (this.syncUnderWay !== undefined) await this.syncUnderWay;
    if (this.failure !== undefined) throw this.refusal();
    // A segment that is not written to any more was synced by rotate.
    if (current !== this.current || this.synced >= written) return;
    this.syncUnderWay = this.syncCurrent();
    await this.syncUnderWay;
  }

  private async syncCurrent(): Promise<void> {
    const { current, written } = this;
    try {
      await current.syncAsync();
      this.syncCount++;
      if (current === this.current) this.synced = Math.max(this.synced, written);
    } catch (error) {
      this.failure = error;
      throw this.refusal();
    } finally {
      this.syncUnderWay = undefined;
    }
  }

  /**
   * Ends the segment, on the disk, and begins the next; returns its number. A version edit may name it as `walFrom` once all
   * records of older segments are in tables. When it throws for want of space, the old segment can be written on.
   */
  rotate(): number {
    this.sync();
    this.begin(this.current.segment + 1, this.written);
    return this.current.segment;
  }

  /** Recycles the files of all segments below `below`. Only after an edit with `walFrom >= below` is durable. */
  release(below: number): void {
    while (this.segments[0] !== this.current && this.segments[0]!.segment < below) {
      const segment = this.segments.shift()!;
      const { slot, path } = segment;
      segment.close();
      if (this.free.length < this.keepFree) this.free.push({ slot, path });
      else this.vfs.remove(path);
    }
  }

  /**
   * Syncs and closes; returns where the log ends, for `walDurable`, or null when it can't be trusted after an earlier
   * failure. What was zeroed ahead and the files for reuse are given back: a database at rest needs neither, and a writer that goes
   * on makes them anew.
   */
  close(): WalPosition | null {
    try {
      if (this.failure !== undefined) return null;
      this.sync();
      this.current.cut(this.written);
      for (const { path } of this.free.splice(0)) this.vfs.remove(path);
      return { segment: this.current.segment, offset: this.written };
    } finally {
      this.closeFiles();
    }
  }

  private closeFiles(): void {
    doAll(...this.segments.map((segment) => () => segment.close()));
  }

  /** Makes `segment` the current one: its header is on the disk before any record can be. */
  private begin(number: number, previousEnd: number): void {
    const { slot, path } = this.free.pop() ?? this.create();
    const segment = new SegmentFile(this.vfs, slot, path, number);
    try {
      segment.allocate(this.growBytes);
      segment.write(encodeHeader(number, FORMAT_VERSION, previousEnd), 0, SEGMENT_HEADER_BYTES, 0);
      segment.sync();
    } catch (error) {
      this.erase(segment, 0, FRAGMENT_HEADER_BYTES);
      segment.close();
      this.free.push({ slot, path });
      throw writeFailure(error, 'a new log segment');
    }
    this.segments.push(segment);
    this.current = segment;
    this.written = SEGMENT_HEADER_BYTES;
    this.synced = SEGMENT_HEADER_BYTES;
  }

  /** A new file, preallocated and durable, that holds no segment yet. */
  private create(): { slot: number; path: string } {
    const slot = this.nextSlot;
    const path = this.vfs.join(this.directory, walName(slot));
    try {
      const file = new SegmentFile(this.vfs, slot, path, 0);
      try {
        file.allocate(this.growBytes);
        file.sync();
      } finally {
        file.close();
      }
      this.vfs.syncDirectory(this.directory);
    } catch (error) {
      if (this.vfs.exists(path)) this.vfs.remove(path);
      throw writeFailure(error, 'a new log file');
    }
    this.nextSlot++;
    return { slot, path };
  }

  /**
   * After a failed write: takes back all of it that may stand in `[offset, end)`. Its first header would not do: the record that is
   * written in its place may end where another one of the failed write still begins.
   */
  private erase(segment: SegmentFile, offset: number, end: number): void {
    try {
      segment.erase(offset, end);
    } catch (error) {
      this.failure = error;
    }
  }

  private refusal(): ReadOnlyError {
    return new ReadOnlyError(
      'QDB4030',
      `The log in ${this.directory} can't be trusted after a failed write or sync. Reopen the database to go on.`,
      { cause: this.failure },
    );
  }
}
