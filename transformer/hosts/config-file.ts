// Finds quantadb.config.{ts,js,json} upward from a folder, loads and checks it. Everything is synchronous, because ts-patch
// calls its transformers so.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../../runtime/errors.js';
import type { QuantaConfig } from '../config.js';
import { resolveCompiler } from './compiler.js';
import { requireTranspiled } from './transpile.js';

/** A project's settings with every default filled in and every path absolute. */
export interface Project {
  /** Folder of the config file (or where the search began when there is none). */
  readonly root: string;
  /** The config file; null when the project lives by the defaults. */
  readonly configFile: string | null;
  /** Patterns, relative to `root`. */
  readonly entities: readonly string[];
  readonly out: string;
  readonly importExtension: '.js' | '.ts' | '';
  readonly tsconfig: string | null;
  readonly warnOfScans: boolean | readonly string[];
  readonly database: string;
  readonly migrations: string;
}

export const CONFIG_FILES = ['quantadb.config.ts', 'quantadb.config.js', 'quantadb.config.json'] as const;

const text = z.string().min(1);
const shape = z.strictObject({
  entities: z.array(text).min(1).optional(),
  out: text.optional(),
  importExtension: z.enum(['.js', '.ts', '']).optional(),
  tsconfig: text.optional(),
  warnOfScans: z.union([z.boolean(), z.array(text)]).optional(),
  database: text.optional(),
  migrations: text.optional(),
});

/**
 * The settings that hold in `directory`: those of the nearest config file above it, with `overrides` on top.
 * @throws ConfigError QDB1902 when the file can't be loaded, QDB1903 when it holds something else than a config
 */
export function loadProject(directory: string, overrides: object = {}): Project {
  const configFile = findConfigFile(directory);
  const loaded = configFile === null ? {} : check(configFile, load(configFile));
  const config: QuantaConfig = { ...loaded, ...check('the plugin entry of tsconfig.json', overrides) };
  const root = configFile === null ? resolve(directory) : dirname(configFile);
  return {
    root,
    configFile,
    entities: config.entities ?? ['src/models/**/*.ts'],
    out: resolve(root, config.out ?? 'src/quanta'),
    importExtension: config.importExtension ?? '.js',
    tsconfig: config.tsconfig === undefined ? null : resolve(root, config.tsconfig),
    warnOfScans: config.warnOfScans ?? false,
    database: resolve(root, config.database ?? './data'),
    migrations: resolve(root, config.migrations ?? './migrations'),
  };
}

/** The nearest config file in `directory` or above it. */
export function findConfigFile(directory: string): string | null {
  for (let at = resolve(directory); ; at = dirname(at)) {
    for (const name of CONFIG_FILES) {
      const file = join(at, name);
      if (existsSync(file)) return file;
    }
    if (dirname(at) === at) return null;
  }
}

function check(source: string, value: unknown): QuantaConfig {
  const result = shape.safeParse(value);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'config'}: ${message}`);
    throw new ConfigError('QDB1903', `${source} is no valid configuration. ${problems.join('; ')}.`);
  }
  // zod writes optional keys as `T | undefined`; parsed from an object without them, they are absent.
  return result.data as QuantaConfig;
}

function load(file: string): unknown {
  try {
    if (file.endsWith('.json')) return JSON.parse(readFileSync(file, 'utf8'));
    const loaded = requireTranspiled(resolveCompiler(dirname(file)).ts, file);
    return hasDefault(loaded) ? loaded.default : loaded;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError('QDB1902', `${file} can't be loaded: ${reason}`, { cause: error });
  }
}

function hasDefault(loaded: unknown): loaded is { default: unknown } {
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded;
}
