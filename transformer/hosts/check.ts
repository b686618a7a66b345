// `quantadb check`: what the compiler plugin would say of a project, for everyone who builds without it. The project's own
// program is made from its tsconfig, with the generated modules laid over the disk, so that nothing has to be generated first.
import { dirname } from 'node:path';
import type ts from 'typescript';
import { ConfigError } from '../../runtime/errors.js';
import { toTsDiagnostic } from '../diagnostics.js';
import type { Compiler } from './compiler.js';
import type { Project } from './config-file.js';
import { overlayHost } from './overlay.js';
import { entityFiles, generateModules } from './project.js';
import { ProjectQueries } from './queries.js';

export interface CheckResult {
  readonly entities: number;
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
  const { fileNames, options } = projectFiles(ts, project);
  const files = entityFiles(ts, project);
  const host = ts.createCompilerHost(options);
  const original = ts.createProgram([...new Set([...fileNames, ...files])], options, host);
  const { analysis, modules } = generateModules(ts, original, project, files);
  const program = ts.createProgram(
    [...new Set([...fileNames, ...files, ...modules.keys()])],
    options,
    overlayHost(ts, host, original, modules),
  );

  const queries = new ProjectQueries(ts, program, project, analysis);
  const found = program.getSourceFiles().map((file) => queries.of(file));
  const lowerings = found.flatMap((file) => file.lowerings);
  const diagnostics = [...analysis.diagnostics, ...found.flatMap((file) => file.diagnostics)].map((finding) =>
    toTsDiagnostic(ts, program, finding),
  );
  return {
    entities: analysis.schema.entities.length,
    queries: lowerings.length,
    lowered: lowerings.filter(({ expression }) => expression !== null).length,
    diagnostics: ts.sortAndDeduplicateDiagnostics(diagnostics),
    failed: diagnostics.some(({ category }) => category === ts.DiagnosticCategory.Error),
  };
}

/** The files and options of the project's tsconfig; without one, those that its entity files lead to. */
function projectFiles(ts: Compiler, project: Project): { fileNames: string[]; options: ts.CompilerOptions } {
  const file = project.tsconfig ?? ts.findConfigFile(project.root, ts.sys.fileExists);
  if (file === undefined) {
    const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, strict: true, noEmit: true };
    return { fileNames: [], options };
  }
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile);
  if (error !== undefined) {
    const reason = ts.flattenDiagnosticMessageText(error.messageText, ' ');
    throw new ConfigError('QDB1906', `${file} can't be read: ${reason}`);
  }
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, dirname(file), undefined, file);
  return { fileNames, options: { ...options, noEmit: true, composite: false, incremental: false, declaration: false } };
}
