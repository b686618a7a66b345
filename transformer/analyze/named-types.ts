// Types that are known by name: the language's own (Date, Map, ...) and the classes of the user.
import type ts from 'typescript';
import type { FieldType } from '../../runtime/schema/model.js';
import type { Context } from './context.js';
import { entityType, functionType, knownType, plainObject, symbolType } from './findings.js';
import { markersOf } from './marked.js';
import { type Parts, typePart } from './parts.js';

/** Reads a class marked `@Embedded()`; undefined when that was reported to be impossible. */
export type ReadEmbedded = (declaration: ts.ClassLikeDeclaration, at: ts.Node) => FieldType | undefined;

/** What to use instead of types that everybody knows, the runtime's own (Buffer, URL) among them. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ...['Map', 'ReadonlyMap', 'WeakMap'].map((name) => [name, 'a Record<string, T>'] as const),
  ...['Set', 'ReadonlySet', 'WeakSet'].map((name) => [name, 'an array'] as const),
  ...['Buffer', 'ArrayBuffer', 'SharedArrayBuffer', 'DataView'].map((name) => [name, 'a Uint8Array'] as const),
  ...['Int32Array', 'Float32Array', 'Float64Array'].map((name) => [name, 'an array of numbers'] as const),
  ...['URL', 'RegExp', 'String'].map((name) => [name, 'a string'] as const),
  ['Number', 'a number'],
  ['Boolean', 'a boolean'],
  ['Promise', 'the type that it resolves to'],
]);

/** Alternatives of a class or interface; `at` is where the user wrote it. */
export function namedParts(context: Context, readEmbedded: ReadEmbedded, symbol: ts.Symbol, at: ts.Node): Parts {
  if (context.isBuiltIn(symbol)) return builtInParts(context, symbol.name, at);
  const instead = INSTEAD.get(symbol.name);
  if (instead !== undefined && context.isDeclaredElsewhere(symbol)) {
    return context.report(at, knownType(symbol.name, instead));
  }
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
      const instead = INSTEAD.get(name);
      return context.report(at, instead === undefined ? plainObject(name) : knownType(name, instead));
    }
  }
}
