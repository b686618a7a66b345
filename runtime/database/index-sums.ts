// Whether an index holds what its rows ask for, told in bounded memory: both are summed up, entry by entry, in buckets by the hash of
// their keys, and only buckets whose sums differ are looked into. (As replicas are compared by hash trees: DeCandia et al., "Dynamo",
// SOSP 2007; sums don't depend on the order, so nothing has to be sorted.)
import { H1, hashKey } from '../bytes/hash.js';
import { XXH3_HIGH, XXH3_LOW, xxh3 } from '../bytes/xxh3.js';

/** A power of two. */
const BUCKETS = 1 << 14;
/** Bytes before a key's value, so that no other split of the same bytes has the same sum. */
const LENGTH_BYTES = 4;

/** The sums of a set of entries. */
export class IndexSums {
  /** Of all buckets. */
  total = 0;
  /** The least key that was added. */
  first: Buffer | null = null;
  private readonly counts = new Uint32Array(BUCKETS);
  private readonly high = new Uint32Array(BUCKETS);
  private readonly low = new Uint32Array(BUCKETS);
  private scratch = Buffer.alloc(256);

  add(key: Buffer, value: Buffer): void {
    const bucket = bucketOf(key);
    const size = LENGTH_BYTES + key.length + value.length;
    if (size > this.scratch.length) this.scratch = Buffer.alloc(size * 2);
    const { scratch } = this;
    scratch.writeUInt32LE(key.length, 0);
    key.copy(scratch, LENGTH_BYTES);
    value.copy(scratch, LENGTH_BYTES + key.length);
    xxh3(scratch, 0, size);
    this.high[bucket]! += XXH3_HIGH;
    this.low[bucket]! += XXH3_LOW;
    this.counts[bucket]!++;
    this.total++;
    if (this.first === null || key.compare(this.first) < 0) this.first = Buffer.from(key);
  }

  /** The buckets in which these sums differ from others, in groups of some `held` entries of both sides or one bucket. */
  groupsThatDiffer(other: IndexSums, held: number): Set<number>[] {
    const groups: Set<number>[] = [];
    let entries = Number.POSITIVE_INFINITY;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      if (
        this.counts[bucket] === other.counts[bucket] &&
        this.high[bucket] === other.high[bucket] &&
        this.low[bucket] === other.low[bucket]
      )
        continue;
      const more = this.counts[bucket]! + other.counts[bucket]!;
      if (entries + more > held) {
        groups.push(new Set());
        entries = 0;
      }
      groups.at(-1)!.add(bucket);
      entries += more;
    }
    return groups;
  }
}

/** In which bucket a key is summed up. */
export function bucketOf(key: Buffer): number {
  hashKey(key, 0, key.length);
  return H1 & (BUCKETS - 1);
}
