// Applies what analysis and lowering found to the tree that tsc emits: markers go, predicates get their second argument.
// Captured expressions stay the nodes they are, so that imports, enums and `this` in them are emitted rightly.
import type ts from 'typescript';
import type { MarkerSpan } from '../analyze/index.js';
import type { Lowering } from '../query/index.js';
import type { Compiler } from './compiler.js';

/** What is to be done to one source file. */
export interface FileChanges {
  readonly markers: readonly MarkerSpan[];
  readonly lowerings: readonly Lowering[];
}

/** A `before` transformer that makes the changes of each file of the program behind `checker`. */
export function applyChanges(
  ts: Compiler,
  checker: ts.TypeChecker,
  changesOf: (file: ts.SourceFile) => FileChanges,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (file) => {
    const { markers, lowerings } = changesOf(file);
    if (markers.length === 0 && lowerings.length === 0) return file;
    const lowered = new Map<ts.Node, Lowering>(lowerings.map((lowering) => [lowering.call, lowering]));
    const isMarker = (node: ts.Node): boolean =>
      markers.some(({ start, end }) => node.getStart(file) >= start && node.end <= end);

    // tsc leaves out imports that are only types, but not of a declaration that a transformer has touched.
    const visitImport = (node: ts.Node): ts.Node | undefined => {
      if (!ts.isImportSpecifier(node)) return ts.visitEachChild(node, visitImport, context);
      return isMarker(node) || isType(ts, checker, node) ? undefined : node;
    };
    const visit = (node: ts.Node): ts.Node | undefined => {
      if ((ts.isDecorator(node) || ts.isExpressionStatement(node)) && isMarker(node)) return undefined;
      if (ts.isImportDeclaration(node)) {
        if (isMarker(node)) return undefined;
        if (!markers.some(({ start, end }) => start >= node.pos && end <= node.end)) return node;
        const left = ts.visitEachChild(node, visitImport, context);
        return importsNothing(ts, left) ? undefined : left;
      }
      const visited = ts.visitEachChild(node, visit, context);
      const lowering = lowered.get(node);
      return lowering !== undefined && ts.isCallExpression(visited)
        ? withLowered(ts, context.factory, visited, lowering)
        : visited;
    };
    return ts.visitEachChild(file, visit, context);
  };
}

function isType(ts: Compiler, checker: ts.TypeChecker, specifier: ts.ImportSpecifier): boolean {
  if (specifier.isTypeOnly) return true;
  const alias = checker.getSymbolAtLocation(specifier.name);
  return alias !== undefined && (checker.getAliasedSymbol(alias).flags & ts.SymbolFlags.Value) === 0;
}

function importsNothing(ts: Compiler, { importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined || importClause.name !== undefined) return false;
  const { namedBindings } = importClause;
  return namedBindings === undefined || (ts.isNamedImports(namedBindings) && namedBindings.elements.length === 0);
}

function withLowered(
  ts: Compiler,
  factory: ts.NodeFactory,
  call: ts.CallExpression,
  { expression, captured }: Lowering,
): ts.CallExpression {
  if (expression === null) {
    return factory.updateCallExpression(call, call.expression, call.typeArguments, [
      ...call.arguments,
      factory.createNull(),
    ]);
  }
  const arrow = factory.createToken(ts.SyntaxKind.EqualsGreaterThanToken);
  const values = factory.createArrayLiteralExpression([...captured]);
  const parameters = factory.createArrowFunction(undefined, undefined, [], undefined, arrow, values);
  const argument = factory.createObjectLiteralExpression([
    factory.createPropertyAssignment('expression', jsonNode(ts, factory, expression)),
    factory.createPropertyAssignment('parameters', parameters),
  ]);
  return factory.updateCallExpression(call, call.expression, call.typeArguments, [...call.arguments, argument]);
}

/** A JSON value as the literal that makes it. */
function jsonNode(ts: Compiler, factory: ts.NodeFactory, value: unknown): ts.Expression {
  if (value === null) return factory.createNull();
  if (typeof value === 'string') return factory.createStringLiteral(value);
  if (typeof value === 'boolean') return value ? factory.createTrue() : factory.createFalse();
  if (typeof value === 'number') {
    const digits = factory.createNumericLiteral(Math.abs(value));
    return value < 0 ? factory.createPrefixUnaryExpression(ts.SyntaxKind.MinusToken, digits) : digits;
  }
  if (Array.isArray(value))
    return factory.createArrayLiteralExpression(value.map((item) => jsonNode(ts, factory, item)));
  const entries = Object.entries(value as object);
  return factory.createObjectLiteralExpression(
    entries.map(([key, item]) => factory.createPropertyAssignment(key, jsonNode(ts, factory, item))),
  );
}
