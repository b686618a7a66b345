// The file CURRENT: which manifest counts, and how much of it was on the disk when CURRENT was written. It is text, of three
// lines; the last is the XXH3-64 of those before in hexadecimal.
//
//   quantadb 2
//   MANIFEST-000003 4096
//   2d06800538d394c2
import { XXH3_HIGH, XXH3_LOW, xxh3 } from '../../bytes/xxh3.js';
import { CorruptionError } from '../../errors.js';
import { openToRead, readFrom } from '../../vfs/failure.js';
import type { Vfs } from '../../vfs/vfs.js';
import { CURRENT_NAME, CURRENT_TEMPORARY_NAME, FORMAT_VERSION, manifestName, otherFormat } from '../format.js';

export interface Current {
  /** Number of the manifest. */
  readonly number: number;
  /** The manifest was whole up to here, in bytes: a shorter one is damaged, not torn. */
  readonly durableBytes: number;
}

/** Larger is no CURRENT. In bytes. */
const MAX_CURRENT_BYTES = 256;

/** Undefined when there is no CURRENT. Throws CorruptionError, or StorageError (QDB4011) for another format version. */
export function readCurrent(vfs: Vfs, directory: string): Current | undefined {
  const path = vfs.join(directory, CURRENT_NAME);
  if (!vfs.exists(path)) return undefined;
  const file = openToRead(vfs, path);
  const bytes = Buffer.alloc(MAX_CURRENT_BYTES);
  let text: string;
  try {
    text = bytes.toString('latin1', 0, readFrom(file, bytes, 0, MAX_CURRENT_BYTES, 0));
  } finally {
    file.close();
  }
  const match = /^(quantadb (\d+)\nMANIFEST-(\d{6,}) (\d+)\n)([0-9a-f]{16})\n$/.exec(text);
  if (match === null || checksum(match[1]!) !== match[5]) {
    throw new CorruptionError(path, 0, 'it does not name a manifest');
  }
  if (Number(match[2]) !== FORMAT_VERSION) throw otherFormat(path, Number(match[2]));
  return { number: Number(match[3]), durableBytes: Number(match[4]) };
}

/** Writes the next CURRENT beside the present one, where {@link switchCurrent} takes it from. Nothing counts yet. */
export function stageCurrent(vfs: Vfs, directory: string, { number, durableBytes }: Current): void {
  const lines = `quantadb ${FORMAT_VERSION}\n${manifestName(number)} ${durableBytes}\n`;
  const bytes = Buffer.from(`${lines}${checksum(lines)}\n`, 'latin1');
  const file = vfs.open(vfs.join(directory, CURRENT_TEMPORARY_NAME), 'write');
  try {
    file.truncate(0);
    file.write(bytes, 0, bytes.length, 0);
    file.sync();
  } finally {
    file.close();
  }
  // The manifest's name, too, must be on the disk before CURRENT tells it.
  vfs.syncDirectory(directory);
}

/** Makes the staged CURRENT the one that counts, at once and durably. */
export function switchCurrent(vfs: Vfs, directory: string): void {
  vfs.rename(vfs.join(directory, CURRENT_TEMPORARY_NAME), vfs.join(directory, CURRENT_NAME));
  vfs.syncDirectory(directory);
}

function checksum(text: string): string {
  const bytes = Buffer.from(text, 'latin1');
  xxh3(bytes, 0, bytes.length);
  return XXH3_HIGH.toString(16).padStart(8, '0') + XXH3_LOW.toString(16).padStart(8, '0');
}
