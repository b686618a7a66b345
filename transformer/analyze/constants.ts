// Evaluates the few expressions that stand in markers and initializers, without running anything.
import type ts from 'typescript';
import { AES256 } from '../../runtime/schema/markers.js';
import type { JsonValue } from '../../runtime/schema/model.js';
import type { Context } from './context.js';
import { packageExport } from './markers.js';

/** What an expression comes to: a value, the time of each write, nothing, or the part of it that isn't constant. */
export type Constant =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'bigint'; readonly value: string }
  | { readonly kind: 'now' }
  | { readonly kind: 'undefined' }
  | { readonly kind: 'unreadable'; readonly node: ts.Node };

/** Literals, arrays, objects, negative numbers, bigints, enum members, `AES256`, `undefined` and `new Date()`. */
export function evaluate(context: Context, expression: ts.Expression): Constant {
  const { ts } = context;
  const node = skipTypes(context, expression);
  if (ts.isStringLiteralLike(node)) return literal(node.text);
  if (ts.isNumericLiteral(node)) return number(node, Number(node.text));
  if (ts.isBigIntLiteral(node)) return { kind: 'bigint', value: BigInt(node.text.slice(0, -1)).toString() };
  if (ts.isArrayLiteralExpression(node)) return array(context, node);
  if (ts.isObjectLiteralExpression(node)) return object(context, node);
  if (ts.isPrefixUnaryExpression(node)) return signed(context, node);
  if (ts.isIdentifier(node) && node.text === 'undefined') return { kind: 'undefined' };
  if (ts.isNewExpression(node)) return isNow(context, node) ? { kind: 'now' } : { kind: 'unreadable', node };
  switch (node.kind) {
    case ts.SyntaxKind.TrueKeyword:
      return literal(true);
    case ts.SyntaxKind.FalseKeyword:
      return literal(false);
    case ts.SyntaxKind.NullKeyword:
      return literal(null);
  }
  return named(context, node);
}

/** The name of a property in a class or object literal, or undefined when it is computed. */
export function propertyName(context: Context, name: ts.PropertyName): string | undefined {
  const { ts } = context;
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name)) return name.text;
  if (ts.isNumericLiteral(name)) return String(Number(name.text));
  if (ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression)) return name.expression.text;
  return undefined;
}

/** The expression within parentheses, `as`, `satisfies` and `!`. */
export function skipTypes(context: Context, expression: ts.Expression): ts.Expression {
  const { ts } = context;
  let node = expression;
  while (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isNonNullExpression(node)
  ) {
    node = node.expression;
  }
  return node;
}

function literal(value: JsonValue): Constant {
  return { kind: 'literal', value };
}

/** JSON has no infinity, which a literal such as 1e999 is. */
function number(node: ts.Node, value: number): Constant {
  return Number.isFinite(value) ? literal(value) : { kind: 'unreadable', node };
}

function signed(context: Context, node: ts.PrefixUnaryExpression): Constant {
  const { SyntaxKind } = context.ts;
  const operand = evaluate(context, node.operand);
  if (operand.kind === 'literal' && typeof operand.value === 'number') {
    if (node.operator === SyntaxKind.MinusToken) return negative(node, operand.value);
    if (node.operator === SyntaxKind.PlusToken) return operand;
  }
  if (operand.kind === 'bigint' && node.operator === SyntaxKind.MinusToken) {
    return { kind: 'bigint', value: (-BigInt(operand.value)).toString() };
  }
  return operand.kind === 'unreadable' ? operand : { kind: 'unreadable', node };
}

/** -0 is the one finite number that JSON text doesn't bring back. */
function negative(node: ts.Node, value: number): Constant {
  return value === 0 ? { kind: 'unreadable', node } : literal(-value);
}

function array(context: Context, node: ts.ArrayLiteralExpression): Constant {
  const values: JsonValue[] = [];
  for (const element of node.elements) {
    const value = evaluate(context, element);
    if (value.kind !== 'literal') return value.kind === 'unreadable' ? value : { kind: 'unreadable', node: element };
    values.push(value.value);
  }
  return literal(values);
}

function object(context: Context, node: ts.ObjectLiteralExpression): Constant {
  const entries: [string, JsonValue][] = [];
  for (const property of node.properties) {
    const name = context.ts.isPropertyAssignment(property) ? propertyName(context, property.name) : undefined;
    // `{ __proto__: x }` sets the prototype, so it is no property at all.
    if (name === undefined || name === '__proto__' || !context.ts.isPropertyAssignment(property)) {
      return { kind: 'unreadable', node: property };
    }
    const value = evaluate(context, property.initializer);
    if (value.kind !== 'literal') {
      return value.kind === 'unreadable' ? value : { kind: 'unreadable', node: property.initializer };
    }
    entries.push([name, value.value]);
  }
  return literal(Object.fromEntries(entries));
}

function isNow(context: Context, node: ts.NewExpression): boolean {
  const symbol = context.symbolAt(node.expression);
  return symbol?.name === 'Date' && context.isBuiltIn(symbol) && (node.arguments?.length ?? 0) === 0;
}

/** Enum members, and the constants that the package exports. */
function named(context: Context, node: ts.Expression): Constant {
  const { ts } = context;
  const name = ts.isPropertyAccessExpression(node)
    ? node.name
    : ts.isElementAccessExpression(node)
      ? node.argumentExpression
      : node;
  const member = context.symbolAt(name)?.valueDeclaration;
  if (member && ts.isEnumMember(member)) {
    const value = context.checker.getConstantValue(member);
    if (typeof value === 'string') return literal(value);
    return value === undefined ? { kind: 'unreadable', node } : number(node, value);
  }
  return packageExport(context, name) === 'AES256' ? literal(AES256) : { kind: 'unreadable', node };
}
