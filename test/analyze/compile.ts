// Compiles a fixture with a real ts.Program in which 'quantadb' is the source of its markers, and analyzes it.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { type Analysis, type AnalyzeOptions, analyzeProgram } from '../../transformer/analyze/index.js';
import { lowerRetained } from '../../transformer/query/index.js';
import { parsedOnce } from '../support/parsed-files.js';

const MARKERS = fileURLToPath(new URL('./quantadb.ts', import.meta.url));

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

/** A program over files on disk. */
export function createProgram(files: readonly string[], options: ts.CompilerOptions = {}): ts.Program {
  return ts.createProgram(files, { ...OPTIONS, ...options }, createHost({}, { ...OPTIONS, ...options }));
}

/** A program over samples that are written within a test, by absolute path; a package.json may be among them. */
export function programOf(sources: Readonly<Record<string, string>>, options: ts.CompilerOptions = {}): ts.Program {
  const merged = { ...OPTIONS, ...options };
  return ts.createProgram(Object.keys(sources).filter(isSource), merged, createHost(sources, merged));
}

export function analyzeFiles(files: readonly string[], options: AnalyzeOptions = {}): Analysis {
  const program = createProgram(files);
  return lowerRetained(ts, program, analyzeProgram(ts, program, options));
}

/** Finds `sources` before the disk. */
export function createHost(sources: Readonly<Record<string, string>>, options: ts.CompilerOptions): ts.CompilerHost {
  const disk = ts.createCompilerHost(options);
  const onDisk = parsedOnce(disk, options);
  const folders = new Set(Object.keys(sources).map((fileName) => fileName.slice(0, fileName.lastIndexOf('/'))));
  return {
    ...disk,
    fileExists: (fileName) => fileName in sources || disk.fileExists(fileName),
    directoryExists: (folder) => folders.has(folder) || (disk.directoryExists?.(folder) ?? false),
    readFile: (fileName) => sources[fileName] ?? disk.readFile(fileName),
    getSourceFile: (fileName, languageVersion) => {
      const text = sources[fileName];
      if (text !== undefined) return ts.createSourceFile(fileName, text, languageVersion, true);
      return onDisk(fileName, languageVersion);
    },
  };
}

function isSource(fileName: string): boolean {
  return fileName.endsWith('.ts');
}
