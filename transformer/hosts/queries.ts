// The queries of a project's files, each file lowered once however often it is asked for.
import type ts from 'typescript';
import type { Analysis } from '../analyze/index.js';
import { type LoweredQueries, type LoweringOptions, lowerQueries } from '../query/index.js';
import type { Compiler } from './compiler.js';
import type { Project } from './config-file.js';
import { entityLookup } from './project.js';

export class ProjectQueries {
  private readonly entityOfClass;
  private readonly options: LoweringOptions;
  private readonly done = new Map<ts.SourceFile, LoweredQueries>();

  constructor(
    private readonly ts: Compiler,
    private readonly program: ts.Program,
    { warnOfScans }: Project,
    analysis: Analysis,
  ) {
    this.entityOfClass = entityLookup(analysis);
    const isWarned = (entity: string): boolean => Array.isArray(warnOfScans) && warnOfScans.includes(entity);
    this.options = { warnsOfScans: (entity) => warnOfScans === true || isWarned(entity) };
  }

  /** Ask after the checker has been through the file: what it has resolved is not resolved again. */
  of(file: ts.SourceFile): LoweredQueries {
    const known = this.done.get(file);
    if (known !== undefined) return known;
    const { ts, program } = this;
    const isOurs = !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file);
    const lowered = isOurs
      ? lowerQueries(ts, program, file, this.entityOfClass, this.options)
      : { lowerings: [], diagnostics: [] };
    this.done.set(file, lowered);
    return lowered;
  }
}
