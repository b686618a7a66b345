// Finds the blocks of a table by themselves, without its index: each carries its size and its checksum at its end, so those
// that are whole are found past damaged ones, and in a file whose index is damaged or cut off.
import type { Vfs, VfsFile } from '../../vfs/vfs.js';
import {
  DELETED_BIT,
  entryCount,
  HEAP_END_AT,
  NUMBER_AT,
  OFFSET_BYTES,
  OFFSET_MASK,
  SIZE_AT,
  sequenceAt,
  TAIL_BYTES,
} from '../table/block.js';
import { CHECKSUM_BYTES, checksumMatches } from '../table/checksum.js';
import {
  DENSE,
  decompress,
  METHOD_AT,
  PACKED_ALIGNMENT,
  PACKED_TAIL_BYTES,
  PAYLOAD_BYTES_AT,
  PLAIN,
} from '../table/compression.js';
import { denseImageBytes, unpackDense } from '../table/dense-block.js';
import { keysStart } from '../table/fixed-block.js';
import { MAX_TABLE_KEY_BYTES } from '../table/format.js';
import { KEY_SLACK_BYTES, readKey, VALUE_START } from '../table/prefix-block.js';

const PAGE_BYTES = 4096;
/** How much of a file is read ahead. Whole pages. */
const PIECE_BYTES = 64 * PAGE_BYTES;
/** More than a block with the largest value unpacks to. */
const MAX_IMAGE_BYTES = 0x7fffffff;

/** A whole block: its image stands at the end of `bytes`. */
export interface FoundBlock {
  readonly number: number;
  readonly bytes: Buffer;
  /** Where its stored form ends in the file. */
  readonly storedEnd: number;
}

/** One version of a key; `value` is null for a deletion. */
export interface Version {
  readonly key: Buffer;
  readonly sequence: number;
  readonly value: Buffer | null;
}

/** All blocks of the file whose checksums hold, in the order of the file. What is read and not yet a block is held in memory. */
export function* findBlocks(vfs: Vfs, path: string): Generator<FoundBlock> {
  const file = openOrNull(vfs, path);
  if (file === null) return;
  try {
    let isPlain = false;
    for (const block of findPlain(new Reader(file))) {
      isPlain = true;
      yield block;
    }
    if (!isPlain) yield* findPacked(new Reader(file));
  } finally {
    file.close();
  }
}

/** The entries of a block; keys vary in size where `keySize` is null. */
export function* versionsIn({ bytes }: FoundBlock, keySize: number | null): Generator<Version> {
  const view = viewOf(bytes);
  const end = bytes.length;
  const count = entryCount(view, end);
  const scratch = Buffer.allocUnsafeSlow(MAX_TABLE_KEY_BYTES + KEY_SLACK_BYTES);
  const scratchView = viewOf(scratch);
  const offsetAt = (entry: number): number => view.getUint16(end - TAIL_BYTES - OFFSET_BYTES * (count - entry), true);
  for (let entry = 0; entry < count; entry++) {
    const offset = offsetAt(entry);
    const valueEnd = entry + 1 < count ? offsetAt(entry + 1) & OFFSET_MASK : view.getUint32(end - HEAP_END_AT, true);
    let valueStart = offset & OFFSET_MASK;
    let key: Buffer;
    if (keySize === null) {
      key = Buffer.from(scratch.subarray(0, readKey(bytes, view, end, entry, false, scratchView)));
      valueStart = VALUE_START;
    } else {
      const at = keysStart(view, end, keySize, count) + keySize * entry;
      key = bytes.subarray(at, at + keySize);
    }
    const value = (offset & DELETED_BIT) === 0 ? bytes.subarray(valueStart, valueEnd) : null;
    yield { key, sequence: sequenceAt(view, end, entry), value };
  }
}

function* findPlain(reader: Reader): Generator<FoundBlock> {
  for (let end = PAGE_BYTES; end <= reader.size; end += PAGE_BYTES) {
    reader.readTo(end);
    const { bytes, view, start: base } = reader;
    const start = end - view.getUint32(end - base - SIZE_AT, true);
    if (start < base || start === end || start % PAGE_BYTES !== 0) continue;
    if (!checksumMatches(bytes, view, start - base, end - base - CHECKSUM_BYTES)) continue;
    yield blockOf(Buffer.from(bytes.subarray(start - base, end - base)), end);
    reader.start = end;
  }
}

function* findPacked(reader: Reader): Generator<FoundBlock> {
  for (let end = PACKED_ALIGNMENT * 2; end <= reader.size; end += PACKED_ALIGNMENT) {
    reader.readTo(end);
    const { bytes, view, start: base } = reader;
    if (end - base < PACKED_TAIL_BYTES) continue;
    const method = view.getUint32(end - base - METHOD_AT, true);
    if (method > DENSE) continue;
    const payload = view.getUint32(end - base - PAYLOAD_BYTES_AT, true);
    const padded = Math.ceil(payload / PACKED_ALIGNMENT) * PACKED_ALIGNMENT;
    const start = end - padded - PACKED_TAIL_BYTES;
    if (payload === 0 || start < base) continue;
    if (!checksumMatches(bytes, view, start - base, end - base - CHECKSUM_BYTES)) continue;
    const packed = bytes.subarray(start - base, start - base + payload);
    yield blockOf(method === DENSE ? imageOf(packed) : withoutChecksum(method, packed), end);
    reader.start = end;
  }
}

function imageOf(packed: Buffer): Buffer {
  const view = viewOf(packed);
  const image = Buffer.alloc(denseImageBytes(view, packed.length));
  unpackDense(packed, view, packed.length, image, 0, image.length);
  return image;
}

function withoutChecksum(method: number, packed: Buffer): Buffer {
  const plain = method === PLAIN ? packed : decompress(method, packed, MAX_IMAGE_BYTES);
  return Buffer.concat([plain, Buffer.alloc(CHECKSUM_BYTES)]);
}

function blockOf(bytes: Buffer, storedEnd: number): FoundBlock {
  return { number: bytes.readUInt32LE(bytes.length - NUMBER_AT), bytes, storedEnd };
}

/** A file from its beginning to its end, in the pieces that are asked for. Zeros stand where the disk gives nothing. */
class Reader {
  readonly size: number;
  /** What lies before is let go with the next piece; `bytes` begins here. */
  bytes = Buffer.alloc(0);
  view = viewOf(this.bytes);
  private from = 0;
  private to = 0;

  constructor(private readonly file: VfsFile) {
    this.size = file.size();
  }

  get start(): number {
    return this.from;
  }

  set start(start: number) {
    this.bytes = this.bytes.subarray(start - this.from);
    this.view = viewOf(this.bytes);
    this.from = start;
  }

  /** Has the bytes from `start` to `end`, which is not beyond the file. */
  readTo(end: number): void {
    if (end <= this.to) return;
    const held = this.bytes.subarray(0, this.to - this.from);
    const until = Math.min(this.size, Math.max(end, this.to + PIECE_BYTES));
    const bytes = Buffer.alloc(until - this.from);
    held.copy(bytes);
    for (let at = this.to; at < until; at += PAGE_BYTES) {
      readPage(this.file, bytes.subarray(at - this.from, Math.min(until, at + PAGE_BYTES) - this.from), at);
    }
    this.bytes = bytes;
    this.view = viewOf(bytes);
    this.to = until;
  }
}

/** The file; zeros stand where the disk gives nothing. */
export function readAll(vfs: Vfs, path: string): Buffer {
  const file = vfs.open(path, 'read');
  try {
    const reader = new Reader(file);
    reader.readTo(reader.size);
    return reader.bytes.subarray(0, reader.size);
  } finally {
    file.close();
  }
}

/** A file that the disk doesn't open has no blocks; checks of the table itself say why. */
function openOrNull(vfs: Vfs, path: string): VfsFile | null {
  try {
    return vfs.open(path, 'read');
  } catch {
    return null;
  }
}

function readPage(file: VfsFile, into: Buffer, at: number): void {
  try {
    file.read(into, 0, into.length, at);
  } catch {
    // A page that the disk cannot read is damage like any other: its checksum will not hold.
    into.fill(0);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
