// The public face of the engine.
export type * from './api.js';
export { type RestoreSummary, restoreBackup } from './backup/restore.js';
export type { FrameState } from './cache/page-cache.js';
export type { Clock } from './clock.js';
export {
  DROP,
  dateIn,
  type EntryFilter,
  entryFilter,
  type FilterFactory,
  KEEP,
  loadFilters,
  provideFilters,
  REWRITE,
  type Verdict,
} from './compaction/filter.js';
export { HISTORY_TREE } from './history.js';
export * from './limits.js';
export { databaseExists, openEngine, requireDatabase } from './open.js';
export type { EngineOptions } from './options.js';
