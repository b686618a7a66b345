// The tsc plugin, as a ts-patch program transformer: generated modules stand in the program without standing on disk, our
// findings are reported among the compiler's own, and what is emitted holds no marker and lowered queries.
//
// Where a generated file is on disk as well, the module made now wins, so a stale file can't be compiled by mistake; one of
// ours that no entity stands behind any more is left out. ts-patch loads this by `require`: no top-level await anywhere
// below, and nothing heavy (the engine).
import { dirname } from 'node:path';
import type ts from 'typescript';
import { ConfigError } from '../../runtime/errors.js';
import type { Analysis } from '../analyze/index.js';
import { toTsDiagnostic, tsCode } from '../diagnostics.js';
import type { Compiler } from './compiler.js';
import { loadProject, type Project } from './config-file.js';
import { applyChanges } from './nodes.js';
import { overlayHost, reusingHost } from './overlay.js';
import { entityFiles, holds, isGenerated, ProjectModules, slashed } from './project.js';
import { ProjectQueries } from './queries.js';

/** Keys of a plugin entry that are ts-patch's; all others are ours, named as in quantadb.config. */
const PATCH_KEYS = new Set([
  'transform',
  'transformProgram',
  'import',
  'name',
  'type',
  'after',
  'afterDeclarations',
  'resolvePathAliases',
  'tsConfig',
]);

/** What ts-patch calls for `{ "transform": "quantadb/transformer", "transformProgram": true }`. */
export default function transformProgram(
  program: ts.Program,
  host: ts.CompilerHost | undefined,
  entry: Readonly<Record<string, unknown>>,
  { ts }: { readonly ts: Compiler },
): ts.Program {
  const compilerHost = host ?? ts.createCompilerHost(program.getCompilerOptions());
  try {
    const project = projectOf(program, entry);
    const files = entityFiles(ts, project);
    return transformed(ts, program, compilerHost, project, files);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return withDiagnostics(program, [wholeProgram(ts, error)]);
  }
}

function projectOf(program: ts.Program, entry: Readonly<Record<string, unknown>>): Project {
  const { configFilePath } = program.getCompilerOptions();
  const directory = typeof configFilePath === 'string' ? dirname(configFilePath) : program.getCurrentDirectory();
  const ours = Object.entries(entry).filter(([key]) => !PATCH_KEYS.has(key));
  return loadProject(directory, Object.fromEntries(ours));
}

function transformed(
  ts: Compiler,
  original: ts.Program,
  host: ts.CompilerHost,
  project: Project,
  files: readonly string[],
): ts.Program {
  const outside = files.filter((file) => original.getSourceFile(file) === undefined);
  const analyzed =
    outside.length === 0 ? original : derive(ts, original, host, [...original.getRootFileNames(), ...outside]);
  const { analysis, modules } = new ProjectModules(ts, project).of(analyzed, files);

  const roots = new Set([...original.getRootFileNames(), ...outside, ...modules.keys()]);
  for (const root of roots) if (isOrphan(root, project, modules, host)) roots.delete(root);
  // Where the disk has what would be generated, the program has it as well, and its checker has seen half of it.
  const isCurrent = roots.size === analyzed.getRootFileNames().length && holds(analyzed, modules);
  const program = isCurrent
    ? analyzed
    : derive(ts, analyzed, overlayHost(ts, reusingHost(host, analyzed), modules, analyzed), [...roots]);

  const findings = analysis.diagnostics.map((finding) => toTsDiagnostic(ts, program, finding));
  const isError = (finding: ts.Diagnostic): boolean => finding.category === ts.DiagnosticCategory.Error;
  // tsc fails on whatever is reported, warnings too: these are only shown.
  const show = (warnings: readonly ts.Diagnostic[]): void => {
    if (warnings.length > 0) process.stderr.write(ts.formatDiagnostics(warnings, host));
  };
  show(findings.filter((finding) => !isError(finding)));

  const queries = new ProjectQueries(ts, program, project, analysis);
  const errors = new Map<ts.SourceFile, readonly ts.Diagnostic[]>();
  /** The errors of the queries in a file; their warnings are shown when the file is first asked for. */
  const queryErrors = (file: ts.SourceFile): readonly ts.Diagnostic[] => {
    const known = errors.get(file);
    if (known !== undefined) return known;
    const found = queries.of(file).diagnostics.map((finding) => toTsDiagnostic(ts, program, finding));
    const failures = found.filter(isError);
    errors.set(file, failures);
    show(found.filter((finding) => !isError(finding)));
    return failures;
  };
  return emittingChanges(ts, withDiagnostics(program, findings.filter(isError), queryErrors), analysis, queries);
}

/** A program like `program`, of other root files. */
function derive(ts: Compiler, program: ts.Program, host: ts.CompilerHost, rootNames: readonly string[]): ts.Program {
  const projectReferences = program.getProjectReferences();
  return ts.createProgram({
    rootNames,
    options: program.getCompilerOptions(),
    host,
    ...(projectReferences && { projectReferences }),
    configFileParsingDiagnostics: program.getConfigFileParsingDiagnostics(),
  });
}

/** A generated file on disk that would not be generated now. */
function isOrphan(
  file: string,
  project: Project,
  modules: ReadonlyMap<string, string>,
  host: ts.CompilerHost,
): boolean {
  const path = slashed(file);
  return path.startsWith(`${slashed(project.out)}/`) && !modules.has(path) && isGenerated(host.readFile(file));
}

/** The checking phases of tsc, and the one that its incremental builder calls instead (it has no public name). */
interface CheckedProgram extends ts.Program {
  getBindAndCheckDiagnostics?(file: ts.SourceFile, token?: ts.CancellationToken): readonly ts.Diagnostic[];
}

/**
 * Reports `findings`, and those that `later` makes of a file once the compiler has checked it, as if the checker had found
 * them: a file's own with that file, the others with the options.
 */
function withDiagnostics(
  program: CheckedProgram,
  findings: readonly ts.Diagnostic[],
  later: (file: ts.SourceFile) => readonly ts.Diagnostic[] = () => [],
): ts.Program {
  const { getSemanticDiagnostics, getBindAndCheckDiagnostics, getOptionsDiagnostics, emit } = program;
  const of = (file: ts.SourceFile) => [
    ...findings.filter((finding) => finding.file?.fileName === file.fileName),
    ...later(file),
  ];
  program.getSemanticDiagnostics = (file, token) => [
    ...getSemanticDiagnostics(file, token),
    ...(file === undefined ? program.getSourceFiles() : [file]).flatMap(of),
  ];
  if (getBindAndCheckDiagnostics !== undefined) {
    program.getBindAndCheckDiagnostics = (file, token) => [...getBindAndCheckDiagnostics(file, token), ...of(file)];
  }
  program.getOptionsDiagnostics = (token) => [
    ...getOptionsDiagnostics(token),
    ...findings.filter(({ file }) => file === undefined),
  ];
  program.emit = (...args) => {
    const result = emit(...args);
    const [file] = args;
    const ofQueries = (file === undefined ? program.getSourceFiles() : [file]).flatMap(later);
    const found = [...findings, ...ofQueries];
    return found.length === 0 ? result : { ...result, diagnostics: [...result.diagnostics, ...found] };
  };
  return program;
}

/** Emits without markers and with lowered queries. */
function emittingChanges(ts: Compiler, program: ts.Program, analysis: Analysis, queries: ProjectQueries): ts.Program {
  const { emit } = program;
  const changes = applyChanges(ts, program.getTypeChecker(), (file) => ({
    markers: analysis.markers.filter(({ fileName }) => fileName === file.fileName),
    lowerings: queries.of(file).lowerings,
  }));
  // tsc passes more arguments than the public signature has: they go on as they are.
  program.emit = (file, writeFile, token, onlyDts, custom, ...internal: []) =>
    emit(file, writeFile, token, onlyDts, { ...custom, before: [changes, ...(custom?.before ?? [])] }, ...internal);
  return program;
}

/** An error of configuration, which has no place in a source file. */
function wholeProgram(ts: Compiler, { code, message }: ConfigError): ts.Diagnostic {
  return {
    file: undefined,
    start: undefined,
    length: undefined,
    category: ts.DiagnosticCategory.Error,
    code: tsCode(code),
    messageText: message,
    source: 'quantadb',
  };
}
