// Files on disk that no test changes, as programs see them: parsed and bound once for all programs whose options read them in the
// same way.
import ts from 'typescript';

const parsed = new Map<string, ts.SourceFile | undefined>();
const registry = ts.createDocumentRegistry();

/** `host.getSourceFile` for such files. */
export function parsedOnce(host: ts.CompilerHost, options: ts.CompilerOptions): ts.CompilerHost['getSourceFile'] {
  const settings = registry.getKeyForCompilationSettings(options);
  return (path, ...how) => {
    const key = `${settings} ${path}`;
    if (!parsed.has(key)) parsed.set(key, host.getSourceFile(path, ...how));
    return parsed.get(key);
  };
}
