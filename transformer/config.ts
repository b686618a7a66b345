// What a project says about itself in quantadb.config.{ts,js,json}, and `defineConfig`, which types it. This module is
// `quantadb/config`: it imports nothing, so that a config file costs nothing to load. hosts/config-file.ts reads such files.

/** A project's settings. Paths are relative to the folder of the config file. */
export interface QuantaConfig {
  /**
   * Files that hold `@QuantaEntity()` classes, as patterns like those of tsconfig's `include`.
   * By default every TypeScript file below src/models.
   */
  readonly entities?: readonly string[];
  /**
   * Folder of the generated modules: it belongs to quantadb.
   * @default 'src/quanta'
   */
  readonly out?: string;
  /**
   * How generated modules name each other and your classes in imports: `'.js'` (Node and bundlers), `'.ts'` (where types are
   * stripped; needs `allowImportingTsExtensions`) or `''` (bundlers only).
   * @default '.js'
   */
  readonly importExtension?: '.js' | '.ts' | '';
  /** The tsconfig that `quantadb generate` takes compiler options from. @default the nearest tsconfig.json */
  readonly tsconfig?: string;
  /** Whether to warn of queries that no index serves: of all entities, or of the named ones. @default false */
  readonly warnOfScans?: boolean | readonly string[];
  /** Where commands such as `inspect` and `migrate` find the database. @default './data' */
  readonly database?: string;
  /** Folder of migrations. @default './migrations' */
  readonly migrations?: string;
}

/**
 * Types a config file; returns its argument.
 *
 * ```ts
 * // quantadb.config.ts
 * import { defineConfig } from 'quantadb/config';
 * export default defineConfig({ entities: ['src/models/*.ts'], out: 'src/quanta' });
 * ```
 */
export function defineConfig(config: QuantaConfig): QuantaConfig {
  return config;
}
