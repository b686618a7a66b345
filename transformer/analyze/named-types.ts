// Types that are known by name: the language's own (Date, Map, ...) and the classes of the user.
import type ts from 'typescript';
import type { FieldType } from '../../runtime/schema/model.js';
import type { Context } from './context.js';
import { collectionType, entityType, functionType, plainObject, symbolType } from './findings.js';
import { markersOf } from './markers.js';
import { type Parts, typePart } from './parts.js';

/** Reads a class marked `@Embedded()`; undefined when that was reported to be impossible. */
export type ReadEmbedded = (declaration: ts.ClassLikeDeclaration, at: ts.Node) => FieldType | undefined;

const INSTEAD: Readonly<Record<string, string>> = {
  Map: 'a Record<string, T>',
  ReadonlyMap: 'a Record<string, T>',
  WeakMap: 'a Record<string, T>',
  Set: 'an array',
  ReadonlySet: 'an array',
  WeakSet: 'an array',
};

/** Alternatives of a class or interface; `at` is where the user wrote it. */
export function namedParts(context: Context, readEmbedded: ReadEmbedded, symbol: ts.Symbol, at: ts.Node): Parts {
  if (context.isBuiltIn(symbol)) return builtInParts(context, symbol.name, at);
  const declaration = context.classOf(symbol);
  const markers = declaration ? markersOf(context, declaration) : [];
  if (declaration && markers.some((marker) => marker.name === 'Embedded')) {
    const type = readEmbedded(declaration, at);
    return type && typePart(type);
  }
  if (markers.some((marker) => marker.name === 'QuantaEntity')) return context.report(at, entityType(symbol.name));
  return context.report(at, plainObject(symbol.name));
}

function builtInParts(context: Context, name: string, at: ts.Node): Parts {
  switch (name) {
    case 'Date':
      return typePart({ kind: 'date' });
    case 'Uint8Array':
      return typePart({ kind: 'bytes' });
    case 'Function':
      return context.report(at, functionType());
    case 'Symbol':
      return context.report(at, symbolType());
    default: {
      const instead = INSTEAD[name];
      return context.report(at, instead === undefined ? plainObject(name) : collectionType(name, instead));
    }
  }
}
