// Everything an engine can be opened with that must change no answer: sizes, budgets, durability, compression, when and where it
// compacts, how often it is closed and opened again, how many commits are in flight.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Engine, type EngineOptions, openEngine } from '../../runtime/engine/index.js';
import { hasZstd } from '../../runtime/engine/table/compression.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { NodeVfs } from '../../runtime/vfs/node.js';

/** Threads run what was built. */
const WORKER = new URL('../../dist/runtime/engine/compaction/worker.js', import.meta.url);
export const hasWorker = existsSync(WORKER);

export interface Configuration {
  readonly options: Omit<EngineOptions, 'vfs' | 'path'>;
  /** In memory with merges in the same thread, or on the disk with merges in a worker. */
  readonly on: 'memory' | 'disk';
  /** Decides what happens between two steps. */
  readonly seed: number;
  /** Chances, per step, that the engine flushes, compacts and is closed and opened again. */
  readonly flush: number;
  readonly compact: number;
  readonly reopen: number;
  /** Commits that are begun before the first of them is waited for. */
  readonly inFlight: number;
}

/** The one that does the least: what the others are compared with. */
export const PLAIN: Configuration = {
  options: { compaction: 'manual', durability: 'os' },
  on: 'memory',
  seed: 0,
  flush: 0,
  compact: 0,
  reopen: 0,
  inFlight: 1,
};

const chance = fc.constantFrom(0, 0, 0.03, 0.2);

/** Sizes in bytes from tiny to ample. */
function sizes(...bytes: readonly number[]): fc.Arbitrary<number> {
  return fc.constantFrom(...bytes);
}

export function configurations(...on: readonly Configuration['on'][]): fc.Arbitrary<Configuration> {
  return fc.record({
    options: fc.record({
      memory: sizes(16 * 1024, 64 * 1024, 8 * 1024 * 1024),
      memtableBytes: sizes(1, 600, 4096, 64 * 1024, 8 * 1024 * 1024),
      blockBytes: sizes(4096, 8192, 32 * 1024),
      tableBytes: sizes(1, 4096, 32 * 1024, 16 * 1024 * 1024),
      levelBytes: sizes(1, 16 * 1024, 64 * 1024 * 1024),
      logGrowBytes: sizes(1024, 40 * 1024),
      durability: fc.constantFrom('commit' as const, 'interval' as const, 'os' as const),
      compression: fc.constantFrom(
        'none' as const,
        'none' as const,
        'zlib' as const,
        ...(hasZstd ? ['zstd' as const] : []),
      ),
      compaction: fc.constantFrom('auto' as const, 'auto' as const, 'manual' as const),
    }),
    on: fc.constantFrom(...on),
    seed: fc.nat(),
    flush: chance,
    compact: chance,
    reopen: chance,
    inFlight: fc.constantFrom(1, 1, 4, 20),
  });
}

/** A place for one database, and how to open the engine there, again and again. */
export interface Place {
  open(): Promise<Engine>;
  remove(): void;
}

export function placeFor({ options, on }: Configuration): Place {
  if (on === 'memory') {
    const vfs = new MemoryVfs();
    return { open: () => openEngine({ ...options, vfs, path: '/db' }), remove: () => {} };
  }
  const path = mkdtempSync(join(tmpdir(), 'quantadb-metamorphic-'));
  return {
    open: () => openEngine({ ...options, vfs: new NodeVfs(), path, compactionWorker: WORKER }),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
