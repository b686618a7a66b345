// What the compiler says about entity classes and queries: plain data with a position, independent of any one `ts`.
import type ts from 'typescript';

/** A finding at a place in a source file; offsets are UTF-16 units, as TypeScript counts them. */
export interface Diagnostic {
  /** `QDB1xxx`, stable; docs/errors.md tells cause and cure. */
  readonly code: string;
  readonly category: 'error' | 'warning';
  readonly fileName: string;
  readonly start: number;
  readonly length: number;
  /** One sentence that says what to do. */
  readonly message: string;
}

/** Keeps our numbers out of TypeScript's own range: QDB1301 is reported as TS901301. */
const TS_CODE_OFFSET = 900_000;

/** The same finding as the compiler's own kind of diagnostic, so that hosts can print it among the others. */
export function toTsDiagnostic(api: typeof ts, program: ts.Program, diagnostic: Diagnostic): ts.Diagnostic {
  return {
    file: program.getSourceFile(diagnostic.fileName),
    start: diagnostic.start,
    length: diagnostic.length,
    category: diagnostic.category === 'error' ? api.DiagnosticCategory.Error : api.DiagnosticCategory.Warning,
    code: tsCode(diagnostic.code),
    messageText: `${diagnostic.code}: ${diagnostic.message}`,
    source: 'quantadb',
  };
}

/** The number under which the compiler reports one of our codes. */
export function tsCode(code: string): number {
  return TS_CODE_OFFSET + Number(code.slice('QDB'.length));
}

/** A diagnostic's code as people look it up: `QDB1301` for ours, `TS2551` for the compiler's own. */
export function codeName({ source, code }: ts.Diagnostic): string {
  return source === 'quantadb' ? `QDB${code - TS_CODE_OFFSET}` : `TS${code}`;
}
