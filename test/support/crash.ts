// Runs a check after a power cut at every boundary of a recorded run, several times each: with nothing, everything and random
// parts of what was not synced.
import type { MemoryVfs } from '../../runtime/vfs/memory.js';
import { Disk, type DiskOperation, type Survival } from './disk.js';
import { seeded } from './random.js';

/** A promise kept to somebody: true from the moment at which `position` operations had reached the kernel. */
export interface Acknowledged<T> {
  readonly position: number;
  readonly value: T;
}

export interface Cut<T> {
  /** What is found after the cut. */
  readonly vfs: MemoryVfs;
  /** Operations before it. */
  readonly position: number;
  readonly survival: Survival;
  /** The last value that was acknowledged before it, undefined if none was. */
  readonly acknowledged: T | undefined;
}

/**
 * Calls `check` after each cut; an error names the cut, which is the same in every run with this `seed`. Returns the number of
 * cuts.
 */
export function cutEverywhere<T>(
  operations: readonly DiskOperation[],
  acknowledgements: readonly Acknowledged<T>[],
  options: { readonly seed: number; readonly randomCuts: number },
  check: (cut: Cut<T>) => void,
): number {
  const disk = new Disk();
  let cuts = 0;
  let next = 0;
  let acknowledged: T | undefined;
  for (let position = 0; position <= operations.length; position++) {
    if (position > 0) disk.step(operations[position - 1]!);
    for (; next < acknowledgements.length && acknowledgements[next]!.position <= position; next++) {
      acknowledged = acknowledgements[next]!.value;
    }
    const survivals: Survival[] = [
      'nothing',
      'everything',
      ...Array.from({ length: options.randomCuts }, () => 'some' as const),
    ];
    survivals.forEach((survival, i) => {
      const vfs = disk.afterCut(survival, seeded(options.seed + position * 1000 + i));
      cuts++;
      try {
        check({ vfs, position, survival, acknowledged });
      } catch (error) {
        throw new Error(`Power cut after operation ${position} of ${operations.length}, ${survival} survives (${i})`, {
          cause: error,
        });
      }
    });
  }
  return cuts;
}
