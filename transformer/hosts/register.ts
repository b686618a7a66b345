// `node --import quantadb/register main.ts`: source files reach Node without markers and with lowered queries, and generated
// modules exist whether they are on disk or not; the types Node strips itself, so that every line stays where it is.
//
// This module is loaded into every worker thread as well, so it is small: the compiler comes in with the first source file.
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

/** What Node 22.15 and later have beyond the types of the oldest Node that we support. */
interface HookingModule {
  registerHooks?(hooks: {
    resolve(
      specifier: string,
      context: ResolveContext,
      next: (specifier: string, context: ResolveContext) => Resolved,
    ): Resolved;
    load(url: string, context: Loaded, next: (url: string, context: Loaded) => Loaded): Loaded;
  }): unknown;
}

const { registerHooks } = module as HookingModule;
const stripsTypes = 'typescript' in process.features && process.features.typescript !== false;
if (registerHooks === undefined || !stripsTypes) {
  const message = `Node ${process.version} can't load TypeScript. Take 22.18 or later, or \`quantadb generate\` and a compiler.`;
  throw new ConfigError('QDB1909', message);
}

const SOURCE = /^file:.*\.[cm]?ts$/;
const RELATIVE = /^\.\.?\//;

let loader: SourceLoader | undefined;
function sourceLoader(): SourceLoader {
  if (loader === undefined) {
    const { openSourceLoader } = createRequire(import.meta.url)('./source-loader.js');
    loader = openSourceLoader(process.cwd());
  }
  return loader as SourceLoader;
}

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context);
    } catch (error) {
      const { parentURL } = context;
      if (!RELATIVE.test(specifier) || parentURL === undefined || !SOURCE.test(parentURL)) throw error;
      const wanted = fileURLToPath(new URL(specifier, parentURL));
      const path = sourceLoader().find(wanted);
      if (path === undefined) throw error;
      return { url: pathToFileURL(path).href, shortCircuit: true };
    }
  },
  load(url, context, next) {
    if (!SOURCE.test(url) || url.includes('/node_modules/')) return next(url, context);
    const path = fileURLToPath(url);
    const format = context.format ?? 'module-typescript';
    return { format, source: sourceLoader().load(path), shortCircuit: true };
  },
});
