// The table file as a whole: its sections, its properties, its footer.
//
//     0  data blocks          each a multiple of 4096 bytes and at one; packed ones (compression.ts) at multiples of 8
//        filter               lines of 64 bytes (filter.ts), then their XXH3-64; missing when the table has no filter
//        index                block-index.ts
//        properties           below
//        footer               below, the last 40 bytes of the file
//
//   properties                                   footer
//     u32  key size in bytes, 0: keys vary         -40  f64  bytes of all data blocks: where the filter begins
//     u32  alignment of data blocks: 4096 or 8     -32  u32  bytes of the filter section
//     u32  probes of the filter                    -28  u32  bytes of the index section
//     u32  bytes of the longest key                -24  u32  bytes of the properties section
//     f64  entries                                 -20  u32  format version
//     f64  tombstones among them                   -16  u64  XXH3-64 of the 24 bytes above
//     f64  different keys                           -8  'QDBTABLE'
//     f64  smallest sequence
//     f64  largest sequence
//     u32  bytes of the smallest key
//     u32  bytes of the largest key
//     smallest key, largest key
//     u64  XXH3-64
//
// Every byte of the file is under one checksum (but for the magic), and the sections fill it exactly. A change of any of this raises
// FORMAT_VERSION (engine/format.ts).
import { ByteWriter } from '../../bytes/writer.js';
import { CorruptionError } from '../../errors.js';
import { FORMAT_VERSION, otherFormat } from '../format.js';
import { CHECKSUM_BYTES, checksumMatches, putChecksum } from './checksum.js';

export const FOOTER_BYTES = 40;
/** Longest key in bytes: the length of a suffix takes at most two bytes of varint. */
export const MAX_TABLE_KEY_BYTES = 16383;

const MAGIC = Buffer.from('QDBTABLE', 'latin1');
const FOOTER_CHECKED_BYTES = 24;

export interface Footer {
  readonly dataBytes: number;
  readonly filterBytes: number;
  readonly indexBytes: number;
  readonly propertiesBytes: number;
}

export function encodeFooter(footer: Footer): Buffer {
  const bytes = Buffer.alloc(FOOTER_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, FOOTER_BYTES);
  view.setFloat64(0, footer.dataBytes, true);
  view.setUint32(8, footer.filterBytes, true);
  view.setUint32(12, footer.indexBytes, true);
  view.setUint32(16, footer.propertiesBytes, true);
  view.setUint32(20, FORMAT_VERSION, true);
  putChecksum(bytes, view, 0, FOOTER_CHECKED_BYTES);
  MAGIC.copy(bytes, FOOTER_BYTES - MAGIC.length);
  return bytes;
}

/** Reads the footer of a file of `fileBytes`; throws CorruptionError, or StorageError QDB4011 when another release wrote it. */
export function decodeFooter(bytes: Buffer, path: string, fileBytes: number): Footer {
  const at = fileBytes - FOOTER_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, FOOTER_BYTES);
  if (!bytes.subarray(FOOTER_BYTES - MAGIC.length).equals(MAGIC)) {
    throw new CorruptionError(path, at, 'it does not end as a table ends, so it was cut or is another file');
  }
  if (!checksumMatches(bytes, view, 0, FOOTER_CHECKED_BYTES)) {
    throw new CorruptionError(path, at, 'the footer does not match its checksum');
  }
  const version = view.getUint32(20, true);
  if (version !== FORMAT_VERSION) throw otherFormat(path, version);
  const footer: Footer = {
    dataBytes: view.getFloat64(0, true),
    filterBytes: view.getUint32(8, true),
    indexBytes: view.getUint32(12, true),
    propertiesBytes: view.getUint32(16, true),
  };
  const sum = footer.dataBytes + footer.filterBytes + footer.indexBytes + footer.propertiesBytes + FOOTER_BYTES;
  if (sum !== fileBytes) {
    throw new CorruptionError(path, at, `its sections make ${sum} bytes, the file has ${fileBytes}`);
  }
  return footer;
}

export interface Properties {
  /** 0 where keys vary. */
  readonly keySize: number;
  readonly alignment: number;
  readonly probes: number;
  readonly longestKey: number;
  readonly entries: number;
  readonly tombstones: number;
  readonly keys: number;
  readonly minSequence: number;
  readonly maxSequence: number;
  readonly smallest: Buffer;
  readonly largest: Buffer;
}

const PROPERTIES_HEADER_BYTES = 64;

export function encodeProperties(properties: Properties): Buffer {
  const { smallest, largest } = properties;
  const out = new ByteWriter(PROPERTIES_HEADER_BYTES + smallest.length + largest.length + CHECKSUM_BYTES);
  const { view } = out;
  view.setUint32(0, properties.keySize, true);
  view.setUint32(4, properties.alignment, true);
  view.setUint32(8, properties.probes, true);
  view.setUint32(12, properties.longestKey, true);
  view.setFloat64(16, properties.entries, true);
  view.setFloat64(24, properties.tombstones, true);
  view.setFloat64(32, properties.keys, true);
  view.setFloat64(40, properties.minSequence, true);
  view.setFloat64(48, properties.maxSequence, true);
  view.setUint32(56, smallest.length, true);
  view.setUint32(60, largest.length, true);
  out.at = PROPERTIES_HEADER_BYTES;
  out.append(smallest);
  out.append(largest);
  putChecksum(out.bytes, view, 0, out.at);
  return out.bytes.subarray(0, out.at + CHECKSUM_BYTES);
}

/** @param bytes the section, its checksum verified. */
export function decodeProperties(bytes: Buffer): Properties {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const largestAt = PROPERTIES_HEADER_BYTES + view.getUint32(56, true);
  return {
    keySize: view.getUint32(0, true),
    alignment: view.getUint32(4, true),
    probes: view.getUint32(8, true),
    longestKey: view.getUint32(12, true),
    entries: view.getFloat64(16, true),
    tombstones: view.getFloat64(24, true),
    keys: view.getFloat64(32, true),
    minSequence: view.getFloat64(40, true),
    maxSequence: view.getFloat64(48, true),
    smallest: Buffer.from(bytes.subarray(PROPERTIES_HEADER_BYTES, largestAt)),
    largest: Buffer.from(bytes.subarray(largestAt, largestAt + view.getUint32(60, true))),
  };
}
