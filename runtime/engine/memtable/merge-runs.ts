// Joins two sorted runs of a memtable's key numbers.
import { compareBytes } from '../../bytes/compare.js';

/** What merging sees of the memtable: where each numbered key lies in its arena. */
interface NumberedKeys {
  readonly bytes: Buffer;
  keyStart(number: number): number;
  keyEnd(number: number): number;
}

export function mergeRuns(table: NumberedKeys, left: Int32Array, right: Int32Array): Int32Array {
  const merged = new Int32Array(left.length + right.length);
  let l = 0;
  let r = 0;
  let at = 0;
  while (l < left.length && r < right.length) {
    const a = left[l]!;
    const b = right[r]!;
    const { bytes } = table;
    const sign = compareBytes(bytes, table.keyStart(a), table.keyEnd(a), bytes, table.keyStart(b), table.keyEnd(b));
    if (sign < 0) {
      merged[at++] = a;
      l++;
    } else {
      merged[at++] = b;
      r++;
    }
  }
  merged.set(l < left.length ? left.subarray(l) : right.subarray(r), at);
  return merged;
}
