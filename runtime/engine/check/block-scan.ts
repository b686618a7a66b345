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
  decompress,
  METHOD_AT,
  PACKED_ALIGNMENT,
  PACKED_TAIL_BYTES,
  PAYLOAD_BYTES_AT,
  PLAIN,
  ZSTD,
} from '../table/compression.js';
import { keysStart } from '../table/fixed-block.js';
import { MAX_TABLE_KEY_BYTES } from '../table/format.js';
import { KEY_SLACK_BYTES, readKey, VALUE_START } from '../table/prefix-block.js';

const PAGE_BYTES = 4096;
/** More than a block with the largest value unpacks to. */
const MAX_IMAGE_BYTES = 0x7fffffff;

/** A whole block: its image stands at the end of `bytes`. */
export interface FoundBlock {
  readonly number: number;
  readonly bytes: Buffer;
}

/** One version of a key; `value` is null for a deletion. */
export interface Version {
  readonly key: Buffer;
  readonly sequence: number;
  readonly value: Buffer | null;
}

/** All blocks of the file whose checksums hold, in the order of the file. */
export function findBlocks(vfs: Vfs, path: string): FoundBlock[] {
  const bytes = readAll(vfs, path);
  const plain = findPlain(bytes);
  return plain.length > 0 ? plain : findPacked(bytes);
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

function findPlain(bytes: Buffer): FoundBlock[] {
  const view = viewOf(bytes);
  const found: FoundBlock[] = [];
  for (let end = PAGE_BYTES, from = 0; end <= bytes.length; end += PAGE_BYTES) {
    const start = end - view.getUint32(end - SIZE_AT, true);
    if (start < from || start === end || start % PAGE_BYTES !== 0) continue;
    if (!checksumMatches(bytes, view, start, end - CHECKSUM_BYTES)) continue;
    found.push(blockOf(Buffer.from(bytes.subarray(start, end))));
    from = end;
  }
  return found;
}

function findPacked(bytes: Buffer): FoundBlock[] {
  const view = viewOf(bytes);
  const found: FoundBlock[] = [];
  for (let end = PACKED_ALIGNMENT * 2, from = 0; end <= bytes.length; end += PACKED_ALIGNMENT) {
    const method = view.getUint32(end - METHOD_AT, true);
    if (method > ZSTD) continue;
    const payload = view.getUint32(end - PAYLOAD_BYTES_AT, true);
    const padded = Math.ceil(payload / PACKED_ALIGNMENT) * PACKED_ALIGNMENT;
    const start = end - padded - PACKED_TAIL_BYTES;
    if (payload === 0 || start < from || !checksumMatches(bytes, view, start, end - CHECKSUM_BYTES)) continue;
    const packed = bytes.subarray(start, start + payload);
    const plain = method === PLAIN ? packed : decompress(method, packed, MAX_IMAGE_BYTES);
    found.push(blockOf(Buffer.concat([plain, Buffer.alloc(CHECKSUM_BYTES)])));
    from = end;
  }
  return found;
}

function blockOf(bytes: Buffer): FoundBlock {
  return { number: bytes.readUInt32LE(bytes.length - NUMBER_AT), bytes };
}

/** The file; zeros stand where the disk gives nothing. */
export function readAll(vfs: Vfs, path: string): Buffer {
  const file = vfs.open(path, 'read');
  try {
    const bytes = Buffer.alloc(file.size());
    for (let at = 0; at < bytes.length; at += PAGE_BYTES) readPage(file, bytes, at);
    return bytes;
  } finally {
    file.close();
  }
}

function readPage(file: VfsFile, bytes: Buffer, at: number): void {
  const end = Math.min(bytes.length, at + PAGE_BYTES);
  try {
    file.read(bytes, at, end, at);
  } catch {
    // A page that the disk cannot read is damage like any other: its checksum will not hold.
    bytes.fill(0, at, end);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
