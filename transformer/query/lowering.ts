// What lowering one predicate has at hand, and the face by which its parts (predicate.ts, operators.ts, calls.ts) call each
// other. The rule throughout: the expression means exactly what the arrow means, for every row and every captured value; a
// form of which that isn't certain is refused with a finding, and the arrow scans.
import type ts from 'typescript';
import type { Expression } from '../../runtime/query/expression.js';
import type { Captures, Guards } from './captured.js';
import type { Finding } from './findings.js';
import type { Row } from './row.js';
import type { Value } from './value.js';

/** A finding and where in the arrow it is. */
export interface PlacedFinding extends Finding {
  readonly node: ts.Node;
}

export interface Lower {
  readonly ts: typeof ts;
  readonly checker: ts.TypeChecker;
  readonly row: Row;
  readonly captures: Captures;
  /** How many `some` and `every` stand around what is being lowered. */
  level: number;
  /** `node` where only its truth matters: the arrow's body, operands of `&&`, `||`, `!` and `?:`. */
  condition(node: ts.Expression, guards: Guards): Expression | null;
  /** `node` where its value matters. */
  value(node: ts.Expression, guards: Guards): Value | null;
  /** The body of an arrow, with the findings of its form. */
  body(arrow: ts.ArrowFunction): ts.Expression | null;
  /** Notes why `node` can't be lowered. */
  refuse(node: ts.Node, finding: Finding): null;
  /** Notes something that doesn't stand in the way of lowering. */
  note(node: ts.Node, finding: Finding): void;
}
