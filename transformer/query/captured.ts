// Which expressions around the row may be evaluated once, when the query runs, instead of once per row: those that change
// nothing, and whose early evaluation can't throw where the arrow's own would have been skipped.
import type ts from 'typescript';
import type { Finding } from './findings.js';
import * as findings from './findings.js';
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

/** Methods of the language's own collections that change them. */
const CHANGING_MEMBERS = new Set(
  'add clear copyWithin delete fill pop push reverse set shift sort splice unshift next'.split(' '),
);
const COLLECTIONS = /^(Readonly)?(Array|Set|Map|WeakSet|WeakMap)$|Array$|Iterator$|^Generator$/;

/** Operands to the left, in the arrow, that decide whether the expression is reached at all. */
export type Guards = readonly ts.Expression[];

export class Captures {
  constructor(
    private readonly ts: Compiler,
    private readonly program: ts.Program,
    private readonly checker: ts.TypeChecker,
  ) {}

  /** Why `node`, which doesn't read the row, can't be evaluated once and early; null when it can. */
  problemOf(node: ts.Expression, guards: Guards): Finding | null {
    const change = this.changeIn(node);
    if (change !== undefined) return findings.sideEffect(change.getText());
    return this.reliesOnGuard(node, guards) ? findings.reliesOnGuard(node.getText()) : null;
  }

  /** The first part of `node` that certainly changes something, or gives another value at each call. */
  changeIn(node: ts.Node): ts.Node | undefined {
    return this.changes(node) ? node : this.ts.forEachChild(node, (child) => this.changeIn(child));
  }

  private changes(node: ts.Node): boolean {
    const { ts } = this;
    if (ts.isBinaryExpression(node)) {
      const { FirstAssignment, LastAssignment } = ts.SyntaxKind;
      return node.operatorToken.kind >= FirstAssignment && node.operatorToken.kind <= LastAssignment;
    }
    if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
      return node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken;
    }
    if (ts.isDeleteExpression(node)) return true;
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
    const { expression: object, name } = node.expression;
    const type = this.checker.getTypeAtLocation(object).getSymbol()?.name ?? '';
    if (type === 'Math') return name.text === 'random';
    if (type === 'Date') return name.text.startsWith('set');
    return COLLECTIONS.test(type) && CHANGING_MEMBERS.has(name.text);
  }

  /** A call of the language's own that changes nothing and throws nothing. */
  private isPureCall(node: ts.CallExpression): boolean {
    const { ts } = this;
    if (!ts.isPropertyAccessExpression(node.expression)) return false;
    const { name } = node.expression;
    const member = this.checker.getSymbolAtLocation(name);
    const owner = member?.declarations?.find((declaration) => this.isOfLibrary(declaration))?.parent;
    if (owner === undefined || !ts.isInterfaceDeclaration(owner)) return false;
    return PURE_MEMBERS[owner.name.text]?.includes(name.text) ?? false;
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
    if (this.dividesBigints(node)) return true;
    const guarded = new Set(guards.flatMap((guard) => this.symbolsIn(guard)));
    if (!this.symbolsIn(node).some((symbol) => guarded.has(symbol))) return false;
    return this.mayThrow(node) || this.dereferencedIn(node).some((object) => this.mayBeNullish(object));
  }

  /** Whether the value could be null or undefined by its declaration, before any narrowing inside the arrow. */
  private mayBeNullish(node: ts.Expression): boolean {
    const inner = unwrap(this.ts, node);
    const named = this.ts.isPropertyAccessExpression(inner) ? inner.name : inner;
    const symbol = this.ts.isIdentifier(named) ? this.checker.getSymbolAtLocation(named) : undefined;
    const type = symbol === undefined ? this.checker.getTypeAtLocation(inner) : this.checker.getTypeOfSymbol(symbol);
    return isNullish(this.ts, type);
  }

  /** Calls of which nothing is known. */
  private mayThrow(node: ts.Node): boolean {
    const { ts } = this;
    if (ts.isCallExpression(node) && !this.isPureCall(node)) return true;
    if (ts.isNewExpression(node) && this.checker.getTypeAtLocation(node).getSymbol()?.name !== 'Date') return true;
    return ts.forEachChild(node, (child) => this.mayThrow(child) || undefined) ?? false;
  }

  /** By zero, that throws, whatever the guard speaks of. */
  private dividesBigints(node: ts.Node): boolean {
    const { ts } = this;
    if (ts.isBinaryExpression(node)) {
      const { SlashToken, PercentToken, AsteriskAsteriskToken } = ts.SyntaxKind;
      const isDivision = [SlashToken, PercentToken, AsteriskAsteriskToken].some(
        (kind) => kind === node.operatorToken.kind,
      );
      if (isDivision && (this.checker.getTypeAtLocation(node).flags & ts.TypeFlags.BigIntLike) !== 0) return true;
    }
    return ts.forEachChild(node, (child) => this.dividesBigints(child) || undefined) ?? false;
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
