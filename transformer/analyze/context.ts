// What every part of analysis needs: the compiler that was handed in, its checker, and a place for findings.
import type ts from 'typescript';
import type { Diagnostic } from '../diagnostics.js';
import type { Finding } from './findings.js';

export class Context {
  readonly checker: ts.TypeChecker;
  /** Errors so far, repeated ones included: unchanged over a call, it tells that the call found none. */
  errors = 0;
  private readonly found = new Map<string, Diagnostic>();

  constructor(
    readonly ts: typeof import('typescript'),
    readonly program: ts.Program,
  ) {
    this.checker = program.getTypeChecker();
  }

  /** Reports at `node`. A base class is read once for each class below it, so the same finding counts once. */
  report(node: ts.Node, finding: Finding): undefined {
    const file = node.getSourceFile();
    const start = node.getStart(file);
    if (finding.category === 'error') this.errors++;
    const { code, category, message } = finding;
    this.include([{ code, category, fileName: file.fileName, start, length: node.getEnd() - start, message }]);
  }

  /** Takes over what another context has found. */
  include(diagnostics: readonly Diagnostic[]): void {
    for (const one of diagnostics) this.found.set(`${one.fileName}:${one.start}:${one.code}:${one.message}`, one);
  }

  /** By file, then position, then code. */
  diagnostics(): Diagnostic[] {
    return [...this.found.values()].sort(
      (a, b) => compare(a.fileName, b.fileName) || a.start - b.start || compare(a.code, b.code),
    );
  }

  /** A file as messages call it: from the directory that the compiler runs in. */
  relative(fileName: string): string {
    const directory = `${this.program.getCurrentDirectory()}/`;
    return fileName.startsWith(directory) ? fileName.slice(directory.length) : fileName;
  }

  /** The symbol behind `node` and behind all imports and re-exports of it. */
  symbolAt(node: ts.Node): ts.Symbol | undefined {
    const symbol = this.checker.getSymbolAtLocation(node);
    return symbol && this.resolve(symbol);
  }

  /** Follows imports and re-exports to what they name. */
  resolve(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & this.ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }

  /** The class that a symbol names, if it is written as one. */
  classOf(symbol: ts.Symbol | undefined): ts.ClassLikeDeclaration | undefined {
    return symbol?.declarations?.find((declaration) => this.ts.isClassLike(declaration));
  }

  /** Whether the symbol comes out of declaration files only, such as those of Node. */
  isDeclaredElsewhere(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).every((declaration) => declaration.getSourceFile().isDeclarationFile);
  }

  /** Whether the symbol is the language's own (`Date`, `Array`), not the user's type of the same name. */
  isBuiltIn(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((declaration) =>
      this.program.isSourceFileDefaultLibrary(declaration.getSourceFile()),
    );
  }
}

/** By UTF-16 code units, the same in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
