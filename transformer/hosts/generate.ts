// `quantadb generate`: writes the generated modules of a project to disk. It writes only what changed, and removes only what
// it once wrote itself and no entity stands behind any more.
//
// The program is made by the project's own compiler (compiler.ts) from the entity files and what they import, so that a
// large application costs no more than its models. Between runs, parsed files are kept for as long as the disk agrees.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type ts from 'typescript';
import { ConfigError } from '../../runtime/errors.js';
import { toTsDiagnostic } from '../diagnostics.js';
import type { Compiler } from './compiler.js';
import type { Project } from './config-file.js';
import { entityFiles, generateModules, isGenerated, slashed } from './project.js';

export interface GenerateResult {
  readonly entities: number;
  /** Absolute paths; with `check`, what would have been written and removed. */
  readonly written: readonly string[];
  readonly removed: readonly string[];
  /** Modules on disk that were right already. */
  readonly unchanged: number;
  readonly diagnostics: readonly ts.Diagnostic[];
  /** An error is among the diagnostics: nothing was written or removed. */
  readonly failed: boolean;
}

/** Generates the modules of one project, again and again in watch mode. */
export class Generator {
  private readonly options: ts.CompilerOptions;
  private readonly host: ts.CompilerHost;
  private program: ts.Program | undefined;

  /** @throws ConfigError QDB1906 when the tsconfig can't be read */
  constructor(
    private readonly ts: Compiler,
    private readonly project: Project,
  ) {
    this.options = compilerOptions(ts, project);
    this.host = cachingHost(ts, this.options);
  }

  /**
   * Brings the disk up to date, or with `check` says what is stale there.
   * @throws ConfigError QDB1904 when there is no entity, QDB1907 when a file in the way isn't ours
   */
  run({ check = false }: { readonly check?: boolean } = {}): GenerateResult {
    const { ts, project, options, host } = this;
    const files = entityFiles(ts, project);
    const program = ts.createProgram(files, options, host, this.program);
    this.program = program;

    const { analysis, modules } = generateModules(ts, program, project, files);
    const diagnostics = [
      ...files.flatMap((file) => program.getSyntacticDiagnostics(program.getSourceFile(file))),
      ...analysis.diagnostics.map((finding) => toTsDiagnostic(ts, program, finding)),
    ];
    const entities = analysis.schema.entities.length;
    if (diagnostics.some(({ category }) => category === ts.DiagnosticCategory.Error)) {
      return { entities, written: [], removed: [], unchanged: 0, diagnostics, failed: true };
    }
    const changed = [...modules].filter(([path, text]) => read(path) !== text);
    const removed = orphans(project.out, modules);
    const foreign = changed.find(([path]) => existsSync(path) && !isGenerated(read(path)));
    if (foreign !== undefined) {
      throw new ConfigError('QDB1907', `${foreign[0]} was not written by quantadb. Move it, or set another "out".`);
    }
    if (!check) {
      mkdirSync(project.out, { recursive: true });
      for (const [path, text] of changed) writeFileSync(path, text);
      for (const path of removed) rmSync(path);
    }
    const written = changed.map(([path]) => path);
    return { entities, written, removed, unchanged: modules.size - written.length, diagnostics, failed: false };
  }

  /** Every file of the project that the last run read, for watching. */
  sources(): string[] {
    const files = this.program?.getSourceFiles() ?? [];
    return files.map(({ fileName }) => fileName).filter((file) => !file.includes('/node_modules/'));
  }
}

/** Files of ours in `out` that are no module any more. */
function orphans(out: string, modules: ReadonlyMap<string, string>): string[] {
  if (!existsSync(out)) return [];
  return readdirSync(out)
    .map((name) => slashed(join(out, name)))
    .filter((path) => path.endsWith('.ts') && !modules.has(path) && isGenerated(read(path)));
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The compiler options of the project's tsconfig, without reading the list of its files. */
function compilerOptions(ts: Compiler, project: Project): ts.CompilerOptions {
  const file = project.tsconfig ?? ts.findConfigFile(project.root, ts.sys.fileExists);
  const own: ts.CompilerOptions = { noEmit: true, composite: false, incremental: false, declaration: false };
  if (file === undefined) {
    return { ...own, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, strict: true };
  }
  const { config, error } = ts.readConfigFile(file, ts.sys.readFile);
  if (error !== undefined) {
    const reason = ts.flattenDiagnosticMessageText(error.messageText, ' ');
    throw new ConfigError('QDB1906', `${file} can't be read: ${reason}`);
  }
  const host: ts.ParseConfigHost = { ...ts.sys, readDirectory: () => [] };
  return { ...ts.parseJsonConfigFileContent(config, host, dirname(file), undefined, file).options, ...own };
}

/** A compiler host that parses a file again only when its size or time of change is another one. */
function cachingHost(ts: Compiler, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  const parsed = new Map<string, { readonly stamp: string; readonly file: ts.SourceFile | undefined }>();
  host.getSourceFile = (path, languageVersion, onError) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    const stamp = stat === undefined ? 'missing' : `${stat.mtimeMs}:${stat.size}`;
    const known = parsed.get(path);
    if (known?.stamp === stamp) return known.file;
    const file = parse(path, languageVersion, onError);
    parsed.set(path, { stamp, file });
    return file;
  };
  return host;
}
