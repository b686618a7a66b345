// `quantadb/runtime`: what generated modules import. Nothing here is meant to be called by hand.
export * from './codec/index.js';
export { type AsyncDao, Dao } from './database/dao.js';
export { type BaseDatabase, BaseEmbeddedDatabase } from './database/database.js';
export { openPast } from './database/open.js';
export { type OpenPastOptions, opensPast } from './database/open-options.js';
export type { DirectSession, Session } from './database/session.js';
export { BaseEmbeddedSnapshot, type ReadonlyDao, type SnapshotSession } from './database/snapshot.js';
export type { AnyEntity } from './database/store.js';
export { BaseEmbeddedTransaction, type BaseTransaction, type TransactionSession } from './database/transaction.js';
export { type MigratingOptions as OpenOptions, openStore } from './migrate/open.js';
