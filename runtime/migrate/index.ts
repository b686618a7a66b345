// `quantadb/migrate`: what migration files are written with, and what runs them.
export type { MigrationLine } from './line.js';
export {
  type MigrateOptions,
  type MigrateTarget,
  type MigrationProgress,
  type MigrationReport,
  migrate,
} from './migrate.js';
export { checkHistory, defineMigration, type History, type HistoryEntry, type Migration } from './migration.js';
export { EMPTY_SNAPSHOT, type EntitySnapshot, parseSnapshot, type SchemaSnapshot, snapshotHash } from './snapshot.js';
export type { NoRows, Row, RowOf, Rows, Step, StepBuilder, StepKind } from './steps.js';
