// The face of analysis: decorated classes in, schema, diagnostics and marker spans out.
import type ts from 'typescript';
import type { Analysis, AnalyzeOptions } from './analysis.js';
import { Context, compare } from './context.js';
import { type Dependencies, readDependencies, unchangedFiles } from './dependencies.js';
import { analyzeFile, type FileAnalysis } from './file.js';
import { joinFiles } from './join.js';

export type { Analysis, AnalyzeOptions, ClassSource, MarkerSpan } from './analysis.js';
export { isMarkerExport } from './markers.js';

/**
 * Reads every class that is marked `@QuantaEntity()` in the program. Nothing is thrown for what the user wrote: it comes
 * back as diagnostics, and an entity with errors is left out of the schema.
 * @param api the compiler that made `program`, 5.9 or newer
 * @example
 * ```ts
 * const { schema, diagnostics } = analyzeProgram(ts, ts.createProgram(['src/models/user.ts'], options));
 * ```
 */
export function analyzeProgram(api: typeof ts, program: ts.Program, options: AnalyzeOptions = {}): Analysis {
  const files = filesOf(program, options);
  return joinFiles(
    new Context(api, program),
    files.map((file) => analyzeFile(new Context(api, program), file)),
  );
}

/**
 * The same for programs that are made one after the other, as while a project is watched: a file is read again only when its
 * text or something that it imports has changed. Programs must share the source files that did not change.
 */
export class ProgramAnalyzer {
  private last: { readonly on: Dependencies; readonly files: ReadonlyMap<ts.SourceFile, FileAnalysis> } | undefined;

  constructor(
    private readonly api: typeof ts,
    private readonly options: AnalyzeOptions = {},
  ) {}

  /** Files of the last program with an import that led nowhere: where it leads now, the next one must be told to look. */
  unresolved(): readonly string[] {
    const imports = [...(this.last?.on.imports ?? [])];
    return imports.filter(([, targets]) => targets.includes('')).map(([{ fileName }]) => fileName);
  }

  analyze(program: ts.Program): Analysis {
    const { api, last } = this;
    const on = readDependencies(api, program, last?.on);
    const unchanged = last === undefined ? undefined : unchangedFiles(on, last.on);
    const files = new Map(
      filesOf(program, this.options).map((file) => {
        const known = unchanged?.has(file) ? last?.files.get(file) : undefined;
        return [file, known ?? analyzeFile(new Context(api, program), file)] as const;
      }),
    );
    this.last = { on, files };
    return joinFiles(new Context(api, program), [...files.values()]);
  }
}

/** The files that may hold entities, by name. */
function filesOf(program: ts.Program, { include = () => true }: AnalyzeOptions): ts.SourceFile[] {
  return program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file))
    .filter((file) => include(file.fileName))
    .sort((a, b) => compare(a.fileName, b.fileName));
}
