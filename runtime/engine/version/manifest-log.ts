// The bytes of a manifest file: a header, then one frame per version edit. All integers are little-endian.
//
//    0  8 bytes  magic      "QDBMANI\n"
//    8  u32      version    FORMAT_VERSION
//   12  u32      checksum   XXH32 of bytes [0, 12)
//   16  frames, each:
//
//    0  u64      checksum   XXH3-64 of bytes [8, 16 + length)
//    8  u32      offset     of the frame itself, so that a search finds frames behind damage
//   12  u32      length     of the edit
//   16           edit       (edit-codec.ts)
//
// The first frame is a snapshot: the edit that leads from nothing to the version at which the file was begun.
import { ByteWriter } from '../../bytes/writer.js';
import { XXH3_HIGH, XXH3_LOW, xxh3 } from '../../bytes/xxh3.js';
import { xxh32 } from '../../bytes/xxh32.js';
import { FORMAT_VERSION } from '../format.js';
import type { VersionEdit } from './edit.js';
import { encodeEdit } from './edit-codec.js';

const MAGIC = Buffer.from('QDBMANI\n', 'latin1');
/** At the start of the file. */
export const MANIFEST_HEADER_BYTES = 16;
/** In front of every edit. */
export const FRAME_HEADER_BYTES = 16;

/** The first bytes of a file. */
function encodeManifestHeader(): Buffer {
  const bytes = Buffer.alloc(MANIFEST_HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(FORMAT_VERSION, 8);
  bytes.writeUInt32LE(xxh32(viewOf(bytes), 0, 12), 12);
  return bytes;
}

/** The format version in the header, or undefined where no whole header stands. */
export function decodeManifestHeader(bytes: Buffer): number | undefined {
  if (bytes.length < MANIFEST_HEADER_BYTES || MAGIC.compare(bytes, 0, MAGIC.length) !== 0) return undefined;
  return xxh32(viewOf(bytes), 0, 12) === bytes.readUInt32LE(12) ? bytes.readUInt32LE(8) : undefined;
}

/** The frame of `edit` for the place `offset`. */
export function encodeFrame(edit: VersionEdit, offset: number): Buffer {
  const out = new ByteWriter(256);
  out.at = FRAME_HEADER_BYTES;
  encodeEdit(edit, out);
  out.view.setUint32(8, offset, true);
  out.view.setUint32(12, out.at - FRAME_HEADER_BYTES, true);
  xxh3(out.bytes, 8, out.at);
  out.view.setUint32(0, XXH3_LOW, true);
  out.view.setUint32(4, XXH3_HIGH, true);
  return out.bytes.subarray(0, out.at);
}

/** A whole file: the header and the frame of its snapshot. */
export function encodeManifest(snapshot: VersionEdit): Buffer {
  const header = encodeManifestHeader();
  return Buffer.concat([header, encodeFrame(snapshot, header.length)]);
}

/** Where the frame at `offset` ends; 0 if no whole frame stands there. */
export function frameEnd(bytes: Buffer, offset: number): number {
  if (offset + FRAME_HEADER_BYTES > bytes.length || bytes.readUInt32LE(offset + 8) !== offset) return 0;
  const end = offset + FRAME_HEADER_BYTES + bytes.readUInt32LE(offset + 12);
  if (end > bytes.length) return 0;
  xxh3(bytes, offset + 8, end);
  return bytes.readUInt32LE(offset) === XXH3_LOW && bytes.readUInt32LE(offset + 4) === XXH3_HIGH ? end : 0;
}

/** Whether a whole frame stands anywhere behind `offset`. */
export function hasFrameBehind(bytes: Buffer, offset: number): boolean {
  for (let at = offset + 1; at + FRAME_HEADER_BYTES <= bytes.length; at++) if (frameEnd(bytes, at) > 0) return true;
  return false;
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
