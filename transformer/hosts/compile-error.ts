// How hosts outside of tsc fail: an Error that says where, in the properties that Rollup, Vite and webpack show.
import type ts from 'typescript';
import { codeName } from '../diagnostics.js';
import type { Compiler } from './compiler.js';

/** A place in a file; `line` counts from 1, `column` from 0, as bundlers have it. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The first error of a file or project; the message lists all of them. */
export class CompileError extends Error {
  override readonly name = 'QuantaDB';
  readonly code: string;
  readonly id: string | undefined;
  readonly loc: Place | undefined;

  constructor(ts: Compiler, errors: readonly ts.Diagnostic[]) {
    super(errors.map((error) => formatFinding(ts, error)).join('\n'));
    const [first] = errors;
    this.code = first === undefined ? '' : codeName(first);
    this.loc = first && placeOf(first);
    this.id = this.loc?.file;
  }
}

/** `src/models/user.ts:3:5 QDB1301: ...` */
export function formatFinding(ts: Compiler, finding: ts.Diagnostic): string {
  const place = placeOf(finding);
  const text = ts.flattenDiagnosticMessageText(finding.messageText, '\n');
  return place === undefined ? text : `${place.file}:${place.line}:${place.column + 1} ${text}`;
}

function placeOf({ file, start }: ts.Diagnostic): Place | undefined {
  if (file === undefined || start === undefined) return undefined;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return { file: file.fileName, line: line + 1, column: character };
}
