// A project as hosts see it that work on text (bundlers, Node's loader) or only look (`quantadb check`): a program of all its
// files, with the generated modules laid over the disk, so that nothing has to be generated first. It is kept up to date
// for the price of what changed.
import type ts from 'typescript';
import type { Analysis } from '../analyze/index.js';
import { toTsDiagnostic } from '../diagnostics.js';
import { editOf, type Lowering } from '../query/index.js';
import type { Compiler } from './compiler.js';
import type { Project } from './config-file.js';
import { overlayHost } from './overlay.js';
import { entityFiles, holds, ProjectModules, slashed } from './project.js';
import { ProjectQueries } from './queries.js';
import { cachingHost } from './source-cache.js';
import { type EditedText, editText } from './text.js';
import { readTsconfig } from './tsconfig.js';

/** One file as it is to reach the runtime. */
export interface CompiledFile extends EditedText {
  /** Of classes and queries in the file. */
  readonly diagnostics: readonly ts.Diagnostic[];
}

interface State {
  readonly program: ts.Program;
  readonly analysis: Analysis;
  readonly modules: ReadonlyMap<string, string>;
  readonly queries: ProjectQueries;
}

export class Compilation {
  private readonly options: ts.CompilerOptions;
  private readonly host: ts.CompilerHost;
  /** Files that the tsconfig doesn't list, and that a bundler came to all the same. */
  private readonly further = new Set<string>();
  /** Texts that differ from the disk, as a bundler handed them in. */
  private readonly handedIn = new Map<string, string>();
  private readonly generated: ProjectModules;
  private state: State;

  /**
   * @throws ConfigError QDB1904 when there is no entity, QDB1906 when the tsconfig can't be read
   */
  constructor(
    private readonly ts: Compiler,
    private readonly project: Project,
  ) {
    this.options = readTsconfig(ts, project, { lists: false }).options;
    this.host = cachingHost(ts, this.options);
    this.generated = new ProjectModules(ts, project);
    this.state = this.compile(undefined);
  }

  /** What the entity classes come to: text by absolute path (forward slashes). */
  get modules(): ReadonlyMap<string, string> {
    return this.state.modules;
  }

  get analysis(): Analysis {
    return this.state.analysis;
  }

  /** What is wrong with the classes, by file and position. */
  get diagnostics(): readonly ts.Diagnostic[] {
    return this.shown(this.state.analysis.diagnostics);
  }

  /** Looks at the disk again. */
  refresh(): void {
    this.handedIn.clear();
    this.state = this.compile(this.state);
  }

  /** The queries of the whole project. */
  queries(): { readonly lowerings: readonly Lowering[]; readonly diagnostics: readonly ts.Diagnostic[] } {
    const { program, queries } = this.state;
    const found = program.getSourceFiles().map((file) => queries.of(file));
    return {
      lowerings: found.flatMap(({ lowerings }) => lowerings),
      diagnostics: found.flatMap(({ diagnostics }) => this.shown(diagnostics)),
    };
  }

  /** Whether `text` is what is known of the file. */
  isCurrent(fileName: string, text: string): boolean {
    return this.state.program.getSourceFile(fileName)?.text === text;
  }

  /** The file without markers and with lowered queries. Where `text` isn't what the program knows of it, `text` counts. */
  compileFile(fileName: string, text: string): CompiledFile {
    const path = slashed(fileName);
    if (!this.isCurrent(path, text)) this.take(path, text);
    const { ts } = this;
    const { program, analysis, queries } = this.state;
    const file = program.getSourceFile(path);
    if (file === undefined) throw new Error(`${path} is not in the program that was made with it`);
    const isHere = ({ fileName: at }: { readonly fileName: string }): boolean => at === file.fileName;
    const { lowerings, diagnostics } = queries.of(file);
    return {
      ...editText(
        path,
        text,
        analysis.markers.filter(isHere),
        lowerings.map((lowering) => editOf(ts, lowering)),
      ),
      diagnostics: this.shown([...analysis.diagnostics.filter(isHere), ...diagnostics]),
    };
  }

  private take(path: string, text: string): void {
    if (this.state.program.getSourceFile(path) === undefined) this.further.add(path);
    if (this.host.readFile(path) === text) this.handedIn.delete(path);
    else this.handedIn.set(path, text);
    this.state = this.compile(this.state);
  }

  private compile(before: State | undefined): State {
    const { ts, project } = this;
    this.generated.followMissing(this.host);
    const entities = entityFiles(ts, project);
    const listed = readTsconfig(ts, project, { lists: true }).fileNames;
    const roots = [...listed, ...entities, ...this.further];
    const first = this.program(roots, before?.modules ?? new Map(), before?.program);
    const { analysis, modules } = this.generated.of(first, entities);
    const program = holds(first, modules) ? first : this.program(roots, modules, first);
    return { program, analysis, modules, queries: new ProjectQueries(ts, program, project, analysis) };
  }

  private program(
    roots: readonly string[],
    modules: ReadonlyMap<string, string>,
    before: ts.Program | undefined,
  ): ts.Program {
    const { ts, options, host, handedIn } = this;
    const overlay = overlayHost(ts, host, new Map([...modules, ...handedIn]), before);
    const rootNames = [...new Set([...roots, ...modules.keys()])];
    return ts.createProgram({ rootNames, options, host: overlay, ...(before && { oldProgram: before }) });
  }

  private shown(findings: Analysis['diagnostics']): ts.Diagnostic[] {
    return findings.map((finding) => toTsDiagnostic(this.ts, this.state.program, finding));
  }
}
