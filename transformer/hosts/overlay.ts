// A compiler host in which generated modules exist though the disk doesn't hold them, so that other files are type-checked
// against them and they are emitted like any other.
import { createHash } from 'node:crypto';
import type ts from 'typescript';
import type { Compiler } from './compiler.js';

/**
 * `host` with `modules` (text by absolute path) laid over the disk; where both have a file, the module wins. One that
 * `program` has parsed already is not parsed again.
 */
export function overlayHost(
  ts: Compiler,
  host: ts.CompilerHost,
  modules: ReadonlyMap<string, string>,
  program: ts.Program | undefined,
): ts.CompilerHost {
  const canonical = (path: string): string => host.getCanonicalFileName(path);
  const texts = new Map([...modules].map(([path, text]) => [canonical(path), text]));
  const folders = new Set([...texts.keys()].flatMap(ancestors));

  const overlay: ts.CompilerHost = {
    ...host,
    fileExists: (path) => texts.has(canonical(path)) || host.fileExists(path),
    readFile: (path) => texts.get(canonical(path)) ?? host.readFile(path),
    directoryExists: (path) => folders.has(canonical(path)) || (host.directoryExists?.(path) ?? true),
    getSourceFile(path, languageVersion, onError, shouldCreate) {
      const text = texts.get(canonical(path));
      if (text === undefined) return host.getSourceFile(path, languageVersion, onError, shouldCreate);
      const parsed = program?.getSourceFile(path);
      if (parsed?.text === text) return parsed;
      // Incremental builds refuse a source file without a version.
      const version = createHash('sha256').update(text).digest('hex');
      return Object.assign(ts.createSourceFile(path, text, languageVersion), { version });
    },
  };
  const resolveNames = host.resolveModuleNameLiterals?.bind(host);
  if (resolveNames !== undefined) {
    // `tsc --build` remembers how names resolved before the modules were there (to nothing, or to what an earlier build put
    // out), so the project's own imports are resolved anew.
    const cache = ts.createModuleResolutionCache(host.getCurrentDirectory(), canonical, program?.getCompilerOptions());
    overlay.resolveModuleNameLiterals = (literals, containingFile, redirected, options, sourceFile, reused) => {
      if (containingFile.includes('/node_modules/')) {
        return resolveNames(literals, containingFile, redirected, options, sourceFile, reused);
      }
      return literals.map((literal) => {
        const mode = ts.getModeForUsageLocation(sourceFile, literal, options);
        return ts.resolveModuleName(literal.text, containingFile, options, overlay, cache, redirected, mode);
      });
    };
  }
  return overlay;
}

/** `host`, but that a source file which `program` has parsed already is used again. */
export function reusingHost(host: ts.CompilerHost, program: ts.Program): ts.CompilerHost {
  return {
    ...host,
    getSourceFile(path, languageVersion, onError, shouldCreate) {
      const parsed = program.getSourceFile(path);
      // A package that is installed twice is one file with two names, which the program tells apart by itself.
      const isReusable = parsed !== undefined && !('redirectInfo' in parsed && parsed.redirectInfo !== undefined);
      return isReusable ? parsed : host.getSourceFile(path, languageVersion, onError, shouldCreate);
    },
  };
}

function ancestors(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) folders.push(path.slice(0, end));
  return folders;
}
