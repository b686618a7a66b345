import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type EngineOptions, openEngine } from '../../runtime/engine/index.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { runHistory, step } from './model.js';

/** Sizes so small that every history comes through flushes, merges, levels and evictions. */
const TINY: Omit<EngineOptions, 'vfs'> = {
  path: '/db',
  memory: 64 * 1024,
  memtableBytes: 4096,
  tableBytes: 16 * 1024,
  levelBytes: 32 * 1024,
};

const CONFIGURATIONS: readonly (Omit<EngineOptions, 'vfs'> & { readonly runs: number })[] = [
  { ...TINY, runs: 50 },
  { runs: 50, ...TINY, durability: 'os', compaction: 'manual', memtableBytes: 64 * 1024 },
  { runs: 30, ...TINY, durability: 'interval', compression: 'zlib', blockBytes: 8192, memtableBytes: 1 },
  { runs: 8, ...TINY, levelBytes: 1, tableBytes: 1 },
];

describe('the engine against sorted maps', () => {
  for (const [i, { runs, ...options }] of CONFIGURATIONS.entries()) {
    it(`gives the right answers, configuration ${i}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
          const vfs = new MemoryVfs();
          await runHistory(() => openEngine({ ...options, vfs }), steps);
        }),
        { numRuns: runs },
      );
    });
  }
});
