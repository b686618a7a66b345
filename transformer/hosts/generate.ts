// `quantadb generate`: writes the generated modules of a project to disk.
//
// The program is made by the project's own compiler (compiler.ts) from the entity files and what they import, so that a
// large application costs no more than its models. Between runs, parsed files are kept for as long as the disk agrees.
import type { Stats } from 'node:fs';
import type ts from 'typescript';
import type { Schema } from '../../runtime/schema/model.js';
import { toTsDiagnostic } from '../diagnostics.js';
import type { Compiler } from './compiler.js';
import type { Project } from './config-file.js';
import { staleModules, writeModules } from './disk.js';
import { entityFiles, findEntityFiles, ProjectModules, slashed } from './project.js';
import { type CachingHost, cachingHost } from './source-cache.js';
import { readTsconfig } from './tsconfig.js';

export interface GenerateResult {
  readonly entities: number;
  /** Absolute paths; with `check`, what would have been written and removed. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** Modules on disk that were right already. */
  readonly unchanged: number;
  readonly diagnostics: readonly ts.Diagnostic[];
  /** Of the classes as they are, whether or not anything was written. */
  readonly schema: Schema;
  /** An error is among the diagnostics: nothing was written or removed. */
  readonly failed: boolean;
}

/** Generates the modules of one project, again and again in watch mode. */
export class Generator {
  private readonly options: ts.CompilerOptions;
  private readonly host: CachingHost;
  private readonly generated: ProjectModules;
  private program: ts.Program | undefined;

  /** @throws ConfigError QDB1906 when the tsconfig can't be read */
  constructor(
    private readonly ts: Compiler,
    private readonly project: Project,
  ) {
    this.options = readTsconfig(ts, project, { lists: false }).options;
    this.host = cachingHost(ts, this.options);
    this.generated = new ProjectModules(ts, project);
  }

  /**
   * Brings the disk up to date, or with `check` says what is stale there.
   * @throws ConfigError QDB1904 when there is no entity, QDB1907 when a file in the way isn't ours
   */
  run({ check = false }: { readonly check?: boolean } = {}): GenerateResult {
    const { ts, project, options, host } = this;
    const files = entityFiles(ts, project);
    this.generated.followMissing(host);
    const program = ts.createProgram(files, options, host, this.program);
    this.program = program;

    const { analysis, modules } = this.generated.of(program, files);
    const diagnostics = [
      ...files.flatMap((file) => program.getSyntacticDiagnostics(program.getSourceFile(file))),
      ...analysis.diagnostics.map((finding) => toTsDiagnostic(ts, program, finding)),
    ];
    const { schema } = analysis;
    const entities = schema.entities.length;
    if (diagnostics.some(({ category }) => category === ts.DiagnosticCategory.Error)) {
      return { entities, written: [], removed: [], unchanged: 0, diagnostics, schema, failed: true };
    }
    const stale = staleModules(project.out, modules);
    if (!check) writeModules(stale);
    const written = [...stale.changed.keys()];
    const unchanged = modules.size - written.length;
    return { entities, written, removed: stale.orphaned, unchanged, diagnostics, schema, failed: false };
  }

  /** Whether a file that is found in that state on disk is news to the last run. */
  isNews(path: string, stat: Stats | undefined): boolean {
    const { ts, project, host, generated } = this;
    const isAsRead = host.isAsRead(slashed(path), stat);
    if (isAsRead !== undefined) return !isAsRead;
    return generated.missesImports() || findEntityFiles(ts, project).includes(slashed(path));
  }

  /** Every file of the project that the last run read, for watching. */
  sources(): string[] {
    const files = this.program?.getSourceFiles() ?? [];
    return files.map(({ fileName }) => fileName).filter((file) => !file.includes('/node_modules/'));
  }
}
