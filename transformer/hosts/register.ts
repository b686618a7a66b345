// `node --import quantadb/register main.ts`: source files reach Node without markers and with lowered queries, and generated
// modules exist whether they are on disk or not; the types Node strips itself, so that every line stays where it is.
//
// This module is loaded into every worker thread as well, so it is small: the compiler comes in with the first source file.
import { existsSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ConfigError } from '../../runtime/errors.js';
import type { SourceLoader } from './source-loader.js';

interface ResolveContext {
  readonly parentURL?: string | undefined;
}

interface Loaded {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
  readonly shortCircuit?: boolean;
}

interface Resolved {
  readonly url: string;
  readonly format?: string | null | undefined;
  readonly shortCircuit?: boolean;
}

/** What Node 22.15 and later, and Deno 2.9, have beyond the types of the oldest Node that we support. */
interface HookingModule {
  stripTypeScriptTypes?(text: string): string;
  registerHooks?(hooks: {
    resolve(
      specifier: string,
      context: ResolveContext,
      next: (specifier: string, context: ResolveContext) => Resolved,
    ): Resolved;
    load(url: string, context: Loaded, next: (url: string, context: Loaded) => Loaded): Loaded;
  }): unknown;
}

const { registerHooks, stripTypeScriptTypes } = module as HookingModule;
const stripsTypes = 'typescript' in process.features && process.features.typescript !== false;
if (registerHooks === undefined || !stripsTypes) {
  const message = `Node ${process.version} can't load TypeScript. Take 22.18 or later, or \`quantadb generate\` and a compiler.`;
  throw new ConfigError('QDB1909', message);
}

const SOURCE = /^file:.*\.[cm]?ts$/;
const JAVASCRIPT = /([cm]?)js$/;
const RELATIVE = /^\.\.?\//;
/** Deno strips no types of what a hook gives it, and can't load a module of several files from within one. */
const isDeno = 'Deno' in globalThis;

let loader: SourceLoader | undefined;
const early = isDeno ? await import('./source-loader.js') : undefined;
function sourceLoader(): SourceLoader {
  if (loader === undefined) {
    const { openSourceLoader } = early ?? createRequire(import.meta.url)('./source-loader.js');
    loader = openSourceLoader(process.cwd());
  }
  return loader as SourceLoader;
}

/** The source file that a source file means by a relative path which leads to no file. */
function sourceFor(specifier: string, { parentURL }: ResolveContext): Resolved | undefined {
  if (!RELATIVE.test(specifier) || parentURL === undefined || !SOURCE.test(parentURL)) return undefined;
  const path = sourceLoader().find(fileURLToPath(new URL(specifier, parentURL)));
  return path === undefined ? undefined : { url: pathToFileURL(path).href, shortCircuit: true };
}

registerHooks({
  resolve(specifier, context, next) {
    try {
      const resolved = next(specifier, context);
      // Deno finds out when it loads.
      const isMissing =
        isDeno && SOURCE.test(resolved.url.replace(JAVASCRIPT, '$1ts')) && !existsSync(new URL(resolved.url));
      return (isMissing ? sourceFor(specifier, context) : undefined) ?? resolved;
    } catch (error) {
      const found = sourceFor(specifier, context);
      if (found === undefined) throw error;
      return found;
    }
  },
  load(url, context, next) {
    if (!SOURCE.test(url) || url.includes('/node_modules/')) return next(url, context);
    const path = fileURLToPath(url);
    const source = sourceLoader().load(path);
    if (isDeno && stripTypeScriptTypes !== undefined) {
      return { format: 'module', source: stripTypeScriptTypes(source), shortCircuit: true };
    }
    return { format: context.format ?? 'module-typescript', source, shortCircuit: true };
  },
});
