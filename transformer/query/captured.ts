// Which expressions around the row may be evaluated once, before the query runs, instead of once per row: those without
// side effects, whose early evaluation can't throw where the arrow's own would have been skipped.
import type ts from 'typescript';
import { isNullish, unwrap } from './row.js';

type Compiler = typeof ts;

/** Members of the language's own objects that change nothing and throw nothing, by the interface that declares them. */
const PURE_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  DateConstructor: ['now', 'parse', 'UTC'],
  Date: [
    'getTime valueOf getFullYear getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds getTimezoneOffset',
    'getUTCFullYear getUTCMonth getUTCDate getUTCDay getUTCHours getUTCMinutes getUTCSeconds getUTCMilliseconds',
  ].flatMap((names) => names.split(' ')),
  Math: ['abs', 'ceil', 'floor', 'hypot', 'log', 'max', 'min', 'pow', 'round', 'sign', 'sqrt', 'trunc'],
  NumberConstructor: ['isFinite', 'isInteger', 'isNaN', 'parseFloat', 'parseInt'],
  String: [
    'at charAt charCodeAt codePointAt endsWith includes indexOf padEnd padStart slice startsWith substring',
    'toLowerCase toUpperCase trim trimEnd trimStart',
  ].flatMap((names) => names.split(' ')),
  Array: ['at', 'includes', 'indexOf', 'slice'],
  ReadonlyArray: ['at', 'includes', 'indexOf', 'slice'],
  Set: ['has'],
  ReadonlySet: ['has'],
  Map: ['get', 'has'],
  ReadonlyMap: ['get', 'has'],
};

/** Operands to the left, in the arrow, that decide whether the expression is reached at all. */
export type Guards = readonly ts.Expression[];

export class Captures {
  constructor(
    private readonly ts: Compiler,
    private readonly program: ts.Program,
    private readonly checker: ts.TypeChecker,
  ) {}

  /** Whether `node`, which doesn't read the row, may be evaluated once and early. */
  isCapturable(node: ts.Expression, guards: Guards): boolean {
    return this.isPure(node) && !this.reliesOnGuard(node, guards);
  }

  private isPure(node: ts.Node): boolean {
    const { ts } = this;
    switch (node.kind) {
      case ts.SyntaxKind.Identifier:
        return (node as ts.Identifier).text !== 'arguments';
      case ts.SyntaxKind.ThisKeyword:
      case ts.SyntaxKind.NullKeyword:
      case ts.SyntaxKind.TrueKeyword:
      case ts.SyntaxKind.FalseKeyword:
      case ts.SyntaxKind.NumericLiteral:
      case ts.SyntaxKind.BigIntLiteral:
      case ts.SyntaxKind.StringLiteral:
      case ts.SyntaxKind.NoSubstitutionTemplateLiteral:
        return true;
    }
    if (ts.isPropertyAccessExpression(node)) return this.isPure(node.expression);
    if (ts.isElementAccessExpression(node)) return this.isPure(node.expression) && this.isPure(node.argumentExpression);
    if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node)) return this.isPure(node.expression);
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) return this.isPure(node.expression);
    if (ts.isPrefixUnaryExpression(node)) {
      const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
      return node.operator !== PlusPlusToken && node.operator !== MinusMinusToken && this.isPure(node.operand);
    }
    if (ts.isBinaryExpression(node)) {
      return this.isPureOperator(node.operatorToken.kind) && this.isPure(node.left) && this.isPure(node.right);
    }
    if (ts.isConditionalExpression(node))
      return [node.condition, node.whenTrue, node.whenFalse].every((n) => this.isPure(n));
    if (ts.isTemplateExpression(node)) return node.templateSpans.every((span) => this.isPure(span.expression));
    if (ts.isArrayLiteralExpression(node)) return node.elements.every((element) => this.isPure(element));
    if (ts.isSpreadElement(node)) return this.isPure(node.expression);
    if (ts.isNewExpression(node)) {
      const args = node.arguments ?? [];
      return this.isLibrary(node.expression, 'DateConstructor') && args.every((argument) => this.isPure(argument));
    }
    if (ts.isCallExpression(node))
      return this.isPureCall(node) && node.arguments.every((argument) => this.isPure(argument));
    return false;
  }

  private isPureOperator(kind: ts.SyntaxKind): boolean {
    const { FirstAssignment, LastAssignment, CommaToken, InKeyword, InstanceOfKeyword } = this.ts.SyntaxKind;
    if (kind >= FirstAssignment && kind <= LastAssignment) return false;
    return kind !== CommaToken && kind !== InKeyword && kind !== InstanceOfKeyword;
  }

  private isPureCall(node: ts.CallExpression): boolean {
    const { ts } = this;
    if (!ts.isPropertyAccessExpression(node.expression)) return false;
    const { expression: object, name } = node.expression;
    const member = this.checker.getSymbolAtLocation(name);
    const owner = member?.declarations?.find((declaration) => this.isOfLibrary(declaration))?.parent;
    if (owner === undefined || !ts.isInterfaceDeclaration(owner)) return false;
    return (PURE_MEMBERS[owner.name.text]?.includes(name.text) ?? false) && this.isPure(object);
  }

  /** Whether `node` names a global of the language's own library with that type. */
  private isLibrary(node: ts.Expression, type: string): boolean {
    const symbol = this.checker.getTypeAtLocation(node).getSymbol();
    return (
      symbol?.name === type && (symbol.declarations?.some((declaration) => this.isOfLibrary(declaration)) ?? false)
    );
  }

  private isOfLibrary(declaration: ts.Node): boolean {
    return this.program.isSourceFileDefaultLibrary(declaration.getSourceFile());
  }

  /**
   * `limit !== undefined && u.score > limit.value`: evaluated early, `limit.value` would throw where the arrow is false.
   * True when a guard speaks of something in `node` that is dereferenced and, without the guard, could be missing.
   */
  private reliesOnGuard(node: ts.Expression, guards: Guards): boolean {
    if (guards.length === 0) return false;
    const guarded = new Set(guards.flatMap((guard) => this.symbolsIn(guard)));
    if (!this.symbolsIn(node).some((symbol) => guarded.has(symbol))) return false;
    return this.dereferencedIn(node).some((object) => this.mayBeNullish(object));
  }

  /** Whether the value could be null or undefined by its declaration, before any narrowing inside the arrow. */
  mayBeNullish(node: ts.Expression): boolean {
    const inner = unwrap(this.ts, node);
    const named = this.ts.isPropertyAccessExpression(inner) ? inner.name : inner;
    const symbol = this.ts.isIdentifier(named) ? this.checker.getSymbolAtLocation(named) : undefined;
    const type = symbol === undefined ? this.checker.getTypeAtLocation(inner) : this.checker.getTypeOfSymbol(symbol);
    return isNullish(this.ts, type);
  }

  private symbolsIn(node: ts.Node): ts.Symbol[] {
    const found: ts.Symbol[] = [];
    const visit = (at: ts.Node): void => {
      const symbol = this.ts.isIdentifier(at) ? this.checker.getSymbolAtLocation(at) : undefined;
      if (symbol !== undefined) found.push(symbol);
      this.ts.forEachChild(at, visit);
    };
    visit(node);
    return found;
  }

  private dereferencedIn(node: ts.Node): ts.Expression[] {
    const { ts } = this;
    const found: ts.Expression[] = [];
    const visit = (at: ts.Node): void => {
      const isAccess = ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at);
      if (isAccess && at.questionDotToken === undefined) found.push(at.expression);
      if (ts.isSpreadElement(at)) found.push(at.expression);
      ts.forEachChild(at, visit);
    };
    visit(node);
    return found;
  }
}
