// What an engine is opened with, and what is assumed when nothing is said.
import { fileURLToPath } from 'node:url';
import { StorageError } from '../errors.js';
import { doorTo } from '../vfs/door.js';
import type { Vfs } from '../vfs/vfs.js';
import type { Durability } from './api.js';
import { type Clock, SYSTEM_CLOCK } from './clock.js';
import {
  DEFAULT_BLOCK_BYTES,
  DEFAULT_LEVEL_BYTES,
  DEFAULT_LOG_GROW_BYTES,
  DEFAULT_MEMORY_BYTES,
  DEFAULT_MEMTABLE_BYTES,
  DEFAULT_TABLE_BYTES,
  MAX_LOG_GROW_BYTES,
  MAX_MEMORY_BYTES,
} from './limits.js';
import type { Compression } from './table/table.js';
import { checkBlocks } from './table/writer.js';
import type { TreeMeta } from './version/edit.js';

/** What `openEngine` takes: `openEngine({ vfs: new NodeVfs(), path: './data' })`. */
export interface EngineOptions {
  readonly vfs: Vfs;
  /** Directory of the database; made when missing. */
  readonly path: string;
  /** Default 'commit'. */
  readonly durability?: Durability;
  /** Page cache in bytes, up to {@link MAX_MEMORY_BYTES}. Default {@link DEFAULT_MEMORY_BYTES}. */
  readonly memory?: number;
  /** Bytes of all memtables together at which they are flushed. Default {@link DEFAULT_MEMTABLE_BYTES}. */
  readonly memtableBytes?: number;
  /** Size in bytes that a data block is filled to. Default {@link DEFAULT_BLOCK_BYTES}. */
  readonly blockBytes?: number;
  /** Size in bytes at which a table is closed and the next begun. Default {@link DEFAULT_TABLE_BYTES}. */
  readonly tableBytes?: number;
  /** Size in bytes that level 1 may have. Default {@link DEFAULT_LEVEL_BYTES}. */
  readonly levelBytes?: number;
  /** Bytes by which a log file is zeroed ahead when it grows. Default {@link DEFAULT_LOG_GROW_BYTES}. */
  readonly logGrowBytes?: number;
  /** Default 'none'. */
  readonly compression?: Compression;
  /** 'auto' (default) compacts when a level is over its size; 'manual' only when `compact` is called. */
  readonly compaction?: 'auto' | 'manual';
  /**
   * The built compaction/worker.js, or null to merge in this thread. Default: the one beside this file for a file system that
   * other threads can reach, null where there is none.
   */
  readonly compactionWorker?: URL | null;
  readonly clock?: Clock;
  /** Milliseconds since the epoch, for the history. Default `Date.now`. */
  readonly date?: () => number;
  /**
   * Milliseconds for which what was overwritten or deleted can still be read, 0 for none. Kept with the database; null (default)
   * leaves it as it is, which is none in a new one.
   */
  readonly history?: number | null;
}

/** Options with nothing left open. */
export type Settings = Required<EngineOptions>;

/** Options left undefined count as not given. Throws where a table could not be written with these options: better now than at the first flush. */
export function settle(options: EngineOptions): Settings {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const settings: Settings = {
    durability: 'commit',
    memory: DEFAULT_MEMORY_BYTES,
    memtableBytes: DEFAULT_MEMTABLE_BYTES,
    blockBytes: DEFAULT_BLOCK_BYTES,
    tableBytes: DEFAULT_TABLE_BYTES,
    levelBytes: DEFAULT_LEVEL_BYTES,
    logGrowBytes: DEFAULT_LOG_GROW_BYTES,
    compression: 'none',
    compaction: 'auto',
    compactionWorker: builtWorker(options.vfs),
    clock: SYSTEM_CLOCK,
    date: Date.now,
    history: null,
    ...(given as unknown as EngineOptions),
  };
  checkChoices(settings);
  checkBlocks(settings.blockBytes, settings.compression);
  return { ...settings, vfs: doorTo(settings.vfs) };
}

const CHOICES = {
  durability: ['commit', 'interval', 'os'],
  compression: ['none', 'zlib', 'zstd'],
  compaction: ['auto', 'manual'],
} as const satisfies { [Name in keyof Settings]?: readonly Settings[Name][] };

/** The least and the most that these may be, in bytes. */
const SIZES = {
  memtableBytes: [0, Number.POSITIVE_INFINITY],
  tableBytes: [1, Number.POSITIVE_INFINITY],
  levelBytes: [1, Number.POSITIVE_INFINITY],
  logGrowBytes: [1, MAX_LOG_GROW_BYTES],
} as const satisfies { [Name in keyof Settings]?: readonly [number, number] };

/** What TypeScript checks where it is asked: a misspelled durability would be a log that is never synced. */
function checkChoices(settings: Settings): void {
  const { path, memory, history } = settings;
  if (typeof path !== 'string' || path === '') {
    throw new StorageError('QDB4014', 'A database needs a path: openDatabase("./data"), or { path: "./data" }.');
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const given: unknown = settings[name as keyof typeof CHOICES];
    if ((choices as readonly unknown[]).includes(given)) continue;
    throw new StorageError('QDB4014', `${name} is "${given}". Give one of "${choices.join('", "')}".`);
  }
  for (const [name, [least, most]] of Object.entries(SIZES)) {
    const given: unknown = settings[name as keyof typeof SIZES];
    if (typeof given === 'number' && given >= least && given <= most) continue;
    const range = Number.isFinite(most) ? `from ${least} to ${most}` : `from ${least} on`;
    throw new StorageError('QDB4014', `${name} is ${given}. Give a number of bytes, ${range}.`);
  }
  if (!Number.isFinite(memory) || memory < 0) {
    throw new StorageError('QDB4014', `memory is ${memory}. Give a number of bytes, as 64 * 1024 * 1024.`);
  }
  if (memory > MAX_MEMORY_BYTES) {
    throw new StorageError(
      'QDB4014',
      `memory is ${memory} bytes. Give at most ${MAX_MEMORY_BYTES} (2 GB): what is read beyond that, the system keeps in its own cache.`,
    );
  }
  if (history !== null && !(Number.isSafeInteger(history) && history >= 0)) {
    throw new StorageError(
      'QDB4014',
      `history is ${history} milliseconds. Give a whole number of them, or 0 for none.`,
    );
  }
}

function builtWorker(vfs: Vfs): URL | null {
  if (vfs.reachableFromThreads !== true) return null;
  const url = new URL('./compaction/worker.js', import.meta.url);
  // From TypeScript sources there is none, and a bundler may have left it behind.
  return url.protocol === 'file:' && vfs.exists(fileURLToPath(url)) ? url : null;
}

/**
 * Bits a key of a table's filter, by its level: what Dayan et al. ("Monkey", SIGMOD 2017) allot, in three tiers. 0, which is no filter,
 * where none is ever asked.
 */
export function filterBits({ walked }: Pick<TreeMeta, 'walked'>, level: number): number {
  if (walked === true) return 0;
  if (level <= 1) return 32;
  return level === 2 ? 16 : 8;
}
