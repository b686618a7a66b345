// The public face, `quantadb`: markers for entity classes, the types that applications name, and the errors.
export type { EngineStats, TreeStats } from '../engine/api.js';
export * from '../errors.js';
export type { Explanation } from '../query/access.js';
export type { Expression, Lowered } from '../query/expression.js';
export type { Query } from '../query/query.js';
export * from '../schema/markers.js';
export { MemoryVfs } from '../vfs/memory.js';
export { NodeVfs } from '../vfs/node.js';
export type { Vfs, VfsFile, VfsLock } from '../vfs/vfs.js';
export type { AsyncDao, Dao } from './dao.js';
export type { BaseDatabase, BaseEmbeddedDatabase } from './database.js';
export type { RandomSource } from './key-generator.js';
export type { OpenOptions } from './open.js';
export type { WarningReporter } from './open-snapshots.js';
export type { AsyncQuery, QueryBuilder } from './query-builder.js';
export type { BaseEmbeddedSnapshot, ReadonlyDao } from './snapshot.js';
export type { Clock } from './table.js';
export type { BaseTransaction } from './transaction.js';
