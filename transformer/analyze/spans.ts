// Finds the text of a file that is there for the compiler only: markers, and imports that nothing else needs.
import type ts from 'typescript';
import type { MarkerSpan } from './analysis.js';
import type { Context } from './context.js';
import { isDefinition } from './definitions.js';
import { misplacedDefinition } from './findings.js';
import { CLASS_DEFINITIONS, isMarkerExport, markerOf, packageExport } from './markers.js';

/** The spans of one file, in order. */
export function markerSpans(context: Context, file: ts.SourceFile): MarkerSpan[] {
  const { ts } = context;
  const names = markerNames(context, file);
  if (names.size === 0) return [];
  const spans: MarkerSpan[] = [];
  const add = (kind: MarkerSpan['kind'], start: number, end: number) =>
    spans.push({ kind, fileName: file.fileName, start, end });
  /** Those of the names that are used beside markers, as values. */
  const used = new Set<ts.Symbol>();

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isPartOfTypeNode(node)) return;
    const isDecorator = ts.isDecorator(node) && markerOf(context, node) !== undefined;
    if (isDecorator || isDefinition(context, node)) {
      add(isDecorator ? 'decorator' : 'statement', node.getStart(file), node.getEnd());
      return;
    }
    if (ts.isIdentifier(node) && names.has(node.text)) {
      const symbol = valueSymbol(context, node);
      if (symbol) used.add(symbol);
      const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node;
      if (isCalled && CLASS_DEFINITIONS.has(packageExport(context, node) ?? '')) {
        context.report(node, misplacedDefinition());
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(file);

  for (const statement of file.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    for (const [start, end] of importSpans(context, file, statement, used)) add('import', start, end);
  }
  return spans.sort((a, b) => a.start - b.start);
}

/** What the file calls its imports of markers: most files of a program have none, and need no further look. */
function markerNames(context: Context, file: ts.SourceFile): Set<string> {
  const { ts } = context;
  const names = new Set<string>();
  for (const statement of file.statements) {
    const bindings = ts.isImportDeclaration(statement) ? statement.importClause?.namedBindings : undefined;
    if (bindings === undefined) continue;
    if (ts.isNamespaceImport(bindings)) {
      if (bringsMarkers(context, bindings)) names.add(bindings.name.text);
    } else {
      for (const { name } of bindings.elements) {
        if (isMarkerExport(packageExport(context, name) ?? '')) names.add(name.text);
      }
    }
  }
  return names;
}

/** What an identifier names as a value, in the terms of its own file (an import stays an import). */
function valueSymbol(context: Context, node: ts.Identifier): ts.Symbol | undefined {
  const { ts, checker } = context;
  if (ts.isShorthandPropertyAssignment(node.parent)) return checker.getShorthandAssignmentValueSymbol(node.parent);
  if (ts.isExportSpecifier(node.parent)) return checker.getExportSpecifierLocalTargetSymbol(node.parent);
  return checker.getSymbolAtLocation(node);
}

/** The whole import where markers and types are all that it brings in; else each marker with its comma. */
function importSpans(
  context: Context,
  file: ts.SourceFile,
  statement: ts.ImportDeclaration,
  used: ReadonlySet<ts.Symbol>,
): [start: number, end: number][] {
  const { ts } = context;
  const clause = statement.importClause;
  const bindings = clause?.namedBindings;
  if (!clause || !bindings || isTypeOnlyClause(context, clause)) return [];
  const whole: [number, number][] = [[statement.getStart(file), statement.getEnd()]];
  const unused = (name: ts.Identifier): boolean => {
    const symbol = context.checker.getSymbolAtLocation(name);
    return symbol !== undefined && !used.has(symbol);
  };
  if (ts.isNamespaceImport(bindings)) {
    return !clause.name && unused(bindings.name) && bringsMarkers(context, bindings) ? whole : [];
  }
  const { elements } = bindings;
  const isMarker = (element: ts.ImportSpecifier): boolean =>
    isMarkerExport(packageExport(context, element.name) ?? '') && unused(element.name);
  if (!elements.some(isMarker)) return [];
  if (!clause.name && elements.every((element) => isMarker(element) || isType(context, element))) return whole;
  return elements.filter(isMarker).map((element): [number, number] => {
    const next = elements[elements.indexOf(element) + 1];
    return [element.getStart(file), next ? next.getStart(file) : element.getEnd()];
  });
}

/** `import type` and `import defer`: the first is gone anyway, the second is not ours. */
function isTypeOnlyClause(context: Context, clause: ts.ImportClause): boolean {
  return context.ts.isTypeOnlyImportDeclaration(clause);
}

function isType(context: Context, element: ts.ImportSpecifier): boolean {
  if (element.isTypeOnly) return true;
  const symbol = context.symbolAt(element.name);
  return symbol !== undefined && (symbol.flags & context.ts.SymbolFlags.Value) === 0;
}

/** `import * as q from 'quantadb'` is there for markers if the module has any. */
function bringsMarkers(context: Context, bindings: ts.NamespaceImport): boolean {
  const module = context.symbolAt(bindings.name);
  if (!module || !(module.flags & context.ts.SymbolFlags.Module)) return false;
  return context.checker.getExportsOfModule(module).some((symbol) => symbol.name === 'QuantaEntity');
}
