// All markers of a class or field, whichever way they are written.
import type ts from 'typescript';
import { propertyName } from './constants.js';
import type { Context } from './context.js';
import { definitionsOf } from './definitions.js';
import { type Marker, markerOf } from './markers.js';

/** The markers on a class or member, in order; other decorators are passed over. */
export function markersOf(context: Context, node: ts.Node): Marker[] {
  const { ts } = context;
  const decorators = (ts.canHaveDecorators(node) && ts.getDecorators(node)) || [];
  const markers = decorators.flatMap((decorator) => markerOf(context, decorator) ?? []);
  if (ts.isClassLike(node)) return [...markers, ...definitionsOf(context, node).flatMap((one) => one.markers)];
  if (!ts.isClassElement(node) || node.name === undefined || !ts.isClassLike(node.parent)) return markers;
  return [...markers, ...definedMarkers(context, node.parent, node.name)];
}

/** What definitions of the class say of a member, which may be an inherited one. */
export function definedMarkers(
  context: Context,
  declaration: ts.ClassLikeDeclaration,
  member: ts.PropertyName,
): readonly Marker[] {
  const definitions = definitionsOf(context, declaration);
  if (definitions.length === 0) return [];
  const name = propertyName(context, member);
  return definitions.flatMap(({ fields }) => fields.filter((field) => field.name === name)).flatMap((f) => f.markers);
}
