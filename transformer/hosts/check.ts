// `quantadb check`: what the compiler plugin would say of a project, for everyone who builds without it.
import type ts from 'typescript';
import type { EntityModel } from '../../runtime/schema/model.js';
import { Compilation } from './compilation.js';
import type { Compiler } from './compiler.js';
import type { Project } from './config-file.js';

export interface CheckResult {
  readonly entities: readonly EntityModel[];
  /** Queries that were found, and how many of them can be answered from an index or at least on encoded rows. */
  readonly queries: number;
  readonly lowered: number;
  /** Of classes and queries, errors and warnings; sorted by file and position. */
  readonly diagnostics: readonly ts.Diagnostic[];
  readonly failed: boolean;
}

/**
 * Checks the entity classes and all queries of a project.
 * @throws ConfigError QDB1904 when there is no entity, QDB1906 when the tsconfig can't be read
 */
export function checkProject(ts: Compiler, project: Project): CheckResult {
  const compilation = new Compilation(ts, project);
  const { lowerings, diagnostics: ofQueries } = compilation.queries();
  const diagnostics = [...compilation.diagnostics, ...ofQueries];
  return {
    entities: compilation.analysis.schema.entities,
    queries: lowerings.length,
    lowered: lowerings.filter(({ expression }) => expression !== null).length,
    diagnostics: ts.sortAndDeduplicateDiagnostics(diagnostics),
    failed: diagnostics.some(({ category }) => category === ts.DiagnosticCategory.Error),
  };
}
