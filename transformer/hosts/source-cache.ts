// A compiler host for programs that are made again and again: a file is parsed again only when its size or time of change
// is another one.
import { statSync } from 'node:fs';
import type ts from 'typescript';
import type { Compiler } from './compiler.js';

export function cachingHost(ts: Compiler, options: ts.CompilerOptions): ts.CompilerHost {
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
