// Reads a type that the checker has computed: of a field without an annotation, or behind `typeof`, `T[K]`, `keyof`, ...
import type ts from 'typescript';
import type { Context } from './context.js';
import * as findings from './findings.js';
import { namedParts, type ReadEmbedded } from './named-types.js';
import { NULL, type Part, type Parts, slotOf, typePart, UNDEFINED } from './parts.js';

/** Alternatives of a computed type; `at` is where a finding is reported. */
export function computedParts(context: Context, readEmbedded: ReadEmbedded, type: ts.Type, at: ts.Node): Parts {
  const { TypeFlags } = context.ts;
  const { flags } = type;
  if (flags & TypeFlags.Any) return context.report(at, findings.anyType());
  if (flags & TypeFlags.Unknown) return typePart({ kind: 'unknown' });
  if (flags & TypeFlags.Null) return NULL;
  if (flags & TypeFlags.Undefined) return UNDEFINED;
  // `user-${string}` and the like are strings to the disk.
  if (flags & (TypeFlags.String | TypeFlags.TemplateLiteral | TypeFlags.StringMapping))
    return typePart({ kind: 'string' });
  if (flags & TypeFlags.Number) return typePart({ kind: 'float64' });
  if (flags & TypeFlags.Boolean) return typePart({ kind: 'boolean' });
  if (flags & TypeFlags.BigInt) return typePart({ kind: 'bigint' });
  if (type.isStringLiteral() || type.isNumberLiteral()) return [{ kind: 'choice', value: type.value }];
  if (type.isUnion()) return unionParts(context, readEmbedded, type, at);
  if (flags & TypeFlags.BooleanLiteral) return context.report(at, findings.singleValue('boolean'));
  if (flags & TypeFlags.BigIntLiteral) return context.report(at, findings.singleValue('bigint'));
  if (flags & TypeFlags.ESSymbolLike) return context.report(at, findings.symbolType());
  if (flags & (TypeFlags.Void | TypeFlags.Never)) return context.report(at, findings.nothingToStore());
  if (flags & TypeFlags.TypeParameter) return context.report(at, findings.genericType(type.symbol.name));
  if (type.isIntersection()) return brandedParts(context, readEmbedded, type, at);
  return objectParts(context, readEmbedded, type, at);
}

function unionParts(context: Context, readEmbedded: ReadEmbedded, type: ts.UnionType, at: ts.Node): Parts {
  const { TypeFlags } = context.ts;
  const parts: Part[] = [];
  let booleans = 0;
  for (const member of type.types) {
    // The checker writes boolean as `false | true`.
    if (member.flags & TypeFlags.BooleanLiteral) {
      booleans++;
      continue;
    }
    const read = computedParts(context, readEmbedded, member, at);
    if (!read) return undefined;
    parts.push(...read);
  }
  if (booleans === 1) return context.report(at, findings.singleValue('boolean'));
  return booleans === 0 ? parts : [...parts, { kind: 'type', type: { kind: 'boolean' } }];
}

/** Of a primitive with a brand the primitive is stored. */
function brandedParts(context: Context, readEmbedded: ReadEmbedded, type: ts.IntersectionType, at: ts.Node): Parts {
  const plain = type.types.filter(({ flags }) => !(flags & context.ts.TypeFlags.Object));
  const [only] = plain;
  return only && plain.length === 1
    ? computedParts(context, readEmbedded, only, at)
    : context.report(at, findings.intersectionType());
}

function objectParts(context: Context, readEmbedded: ReadEmbedded, type: ts.Type, at: ts.Node): Parts {
  const { checker } = context;
  if (checker.isTupleType(type)) return context.report(at, findings.tupleType());
  if (checker.isArrayType(type)) {
    const [elementType] = checker.getTypeArguments(type as ts.TypeReference);
    const element = elementType && slotOf(context, computedParts(context, readEmbedded, elementType, at), at);
    return element && typePart({ kind: 'array', element });
  }
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) {
    return context.report(at, findings.functionType());
  }
  const symbol = type.getSymbol();
  if (symbol && (symbol.flags & context.ts.SymbolFlags.Class || symbol.flags & context.ts.SymbolFlags.Interface)) {
    return namedParts(context, readEmbedded, symbol, at);
  }
  return context.report(at, findings.plainObject('An object type'));
}
