// One log file while a writer uses it: preallocated ahead of the records, and closed only once no sync is under way.
import type { Vfs, VfsFile } from '../../vfs/vfs.js';
import { doAll } from '../do-all.js';

const ZEROS = Buffer.alloc(256 * 1024);

/** A slot that holds the segment `segment`. */
export class SegmentFile {
  /** Size of the file in bytes; what is behind the records is zero, or left from an earlier use. */
  allocated: number;
  private readonly file: VfsFile;
  /**
   * Syncs off the thread go through a descriptor of their own: Linux reports a failed write-back once per descriptor, so
   * two syncs of one descriptor at once could hand the other's error to only one of them.
   */
  private asyncFile: VfsFile | undefined;
  private syncsUnderWay = 0;
  private closing = false;

  constructor(
    private readonly vfs: Vfs,
    readonly slot: number,
    readonly path: string,
    readonly segment: number,
  ) {
    this.file = vfs.open(path, 'write');
    try {
      this.allocated = this.file.size();
    } catch (error) {
      this.file.close();
      throw error;
    }
  }

  write(from: Uint8Array, start: number, end: number, offset: number): void {
    this.file.write(from, start, end, offset);
  }

  /** Zeroes ahead until `bytes` are allocated. */
  allocate(bytes: number): void {
    while (this.allocated < bytes) {
      const count = Math.min(ZEROS.length, bytes - this.allocated);
      this.file.write(ZEROS, 0, count, this.allocated);
      this.allocated += count;
    }
  }

  /** Makes sure that no fragment stands in `[offset, end)`, whatever a failed write left there. On the disk when it returns. */
  erase(offset: number, end: number): void {
    const size = this.file.size();
    this.allocated = size;
    for (let at = offset; at < Math.min(end, size); at += ZEROS.length) {
      this.file.write(ZEROS, 0, Math.min(ZEROS.length, end - at, size - at), at);
    }
    this.file.sync();
  }

  /** Gives back what was zeroed ahead: the file ends at `bytes`. */
  cut(bytes: number): void {
    if (this.allocated <= bytes) return;
    this.file.truncate(bytes);
    this.allocated = bytes;
  }

  sync(): void {
    this.file.sync();
  }

  async syncAsync(): Promise<void> {
    this.asyncFile ??= this.vfs.open(this.path, 'write');
    this.syncsUnderWay++;
    try {
      await this.asyncFile.syncAsync();
    } finally {
      this.syncsUnderWay--;
      if (this.closing) this.close();
    }
  }

  /** Now, or behind the last sync that is under way. */
  close(): void {
    this.closing = true;
    if (this.syncsUnderWay > 0) return;
    doAll(
      () => this.file.close(),
      () => this.asyncFile?.close(),
    );
  }
}
