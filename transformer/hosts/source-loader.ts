// What quantadb/register asks for each source file of a project.
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import type { Diagnostic } from 'typescript';
import { Compilation } from './compilation.js';
import { CompileError, formatFinding } from './compile-error.js';
import { type Compiler, resolveCompiler } from './compiler.js';
import { loadProject, type Project } from './config-file.js';
import { staleModules, writeModules } from './disk.js';
import { slashed } from './project.js';

/**
 * The loader of the project in `directory`.
 * @throws CompileError when an entity class has an error
 */
export function openSourceLoader(directory: string): SourceLoader {
  const project = loadProject(realpathSync(directory));
  const { ts } = resolveCompiler(project.root);
  return new SourceLoader(ts, project, new Compilation(ts, project));
}

export class SourceLoader {
  constructor(
    private readonly ts: Compiler,
    private readonly project: Project,
    private readonly compilation: Compilation,
  ) {
    this.refuse(compilation.diagnostics);
  }

  /**
   * Brings the generated modules on disk up to date, for runtimes that can't be given any others.
   * @throws ConfigError QDB1907 when a file in the way isn't ours
   */
  writeModules(): void {
    writeModules(staleModules(this.project.out, this.compilation.modules));
  }

  /** The source file behind a path that Node hasn't found: a generated module, or x.ts where x.js is asked for. */
  find(path: string): string | undefined {
    const candidates = [path, path.replace(/\.([cm]?)js$/, '.$1ts')];
    return candidates.find((candidate) => this.compilation.modules.has(slashed(candidate)) || existsSync(candidate));
  }

  /**
   * The text for Node to strip the types of.
   * @throws CompileError when the file has an error
   */
  load(path: string): string {
    const { ts, compilation } = this;
    const text = compilation.modules.get(slashed(path)) ?? readFileSync(path, 'utf8').replace(/^\ufeff/, '');
    const { code, diagnostics } = compilation.compileFile(path, text);
    this.refuse(diagnostics);
    for (const warning of diagnostics) process.stderr.write(`${formatFinding(ts, warning)}\n`);
    return code;
  }

  private refuse(diagnostics: readonly Diagnostic[]): void {
    const { ts } = this;
    const errors = diagnostics.filter(({ category }) => category === ts.DiagnosticCategory.Error);
    if (errors.length > 0) throw new CompileError(ts, errors);
  }
}
