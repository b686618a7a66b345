// Finds markers in source: which decorators, and which type names, are those that the package exports.
import type ts from 'typescript';
import type { Context } from './context.js';

/** What decorators are called in runtime/schema/markers.ts; users may import them under other names. */
export type MarkerName =
  | 'QuantaEntity'
  | 'Embedded'
  | 'PrimaryKey'
  | 'Index'
  | 'Ignore'
  | 'Name'
  | 'Default'
  | 'Encrypted'
  | 'VisibleTo';

const MARKERS: ReadonlySet<string> = new Set<MarkerName>([
  'QuantaEntity',
  'Embedded',
  'PrimaryKey',
  'Index',
  'Ignore',
  'Name',
  'Default',
  'Encrypted',
  'VisibleTo',
]);

/** Values that only markers need, so that their import can go with them. */
const MARKER_VALUES: ReadonlySet<string> = new Set(['AES256']);

const PACKAGE = 'quantadb';
/** Where the exports are declared, in the sources and in what is published. */
const DECLARED_IN = /\/runtime\/schema\/markers\.(d\.)?ts$/;

/** One marker decorator as written. */
export interface Marker {
  readonly name: MarkerName;
  readonly node: ts.Decorator;
  readonly args: readonly ts.Expression[];
  /** False for `@Index` without parentheses. */
  readonly called: boolean;
}

/** The markers on a class or member, in order; other decorators are passed over. */
export function markersOf(context: Context, node: ts.Node): Marker[] {
  const { ts } = context;
  const markers: Marker[] = [];
  for (const decorator of (ts.canHaveDecorators(node) && ts.getDecorators(node)) || []) {
    const marker = markerOf(context, decorator);
    if (marker) markers.push(marker);
  }
  return markers;
}

/** The decorator as a marker, or undefined when it is somebody else's. */
export function markerOf(context: Context, node: ts.Decorator): Marker | undefined {
  const { ts } = context;
  const call = ts.isCallExpression(node.expression) ? node.expression : undefined;
  const callee = call ? call.expression : node.expression;
  const name = packageExport(context, ts.isPropertyAccessExpression(callee) ? callee.name : callee);
  if (name === undefined || !isMarkerName(name)) return undefined;
  return { name, node, args: call?.arguments ?? [], called: call !== undefined };
}

/** Whether the import or export specifier brings in a decorator or a value that only decorators use. */
export function isMarkerExport(name: string): boolean {
  return MARKERS.has(name) || MARKER_VALUES.has(name);
}

/** The name under which the package exports what `node` names, or undefined for anything else. */
export function packageExport(context: Context, node: ts.Node): string | undefined {
  const symbol = context.checker.getSymbolAtLocation(node);
  return symbol && packageExportOf(context, symbol);
}

/** The same for a symbol. An import of the package that can't be resolved (not installed yet) counts by its name. */
export function packageExportOf(context: Context, symbol: ts.Symbol): string | undefined {
  const { ts } = context;
  for (const declaration of symbol.declarations ?? []) {
    if (ts.isImportSpecifier(declaration) && importedFrom(context, declaration) === PACKAGE) {
      return (declaration.propertyName ?? declaration.name).text;
    }
  }
  const target = context.resolve(symbol);
  const declared = target.declarations?.[0]?.getSourceFile().fileName;
  return declared !== undefined && DECLARED_IN.test(declared) ? target.name : undefined;
}

function importedFrom(context: Context, specifier: ts.ImportSpecifier): string | undefined {
  const from = specifier.parent.parent.parent;
  const module = context.ts.isImportDeclaration(from) ? from.moduleSpecifier : undefined;
  return module && context.ts.isStringLiteral(module) ? module.text : undefined;
}

function isMarkerName(name: string): name is MarkerName {
  return MARKERS.has(name);
}
