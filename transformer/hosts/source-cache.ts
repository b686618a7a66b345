// A compiler host for programs that are made again and again: a file is parsed again only when its size or time of change
// is another one.
import { type Stats, statSync } from 'node:fs';
import type ts from 'typescript';
import type { Compiler } from './compiler.js';

export interface CachingHost extends ts.CompilerHost {
  /** Whether the file with that state on disk is the one that was read last; undefined when none was. */
  isAsRead(path: string, stat: Stats | undefined): boolean | undefined;
}

export function cachingHost(ts: Compiler, options: ts.CompilerOptions): CachingHost {
  const host = ts.createCompilerHost(options);
  const parsed = new Map<string, { readonly stamp: string; readonly file: ts.SourceFile | undefined }>();
  return {
    ...host,
    getSourceFile: (path, languageVersion, onError) => {
      const stamp = stampOf(statSync(path, { throwIfNoEntry: false }));
      const known = parsed.get(path);
      if (known?.stamp === stamp) return known.file;
      const file = host.getSourceFile(path, languageVersion, onError);
      parsed.set(path, { stamp, file });
      return file;
    },
    isAsRead: (path, stat) => {
      const known = parsed.get(path);
      return known && known.stamp === stampOf(stat);
    },
  };
}

/** What is another one whenever a file was written. */
export function stampOf(stat: Stats | undefined): string {
  return stat === undefined ? 'missing' : `${stat.mtimeMs}:${stat.size}`;
}
