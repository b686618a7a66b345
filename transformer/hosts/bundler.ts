// `quantadb/unplugin`: the compiler plugin of Vite, Rollup, Rolldown, esbuild, webpack, Rspack and what else unplugin serves.
// It brings the generated modules on disk up to date, so that editors see them too, and hands each source file on without
// markers and with lowered queries, before any other plugin sees it.
import { realpathSync } from 'node:fs';
import type { Diagnostic } from 'typescript';
import { createUnplugin, type UnpluginInstance } from 'unplugin';
import { ConfigError } from '../../runtime/errors.js';
import { isMarkerExport } from '../analyze/index.js';
import type { QuantaConfig } from '../config.js';
import { Compilation } from './compilation.js';
import { CompileError, formatFinding } from './compile-error.js';
import { type Compiler, resolveCompiler } from './compiler.js';
import { loadProject, type Project } from './config-file.js';
import { staleModules, writeModules } from './disk.js';
import { slashed } from './project.js';
import type { EditedText } from './text.js';

/** Settings of the plugin; they win over those of quantadb.config. */
export interface BundlerOptions extends QuantaConfig {
  /** Where quantadb.config and tsconfig.json are looked for, and above. @default Vite's root, else the working directory */
  readonly root?: string;
}

const SCRIPT = /\.(?:[cm]?[jt]sx?|vue|svelte|astro)(?:\?|$)/;
const TYPESCRIPT = /\.[cm]?tsx?$/;

/**
 * ```ts
 * // vite.config.ts
 * import quantadb from 'quantadb/unplugin';
 * export default { plugins: [quantadb.vite()] };
 * ```
 */
const plugin: UnpluginInstance<BundlerOptions | undefined, false> = createUnplugin((options = {}) => {
  const build = new Build(options);
  return {
    name: 'quantadb',
    enforce: 'pre',
    buildStart: () => build.start(),
    watchChange: () => build.noteChange(),
    transform: {
      filter: { id: { include: SCRIPT, exclude: /\/node_modules\// } },
      handler(code, id) {
        const { result, warnings } = build.transform(code, id);
        for (const warning of warnings) this.warn(warning);
        return result;
      },
    },
    vite: {
      configResolved: ({ root, command }) => build.enterVite(root, command === 'serve'),
    },
  };
});

export default plugin;

/** What one build, or one development server, knows of the project. */
class Build {
  private root: string;
  /** A server goes on while there are errors: a file's own are thrown where the file is asked for. */
  private isServing = false;
  private hasChanged = false;
  private opened: Opened | undefined;

  constructor(private readonly options: BundlerOptions) {
    this.root = options.root ?? process.cwd();
  }

  enterVite(root: string, isServing: boolean): void {
    this.root = this.options.root ?? root;
    this.isServing = isServing;
  }

  /** Begins a build, also the repeated ones of watch mode. */
  start(): void {
    this.hasChanged = this.opened !== undefined;
    const { ts, compilation } = this.current();
    const errors = compilation.diagnostics.filter((finding) => isError(ts, finding));
    if (errors.length > 0 && !this.isServing) throw new CompileError(ts, errors);
  }

  noteChange(): void {
    this.hasChanged = true;
  }

  /** The file as the next plugin is to see it; undefined when that is as it was. */
  transform(code: string, id: string): Transformed {
    const [name = '', query] = slashed(id).split('?', 2);
    if (!TYPESCRIPT.test(name)) {
      refuseMarkers(code, name);
      return UNTOUCHED;
    }
    const { ts, compilation } = this.current();
    // `?raw`, `?url` and the like are not the file itself.
    if (name.endsWith('.d.ts') || (query !== undefined && !compilation.isCurrent(name, code))) return UNTOUCHED;
    const text = code.replace(/^\ufeff/, '');
    const file = compilation.compileFile(name, text);
    this.write();
    const errors = file.diagnostics.filter((finding) => isError(ts, finding));
    if (errors.length > 0) throw new CompileError(ts, errors);
    const warnings = file.diagnostics.map((finding) => formatFinding(ts, finding));
    return { result: file.code === text ? undefined : { code: file.code, map: file.map }, warnings };
  }

  private current(): Opened {
    if (this.opened === undefined) this.opened = open(this.root, this.options);
    else if (this.hasChanged) this.opened.compilation.refresh();
    this.hasChanged = false;
    this.write();
    return this.opened;
  }

  /** Brings the disk up to date; while a class has an error, nothing is written. */
  private write(): void {
    const { opened } = this;
    if (opened === undefined) return;
    const { ts, compilation, project } = opened;
    if (opened.written === compilation.modules) return;
    opened.written = compilation.modules;
    if (compilation.diagnostics.some((finding) => isError(ts, finding))) return;
    writeModules(staleModules(project.out, compilation.modules));
  }
}

interface Opened {
  readonly ts: Compiler;
  readonly project: Project;
  readonly compilation: Compilation;
  /** The modules that the disk was last compared with. */
  written?: ReadonlyMap<string, string>;
}

interface Transformed {
  readonly result: Pick<EditedText, 'code' | 'map'> | undefined;
  readonly warnings: readonly string[];
}

const UNTOUCHED: Transformed = { result: undefined, warnings: [] };

function open(root: string, { root: _, ...settings }: BundlerOptions): Opened {
  // Bundlers name files by their real paths, and a file of two names would be two files to the compiler.
  const project = loadProject(realpathSync(root), settings);
  const { ts } = resolveCompiler(project.root);
  return { ts, project, compilation: new Compilation(ts, project) };
}

function isError(ts: Compiler, { category }: Diagnostic): boolean {
  return category === ts.DiagnosticCategory.Error;
}

const IMPORT = /\bimport\s*\{([^}]*)\}\s*from\s*(['"])quantadb\2/g;

/** Markers in a file that the compiler doesn't read would reach the runtime. */
function refuseMarkers(code: string, name: string): void {
  for (const [, names = ''] of code.matchAll(IMPORT)) {
    for (const specifier of names.split(',')) {
      const [exported = '', local = exported] = specifier.trim().split(/\s+as\s+/);
      if (!isMarkerExport(exported) || !code.includes(`@${local}`)) continue;
      const message = `${name} has the marker @${local}, and is no TypeScript file. Move the class to one.`;
      throw new ConfigError('QDB1908', message);
    }
  }
}
