// Names around a predicate: which arrow stands behind one, what can be read from where the query stands, and what is
// assigned again between a query's definition and its run.
import type ts from 'typescript';
import { unwrap } from './row.js';

type Compiler = typeof ts;

/** The arrow that the const `name` was given, in any file of the program; null when it is something else. */
export function arrowBehind(ts: Compiler, checker: ts.TypeChecker, name: ts.Identifier): ts.ArrowFunction | null {
  const declaration = variableOf(ts, checker, name);
  if (declaration?.initializer === undefined || !isConst(ts, declaration)) return null;
  const value = unwrap(ts, declaration.initializer);
  return ts.isArrowFunction(value) ? value : null;
}

function variableOf(ts: Compiler, checker: ts.TypeChecker, name: ts.Identifier): ts.VariableDeclaration | null {
  const symbol = checker.getSymbolAtLocation(name);
  if (symbol === undefined) return null;
  const target = (symbol.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(symbol) : symbol;
  const declaration = target.valueDeclaration;
  return declaration !== undefined && ts.isVariableDeclaration(declaration) ? declaration : null;
}

function isConst(ts: Compiler, declaration: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

/**
 * Whether `captured`, written somewhere else, means the same where `call` stands: the same file, each name the same there, and no `this`.
 */
export function isInReach(
  ts: Compiler,
  checker: ts.TypeChecker,
  captured: ts.Expression,
  call: ts.CallExpression,
): boolean {
  if (captured.getSourceFile() !== call.getSourceFile()) return false;
  const visible = new Map(
    checker.getSymbolsInScope(call, ts.SymbolFlags.Value | ts.SymbolFlags.Alias).map((symbol) => [symbol.name, symbol]),
  );
  const means = (node: ts.Node): boolean => {
    if (node.kind === ts.SyntaxKind.ThisKeyword || node.kind === ts.SyntaxKind.SuperKeyword) return false;
    if (ts.isIdentifier(node) && !isMemberName(ts, node)) {
      return visible.get(node.text) === checker.getSymbolAtLocation(node);
    }
    return ts.forEachChild(node, (child) => (means(child) ? undefined : true)) === undefined;
  };
  return means(captured);
}

function isMemberName(ts: Compiler, node: ts.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  );
}

/**
 * A variable in `captured` that is assigned behind `call` in its function, while the query is still to run; undefined when the
 * query runs at once or no variable changes.
 */
export function changedBeforeRun(
  ts: Compiler,
  checker: ts.TypeChecker,
  captured: readonly ts.Expression[],
  call: ts.CallExpression,
): ts.Identifier | undefined {
  const variables = captured.flatMap((node) => variablesIn(ts, checker, node));
  if (variables.length === 0 || !isKept(ts, checker, call)) return undefined;
  const scope = functionAround(ts, call);
  return variables.find((name) => {
    const symbol = checker.getSymbolAtLocation(name);
    return isAssignedAfter(ts, checker, symbol, scope, loopAround(ts, call, scope, symbol)?.pos ?? call.getEnd());
  });
}

/** The outermost loop around the call in whose rounds the variable stays the same one: what stands before the call in it comes after it too. */
function loopAround(ts: Compiler, call: ts.Node, scope: ts.Node, symbol: ts.Symbol | undefined): ts.Node | undefined {
  const declared = symbol?.valueDeclaration;
  let found: ts.Node | undefined;
  for (let at = call.parent; at !== scope; at = at.parent) {
    if (!ts.isIterationStatement(at, false)) continue;
    const isInside = declared !== undefined && declared.pos >= at.pos && declared.end <= at.end;
    if (!isInside) found = at;
  }
  return found;
}

/** Names of variables that can be assigned. */
function variablesIn(ts: Compiler, checker: ts.TypeChecker, node: ts.Node): ts.Identifier[] {
  if (ts.isIdentifier(node)) {
    const declaration = checker.getSymbolAtLocation(node)?.valueDeclaration;
    const isVariable = declaration !== undefined && ts.isVariableDeclaration(declaration) && !isConst(ts, declaration);
    return isVariable || (declaration !== undefined && ts.isParameter(declaration)) ? [node] : [];
  }
  const found: ts.Identifier[] = [];
  ts.forEachChild(node, (child) => {
    found.push(...variablesIn(ts, checker, child));
  });
  return found;
}

/** Whether what the chain of calls around `call` gives is still a query. */
function isKept(ts: Compiler, checker: ts.TypeChecker, call: ts.CallExpression): boolean {
  let outer: ts.Expression = call;
  while (
    ts.isPropertyAccessExpression(outer.parent) &&
    ts.isCallExpression(outer.parent.parent) &&
    outer.parent.parent.expression === outer.parent
  ) {
    outer = outer.parent.parent;
  }
  if (ts.isForOfStatement(outer.parent) || ts.isSpreadElement(outer.parent)) return false;
  return checker.getTypeAtLocation(outer).getProperty('where') !== undefined;
}

function functionAround(ts: Compiler, node: ts.Node): ts.Node {
  let at = node.parent;
  while (!ts.isFunctionLike(at) && !ts.isSourceFile(at)) at = at.parent;
  return at;
}

/** The whole of `[a, { b: name }]`, in which `name` may be assigned; the node itself where it stands in none. */
function patternAround(ts: Compiler, node: ts.Node): ts.Node {
  let at = node;
  for (;;) {
    const { parent } = at;
    const isPart =
      ts.isArrayLiteralExpression(parent) ||
      ts.isObjectLiteralExpression(parent) ||
      ts.isShorthandPropertyAssignment(parent) ||
      (ts.isPropertyAssignment(parent) && parent.initializer === at) ||
      ts.isSpreadElement(parent) ||
      ts.isSpreadAssignment(parent) ||
      ts.isParenthesizedExpression(parent);
    if (!isPart) return at;
    at = parent;
  }
}

function isAssignedAfter(
  ts: Compiler,
  checker: ts.TypeChecker,
  symbol: ts.Symbol | undefined,
  scope: ts.Node,
  position: number,
): boolean {
  const { FirstAssignment, LastAssignment, PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
  const isTarget = (node: ts.Node): boolean => {
    if (!ts.isIdentifier(node)) return false;
    const isShort = ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node;
    const own = isShort ? checker.getShorthandAssignmentValueSymbol(node.parent) : checker.getSymbolAtLocation(node);
    if (own !== symbol) return false;
    const target = patternAround(ts, node);
    const { parent } = target;
    if (ts.isBinaryExpression(parent)) {
      const { kind } = parent.operatorToken;
      return parent.left === target && kind >= FirstAssignment && kind <= LastAssignment;
    }
    if (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) return parent.initializer === target;
    const isStep = ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent);
    return isStep && (parent.operator === PlusPlusToken || parent.operator === MinusMinusToken);
  };
  const visit = (node: ts.Node): boolean => {
    if (node.end <= position) return false;
    if (node.pos >= position && isTarget(node)) return true;
    return ts.forEachChild(node, (child) => visit(child) || undefined) ?? false;
  };
  return visit(scope);
}
