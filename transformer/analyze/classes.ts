// Walks a class and the classes that it extends, and lists what of it could be stored.
import type ts from 'typescript';
import { propertyName } from './constants.js';
import type { Context } from './context.js';
import { definitionsOf } from './definitions.js';
import * as findings from './findings.js';
import { definedMarkers, markersOf } from './marked.js';
import type { Marker, MarkerName } from './markers.js';
import { type Bindings, bind, NO_BINDINGS } from './types.js';

/** A field as declared, with the type arguments that its class was extended with. */
export interface Member {
  readonly name: string;
  readonly node: ts.PropertyDeclaration;
  readonly markers: readonly Marker[];
  readonly bindings: Bindings;
  /** Why it can't be stored, whatever its type is; this has been reported. */
  readonly refused: findings.Finding | undefined;
}

interface Level {
  readonly declaration: ts.ClassLikeDeclaration;
  readonly bindings: Bindings;
}

/** The class and its bases, the farthest first. A base that can't be read is reported and ends the list. */
export function lineage(context: Context, declaration: ts.ClassLikeDeclaration): readonly Level[] {
  const levels: Level[] = [];
  let level: Level | undefined = { declaration, bindings: NO_BINDINGS };
  while (level) {
    levels.unshift(level);
    level = baseOf(context, level);
  }
  return levels;
}

/**
 * The fields of the class that are to be stored: inherited ones first, in declaration order. A field that is declared again
 * replaces the inherited one, markers included, and keeps its place.
 */
export function membersOf(context: Context, declaration: ts.ClassLikeDeclaration): Member[] {
  const members = new Map<string, Member>();
  const names = new Set<string | undefined>();
  for (const level of lineage(context, declaration)) {
    for (const element of level.declaration.members) {
      if (element.name) names.add(propertyName(context, element.name));
      const inherited =
        level.declaration === declaration || !element.name ? [] : definedMarkers(context, declaration, element.name);
      const member = memberOf(context, element, level.bindings, inherited);
      if (member && isIgnored(context, member)) members.delete(member.name);
      else if (member) members.set(member.name, member);
    }
  }
  for (const { name, nameNode } of definitionsOf(context, declaration).flatMap(({ fields }) => fields)) {
    if (!names.has(name)) context.report(nameNode, findings.noSuchField(name, declaration.name?.text ?? 'the class'));
  }
  return [...members.values()];
}

/** The one marker of that name; further ones are reported. */
export function only(context: Context, markers: readonly Marker[], name: MarkerName): Marker | undefined {
  const [first, ...others] = markers.filter((marker) => marker.name === name);
  for (const other of others) context.report(other.node, findings.repeatedMarker(name));
  return first;
}

function baseOf(context: Context, level: Level): Level | undefined {
  const { ts } = context;
  const clause = level.declaration.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword);
  const written = clause?.types[0];
  if (!written) return undefined;
  const { expression } = written;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
  const base = ts.isIdentifier(name) ? context.classOf(context.symbolAt(name)) : undefined;
  // A declaration file has lost the markers and the initializers.
  if (!base || base.getSourceFile().isDeclarationFile) {
    return context.report(expression, findings.unreadableBase(expression.getText()));
  }
  const args = (written.typeArguments ?? []).map((node) => ({ node, bindings: level.bindings }));
  return { declaration: base, bindings: bind(context, base.typeParameters ?? [], args, undefined) };
}

/** The field that an element of a class declares; anything else is left alone, but reported if it bears a marker. */
function memberOf(
  context: Context,
  element: ts.ClassElement,
  bindings: Bindings,
  further: readonly Marker[],
): Member | undefined {
  const { ts } = context;
  const markers = [...markersOf(context, element), ...further];
  if (ts.isConstructorDeclaration(element)) return reportParameterProperties(context, element);
  if (ts.isIndexSignatureDeclaration(element)) return context.report(element, findings.indexSignature());
  const apart = whyLeftAlone(context, element);
  if (apart !== undefined || !ts.isPropertyDeclaration(element)) {
    for (const { name, node } of markers) context.report(node, findings.misplacedMarker(name, apart ?? 'this'));
    return undefined;
  }
  const name = propertyName(context, element.name);
  if (name === undefined) return context.report(element.name, findings.unreadableName());
  const ignored = markers.some((marker) => marker.name === 'Ignore');
  const refused = ignored ? undefined : whyRefused(context, element, name);
  if (refused) context.report(element.name, refused);
  return { name, node: element, markers, bindings, refused };
}

/** What is wrong with how a field is declared. */
function whyRefused(context: Context, field: ts.PropertyDeclaration, name: string): findings.Finding | undefined {
  const { SyntaxKind } = context.ts;
  if (has(context, field, SyntaxKind.AccessorKeyword)) return findings.accessorField(name);
  if (has(context, field, SyntaxKind.PrivateKeyword)) return findings.privateField(name, 'private');
  if (has(context, field, SyntaxKind.ProtectedKeyword)) return findings.privateField(name, 'protected');
  return undefined;
}

/** What an element is called that never becomes a field; undefined for what may. */
function whyLeftAlone(context: Context, element: ts.ClassElement): string | undefined {
  const { ts } = context;
  if (ts.isMethodDeclaration(element)) return 'a method';
  if (ts.isGetAccessorDeclaration(element)) return 'a getter';
  if (ts.isSetAccessorDeclaration(element)) return 'a setter';
  if (!ts.isPropertyDeclaration(element)) return 'this';
  if (ts.isPrivateIdentifier(element.name)) return 'a #private field';
  if (has(context, element, ts.SyntaxKind.StaticKeyword)) return 'a static field';
  if (has(context, element, ts.SyntaxKind.AbstractKeyword)) return 'an abstract field';
  return undefined;
}

function reportParameterProperties(context: Context, node: ts.ConstructorDeclaration): undefined {
  for (const parameter of node.parameters) {
    if (context.ts.isParameterPropertyDeclaration(parameter, node)) {
      context.report(parameter.name, findings.parameterProperty(parameter.name.getText()));
    }
  }
}

function isIgnored(context: Context, member: Member): boolean {
  const ignore = only(context, member.markers, 'Ignore');
  if (!ignore) return false;
  for (const { name, node } of member.markers) {
    if (name !== 'Ignore') context.report(node, findings.ignoredField(name));
  }
  return true;
}

/** Whether a class or member has a modifier such as `static`. */
export function has(context: Context, node: ts.Node, kind: ts.SyntaxKind): boolean {
  const { ts } = context;
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind);
}
