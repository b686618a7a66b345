// Reads the type of a field into a Slot. It walks the type as it is written, because the checker resolves aliases such as
// Int32 away; only what has no text of its own (typeof, indexed access, inferred types) is asked of the checker.
import type ts from 'typescript';
import type { FieldType, Slot } from '../../runtime/schema/model.js';
import { computedParts } from './checker-types.js';
import type { Context } from './context.js';
import * as findings from './findings.js';
import { packageExport } from './markers.js';
import { namedParts, type ReadEmbedded } from './named-types.js';
import { NULL, type Part, type Parts, slotOf, typePart, UNDEFINED } from './parts.js';

/** A type as written, and what its type parameters stand for. */
export interface TypeSite {
  readonly node: ts.TypeNode;
  readonly bindings: Bindings;
  /** Where the user's field leads here through an alias: findings are reported there, else at `node`. */
  readonly at?: ts.Node | undefined;
}

/** What type parameters stand for, by their symbols. */
export type Bindings = ReadonlyMap<ts.Symbol, TypeSite>;

export const NO_BINDINGS: Bindings = new Map();

/** Aliases within aliases; nobody writes so many by hand. */
const MAX_ALIAS_DEPTH = 50;

/** The package's type aliases. */
const ALIASES: Readonly<Record<string, FieldType>> = {
  Int8: { kind: 'int8' },
  Int16: { kind: 'int16' },
  Int32: { kind: 'int32' },
  UInt8: { kind: 'uint8' },
  UInt16: { kind: 'uint16' },
  UInt32: { kind: 'uint32' },
  Float32: { kind: 'float32' },
  Int64: { kind: 'int64' },
  UInt64: { kind: 'uint64' },
};

export class TypeReader {
  /** Aliases that are being read, outermost first, to find those that refer to themselves. */
  private readonly open: ts.Symbol[] = [];

  constructor(
    private readonly context: Context,
    private readonly readEmbedded: ReadEmbedded,
  ) {}

  /** The slot of a written type; undefined when it can't be stored, which has been reported. */
  read(site: TypeSite): Slot | undefined {
    return slotOf(this.context, this.parts(site), site.at ?? site.node);
  }

  /** The slot of a field without a written type; `at` is its name. */
  infer(type: ts.Type, at: ts.Node): Slot | undefined {
    return slotOf(this.context, computedParts(this.context, this.readEmbedded, type, at), at);
  }

  private parts(site: TypeSite): Parts {
    const { ts } = this.context;
    const { node } = site;
    const within = (inner: ts.TypeNode): TypeSite => ({ ...site, node: inner });
    if (ts.isParenthesizedTypeNode(node)) return this.parts(within(node.type));
    if (ts.isUnionTypeNode(node)) return this.union(node.types.map(within));
    if (ts.isIntersectionTypeNode(node)) return this.intersection(node.types.map(within), site);
    if (ts.isArrayTypeNode(node)) return this.array(within(node.elementType));
    if (ts.isTypeOperatorNode(node) && node.operator === ts.SyntaxKind.ReadonlyKeyword) {
      return this.parts(within(node.type));
    }
    if (ts.isLiteralTypeNode(node)) return this.literal(node, site);
    if (ts.isTypeReferenceNode(node)) return this.reference(site, node.typeName, node.typeArguments ?? []);
    if (ts.isImportTypeNode(node) && node.qualifier && !node.isTypeOf) {
      return this.reference(site, node.qualifier, node.typeArguments ?? []);
    }
    if (ts.isTypeLiteralNode(node)) return this.typeLiteral(node, site);
    return this.keyword(site);
  }

  /** Types that are one word or one piece of syntax. */
  private keyword(site: TypeSite): Parts {
    const { SyntaxKind } = this.context.ts;
    switch (site.node.kind) {
      case SyntaxKind.NumberKeyword:
        return typePart({ kind: 'float64' });
      case SyntaxKind.StringKeyword:
        return typePart({ kind: 'string' });
      case SyntaxKind.BooleanKeyword:
        return typePart({ kind: 'boolean' });
      case SyntaxKind.BigIntKeyword:
        return typePart({ kind: 'bigint' });
      case SyntaxKind.UnknownKeyword:
        return typePart({ kind: 'unknown' });
      case SyntaxKind.UndefinedKeyword:
        return UNDEFINED;
      case SyntaxKind.ObjectKeyword:
        return this.fail(site, findings.plainObject('An object of unknown shape'));
      case SyntaxKind.ThisType:
        return this.fail(site, findings.plainObject('`this`'));
      case SyntaxKind.TupleType:
        return this.fail(site, findings.tupleType());
      case SyntaxKind.FunctionType:
      case SyntaxKind.ConstructorType:
        return this.fail(site, findings.functionType());
      default:
        return this.computed(site);
    }
  }

  private literal(node: ts.LiteralTypeNode, site: TypeSite): Parts {
    const { ts } = this.context;
    if (node.literal.kind === ts.SyntaxKind.NullKeyword) return NULL;
    if (ts.isStringLiteralLike(node.literal)) return [{ kind: 'choice', value: node.literal.text }];
    return this.computed(site);
  }

  private union(members: readonly TypeSite[]): Parts {
    const parts: Part[] = [];
    for (const member of members) {
      const read = this.parts(member);
      if (!read) return undefined;
      parts.push(...read);
    }
    return parts;
  }

  /** A brand (`string & { readonly brand: 'id' }`) is there for the checker only: the other half is what is stored. */
  private intersection(members: readonly TypeSite[], site: TypeSite): Parts {
    const { ts, checker } = this.context;
    const plain = members.filter(({ node }) => !(checker.getTypeFromTypeNode(node).flags & ts.TypeFlags.Object));
    const [only] = plain;
    return only && plain.length === 1 && members.length > 1
      ? this.parts(only)
      : this.fail(site, findings.intersectionType());
  }

  private array(site: TypeSite): Parts {
    const element = this.read(site);
    return element && typePart({ kind: 'array', element });
  }

  /** `{ [name: string]: T }` is a record; any other object type has no class to be rebuilt from. */
  private typeLiteral(node: ts.TypeLiteralNode, site: TypeSite): Parts {
    const { ts } = this.context;
    const [member] = node.members;
    if (!member || node.members.length > 1 || !ts.isIndexSignatureDeclaration(member)) {
      return this.fail(site, findings.plainObject('An object type'));
    }
    const key = member.parameters[0]?.type;
    return key ? this.record({ ...site, node: key }, { ...site, node: member.type }) : undefined;
  }

  private record(key: TypeSite, value: TypeSite): Parts {
    if (!this.isString(key)) return this.fail(key, findings.recordKey());
    const slot = this.read(value);
    return slot && typePart({ kind: 'record', value: slot });
  }

  private isString(site: TypeSite): boolean {
    const { ts, checker } = this.context;
    return (checker.getTypeFromTypeNode(site.node).flags & ts.TypeFlags.String) !== 0;
  }

  private reference(site: TypeSite, name: ts.EntityName, args: readonly ts.TypeNode[]): Parts {
    const { ts } = this.context;
    const last = ts.isQualifiedName(name) ? name.right : name;
    const alias = ALIASES[packageExport(this.context, last) ?? ''];
    if (alias) return typePart(alias);
    const symbol = this.context.symbolAt(last);
    if (!symbol?.declarations?.length) return this.fail(site, findings.unresolvedType(name.getText()));
    const sites = args.map((node): TypeSite => ({ ...site, node }));
    if (symbol.flags & ts.SymbolFlags.TypeParameter) {
      const bound = site.bindings.get(symbol);
      return bound ? this.parts(bound) : this.fail(site, findings.genericType(symbol.name));
    }
    if (this.context.isBuiltIn(symbol)) return this.builtIn(site, symbol, sites);
    if (symbol.flags & ts.SymbolFlags.TypeAlias) return this.alias(site, symbol, sites);
    if (symbol.flags & (ts.SymbolFlags.Enum | ts.SymbolFlags.EnumMember)) return this.enumeration(site, symbol);
    return namedParts(this.context, this.readEmbedded, symbol, site.at ?? site.node);
  }

  private builtIn(site: TypeSite, symbol: ts.Symbol, args: readonly TypeSite[]): Parts {
    const [first, second] = args;
    switch (symbol.name) {
      case 'Array':
      case 'ReadonlyArray':
        return first && this.array(first);
      case 'Readonly':
        return first && this.parts(first);
      case 'Record':
        return first && second && this.record(first, second);
    }
    return symbol.flags & this.context.ts.SymbolFlags.TypeAlias
      ? this.computed(site)
      : namedParts(this.context, this.readEmbedded, symbol, site.at ?? site.node);
  }

  /** The user's own alias: read where it is declared, reported where it is used. */
  private alias(site: TypeSite, symbol: ts.Symbol, args: readonly TypeSite[]): Parts {
    const declaration = symbol.declarations?.find((node) => this.context.ts.isTypeAliasDeclaration(node));
    if (!declaration) return this.computed(site);
    const parameters = declaration.typeParameters ?? [];
    // A generic alias may well meet itself in an argument (`List<List<T>>`), so for those only the depth tells.
    const endless = parameters.length === 0 ? this.open.includes(symbol) : this.open.length >= MAX_ALIAS_DEPTH;
    if (endless) return this.fail(site, findings.recursiveType(symbol.name));
    const at = site.at ?? site.node;
    this.open.push(symbol);
    const parts = this.parts({ node: declaration.type, bindings: bind(this.context, parameters, args, at), at });
    this.open.pop();
    return parts;
  }

  private enumeration(site: TypeSite, symbol: ts.Symbol): Parts {
    const { ts, checker } = this.context;
    const parts: Part[] = [];
    for (const declaration of symbol.declarations ?? []) {
      const members = ts.isEnumDeclaration(declaration) ? declaration.members : [declaration];
      for (const member of members) {
        const value = ts.isEnumMember(member) ? checker.getConstantValue(member) : undefined;
        if (value === undefined || (typeof value === 'number' && !Number.isFinite(value))) {
          return this.fail(site, findings.computedEnum(enumMemberName(this.context, member)));
        }
        parts.push({ kind: 'choice', value });
      }
    }
    return parts;
  }

  private computed(site: TypeSite): Parts {
    const type = this.context.checker.getTypeFromTypeNode(site.node);
    return computedParts(this.context, this.readEmbedded, type, site.at ?? site.node);
  }

  private fail(site: TypeSite, finding: findings.Finding): undefined {
    return this.context.report(site.at ?? site.node, finding);
  }
}

/** Binds type parameters to arguments, or to their defaults where arguments are missing. */
export function bind(
  context: Context,
  parameters: readonly ts.TypeParameterDeclaration[],
  args: readonly TypeSite[],
  at: ts.Node | undefined,
): Bindings {
  const bindings = new Map<ts.Symbol, TypeSite>();
  parameters.forEach((parameter, i) => {
    const symbol = context.checker.getSymbolAtLocation(parameter.name);
    const site = args[i] ?? (parameter.default && { node: parameter.default, bindings, at });
    if (symbol && site) bindings.set(symbol, site);
  });
  return bindings;
}

function enumMemberName(context: Context, node: ts.Node): string {
  return context.ts.isEnumMember(node) ? `${node.parent.name.text}.${node.name.getText()}` : node.getText();
}
