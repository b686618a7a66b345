// Loads TypeScript modules of a project without a build: config files and migrations. Everything is synchronous, because
// ts-patch calls its transformers so.
//
// They are transpiled in memory to CommonJS: Node 20 can't load TypeScript, and what Node has once imported it never reads
// again, as watching must.
import { existsSync, readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { Compiler } from './compiler.js';

/** What Node's own CommonJS loader calls with a file's text; it has no public name, and is what every require hook calls. */
interface CompilingModule extends Module {
  _compile(text: string, file: string): void;
}

export interface TranspileOptions {
  /** Modules that are given instead of being looked for, by specifier. */
  readonly provided?: ReadonlyMap<string, unknown>;
  /** Whether relative imports are TypeScript too; otherwise Node loads them. Each is loaded once per call. */
  readonly relative?: boolean;
}

/** The exports of `file`. Throws what its code throws, and SyntaxError. */
export function requireTranspiled(ts: Compiler, file: string, options: TranspileOptions = {}): unknown {
  return new Transpiler(ts, options).load(file);
}

class Transpiler {
  private readonly loaded = new Map<string, CompilingModule>();

  constructor(
    private readonly ts: Compiler,
    private readonly options: TranspileOptions,
  ) {}

  load(file: string): unknown {
    const known = this.loaded.get(file);
    if (known !== undefined) return known.exports;
    const { ts } = this;
    const { outputText } = ts.transpileModule(readFileSync(file, 'utf8'), {
      fileName: file,
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
    });
    const module = new Module(file) as CompilingModule;
    this.loaded.set(file, module);
    module.filename = file;
    module.paths = createRequire(file).resolve.paths('quantadb') ?? [];
    const ordinary = module.require.bind(module);
    module.require = ((specifier: string) => this.resolve(file, specifier, ordinary)) as typeof module.require;
    module._compile(outputText, file);
    return module.exports;
  }

  private resolve(from: string, specifier: string, ordinary: (specifier: string) => unknown): unknown {
    const { provided, relative = false } = this.options;
    if (provided?.has(specifier)) return provided.get(specifier);
    const source = relative && specifier.startsWith('.') ? sourceOf(resolve(dirname(from), specifier)) : null;
    return source === null ? ordinary(specifier) : this.load(source);
  }
}

/** The TypeScript file that a specifier with the ending `.js`, `.ts` or none means. */
function sourceOf(path: string): string | null {
  const candidates = [path.replace(/\.([cm]?)js$/, '.$1ts'), `${path}.ts`];
  return candidates.find((file) => /\.[cm]?ts$/.test(file) && existsSync(file)) ?? null;
}
