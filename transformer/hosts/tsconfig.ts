// The tsconfig that a project is compiled with: its options, and the files that it lists.
import { dirname, resolve } from 'node:path';
import type ts from 'typescript';
import { ConfigError } from '../../runtime/errors.js';
import type { Compiler } from './compiler.js';
import type { Project } from './config-file.js';
import { findEntityFiles } from './project.js';

export interface Tsconfig {
  /** Undefined where the project has none: then the options are ours. */
  readonly file: string | undefined;
  readonly options: ts.CompilerOptions;
  readonly fileNames: readonly string[];
  /** What stands under `plugins`, of language services and of ts-patch. */
  readonly plugins: readonly unknown[];
}

/** We look, and leave emitting to whoever compiles the project. */
const LOOKING: ts.CompilerOptions = { noEmit: true, composite: false, incremental: false, declaration: false };

/**
 * Reads the project's tsconfig. Where that one only refers to others, as in the templates of Vite, it is the first of those
 * that lists an entity file.
 * @param lists whether its folders are read, so that its files are known
 * @throws ConfigError QDB1906 when it can't be read
 */
export function readTsconfig(ts: Compiler, project: Project, { lists }: { readonly lists: boolean }): Tsconfig {
  const file = project.tsconfig ?? ts.findConfigFile(project.root, ts.sys.fileExists);
  if (file === undefined) {
    const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, strict: true };
    return { file, options: { ...options, ...LOOKING }, fileNames: [], plugins: [] };
  }
  const listing = parse(ts, file, lists);
  const { references } = listing.json;
  if (!Array.isArray(references) || !Array.isArray(listing.json.files) || listing.json.files.length > 0) {
    return listing.config;
  }
  const others = references.map(({ path }: { path: string }) => {
    const target = resolve(dirname(file), path);
    return parse(ts, ts.sys.directoryExists(target) ? resolve(target, 'tsconfig.json') : target, true).config;
  });
  const entities = new Set(findEntityFiles(ts, project));
  const holding = others.find(({ fileNames }) => fileNames.some((name) => entities.has(name)));
  return holding ?? others[0] ?? listing.config;
}

function parse(ts: Compiler, file: string, lists: boolean) {
  const { config: json, error } = ts.readConfigFile(file, ts.sys.readFile);
  if (error !== undefined) {
    const reason = ts.flattenDiagnosticMessageText(error.messageText, ' ');
    throw new ConfigError('QDB1906', `${file} can't be read: ${reason}`);
  }
  const host: ts.ParseConfigHost = lists ? ts.sys : { ...ts.sys, readDirectory: () => [] };
  const { options, fileNames } = ts.parseJsonConfigFileContent(json, host, dirname(file), undefined, file);
  const plugins: unknown = options.plugins;
  const config: Tsconfig = {
    file,
    options: { ...options, ...LOOKING },
    fileNames,
    plugins: Array.isArray(plugins) ? plugins : [],
  };
  return { json, config };
}
