// Comparisons, arithmetic, `??`, `?:` and template strings.
import type ts from 'typescript';
import type { Arithmetic, CompareOp, Expression } from '../../runtime/query/expression.js';
import type { Guards } from './captured.js';
import * as findings from './findings.js';
import type { Lower } from './lowering.js';
import { isPrimitive } from './tag.js';
import {
  computedValue,
  eitherMissing,
  isMissing,
  joined,
  missingAtEnd,
  missingTests,
  PRESENT,
  type Value,
} from './value.js';

const COMPARE: ReadonlySet<string> = new Set(['===', '!==', '<', '<=', '>', '>=']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);
const FLIPPED: Readonly<Record<CompareOp, CompareOp>> = {
  '===': '===',
  '!==': '!==',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** Any binary operator but `&&` and `||`. */
export function lowerBinary(lower: Lower, node: ts.BinaryExpression, guards: Guards): Value | null {
  const op = lower.ts.tokenToString(node.operatorToken.kind) ?? '';
  if (op === '??') return coalesce(lower, node, guards);
  if (op === '==' || op === '!=') return loose(lower, op, node, guards);
  const isCompare = COMPARE.has(op);
  if (!isCompare && !ARITHMETIC.has(op)) {
    const change = lower.captures.changeIn(node);
    return lower.refuse(
      change ?? node,
      (change ? findings.sideEffect : findings.unknownForm)((change ?? node).getText()),
    );
  }
  const left = lower.value(node.left, guards);
  const right = left && lower.value(node.right, guards);
  if (left === null || right === null) return null;
  return isCompare
    ? compare(lower, op as CompareOp, node, left, right)
    : arithmetic(lower, op as Arithmetic['op'], node, left, right);
}

function compare(lower: Lower, op: CompareOp, node: ts.BinaryExpression, left: Value, right: Value): Value | null {
  const isEquality = op === '===' || op === '!==';
  const isPossible = isEquality ? canBeEqual(lower, node, left, right) : canBeOrdered(lower, node, left, right);
  if (!isPossible) return null;
  if (op !== '!==' && [node.left, node.right].some((side) => isNaNName(lower, side))) {
    lower.note(node, findings.neverTrue(node.getText()));
  }
  // The field to the left, which is where a planner looks for it.
  const flips = left.field === null && right.field !== null;
  const expression: Expression = flips
    ? { op: FLIPPED[op], left: right.expression, right: left.expression }
    : { op, left: left.expression, right: right.expression };
  return computedValue(expression, 'boolean');
}

function isNaNName({ ts }: Lower, node: ts.Expression): boolean {
  return ts.isIdentifier(node) ? node.text === 'NaN' : node.getText() === 'Number.NaN';
}

/** Strict equality of primitives is a matter of values; of objects, Dates among them, one of identity, which no row keeps. */
function canBeEqual(lower: Lower, node: ts.BinaryExpression, left: Value, right: Value): boolean {
  const isNothing = ({ tag }: Value): boolean => tag === 'null' || tag === 'undefined';
  const never = (cure: string): void => {
    lower.note(node, findings.neverEqual(node.left.getText(), node.right.getText(), cure));
  };
  if (isNothing(left) || isNothing(right)) {
    const [other, nothing] = isNothing(right) ? [left, right] : [right, left];
    if (other.field !== null && other.tag !== null) {
      const { slot, throughMissing } = other.field;
      const isPossible = nothing.tag === 'null' ? slot.nullable : slot.optional || throughMissing;
      if (!isPossible) never(`: the field is never ${nothing.tag}.`);
    }
    return true;
  }
  const isObject = ({ tag }: Value): boolean => tag !== null && !isPrimitive(tag);
  if (isObject(left) || isObject(right)) {
    const areDates = left.tag === 'date' && right.tag === 'date';
    never(
      areDates
        ? ': each Date is an object of its own. Compare their .getTime().'
        : ': objects are compared by identity.',
    );
    return false;
  }
  if (left.tag === null && right.tag === null) {
    lower.refuse(node, findings.unclearType(node.left.getText()));
    return false;
  }
  if (left.tag !== null && right.tag !== null && left.tag !== right.tag) {
    if (!(isMissing(left) && isMissing(right))) never(`: one is a ${left.tag}, the other a ${right.tag}.`);
    return true;
  }
  const sets = [left, right].map(({ field }) => (field?.slot.type.kind === 'enum' ? field.slot.type.values : null));
  const literal = [right, left].map(({ expression }) => (expression.op === 'literal' ? expression.value : null));
  sets.forEach((values, i) => {
    const sought = literal[i];
    if (values && sought !== null && sought !== undefined && !(values as readonly unknown[]).includes(sought)) {
      never(`: it is one of ${values.map((value) => JSON.stringify(value)).join(', ')}.`);
    }
  });
  return true;
}

/** The path of an encrypted field that `expression` is made of, whatever it makes of it. */
export function encryptedIn(lower: Lower, expression: Expression): string | null {
  const visit = (part: unknown): string | null => {
    if (typeof part !== 'object' || part === null) return null;
    const { op, path } = part as { readonly op?: unknown; readonly path?: readonly string[] };
    if (op === 'field') {
      const field = lower.row.entity.fields.find(({ name }) => name === path![0]);
      return field !== undefined && field.encrypted !== null ? path!.join('.') : null;
    }
    for (const inner of Object.values(part)) {
      const found = visit(inner);
      if (found !== null) return found;
    }
    return null;
  };
  return visit(expression);
}

/** `<` converts what isn't of one type; what it does with null and undefined is known to evaluation and planner alike. */
function canBeOrdered(lower: Lower, node: ts.BinaryExpression, left: Value, right: Value): boolean {
  for (const { expression } of [left, right]) {
    const hidden = encryptedIn(lower, expression);
    if (hidden !== null) {
      lower.refuse(node, findings.encrypted(lower.row.entity.name, hidden));
      return false;
    }
  }
  const tags = [left.tag, right.tag];
  const odd = tags.findIndex(
    (tag) => tag === 'array' || tag === 'object' || tag === 'boolean' || tag === 'null' || tag === 'undefined',
  );
  const areKnown = left.tag !== null && right.tag !== null;
  if (tags.includes('number') && tags.includes('bigint')) {
    // JavaScript compares the two, no index does.
    lower.refuse(node, findings.unknownForm(node.getText()));
    return false;
  }
  if (odd >= 0 || (areKnown && left.tag !== right.tag)) {
    lower.refuse(node, findings.incompatible(node.left.getText(), node.right.getText()));
    return false;
  }
  if (left.tag === null && right.tag === null) {
    lower.refuse(node, findings.unclearType(node.left.getText()));
    return false;
  }
  return true;
}

/** `u.x == null`, of what is missing in either way; of other values only where `==` converts nothing. */
function loose(lower: Lower, op: '==' | '!=', node: ts.BinaryExpression, guards: Guards): Value | null {
  const strict = op === '==' ? '===' : '!==';
  const left = lower.value(node.left, guards);
  const right = left && lower.value(node.right, guards);
  if (left === null || right === null) return null;
  const isNothing = ({ tag }: Value): boolean => tag === 'null' || tag === 'undefined';
  if (isNothing(left) || isNothing(right)) {
    const other = isNothing(right) ? left : right;
    const known = other.field !== null && other.field.slot.type.kind !== 'unknown';
    const tests = missingTests(
      known ? withMissing(other) : { ...other, missing: { null: true, undefined: true } },
      strict,
    );
    return computedValue(joined(op === '==' ? '||' : '&&', tests), 'boolean');
  }
  if (left.tag !== null && left.tag === right.tag && !isMissing(left) && !isMissing(right)) {
    return compare(lower, strict, node, left, right);
  }
  return lower.refuse(node, findings.unknownForm(`${node.getText()}, which converts its sides,`));
}

/** Of a field that is always there, one test stays. */
function withMissing(value: Value): Value {
  const { slot, throughMissing } = value.field!;
  const isUndefined = slot.optional || throughMissing || !slot.nullable;
  return { ...value, missing: { null: slot.nullable, undefined: isUndefined }, skipped: false };
}

function arithmetic(
  lower: Lower,
  op: Arithmetic['op'],
  node: ts.BinaryExpression,
  left: Value,
  right: Value,
): Value | null {
  const expression: Expression = { op, left: left.expression, right: right.expression };
  const texts = [left, right].some(({ tag }) => tag === 'string');
  if (op === '+' && texts && isPrimitive(left.tag) && isPrimitive(right.tag))
    return computedValue(expression, 'string');
  for (const [value, operand] of [
    [left, node.left],
    [right, node.right],
  ] as const) {
    if (value.field?.encrypted) {
      return lower.refuse(operand, findings.encrypted(lower.row.entity.name, value.field.path.join('.')));
    }
    if (isMissing(value))
      return lower.refuse(operand, findings.unknownForm(`${operand.getText()}, which may be missing,`));
  }
  const isNumeric = left.tag === 'number' || left.tag === 'bigint';
  if (isNumeric && left.tag === right.tag) return computedValue(expression, left.tag);
  if (left.tag === null || right.tag === null) return lower.refuse(node, findings.unclearType(node.getText()));
  return lower.refuse(node, findings.incompatible(node.left.getText(), node.right.getText()));
}

function coalesce(lower: Lower, node: ts.BinaryExpression, guards: Guards): Value | null {
  const left = lower.value(node.left, guards);
  const right = left && lower.value(node.right, [...guards, node.left]);
  if (left === null || right === null) return null;
  const tag = left.tag === 'null' || left.tag === 'undefined' ? right.tag : left.tag;
  const same = tag === right.tag || right.tag === 'null' || right.tag === 'undefined';
  return computedValue(
    { op: '??', left: left.expression, right: right.expression },
    same ? tag : null,
    missingAtEnd(right),
  );
}

export function lowerConditional(lower: Lower, node: ts.ConditionalExpression, guards: Guards): Value | null {
  const test = lower.condition(node.condition, guards);
  const within = [...guards, node.condition];
  const yes = test && lower.value(node.whenTrue, within);
  const no = yes && lower.value(node.whenFalse, within);
  if (test === null || yes === null || no === null) return null;
  const isNothing = ({ tag }: Value): boolean => tag === 'null' || tag === 'undefined';
  const tag = yes.tag === no.tag || isNothing(no) ? yes.tag : isNothing(yes) ? no.tag : null;
  const missing = eitherMissing(missingAtEnd(yes), missingAtEnd(no));
  return computedValue({ op: '?:', test, yes: yes.expression, no: no.expression }, tag, missing);
}

export function lowerTemplate(lower: Lower, node: ts.TemplateExpression, guards: Guards): Value | null {
  const text = (value: string): Expression[] => (value === '' ? [] : [{ op: 'literal', value }]);
  const parts = text(node.head.text);
  for (const span of node.templateSpans) {
    const value = lower.value(span.expression, guards);
    if (value === null) return null;
    if (!isPrimitive(value.tag)) return lower.refuse(span.expression, findings.unclearType(span.expression.getText()));
    parts.push(value.expression, ...text(span.literal.text));
  }
  return computedValue({ op: 'template', parts }, 'string', PRESENT);
}
