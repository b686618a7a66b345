// XXH3-64 behind the bytes it covers, as every block and section of a table carries it.
import { XXH3_HIGH, XXH3_LOW, xxh3 } from '../../bytes/xxh3.js';

export const CHECKSUM_BYTES = 8;

/** Writes the checksum of `[start, end)` to `[end, end + 8)`. */
export function putChecksum(bytes: Uint8Array, view: DataView, start: number, end: number): void {
  xxh3(bytes, start, end);
  view.setUint32(end, XXH3_LOW, true);
  view.setUint32(end + 4, XXH3_HIGH, true);
}

/** Whether the checksum behind `[start, end)` is theirs. */
export function checksumMatches(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  xxh3(bytes, start, end);
  return view.getUint32(end, true) === XXH3_LOW && view.getUint32(end + 4, true) === XXH3_HIGH;
}
