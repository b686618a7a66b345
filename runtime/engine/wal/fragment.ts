// The bytes of a log segment: 32 KiB blocks full of fragments, after the log format of LevelDB (doc/log_format.md there).
//
// All integers are little-endian. A record is its sequence (u64) and its bytes. It is cut so that no fragment crosses a
// block's border; the rest of a block is zero where fewer than 24 bytes are left.
//
//    0  u32  checksum   XXH32 of bytes [4, 16 + length), xor the fragment's own offset in the file
//    4  u32  segment    that it was written for: what an earlier use left in a recycled file is no fragment of this one
//    8  u32  synced     offset below which the segment was on the disk when this was written
//   12  u16  length     of the payload
//   14  u8   type       1 full, 2 first, 3 middle, 4 last, 5 header
//   15  u8   zero
//   16       payload
//
// The first fragment of a file is its header; its payload is
//
//    0  8 bytes  magic     "QDB-WAL\n"
//    8  u32      version   FORMAT_VERSION
//   12  u32      previous  offset at which the segment before ends; 0 when there is none
import { xxh32 } from '../../bytes/xxh32.js';

/** No fragment crosses a multiple of it. In bytes. */
export const BLOCK_BYTES = 32 * 1024;
/** In front of every payload. */
export const FRAGMENT_HEADER_BYTES = 16;
/** Place of the segment's number in a fragment. */
export const SEGMENT_FIELD = 4;
/** In front of every record's bytes: its sequence. */
export const SEQUENCE_BYTES = 8;
/** Less room than this at the end of a block is left zero, so that a sequence is never cut. */
export const MIN_FRAGMENT_ROOM = FRAGMENT_HEADER_BYTES + SEQUENCE_BYTES;
/** The header's payload. */
const HEADER_PAYLOAD_BYTES = 16;
/** Offset of the first record of a segment. */
export const SEGMENT_HEADER_BYTES = FRAGMENT_HEADER_BYTES + HEADER_PAYLOAD_BYTES;

export const FULL = 1;
export const FIRST = 2;
export const MIDDLE = 3;
export const LAST = 4;
export const HEADER = 5;

const MAGIC = Buffer.from('QDB-WAL\n', 'latin1');

/** Offset in the file of the fragment that comes next when the last one ended at `offset`. */
export function fragmentOffset(offset: number): number {
  const room = BLOCK_BYTES - (offset % BLOCK_BYTES);
  return room < MIN_FRAGMENT_ROOM ? offset + room : offset;
}

/** Writes the header of a fragment whose `length` bytes of payload stand at `at + 16` already, and which goes to `offset`. */
export function sealFragment(
  view: DataView,
  at: number,
  offset: number,
  segment: number,
  synced: number,
  length: number,
  type: number,
): void {
  view.setUint32(at + SEGMENT_FIELD, segment, true);
  view.setUint32(at + 8, synced, true);
  view.setUint32(at + 12, length | (type << 16), true);
  view.setUint32(at, xxh32(view, at + 4, at + FRAGMENT_HEADER_BYTES + length) ^ offset, true);
}

/** Whether a whole, undamaged fragment of `segment` stands at `at` of a block that was read from `offset - at` on. */
export function isFragment(view: DataView, at: number, end: number, offset: number, segment: number): boolean {
  if (at + FRAGMENT_HEADER_BYTES > end || fragmentSegment(view, at) !== segment) return false;
  return isIntact(view, at, end, offset);
}

/** The same for any segment. */
export function isIntact(view: DataView, at: number, end: number, offset: number): boolean {
  if (at + FRAGMENT_HEADER_BYTES > end) return false;
  const behind = at + FRAGMENT_HEADER_BYTES + fragmentLength(view, at);
  return behind <= end && (xxh32(view, at + 4, behind) ^ offset) >>> 0 === view.getUint32(at, true);
}

export function fragmentSegment(view: DataView, at: number): number {
  return view.getUint32(at + SEGMENT_FIELD, true);
}

export function fragmentSynced(view: DataView, at: number): number {
  return view.getUint32(at + 8, true);
}

export function fragmentLength(view: DataView, at: number): number {
  return view.getUint16(at + 12, true);
}

export function fragmentType(view: DataView, at: number): number {
  return view.getUint16(at + 14, true);
}

/** The first {@link SEGMENT_HEADER_BYTES} of a file that holds `segment`. */
export function encodeHeader(segment: number, version: number, previousEnd: number): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  MAGIC.copy(bytes, FRAGMENT_HEADER_BYTES);
  view.setUint32(FRAGMENT_HEADER_BYTES + 8, version, true);
  view.setUint32(FRAGMENT_HEADER_BYTES + 12, previousEnd, true);
  sealFragment(view, 0, 0, segment, 0, HEADER_PAYLOAD_BYTES, HEADER);
  return bytes;
}

/** What the header at the start of a file tells, or undefined where none stands. */
export function decodeHeader(
  bytes: Buffer,
  view: DataView,
  end: number,
): { readonly segment: number; readonly version: number; readonly previousEnd: number } | undefined {
  if (!isIntact(view, 0, end, 0) || fragmentType(view, 0) !== HEADER) return undefined;
  if (fragmentLength(view, 0) !== HEADER_PAYLOAD_BYTES) return undefined;
  if (MAGIC.compare(bytes, FRAGMENT_HEADER_BYTES, FRAGMENT_HEADER_BYTES + MAGIC.length) !== 0) return undefined;
  return {
    segment: fragmentSegment(view, 0),
    version: view.getUint32(FRAGMENT_HEADER_BYTES + 8, true),
    previousEnd: view.getUint32(FRAGMENT_HEADER_BYTES + 12, true),
  };
}
