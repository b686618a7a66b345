// How many different values the leading parts of a table's keys have, counted while the table is written: in sorted order a value that
// is not the one before it is new, so counting changes is enough. Only some of the blocks are looked at, for writing must stay cheap;
// between two of them a part that is the same at both ends has not changed, and one that is not is taken to change as often as elsewhere.
//
//   section   f64 for the first part, for the first two together, and so on: different values, an estimate in large tables
import { sharedPrefix } from '../../bytes/compare.js';
import { type KeyPart, partEnd } from '../../bytes/key-parts.js';
import type { SectionCollector } from './collector.js';
import { STATISTICS_TAG } from './properties.js';
import type { SortedEntries } from './sorted-entries.js';

/** Different values of the first `parts` parts together, from the section; undefined where it doesn't tell of so many. */
export function distinctIn(section: Buffer | null, parts: number): number | undefined {
  return section === null || section.length < 8 * parts ? undefined : section.readDoubleLE(8 * (parts - 1));
}

// Of a table's blocks the first ones are all looked at, then every 8th, and in large tables every 16th.
const FIRST_BLOCKS = 64;
const MANY_BLOCKS = 1024;

function isLookedAt(block: number): boolean {
  return block < FIRST_BLOCKS || block % (block < MANY_BLOCKS ? 8 : 16) === 0;
}

export class StatisticsCollector implements SectionCollector {
  readonly tag = STATISTICS_TAG;
  private isLooking = true;
  /** Steps from one key to the next one, by the first part that changed; the last is for those where none did. */
  private readonly changes: Float64Array;
  private steps = 0;
  /** The same for what lies between two blocks that were looked at, and entries in there. */
  private readonly gaps: Float64Array;
  private readonly gapEntries: Float64Array;
  private block = 0;
  private skipped = 0;
  private last = Buffer.alloc(64);
  private lastLength = -1;

  constructor(private readonly parts: readonly KeyPart[]) {
    this.changes = new Float64Array(parts.length + 1);
    this.gaps = new Float64Array(parts.length + 1);
    this.gapEntries = new Float64Array(parts.length + 1);
  }

  add(key: Uint8Array, keyStart: number, keyEnd: number): void {
    if (this.isLooking) this.look(key, keyStart, keyEnd);
    else this.skipped++;
  }

  addSorted({ order, keys, keyStarts }: SortedEntries, from: number, to: number): void {
    if (!this.isLooking) {
      this.skipped += to - from;
      return;
    }
    for (let i = from; i < to; i++) this.look(keys, keyStarts[order[i]!]!, keyStarts[order[i]! + 1]!);
  }

  endBlock(): void {
    this.block++;
    this.isLooking = isLookedAt(this.block);
  }

  finish(): Uint8Array {
    const { parts, changes, gaps, gapEntries, steps } = this;
    // Behind the last look everything may have changed.
    gapEntries[0]! += this.skipped;
    const section = Buffer.alloc(8 * parts.length);
    let seen = 0;
    let gapsChanged = 0;
    let entriesThere = 0;
    for (let i = 0; i < parts.length; i++) {
      seen += changes[i]!;
      gapsChanged += gaps[i]!;
      entriesThere += gapEntries[i]!;
      const elsewhere = Math.max(gapsChanged, (seen / Math.max(1, steps)) * entriesThere);
      section.writeDoubleLE(1 + seen + elsewhere, 8 * i);
    }
    return section;
  }

  private look(key: Uint8Array, keyStart: number, keyEnd: number): void {
    const { last, lastLength } = this;
    if (lastLength >= 0) {
      const changed = this.firstChanged(
        key,
        keyStart,
        keyEnd,
        sharedPrefix(last, 0, lastLength, key, keyStart, keyEnd),
      );
      if (this.skipped === 0) {
        this.changes[changed]!++;
        this.steps++;
      } else {
        this.gaps[changed]!++;
        this.gapEntries[changed]! += this.skipped;
        this.skipped = 0;
      }
    }
    this.keep(key, keyStart, keyEnd);
  }

  /** Number of the first part that does not end within the bytes that the key shares with the last one. */
  private firstChanged(key: Uint8Array, keyStart: number, keyEnd: number, shared: number): number {
    const { parts } = this;
    let changed = 0;
    while (changed < parts.length && partEnd(parts, changed + 1, key, keyStart, keyEnd) <= keyStart + shared) changed++;
    return changed;
  }

  private keep(key: Uint8Array, keyStart: number, keyEnd: number): void {
    const length = keyEnd - keyStart;
    if (length > this.last.length) this.last = Buffer.alloc(length * 2);
    const { last } = this;
    for (let i = 0; i < length; i++) last[i] = key[keyStart + i]!;
    this.lastLength = length;
  }
}
