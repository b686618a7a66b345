// Lowers the body of one arrow: literals, fields, captured values and logic here; the rest in operators.ts and calls.ts.
import type ts from 'typescript';
import type { Expression } from '../../runtime/query/expression.js';
import { lowerCall, lowerProperty } from './calls.js';
import { Captures, type Guards } from './captured.js';
import type { Finding } from './findings.js';
import * as findings from './findings.js';
import type { Lower, PlacedFinding } from './lowering.js';
import { lowerBinary, lowerConditional, lowerTemplate } from './operators.js';
import { type Binding, isNullish, type Row, type RowField, type Unreadable, unwrap } from './row.js';
import { fieldTag, isPrimitive, literalTag, typeTag } from './tag.js';
import { computedValue, joined, missingTests, NULL, PRESENT, UNDEFINED, type Value } from './value.js';

type Compiler = typeof ts;

/** Calls of predicates inside predicates are followed this far. */
const DEEPEST_CALL = 8;

export class PredicateLowering implements Lower {
  /** Captured expressions, in parameter order. */
  readonly captured: ts.Expression[] = [];
  /** In the order in which they were found. */
  readonly findings: PlacedFinding[] = [];
  readonly captures: Captures;
  level = 0;
  private depth = 0;

  constructor(
    readonly ts: Compiler,
    program: ts.Program,
    readonly checker: ts.TypeChecker,
    readonly row: Row,
    /** The arrow behind a name that can be called where the query stands; null when there is none. */
    private readonly arrowOf: (name: ts.Identifier) => ts.ArrowFunction | null,
  ) {
    this.captures = new Captures(ts, program, checker);
  }

  /** The whole arrow as a condition, `binding` being what its parameter stands for. */
  predicate(arrow: ts.ArrowFunction, binding: Binding = this.row.entity, guards: Guards = []): Expression | null {
    const body = this.bound(arrow, binding);
    return body && this.condition(body, guards);
  }

  /** The whole arrow as what it makes of a row. */
  selector(arrow: ts.ArrowFunction): Expression | null {
    const body = this.bound(arrow, this.row.entity);
    return body && this.made(body);
  }

  /** The arrow's body, once its parameter is bound. */
  private bound(arrow: ts.ArrowFunction, binding: Binding): ts.Expression | null {
    const body = this.body(arrow);
    const [parameter, ...more] = arrow.parameters;
    if (body === null) return null;
    if (more.length > 0) return this.refuse(more[0]!, findings.unknownForm('a second parameter'));
    const failure = parameter === undefined ? null : this.row.bind(parameter, binding);
    if (failure === null) return body;
    if ('unreadable' in failure) return this.unreadable(failure);
    return this.refuse(failure, findings.unknownForm(failure.getText()));
  }

  /** A value, or an object or array literal of such. */
  private made(node: ts.Expression): Expression | null {
    const { ts } = this;
    const inner = unwrap(ts, node);
    if (ts.isArrayLiteralExpression(inner)) {
      const items = inner.elements.map((item) => this.made(item));
      return items.includes(null) ? null : { op: 'array', items: items as Expression[] };
    }
    if (!ts.isObjectLiteralExpression(inner)) return this.value(inner, [])?.expression ?? null;
    const entries: [string, Expression][] = [];
    for (const property of inner.properties) {
      const entry = this.madeProperty(property);
      if (entry === null) return null;
      entries.push(entry);
    }
    return { op: 'object', entries };
  }

  private madeProperty(property: ts.ObjectLiteralElementLike): [string, Expression] | null {
    const { ts } = this;
    const { name } = property;
    const isNamed = name !== undefined && (ts.isIdentifier(name) || ts.isStringLiteral(name));
    // `__proto__: x` would make no property.
    if (isNamed && name.text !== '__proto__') {
      // A shorthand for something around the arrow is no expression that could be moved.
      const isRead = ts.isShorthandPropertyAssignment(property) && this.row.occursIn(property.name);
      const value = isRead
        ? (this.value(property.name, [])?.expression ?? null)
        : ts.isPropertyAssignment(property)
          ? this.made(property.initializer)
          : this.refuse(property, findings.unknownForm(property.getText()));
      return value && [name.text, value];
    }
    return this.refuse(property, findings.unknownForm(property.getText()));
  }

  body(arrow: ts.ArrowFunction): ts.Expression | null {
    const { ts } = this;
    if (arrow.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)) {
      return this.refuse(arrow, findings.asynchronous());
    }
    if (!ts.isBlock(arrow.body)) return arrow.body;
    const [statement, ...others] = arrow.body.statements;
    if (statement !== undefined && others.length === 0 && ts.isReturnStatement(statement) && statement.expression) {
      return statement.expression;
    }
    const change = this.captures.changeIn(arrow.body);
    if (change !== undefined) return this.refuse(change, findings.sideEffect(change.getText()));
    return this.refuse(arrow.body, findings.unknownForm('a body of several statements'));
  }

  condition(node: ts.Expression, guards: Guards): Expression | null {
    const { ts } = this;
    const inner = unwrap(ts, node);
    if (!this.row.occursIn(inner)) return this.value(inner, guards)?.expression ?? null;
    if (ts.isPrefixUnaryExpression(inner) && inner.operator === ts.SyntaxKind.ExclamationToken) {
      const arg = this.condition(inner.operand, guards);
      return arg && { op: '!', arg };
    }
    if (ts.isBinaryExpression(inner)) {
      const operator = ts.tokenToString(inner.operatorToken.kind);
      if (operator === '&&' || operator === '||') {
        const left = this.condition(inner.left, guards);
        const right = left && this.condition(inner.right, [...guards, inner.left]);
        return left && right && joined(operator, [left, right]);
      }
    }
    if (ts.isConditionalExpression(inner)) {
      const test = this.condition(inner.condition, guards);
      const within = [...guards, inner.condition];
      const yes = test && this.condition(inner.whenTrue, within);
      const no = yes && this.condition(inner.whenFalse, within);
      return test && yes && no && { op: '?:', test, yes, no };
    }
    const value = this.value(inner, guards);
    if (value === null) return null;
    if (value.truth !== null) return value.truth;
    // Any object is true, so only its presence is asked for; nothing has to be decoded.
    const isObject = value.tag !== null && !isPrimitive(value.tag);
    return isObject && value.field !== null ? joined('&&', missingTests(value, '!==')) : value.expression;
  }

  value(node: ts.Expression, guards: Guards): Value | null {
    const { ts } = this;
    const inner = unwrap(ts, node);
    if (!this.row.occursIn(inner)) return this.literal(inner) ?? this.parameter(inner, guards);
    const reading = this.row.fieldAt(inner);
    if (reading !== undefined) return 'unreadable' in reading ? this.unreadable(reading) : this.field(inner, reading);
    if (ts.isBinaryExpression(inner)) {
      const operator = ts.tokenToString(inner.operatorToken.kind);
      return operator === '&&' || operator === '||'
        ? this.logical(operator, inner, guards)
        : lowerBinary(this, inner, guards);
    }
    if (ts.isConditionalExpression(inner)) return lowerConditional(this, inner, guards);
    if (ts.isTemplateExpression(inner)) return lowerTemplate(this, inner, guards);
    if (ts.isPropertyAccessExpression(inner)) return lowerProperty(this, inner, guards);
    if (ts.isCallExpression(inner)) return this.inlined(inner, guards) ?? lowerCall(this, inner, guards);
    if (ts.isPrefixUnaryExpression(inner)) return this.prefixed(inner, guards);
    if (ts.isAwaitExpression(inner)) return this.refuse(inner, findings.asynchronous());
    const change = this.captures.changeIn(inner);
    if (change !== undefined) return this.refuse(change, findings.sideEffect(change.getText()));
    return this.refuse(inner, findings.unknownForm(inner.getText()));
  }

  refuse(node: ts.Node, finding: Finding): null {
    this.findings.push({ ...finding, node });
    return null;
  }

  note(node: ts.Node, finding: Finding): void {
    this.findings.push({ ...finding, node });
  }

  private logical(op: '&&' | '||', node: ts.BinaryExpression, guards: Guards): Value | null {
    const left = this.value(node.left, guards);
    const right = left && this.value(node.right, [...guards, node.left]);
    if (left === null || right === null) return null;
    const tag = left.tag === right.tag ? left.tag : null;
    const missing = { null: left.missing.null || right.missing.null, undefined: true };
    const isPresent = [left, right].every((side) => missingTests(side, '===').length === 0);
    return computedValue({ op, args: [left.expression, right.expression] }, tag, isPresent ? PRESENT : missing);
  }

  private prefixed(node: ts.PrefixUnaryExpression, guards: Guards): Value | null {
    const { ExclamationToken, MinusToken } = this.ts.SyntaxKind;
    if (node.operator === ExclamationToken) {
      const arg = this.condition(node.operand, guards);
      return arg && computedValue({ op: '!', arg }, 'boolean');
    }
    const change = this.captures.changeIn(node);
    if (change !== undefined) return this.refuse(change, findings.sideEffect(change.getText()));
    if (node.operator !== MinusToken) return this.refuse(node, findings.unknownForm(node.getText()));
    const value = this.value(node.operand, guards);
    if (value === null) return null;
    const isNumeric = value.tag === 'number' || value.tag === 'bigint';
    if (!isNumeric || missingTests(value, '===').length > 0) {
      return this.refuse(node, findings.unclearType(node.operand.getText()));
    }
    return computedValue({ op: 'negate', arg: value.expression }, value.tag);
  }

  /** `isVip(u)`, of a predicate whose text is within reach: as if it stood here. */
  private inlined(node: ts.CallExpression, guards: Guards): Value | null {
    const [argument, ...more] = node.arguments;
    const { ts } = this;
    const isOfRow = argument !== undefined && more.length === 0 && this.row.isRow(argument);
    if (!isOfRow || !ts.isIdentifier(node.expression) || this.depth >= DEEPEST_CALL) return null;
    const arrow = this.arrowOf(node.expression);
    const isBoolean = (this.checker.getTypeAtLocation(node).flags & ts.TypeFlags.BooleanLike) !== 0;
    if (arrow === null || !isBoolean) return null;
    this.depth++;
    const predicate = this.predicate(arrow, this.row.entity, guards);
    this.depth--;
    return (
      predicate && { ...computedValue({ op: '!', arg: { op: '!', arg: predicate } }, 'boolean'), truth: predicate }
    );
  }

  private field(node: ts.Expression, field: RowField): Value {
    const { level, path, slot } = field;
    const expression: Expression = level === null ? { op: 'field', path } : { op: 'element', level, path };
    const mayBeMissing = this.row.mayBeMissing(node, field);
    return {
      expression,
      tag: fieldTag(slot.type),
      missing: mayBeMissing ? { null: slot.nullable, undefined: slot.optional } : PRESENT,
      skipped: mayBeMissing && field.throughMissing,
      field,
      truth: null,
    };
  }

  private unreadable({ unreadable, node }: Unreadable): null {
    if (unreadable === 'throws') return this.refuse(node, findings.mayThrow(node.getText()));
    const { Accessor, Method } = this.ts.SymbolFlags;
    const { name } = this.row.entity;
    const symbol = this.checker.getSymbolAtLocation(node);
    // A name that the class doesn't have is reported by the compiler itself, unless it was told not to look.
    const object = this.ts.isPropertyAccessExpression(node.parent) ? node.parent.expression : node;
    const isAny = (this.checker.getTypeAtLocation(object).flags & this.ts.TypeFlags.Any) !== 0;
    if (symbol === undefined && !isAny) return null;
    const isComputed = symbol !== undefined && (symbol.flags & (Accessor | Method)) !== 0;
    return this.refuse(node, (isComputed ? findings.computed : findings.notStored)(name, node.getText()));
  }

  /** What can stand in JSON: -0, NaN and bigint can't, and become parameters. */
  private literal(node: ts.Expression): Value | null {
    const { ts } = this;
    if (node.kind === ts.SyntaxKind.NullKeyword) return computedValue(NULL, 'null', { null: true, undefined: false });
    if (ts.isIdentifier(node) && node.text === 'undefined' && this.isGlobal(node)) {
      return computedValue(UNDEFINED, 'undefined', { null: false, undefined: true });
    }
    const value = this.literalValue(node);
    return value === undefined ? null : computedValue({ op: 'literal', value }, literalTag(value));
  }

  /** Not a variable of that name. */
  private isGlobal(node: ts.Identifier): boolean {
    return (this.checker.getSymbolAtLocation(node)?.declarations ?? []).length === 0;
  }

  private literalValue(node: ts.Expression): string | number | boolean | undefined {
    const { ts } = this;
    if (node.kind === ts.SyntaxKind.TrueKeyword) return true;
    if (node.kind === ts.SyntaxKind.FalseKeyword) return false;
    if (ts.isStringLiteralLike(node)) return node.text;
    const value = this.enumMember(node) ?? numberOf(ts, node);
    if (typeof value === 'string') return value;
    return typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0) ? value : undefined;
  }

  private enumMember(node: ts.Expression): string | number | undefined {
    const { ts } = this;
    if (!ts.isPropertyAccessExpression(node) && !ts.isElementAccessExpression(node)) return undefined;
    const member = this.checker.getSymbolAtLocation(node)?.valueDeclaration;
    return member !== undefined && ts.isEnumMember(member) ? this.checker.getConstantValue(member) : undefined;
  }

  private parameter(node: ts.Expression, guards: Guards): Value | null {
    const problem = this.captures.problemOf(node, guards);
    if (problem !== null) return this.refuse(node, problem);
    const known = this.captured.findIndex((other) => this.isSameVariable(other, node));
    const type = this.checker.getTypeAtLocation(node);
    const isMissable = isNullish(this.ts, type);
    return computedValue(
      { op: 'param', index: known >= 0 ? known : this.captured.push(node) - 1 },
      typeTag(this.ts, this.checker, type),
      { null: isMissable, undefined: isMissable },
    );
  }

  private isSameVariable(a: ts.Expression, b: ts.Expression): boolean {
    if (!this.ts.isIdentifier(a) || !this.ts.isIdentifier(b)) return false;
    return this.checker.getSymbolAtLocation(a) === this.checker.getSymbolAtLocation(b);
  }
}

function numberOf(ts: Compiler, node: ts.Expression): number | undefined {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  const isNegative = ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken;
  return isNegative && ts.isNumericLiteral(node.operand) ? -Number(node.operand.text) : undefined;
}
