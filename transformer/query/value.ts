// What a part of a predicate is lowered to, with what must be known of it to lower what stands around it.
import type { Expression } from '../../runtime/query/expression.js';
import type { RowField } from './row.js';
import type { Tag } from './tag.js';

/** Which of the two kinds of nothing a value may be. */
export interface Missing {
  readonly null: boolean;
  readonly undefined: boolean;
}

export interface Value {
  readonly expression: Expression;
  /** The one kind of its values, null and undefined aside; null where it is several or isn't known. */
  readonly tag: Tag | null;
  readonly missing: Missing;
  /** It may be undefined because a `?.` to the left ended the chain; what follows in the same chain is skipped too. */
  readonly skipped: boolean;
  /** The stored field that it reads; null for what is computed or captured. */
  readonly field: RowField | null;
  /** Where only truth matters, this says the same in a form that planners know. */
  readonly truth: Expression | null;
}

export const PRESENT: Missing = { null: false, undefined: false };
export const UNDEFINED: Expression = { op: 'undefined' };
export const NULL: Expression = { op: 'literal', value: null };

/** A computed value that is always there. */
export function computedValue(expression: Expression, tag: Tag | null, missing: Missing = PRESENT): Value {
  return { expression, tag, missing, skipped: false, field: null, truth: null };
}

export function isMissing({ missing, skipped }: Value): boolean {
  return missing.null || missing.undefined || skipped;
}

export function eitherMissing(a: Missing, b: Missing): Missing {
  return { null: a.null || b.null, undefined: a.undefined || b.undefined };
}

/** What the value may be once its chain has ended. */
export function missingAtEnd({ missing, skipped }: Value): Missing {
  return { null: missing.null, undefined: missing.undefined || skipped };
}

/** `=== null` and `=== undefined` (or `!==`), as far as the value can be either. */
export function missingTests(value: Value, op: '===' | '!=='): Expression[] {
  const { expression } = value;
  const missing = missingAtEnd(value);
  const tests: Expression[] = [];
  if (missing.null) tests.push({ op, left: expression, right: NULL });
  if (missing.undefined) tests.push({ op, left: expression, right: UNDEFINED });
  return tests;
}

/** Several tests as one. */
export function joined(op: '&&' | '||', tests: readonly Expression[]): Expression {
  const [only, ...others] = tests.flatMap((test) => (test.op === op ? test.args : [test]));
  if (only === undefined) return { op: 'literal', value: op === '&&' };
  return others.length === 0 ? only : { op, args: [only, ...others] };
}

/** `result`, of a chain that `subject` may have ended: undefined where the subject is missing. */
export function chained(subject: Value, result: Value): Value {
  if (!isMissing(subject)) return result;
  const test = joined('||', missingTests(subject, '==='));
  return {
    ...result,
    expression: { op: '?:', test, yes: UNDEFINED, no: result.expression },
    skipped: true,
    field: null,
    truth: joined('&&', [...missingTests(subject, '!=='), result.truth ?? result.expression]),
  };
}
