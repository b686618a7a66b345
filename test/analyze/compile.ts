// Compiles a fixture with a real ts.Program in which 'quantadb' is the markers' source, and analyzes it.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type Analysis, type AnalyzeOptions, analyzeProgram } from '../../transformer/analyze/index.js';

const MARKERS = fileURLToPath(new URL('../../runtime/schema/markers.ts', import.meta.url));

export const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  types: [],
  paths: { quantadb: [MARKERS] },
};

/** Standard library files are parsed once for all programs. */
const parsed = new Map<string, ts.SourceFile | undefined>();

export function createProgram(files: readonly string[], options: ts.CompilerOptions = {}): ts.Program {
  const merged = { ...OPTIONS, ...options };
  const host = ts.createCompilerHost(merged);
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (fileName, ...rest) => {
    if (!fileName.includes('/typescript/lib/')) return read(fileName, ...rest);
    if (!parsed.has(fileName)) parsed.set(fileName, read(fileName, ...rest));
    return parsed.get(fileName);
  };
  return ts.createProgram(files, merged, host);
}

export function analyzeFiles(files: readonly string[], options: AnalyzeOptions = {}): Analysis {
  return analyzeProgram(ts, createProgram(files), options);
}

/** A host that finds `sources` (by absolute path) before the disk, for samples written within a test. */
export function programOf(sources: Readonly<Record<string, string>>, options: ts.CompilerOptions = {}): ts.Program {
  const merged = { ...OPTIONS, ...options };
  const host = ts.createCompilerHost(merged);
  const { fileExists, getSourceFile, readFile } = host;
  host.fileExists = (fileName) => fileName in sources || fileExists.call(host, fileName);
  host.readFile = (fileName) => sources[fileName] ?? readFile.call(host, fileName);
  host.getSourceFile = (fileName, languageVersion, ...rest) => {
    const text = sources[fileName];
    if (text !== undefined) return ts.createSourceFile(fileName, text, languageVersion, true);
    if (!fileName.includes('/typescript/lib/')) return getSourceFile.call(host, fileName, languageVersion, ...rest);
    if (!parsed.has(fileName)) parsed.set(fileName, getSourceFile.call(host, fileName, languageVersion, ...rest));
    return parsed.get(fileName);
  };
  return ts.createProgram(Object.keys(sources), merged, host);
}
