// Where a bulk load belongs: as deep as nothing stands in its way, but no deeper than its size asks for.

import { levelCapacity, overlapping, totalBytes } from '../compaction/choose.js';
import type { TableMeta } from '../version/edit.js';

export function loadLevel(
  levels: readonly (readonly TableMeta[])[],
  smallest: Uint8Array,
  largest: Uint8Array,
  bytes: number,
  levelBytes: number,
): number {
  let level = 0;
  while (level < levels.length - 1) {
    // Older versions of a loaded key must stay below it, so no level at or above may share keys with the load.
    if (overlapping(levels[level]!, smallest, largest).length > 0) return Math.max(0, level - 1);
    if (level > 0 && totalBytes(levels[level]!) + bytes <= levelCapacity(level, levelBytes)) return level;
    level++;
  }
  return overlapping(levels[level]!, smallest, largest).length > 0 ? level - 1 : level;
}
