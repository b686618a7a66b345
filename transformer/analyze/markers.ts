// Finds markers in source: which decorators, functions and type names are those that the package exports.
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

/** The functions of runtime/schema/define.ts that say of a class what a decorator would. */
export const CLASS_DEFINITIONS: ReadonlyMap<string, MarkerName> = new Map([
  ['defineEntity', 'QuantaEntity'],
  ['defineEmbedded', 'Embedded'],
]);

/** Those that say it of a field. */
export const FIELD_DEFINITIONS: ReadonlyMap<string, MarkerName> = new Map([
  ['primaryKey', 'PrimaryKey'],
  ['index', 'Index'],
  ['ignored', 'Ignore'],
  ['storedAs', 'Name'],
  ['defaultsTo', 'Default'],
  ['encrypted', 'Encrypted'],
  ['visibleTo', 'VisibleTo'],
]);

/** Values that only markers need, so that their import can go with them. */
const MARKER_VALUES: ReadonlySet<string> = new Set(['AES256']);

const PACKAGE = 'quantadb';
/** Where the exports are declared, in the sources and in what is published. */
const DECLARED_IN = /\/runtime\/schema\/(?:markers|define)\.(d\.)?ts$/;

/** One marker as written. */
export interface Marker {
  readonly name: MarkerName;
  readonly node: ts.Node;
  readonly isDecorator: boolean;
  readonly args: readonly ts.Expression[];
  /** False for `@Index` without parentheses. */
  readonly called: boolean;
}

/** The decorator as a marker, or undefined when it is somebody else's. */
export function markerOf(context: Context, node: ts.Decorator): Marker | undefined {
  const { ts } = context;
  const call = ts.isCallExpression(node.expression) ? node.expression : undefined;
  const callee = call ? call.expression : node.expression;
  const name = packageExport(context, ts.isPropertyAccessExpression(callee) ? callee.name : callee);
  if (name === undefined || !isMarkerName(name)) return undefined;
  return { name, node, isDecorator: true, args: call?.arguments ?? [], called: call !== undefined };
}

/** Whether the package exports a marker under that name, or a value that only markers use. */
export function isMarkerExport(name: string): boolean {
  return MARKERS.has(name) || MARKER_VALUES.has(name) || CLASS_DEFINITIONS.has(name) || FIELD_DEFINITIONS.has(name);
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

/** Whether values of the type are decorators that the package has made. */
export function isMarkerType(type: ts.Type): boolean {
  if (type.isIntersection()) return type.types.some(isMarkerType);
  const declared = type.getSymbol()?.declarations?.[0]?.getSourceFile().fileName;
  return /^(?:Class|Field)Marker$/.test(type.getSymbol()?.name ?? '') && DECLARED_IN.test(declared ?? '');
}

function importedFrom(context: Context, specifier: ts.ImportSpecifier): string | undefined {
  const from = specifier.parent.parent.parent;
  const module = context.ts.isImportDeclaration(from) ? from.moduleSpecifier : undefined;
  return module && context.ts.isStringLiteral(module) ? module.text : undefined;
}

function isMarkerName(name: string): name is MarkerName {
  return MARKERS.has(name);
}
