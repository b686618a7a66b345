// The tsc plugin called as ts-patch calls it, in this process: for cases that need no tspc of their own.
import { relative } from 'node:path';
import ts from 'typescript';
import transformProgram from '../../transformer/hosts/tsc.js';
import { parsedOnce } from '../support/parsed-files.js';
import type { TestProject } from './project.js';

export interface Compiled {
  /** `file(line,column): TS1234: message`, or the message alone. */
  readonly errors: string[];
  /** Emitted text by path within the project. */
  readonly files: ReadonlyMap<string, string>;
}

function createHost(project: TestProject, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const outside = parsedOnce(host, options);
  return {
    ...host,
    getSourceFile: (path, ...how) => (path.startsWith(`${project.path}/`) ? host.getSourceFile : outside)(path, ...how),
  };
}

/** Compiles the project by its tsconfig, with `custom` transformers beside the plugin's own. */
export function compile(project: TestProject, custom?: ts.CustomTransformers): Compiled {
  const config = project.file('tsconfig.json');
  const { config: json } = ts.readConfigFile(config, ts.sys.readFile);
  const { options, fileNames } = ts.parseJsonConfigFileContent(json, ts.sys, project.path, undefined, config);
  const host = createHost(project, options);
  const original = ts.createProgram(fileNames, options, host);
  const entry = { transform: 'quantadb/transformer', transformProgram: true };
  const program = transformProgram(original, host, entry, { ts });
  const files = new Map<string, string>();
  program.emit(undefined, (path, text) => files.set(relative(project.path, path), text), undefined, false, custom);
  const findings = [...program.getOptionsDiagnostics(), ...program.getSemanticDiagnostics()];
  return { errors: findings.map((finding) => show(project, finding)), files };
}

function show(project: TestProject, { file, start, code, messageText }: ts.Diagnostic): string {
  const message = `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  if (file === undefined || start === undefined) return message;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${relative(project.path, file.fileName)}(${line + 1},${character + 1}): ${message}`;
}
