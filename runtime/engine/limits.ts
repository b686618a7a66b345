// Limits and defaults of the engine, all of them, with their units.

import { MAX_TABLE_KEY_BYTES } from './table/format.js';

/** Longest key in bytes. */
export const MAX_KEY_BYTES = MAX_TABLE_KEY_BYTES;
/** Longest value in bytes. */
export const MAX_VALUE_BYTES = 64 * 1024 * 1024;
/** Largest batch in bytes, as it stands in the log: also the longest log record. */
export const MAX_BATCH_BYTES = 256 * 1024 * 1024;
/** Trees that may exist at one time. */
export const MAX_TREES = 4096;

/** Most bytes of table blocks held in memory: positions in the page cache are 32 bits with a sign, which is what V8 is quick with. */
export const MAX_MEMORY_BYTES = 2 ** 31;
/** Page cache: bytes of table blocks held in memory. */
export const DEFAULT_MEMORY_BYTES = 64 * 1024 * 1024;
/** Bytes of all memtables together at which they are flushed. */
export const DEFAULT_MEMTABLE_BYTES = 8 * 1024 * 1024;
/** Size in bytes that a data block is filled to. */
export const DEFAULT_BLOCK_BYTES = 4096;
/** Size in bytes at which a merge or bulk load closes a table and starts the next. */
export const DEFAULT_TABLE_BYTES = 16 * 1024 * 1024;
/** Size in bytes that level 1 of a tree may have; each level below may have ten times more. */
export const DEFAULT_LEVEL_BYTES = 64 * 1024 * 1024;
/** Bytes by which a log file is zeroed ahead when it grows. */
export const DEFAULT_LOG_GROW_BYTES = 1024 * 1024;
/** Most of them: a log file has 4 GiB at most. */
export const MAX_LOG_GROW_BYTES = 1024 * 1024 * 1024;
/** With durability 'interval': milliseconds between two syncs of the log. */
export const SYNC_INTERVAL_MILLISECONDS = 100;
