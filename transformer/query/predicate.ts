// Lowers the body of one arrow to an expression. The rule throughout: the expression means exactly what the arrow means,
// for every row and every captured value; a form of which that isn't certain is not lowered (null), and the arrow scans.
import type ts from 'typescript';
import type { CompareOp, Expression, FieldRef } from '../../runtime/query/expression.js';
import { Captures, type Guards } from './captured.js';
import { isMissable, isNullish, type Row, type RowField, unwrap } from './row.js';
import { fieldTag, literalTag, type Tag, typeTag } from './tag.js';

type Compiler = typeof ts;

/** One side of a comparison, or an argument. */
interface Operand {
  readonly expression: Expression;
  /** What `typeof` would say of it, `date`, or `null` and `undefined` for these literals; null when it is none of those. */
  readonly tag: Tag | null;
  /** Whether it may be null or undefined when it is reached. */
  readonly missable: boolean;
  readonly field: RowField | null;
}

const COMPARE: Readonly<Record<string, CompareOp>> = {
  '===': '===',
  '!==': '!==',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const FLIPPED: Readonly<Record<CompareOp, CompareOp>> = {
  '===': '===',
  '!==': '!==',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const STRING_TESTS = { startsWith: 'startsWith', endsWith: 'endsWith', includes: 'stringIncludes' } as const;

export class PredicateLowering {
  /** Captured expressions, in parameter order. */
  readonly captured: ts.Expression[] = [];
  private readonly captures: Captures;

  constructor(
    private readonly ts: Compiler,
    program: ts.Program,
    private readonly checker: ts.TypeChecker,
    private readonly row: Row,
  ) {
    this.captures = new Captures(ts, program, checker);
  }

  /** `node` where only its truth matters: the arrow's body, operands of `&&`, `||` and `!`. */
  condition(node: ts.Expression, guards: Guards = []): Expression | null {
    const { ts } = this;
    if (ts.isParenthesizedExpression(node)) return this.condition(node.expression, guards);
    if (node.kind === ts.SyntaxKind.TrueKeyword) return { op: 'literal', value: true };
    if (node.kind === ts.SyntaxKind.FalseKeyword) return { op: 'literal', value: false };
    if (!this.row.occursIn(node)) return this.capturedCondition(node, guards);
    if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
      const arg = this.condition(node.operand, guards);
      return arg && { op: '!', arg };
    }
    if (ts.isBinaryExpression(node)) return this.binary(node, guards);
    if (ts.isCallExpression(node)) return this.call(node, guards);
    const field = this.row.fieldAt(node);
    return field?.slot.type.kind === 'boolean' ? reference(field) : null;
  }

  private capturedCondition(node: ts.Expression, guards: Guards): Expression | null {
    const type = this.checker.getTypeAtLocation(node);
    const isBoolean = (type.flags & this.ts.TypeFlags.BooleanLike) !== 0;
    return isBoolean ? this.parameter(node, guards) : null;
  }

  private binary(node: ts.BinaryExpression, guards: Guards): Expression | null {
    const operator = this.ts.tokenToString(node.operatorToken.kind);
    if (operator === '&&' || operator === '||') return this.logical(operator, node, guards);
    if (operator === '==' || operator === '!=') return this.looseNull(node, operator, guards);
    const op = operator === undefined ? undefined : COMPARE[operator];
    return op === undefined ? null : this.compare(op, node, guards);
  }

  private logical(op: '&&' | '||', node: ts.BinaryExpression, guards: Guards): Expression | null {
    const left = this.condition(node.left, guards);
    const right = left && this.condition(node.right, [...guards, node.left]);
    if (left === null || right === null) return null;
    const spread = (side: Expression) => (side.op === op ? side.args : [side]);
    return { op, args: [...spread(left), ...spread(right)] };
  }

  private compare(op: CompareOp, node: ts.BinaryExpression, guards: Guards): Expression | null {
    const left = this.operand(node.left, guards);
    const right = left && this.operand(node.right, guards);
    if (left === null || right === null) return null;
    const isEquality = op === '===' || op === '!==';
    if (!(isEquality ? canBeEqual(left, right) : canBeOrdered(left, right))) return null;
    // The field to the left, which is where a planner looks for it.
    if (left.field === null) return { op: FLIPPED[op], left: right.expression, right: left.expression };
    return { op, left: left.expression, right: right.expression };
  }

  /** `u.x == null` and `u.x != null`, with null or undefined on either side: what is missing in either way. */
  private looseNull(node: ts.BinaryExpression, operator: '==' | '!=', guards: Guards): Expression | null {
    const left = this.operand(node.left, guards);
    const right = left && this.operand(node.right, guards);
    const field = left?.field ?? right?.field;
    const other = left?.field ? right : left;
    if (!field || (other?.tag !== 'null' && other?.tag !== 'undefined') || !canBeTestedForNull(field)) return null;
    const op = operator === '==' ? '===' : '!==';
    const args: Expression[] = [];
    const isUndefined: Expression = { op, left: reference(field), right: { op: 'undefined' } };
    const isNull: Expression = { op, left: reference(field), right: { op: 'literal', value: null } };
    if (field.slot.nullable) args.push(isNull);
    if (field.slot.optional || field.throughMissing || !field.slot.nullable) args.push(isUndefined);
    return args.length === 1 ? args[0]! : { op: operator === '==' ? '||' : '&&', args };
  }

  /** `u.name.startsWith(x)`, `u.tags.includes(x)`, `ids.includes(u.id)`. */
  private call(node: ts.CallExpression, guards: Guards): Expression | null {
    const { ts } = this;
    const [only, ...more] = node.arguments;
    const callee = node.expression;
    if (only === undefined || more.length > 0 || !ts.isPropertyAccessExpression(callee)) return null;
    if (node.questionDotToken !== undefined) return null;
    const method = callee.name.text;
    if (!this.row.occursIn(callee.expression)) {
      return callee.questionDotToken === undefined && method === 'includes'
        ? this.capturedIncludes(callee.expression, only, guards)
        : null;
    }
    const field = this.row.fieldAt(callee.expression);
    if (field === undefined) return null;
    const test = this.fieldTest(field, method, this.operand(only, guards));
    const missable = this.row.mayBeMissing(callee.expression, field);
    if (test === null || !missable) return test;
    // A bare call on a missing value throws. With `?.` it gives undefined, which is false here.
    const skips = callee.questionDotToken !== undefined || (ts.isOptionalChain(callee) && !isMissable(field.slot));
    return skips ? { op: '&&', args: [...presence(field), test] } : null;
  }

  private fieldTest(field: RowField, method: string, argument: Operand | null): Expression | null {
    if (argument === null || argument.missable) return null;
    const { type } = field.slot;
    const subject = reference(field);
    if (type.kind === 'string' && argument.tag === 'string' && method in STRING_TESTS) {
      const op = STRING_TESTS[method as keyof typeof STRING_TESTS];
      return { op, subject, argument: argument.expression };
    }
    if (type.kind === 'array' && method === 'includes' && argument.field === null) {
      const tag = fieldTag(type.element.type);
      const matches = tag !== null && tag !== 'date' && tag === argument.tag;
      return matches ? { op: 'arrayIncludes', subject, argument: argument.expression } : null;
    }
    return null;
  }

  private capturedIncludes(array: ts.Expression, argument: ts.Expression, guards: Guards): Expression | null {
    const sought = this.operand(argument, guards);
    if (sought?.field == null || sought.missable || sought.tag === null || sought.tag === 'date') return null;
    const type = this.checker.getTypeAtLocation(array);
    if (!this.checker.isArrayType(type) && !this.checker.isTupleType(type)) return null;
    const elements = this.checker.getIndexTypeOfType(type, this.ts.IndexKind.Number);
    const isEmpty = elements !== undefined && (elements.flags & this.ts.TypeFlags.Never) !== 0;
    if (elements === undefined || isEmpty || isNullish(this.ts, elements)) return null;
    if (typeTag(this.ts, this.checker, elements) !== sought.tag) return null;
    // Behind a guard the array may be missing when it is evaluated, though it never is where the arrow reads it.
    if (guards.length > 0 && this.captures.mayBeNullish(array)) return null;
    const subject = this.parameter(array, guards);
    return subject && { op: 'arrayIncludes', subject, argument: sought.expression };
  }

  private operand(node: ts.Expression, guards: Guards): Operand | null {
    const inner = unwrap(this.ts, node);
    if (this.row.occursIn(inner)) {
      const field = this.row.fieldAt(inner);
      if (field === undefined) return null;
      const missable = this.row.mayBeMissing(inner, field);
      return { expression: reference(field), tag: fieldTag(field.slot.type), missable, field };
    }
    const literal = this.literal(inner);
    if (literal !== null) {
      const tag = literal.op === 'undefined' ? 'undefined' : literalTag(literal.value);
      return { expression: literal, tag, missable: tag === 'null' || tag === 'undefined', field: null };
    }
    const type = this.checker.getTypeAtLocation(inner);
    const expression = this.parameter(inner, guards);
    if (expression === null) return null;
    return { expression, tag: typeTag(this.ts, this.checker, type), missable: isNullish(this.ts, type), field: null };
  }

  /** What can stand in JSON: -0, NaN and bigint can't, and become parameters. */
  private literal(node: ts.Expression) {
    const { ts } = this;
    if (node.kind === ts.SyntaxKind.NullKeyword) return { op: 'literal', value: null } as const;
    if (node.kind === ts.SyntaxKind.TrueKeyword) return { op: 'literal', value: true } as const;
    if (node.kind === ts.SyntaxKind.FalseKeyword) return { op: 'literal', value: false } as const;
    if (ts.isIdentifier(node) && node.text === 'undefined') return { op: 'undefined' } as const;
    if (ts.isStringLiteralLike(node)) return { op: 'literal', value: node.text } as const;
    const value = this.enumMember(node) ?? numberOf(ts, node);
    if (typeof value === 'string') return { op: 'literal', value } as const;
    const isPlain = typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0);
    return isPlain ? ({ op: 'literal', value } as const) : null;
  }

  private enumMember(node: ts.Expression): string | number | undefined {
    const { ts } = this;
    if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
    const member = this.checker.getSymbolAtLocation(node)?.valueDeclaration;
    return member !== undefined && ts.isEnumMember(member) ? this.checker.getConstantValue(member) : undefined;
  }

  private parameter(node: ts.Expression, guards: Guards): Expression | null {
    if (!this.captures.isCapturable(node, guards)) return null;
    const known = this.captured.findIndex((other) => this.isSameVariable(other, node));
    return { op: 'param', index: known >= 0 ? known : this.captured.push(node) - 1 };
  }

  private isSameVariable(a: ts.Expression, b: ts.Expression): boolean {
    if (!this.ts.isIdentifier(a) || !this.ts.isIdentifier(b)) return false;
    return this.checker.getSymbolAtLocation(a) === this.checker.getSymbolAtLocation(b);
  }
}

function reference(field: RowField): FieldRef {
  return { op: 'field', path: field.path };
}

/** `u.name !== null && u.name !== undefined`, as far as the field can be either. */
function presence(field: RowField): Expression[] {
  const tests: Expression[] = [];
  if (field.slot.nullable) tests.push({ op: '!==', left: reference(field), right: { op: 'literal', value: null } });
  if (field.slot.optional || field.throughMissing) {
    tests.push({ op: '!==', left: reference(field), right: { op: 'undefined' } });
  }
  return tests;
}

/** Values of unknown type hold their null inside what msgpackr wrote. */
function canBeTestedForNull(field: RowField): boolean {
  return field.slot.type.kind !== 'unknown';
}

/** Strict equality of primitives is a matter of values; of objects, Dates among them, one of identity, which no row keeps. */
function canBeEqual(left: Operand, right: Operand): boolean {
  const field = left.field ?? right.field;
  const other = left.field === null ? left : right;
  if (field === null) return false;
  if (other.tag === 'null' || other.tag === 'undefined') return canBeTestedForNull(field);
  const tag = (left.field === null ? right : left).tag;
  return tag !== null && tag !== 'date' && tag === other.tag;
}

/** `<` converts what isn't of one type, and takes null for 0. An enum is stored as a position that orders otherwise. */
function canBeOrdered(left: Operand, right: Operand): boolean {
  if (left.missable || right.missable || left.tag === null || left.tag !== right.tag) return false;
  if (left.field?.slot.type.kind === 'enum' || right.field?.slot.type.kind === 'enum') return false;
  return left.tag === 'number' || left.tag === 'bigint' || left.tag === 'string' || left.tag === 'date';
}

function numberOf(ts: Compiler, node: ts.Expression): number | undefined {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  const isNegative = ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken;
  return isNegative && ts.isNumericLiteral(node.operand) ? -Number(node.operand.text) : undefined;
}
