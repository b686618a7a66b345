// Reads markers that are written without decorators: `defineEntity(User, { email: index({ unique: true }) })`.
import type ts from 'typescript';
import { propertyName, skipTypes } from './constants.js';
import type { Context } from './context.js';
import * as findings from './findings.js';
import { CLASS_DEFINITIONS, FIELD_DEFINITIONS, type Marker, type MarkerName, packageExport } from './markers.js';

/** What one call says of a class. */
export interface Definition {
  readonly declaration: ts.ClassLikeDeclaration;
  /** Of the class itself. */
  readonly markers: readonly Marker[];
  readonly fields: readonly FieldDefinition[];
}

interface FieldDefinition {
  readonly name: string;
  readonly nameNode: ts.Node;
  readonly markers: readonly Marker[];
}

/** The definitions in each file, read once. */
const inFiles = new WeakMap<Context, Map<ts.SourceFile, readonly Definition[]>>();

/** What is defined of the class, in the file that it stands in. */
export function definitionsOf(context: Context, declaration: ts.ClassLikeDeclaration): readonly Definition[] {
  return definitionsIn(context, declaration.getSourceFile()).filter((one) => one.declaration === declaration);
}

/** All definitions of a file; what is wrong with them is reported the first time. */
export function definitionsIn(context: Context, file: ts.SourceFile): readonly Definition[] {
  const files = inFiles.get(context) ?? new Map<ts.SourceFile, readonly Definition[]>();
  inFiles.set(context, files);
  const known = files.get(file);
  if (known !== undefined) return known;
  // An error here is that of the file, whichever class is being read.
  const { errors } = context;
  const definitions = file.statements.flatMap((node) => readDefinition(context, node) ?? []);
  context.errors = errors;
  files.set(file, definitions);
  return definitions;
}

/** Whether the statement is a definition and nothing else. */
export function isDefinition(context: Context, statement: ts.Node): boolean {
  return definingCall(context, statement) !== undefined;
}

function definingCall(context: Context, statement: ts.Node): ts.CallExpression | undefined {
  const { ts } = context;
  if (!ts.isExpressionStatement(statement) || !ts.isSourceFile(statement.parent)) return undefined;
  const { expression } = statement;
  const isOurs = ts.isCallExpression(expression) && calledMarker(context, expression, CLASS_DEFINITIONS) !== undefined;
  return isOurs ? expression : undefined;
}

/** The marker that a call stands for, if it calls one of the functions that the package exports under those names. */
function calledMarker(
  context: Context,
  call: ts.CallExpression,
  functions: ReadonlyMap<string, MarkerName>,
): Marker | undefined {
  const { ts } = context;
  const callee = ts.isPropertyAccessExpression(call.expression) ? call.expression.name : call.expression;
  const name = ts.isIdentifier(callee) ? functions.get(packageExport(context, callee) ?? '') : undefined;
  return name && { name, node: call, args: call.arguments, called: true, isDecorator: false };
}

function readDefinition(context: Context, statement: ts.Statement): Definition | undefined {
  const { ts } = context;
  const call = definingCall(context, statement);
  const marker = call && calledMarker(context, call, CLASS_DEFINITIONS);
  if (call === undefined || marker === undefined) return undefined;
  const [target, fields, options] = call.arguments;
  const declaration = target && ts.isIdentifier(target) ? context.classOf(context.symbolAt(target)) : undefined;
  if (declaration === undefined || declaration.getSourceFile() !== call.getSourceFile()) {
    return context.report(target ?? call, findings.misplacedDefinition());
  }
  const ofClass: Marker = { ...marker, node: call.expression, args: options ? [options] : [] };
  const storedName = options ? storedNameIn(context, options) : undefined;
  return {
    declaration,
    markers: storedName ? [ofClass, storedName] : [ofClass],
    fields: fields ? readFields(context, fields) : [],
  };
}

/** The class's own stored name, which has a marker of its own among decorators. */
function storedNameIn(context: Context, options: ts.Expression): Marker | undefined {
  const { ts } = context;
  const literal = skipTypes(context, options);
  const properties = ts.isObjectLiteralExpression(literal) ? literal.properties : [];
  const property = properties.find((one) => one.name && propertyName(context, one.name) === 'storedAs');
  if (property === undefined || !ts.isPropertyAssignment(property)) return undefined;
  return { name: 'Name', node: property, args: [property.initializer], called: true, isDecorator: false };
}

function readFields(context: Context, written: ts.Expression): FieldDefinition[] {
  const { ts } = context;
  const literal = skipTypes(context, written);
  if (!ts.isObjectLiteralExpression(literal)) {
    context.report(literal, findings.notLiteral());
    return [];
  }
  const fields: FieldDefinition[] = [];
  for (const property of literal.properties) {
    const name = ts.isPropertyAssignment(property) ? propertyName(context, property.name) : undefined;
    if (name === undefined || !ts.isPropertyAssignment(property)) context.report(property, findings.notLiteral());
    else fields.push({ name, nameNode: property.name, markers: fieldMarkers(context, property.initializer) });
  }
  return fields;
}

function fieldMarkers(context: Context, written: ts.Expression): Marker[] {
  const { ts } = context;
  const value = skipTypes(context, written);
  const calls = ts.isArrayLiteralExpression(value) ? value.elements : [value];
  return calls.flatMap((element) => {
    const call = skipTypes(context, element);
    const marker = ts.isCallExpression(call) ? calledMarker(context, call, FIELD_DEFINITIONS) : undefined;
    return marker ?? context.report(call, findings.noDefinition()) ?? [];
  });
}
