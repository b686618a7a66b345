// How single blocks are stored: packed, at multiples of 8 bytes. (Tables of earlier releases, with an alignment of 4096, hold images.)
//
//          | payload: the block's image without its checksum, packed or plain    |
//          | zeros to a multiple of 8                                            |
//      -16 | u32  bytes of payload                                               |
//      -12 | u32  method: 0 plain, 1 raw deflate, 2 zstd, 3 dense                |
//       -8 | u64  XXH3-64 of everything above                                    |
import * as zlib from 'node:zlib';
import { StorageError } from '../../errors.js';
import type { Compression } from './table.js';

/** Method numbers as they stand in blocks. */
export const PLAIN = 0;
export const DEFLATE = 1;
export const ZSTD = 2;
/** Not compressed; see dense-block.ts. */
export const DENSE = 3;

export const PACKED_ALIGNMENT = 8;
export const PACKED_TAIL_BYTES = 16;
export const PAYLOAD_BYTES_AT = 16;
export const METHOD_AT = 12;

const DEFLATE_LEVEL = 1;

/** `node:zlib` of Node 22.15 and later, which our oldest Node's types don't know. */
interface ZlibWithZstd {
  readonly zstdCompressSync?: (bytes: Uint8Array) => Buffer;
  readonly zstdDecompressSync?: (bytes: Uint8Array) => Buffer;
}
const { zstdCompressSync, zstdDecompressSync }: ZlibWithZstd = zlib as object;

/** Whether this Node can write and read zstd blocks. */
export const hasZstd = zstdCompressSync !== undefined && zstdDecompressSync !== undefined;

/** The method that a table's blocks are packed with. Throws StorageError QDB4081 where this Node lacks it. */
export function methodOf(compression: Compression): number {
  if (compression === 'none') return DENSE;
  if (compression === 'zlib') return DEFLATE;
  if (!hasZstd) throw zstdMissing('Blocks cannot be packed');
  return ZSTD;
}

export function compress(method: number, bytes: Uint8Array): Buffer {
  if (method === ZSTD && zstdCompressSync !== undefined) return zstdCompressSync(bytes);
  return zlib.deflateRawSync(bytes, { level: DEFLATE_LEVEL });
}

/** The bytes that were packed. Throws StorageError QDB4081 where this Node lacks zstd, what zlib throws when they don't unpack. */
export function decompress(method: number, bytes: Uint8Array, size: number): Buffer {
  if (method === DEFLATE) return zlib.inflateRawSync(bytes, { maxOutputLength: size });
  if (zstdDecompressSync === undefined) throw zstdMissing('Blocks cannot be unpacked');
  return zstdDecompressSync(bytes);
}

function zstdMissing(what: string): StorageError {
  return new StorageError(
    'QDB4081',
    `${what} with zstd: node:zlib of Node ${process.versions.node} lacks it. Use Node 22.15 or later, or compression 'zlib'.`,
  );
}
