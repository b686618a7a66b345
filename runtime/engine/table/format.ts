// The table file as a whole: its sections and its footer.
//
//     0  data blocks          each a multiple of 8 bytes (compression.ts; images in tables of earlier releases: of 4096)
//        filter               lines of 64 bytes (filter.ts), then their XXH3-64; missing when the table has no filter
//        index                block-index.ts
//        properties           properties.ts
//        footer               below, the last 40 bytes of the file
//
//   footer, the last 40 bytes of the file
//     -40  f64  bytes of all data blocks: where the filter begins
//     -32  u32  bytes of the filter section
//     -28  u32  bytes of the index section
//     -24  u32  bytes of the properties
//     -20  u32  format version
//     -16  u64  XXH3-64 of the 24 bytes above
//      -8  'QDBTABLE'
//
// Every byte of the file is under one checksum (but for the magic), and the sections fill it exactly. A change of any of this raises
// FORMAT_VERSION (engine/format.ts).
import { CorruptionError } from '../../errors.js';
import { FORMAT_VERSION, otherFormat } from '../format.js';
import { checksumMatches, putChecksum } from './checksum.js';

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
