// Access to one log file for recovery: which segment it holds, its blocks, and the search for fragments behind damage.
import { CorruptionError } from '../../errors.js';
import { openToRead, readFrom } from '../../vfs/failure.js';
import type { Vfs, VfsFile } from '../../vfs/vfs.js';
import { FORMAT_VERSION, otherFormat, walName } from '../format.js';
import {
  BLOCK_BYTES,
  decodeHeader,
  FRAGMENT_HEADER_BYTES,
  fragmentLength,
  fragmentSegment,
  fragmentSynced,
  isFragment,
  isIntact,
  SEGMENT_FIELD,
  SEGMENT_HEADER_BYTES,
} from './fragment.js';
import type { WalSlot } from './log.js';

/** A log file with what its header tells. */
export interface Segment extends WalSlot {
  /** Offset at which the segment before ends. */
  readonly previousEnd: number;
}

/**
 * Reads a file's header. Segment 0 when it is of no more use: never used, or older than `from`. A header that is damaged
 * is an error only when fragments stand behind it that are needed.
 */
export function identify(vfs: Vfs, directory: string, slot: number, from: number): Segment {
  const path = vfs.join(directory, walName(slot));
  const blocks = new BlockReader(vfs, path);
  try {
    const bytes = blocks.size;
    const header = blocks.header();
    if (header === undefined) {
      const needed = blocks.findSegment(Math.max(1, from));
      if (needed > 0) throw new CorruptionError(path, 0, `the header of log segment ${needed} is not whole`);
      return { slot, path, bytes, segment: 0, previousEnd: 0 };
    }
    if (header.version !== FORMAT_VERSION) throw otherFormat(path, header.version);
    const { segment, previousEnd } = header;
    return { slot, path, bytes, segment: segment < from ? 0 : segment, previousEnd };
  } finally {
    blocks.close();
  }
}

/** Reads a file block by block; `bytes` and `view` hold the block of the last `seek`. */
export class BlockReader {
  readonly size: number;
  readonly bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  readonly view = new DataView(this.bytes.buffer);
  private readonly file: VfsFile;
  private block = -1;
  /** Bytes of the block that the file has. */
  private filled = 0;

  constructor(
    vfs: Vfs,
    readonly path: string,
  ) {
    this.file = openToRead(vfs, path);
    try {
      this.size = this.file.size();
    } catch (error) {
      this.file.close();
      throw error;
    }
  }

  close(): void {
    this.file.close();
  }

  /** Loads the block around `offset` and returns the place of `offset` in it. */
  seek(offset: number): number {
    const block = Math.floor(offset / BLOCK_BYTES);
    if (block !== this.block) {
      this.filled = readFrom(this.file, this.bytes, 0, BLOCK_BYTES, block * BLOCK_BYTES);
      this.block = block;
    }
    return offset - block * BLOCK_BYTES;
  }

  header(): ReturnType<typeof decodeHeader> {
    this.seek(0);
    return decodeHeader(this.bytes, this.view, this.filled);
  }

  /** Whether a whole fragment of `segment` stands at `offset`. */
  holds(offset: number, segment: number): boolean {
    const at = this.seek(offset);
    return isFragment(this.view, at, this.filled, offset, segment);
  }

  /** Where the fragment that begins at `offset` would end, if its header is to be believed; 0 if none of `segment` does. */
  claimedEnd(offset: number, segment: number): number {
    const at = this.seek(offset);
    if (at + FRAGMENT_HEADER_BYTES > this.filled || fragmentSegment(this.view, at) !== segment) return 0;
    return offset - at + Math.min(at + FRAGMENT_HEADER_BYTES + fragmentLength(this.view, at), this.filled);
  }

  /** Of the whole fragments of `segment` from `offset` on: where the last one ends, and the most that one of them knows as synced. */
  findFragments(offset: number, segment: number): { behind: number; synced: number } {
    const mark = Buffer.alloc(4);
    mark.writeUInt32LE(segment);
    let behind = 0;
    let synced = 0;
    for (let from = offset; from < this.size; from += BLOCK_BYTES - (from % BLOCK_BYTES)) {
      let at = this.seek(from);
      const base = from - at;
      // The segment's number gives candidates away, so that the empty rest of a large file costs little.
      while (at >= 0) {
        if (isFragment(this.view, at, this.filled, base + at, segment)) {
          synced = Math.max(synced, fragmentSynced(this.view, at));
          at += FRAGMENT_HEADER_BYTES + fragmentLength(this.view, at);
          behind = base + at;
        } else {
          at++;
        }
        const found = this.bytes.indexOf(mark, at + SEGMENT_FIELD);
        at = found < 0 ? -1 : found - SEGMENT_FIELD;
      }
    }
    return { behind, synced };
  }

  /** The largest segment number, of `from` and up, that a fragment at the start of the records or of a block carries; or 0. */
  findSegment(from: number): number {
    let found = 0;
    for (let offset = SEGMENT_HEADER_BYTES; offset < this.size; ) {
      const at = this.seek(offset);
      const segment = at + FRAGMENT_HEADER_BYTES <= this.filled ? fragmentSegment(this.view, at) : 0;
      if (segment >= from && isIntact(this.view, at, this.filled, offset)) found = Math.max(found, segment);
      offset += BLOCK_BYTES - at;
    }
    return found;
  }
}
