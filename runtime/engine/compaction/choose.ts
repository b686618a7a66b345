// Which tables of a tree to merge next: a pure function from its levels to a choice. Doing it is merge.ts's business.
//
// Leveled, with a lazily tiered L0: flushed tables collect in L0; when they are few bytes beside what they overlap in L1,
// they are first merged among themselves (tiering), so that L1 is not rewritten for a trifle. Below, each level may hold
// ten times as much as the one above, and its cheapest table (least overlap per byte) moves down when it is over.
import { compareKeys } from '../../bytes/compare.js';
import { MAX_LEVELS } from '../version/edit.js';

/** What choosing needs to know of a table; TableMeta has it. */
export interface TableExtent {
  readonly id: number;
  readonly bytes: number;
  readonly tombstones: number;
  readonly smallest: Uint8Array;
  readonly largest: Uint8Array;
}

/** Levels of one tree: L0 newest first, from L1 on sorted by `smallest` and disjoint. */
export type Levels<T extends TableExtent> = readonly (readonly T[])[];

export interface Choice<T extends TableExtent> {
  /** `move` changes the level of one table, and no byte of it. */
  readonly kind: 'merge' | 'move';
  /** Newest first: of equal keys the earlier table's versions are newer. */
  readonly inputs: readonly T[];
  readonly outputLevel: number;
  /** No older table outside the inputs overlaps them: deletions have nothing left to hide. */
  readonly bottommost: boolean;
}

export interface ChooseOptions {
  /** Size in bytes that L1 may have; each level below ten times more. */
  readonly levelBytes: number;
}

/** How many times more each level may hold than the one above. */
export const FANOUT = 10;
/** Tables in L0 that start a merge. */
export const L0_MERGE_TABLES = 4;
/** Tables in L0 that are merged into L1 however little they are. */
export const L0_MOST_TABLES = 8;
/** L0 is tiered while L1 would have to rewrite this many times its bytes. */
const TIERING_RATIO = 4;
/** Tables of a tier: none is more than this many times as large as the newer ones together. */
const TIER_RATIO = 2;

/** Size in bytes that a level may have. L0 counts tables instead. */
export function levelCapacity(level: number, levelBytes: number): number {
  return levelBytes * FANOUT ** (level - 1);
}

/** How far each level is over: 1 and more wants a merge. */
export function pressure<T extends TableExtent>(levels: Levels<T>, level: number, options: ChooseOptions): number {
  const tables = levels[level] ?? [];
  if (level === 0) return tables.length / L0_MERGE_TABLES;
  return level === MAX_LEVELS - 1 ? 0 : totalBytes(tables) / levelCapacity(level, options.levelBytes);
}

/** The most pressing merge, or null when every level is within its size. */
export function choose<T extends TableExtent>(levels: Levels<T>, options: ChooseOptions): Choice<T> | null {
  let worst = 0;
  for (let level = 1; level < levels.length; level++) {
    if (pressure(levels, level, options) > pressure(levels, worst, options)) worst = level;
  }
  if (pressure(levels, worst, options) < 1) return null;
  if (worst > 0) return descend(levels, worst);
  return chooseInL0(levels) ?? chooseBelow(levels, options);
}

/** Every table of the tree into one level: the shallowest that may hold them all. */
export function chooseAll<T extends TableExtent>(levels: Levels<T>, options: ChooseOptions): Choice<T> | null {
  const inputs = levels.flat();
  if (inputs.length === 0) return null;
  return { kind: 'merge', inputs, outputLevel: levelFor(totalBytes(inputs), options.levelBytes), bottommost: true };
}

/** The shallowest level below L0 that may hold so many bytes. */
export function levelFor(bytes: number, levelBytes: number): number {
  let level = 1;
  while (level < MAX_LEVELS - 1 && levelCapacity(level, levelBytes) < bytes) level++;
  return level;
}

/** The tables that share keys with [smallest, largest]. */
export function overlapping<T extends TableExtent>(
  tables: readonly T[],
  smallest: Uint8Array,
  largest: Uint8Array,
): T[] {
  return tables.filter(
    (table) => compareKeys(table.largest, smallest) >= 0 && compareKeys(table.smallest, largest) <= 0,
  );
}

/** The smallest and largest key of all tables together. */
export function extent(tables: readonly TableExtent[]): [smallest: Uint8Array, largest: Uint8Array] {
  let { smallest, largest } = tables[0]!;
  for (const table of tables) {
    if (compareKeys(table.smallest, smallest) < 0) smallest = table.smallest;
    if (compareKeys(table.largest, largest) > 0) largest = table.largest;
  }
  return [smallest, largest];
}

export function totalBytes(tables: readonly TableExtent[]): number {
  let bytes = 0;
  for (const table of tables) bytes += table.bytes;
  return bytes;
}

function chooseBelow<T extends TableExtent>(levels: Levels<T>, options: ChooseOptions): Choice<T> | null {
  for (let level = 1; level < levels.length; level++) {
    if (pressure(levels, level, options) >= 1) return descend(levels, level);
  }
  return null;
}

function chooseInL0<T extends TableExtent>(levels: Levels<T>): Choice<T> | null {
  const newest = levels[0]!;
  const [smallest, largest] = extent(newest);
  const below = overlapping(levels[1] ?? [], smallest, largest);
  if (totalBytes(newest) * TIERING_RATIO >= totalBytes(below) || newest.length >= L0_MOST_TABLES) {
    return merge(levels, newest, below, 1);
  }
  const tier = newestTier(newest);
  if (tier.length < L0_MERGE_TABLES) return null;
  return { kind: 'merge', inputs: tier, outputLevel: 0, bottommost: false };
}

/** The newest tables of about one size. */
function newestTier<T extends TableExtent>(newest: readonly T[]): T[] {
  const tier: T[] = [];
  let bytes = 0;
  for (const table of newest) {
    if (tier.length > 0 && table.bytes > bytes * TIER_RATIO) break;
    tier.push(table);
    bytes += table.bytes;
  }
  return tier;
}

/** Moves the table of a level down that drags the fewest bytes along. */
function descend<T extends TableExtent>(levels: Levels<T>, level: number): Choice<T> {
  const below = levels[level + 1] ?? [];
  let best: T | undefined;
  let bestBelow: T[] = [];
  let bestRatio = Number.POSITIVE_INFINITY;
  for (const table of levels[level]!) {
    const dragged = overlapping(below, table.smallest, table.largest);
    const ratio = totalBytes(dragged) / table.bytes;
    if (ratio < bestRatio) [best, bestBelow, bestRatio] = [table, dragged, ratio];
  }
  return merge(levels, [best!], bestBelow, level + 1);
}

function merge<T extends TableExtent>(
  levels: Levels<T>,
  upper: readonly T[],
  below: readonly T[],
  outputLevel: number,
): Choice<T> {
  const inputs = [...upper, ...below];
  const [smallest, largest] = extent(inputs);
  const bottommost = levels
    .slice(outputLevel + 1)
    .every((tables) => overlapping(tables, smallest, largest).length === 0);
  // A table with deletions that could go is worth rewriting.
  const movable = inputs.length === 1 && !(bottommost && inputs[0]!.tombstones > 0);
  return { kind: movable ? 'move' : 'merge', inputs, outputLevel, bottommost };
}
