// The row inside a predicate: which property paths of it are stored fields, and whether reading one could throw or give
// null or undefined at that place in the arrow.
import type ts from 'typescript';
import type { EntityModel, Field, FieldType, Slot } from '../../runtime/schema/model.js';

type Compiler = typeof ts;

/** A stored field as the arrow names it. */
export interface RowField {
  /** Null: a field of the row. A number: of the element of the `some` or `every` with that many around it. */
  readonly level: number | null;
  readonly path: readonly string[];
  readonly slot: Slot;
  /** Something on the way may be missing, skipped by `?.`: the value is then undefined, whatever the field's own type. */
  readonly throughMissing: boolean;
  /** `@Encrypted`, itself or something on the way. */
  readonly encrypted: boolean;
}

/** What an identifier in the arrow stands for: the row, or a field (by destructuring, or the element of an array). */
export type Binding = { readonly fields: readonly Field[] } | RowField;

/** Why a property of the row can't be read: it is no stored field, or reading it could throw. */
export interface Unreadable {
  readonly unreadable: 'unknown' | 'throws';
  readonly node: ts.Node;
}

export class Row {
  private readonly bindings = new Map<ts.Symbol, Binding>();

  constructor(
    private readonly ts: Compiler,
    private readonly checker: ts.TypeChecker,
    private readonly strictNulls: boolean,
    readonly entity: EntityModel,
  ) {}

  /** Binds the arrow's parameter: `u` or `{ name, address: { city } }`. Gives what isn't understood of it. */
  bind(parameter: ts.ParameterDeclaration, value: Binding = this.entity): Unreadable | ts.Node | null {
    if (parameter.dotDotDotToken !== undefined || parameter.initializer !== undefined) return parameter;
    return this.bindName(parameter.name, value);
  }

  private bindName(name: ts.BindingName, value: Binding): Unreadable | ts.Node | null {
    const { ts } = this;
    if (ts.isIdentifier(name)) {
      const symbol = this.checker.getSymbolAtLocation(name);
      if (symbol === undefined) return name;
      this.bindings.set(symbol, value);
      return null;
    }
    if (ts.isArrayBindingPattern(name)) return name;
    for (const element of name.elements) {
      if (element.dotDotDotToken !== undefined || element.initializer !== undefined) return element;
      const key = element.propertyName ?? element.name;
      if (!ts.isIdentifier(key) && !ts.isStringLiteral(key)) return element;
      // Destructuring a missing object throws, so only what is always there may be taken apart.
      if ('slot' in value && (value.throughMissing || isMissable(value.slot))) {
        return { unreadable: 'throws', node: element };
      }
      const field = step(value, key.text);
      if (field === undefined) return { unreadable: 'unknown', node: key };
      const failure = this.bindName(element.name, field);
      if (failure !== null) return failure;
    }
    return null;
  }

  /** Whether any part of `node` reads the row. */
  occursIn(node: ts.Node): boolean {
    if (this.ts.isIdentifier(node)) return this.bindingOf(node) !== undefined;
    return this.ts.forEachChild(node, (child) => this.occursIn(child) || undefined) ?? false;
  }

  /** The stored field that `node` reads, or why it can't be read; undefined when it is something else. */
  fieldAt(node: ts.Expression): RowField | Unreadable | undefined {
    const value = this.valueAt(unwrap(this.ts, node));
    return value !== undefined && 'fields' in value ? undefined : value;
  }

  /** Whether `node` is the row itself. */
  isRow(node: ts.Expression): boolean {
    const value = this.valueAt(unwrap(this.ts, node));
    return value !== undefined && 'fields' in value;
  }

  /** Whether `field`, read at `node`, could be null or undefined there: by its slot, unless the checker has narrowed it. */
  mayBeMissing(node: ts.Expression, field: RowField): boolean {
    if (!field.throughMissing && !isMissable(field.slot)) return false;
    return !this.strictNulls || isNullish(this.ts, this.checker.getTypeAtLocation(unwrap(this.ts, node)));
  }

  private bindingOf(identifier: ts.Identifier): Binding | undefined {
    const symbol = this.ts.isShorthandPropertyAssignment(identifier.parent)
      ? this.checker.getShorthandAssignmentValueSymbol(identifier.parent)
      : this.checker.getSymbolAtLocation(identifier);
    return symbol === undefined ? undefined : this.bindings.get(symbol);
  }

  private valueAt(node: ts.Expression): Binding | Unreadable | undefined {
    const { ts } = this;
    if (ts.isIdentifier(node)) return this.bindingOf(node);
    const name = accessedName(ts, node);
    if (name === undefined) return undefined;
    const inner = unwrap(ts, name.object);
    const object = this.valueAt(inner);
    if (object === undefined || 'unreadable' in object) return object;
    // A property of anything but an object (`u.name.length`) isn't a stored field, but not unknown either.
    if ('slot' in object && object.slot.type.kind !== 'embedded') return undefined;
    if ('slot' in object && !name.optional) {
      // In `a?.b.c` a missing `a` skips `.c` too, so only `b` itself matters; parentheses and `!` end the chain or lie.
      const continues = ts.isOptionalChain(node) && inner === name.object;
      const throws = continues ? isMissable(object.slot) : this.mayBeMissing(inner, object);
      if (throws) return { unreadable: 'throws', node };
    }
    return step(object, name.text) ?? { unreadable: 'unknown', node: name.node };
  }
}

/** Parentheses and what only types away: `(u.role as string)` and `u.role!` read what `u.role` reads. */
export function unwrap(ts: Compiler, node: ts.Expression): ts.Expression {
  let at = node;
  while (
    ts.isParenthesizedExpression(at) ||
    ts.isAsExpression(at) ||
    ts.isSatisfiesExpression(at) ||
    ts.isNonNullExpression(at)
  ) {
    at = at.expression;
  }
  return at;
}

/** `object.name` and `object['name']`, with or without `?.`. */
function accessedName(ts: Compiler, node: ts.Expression) {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) {
    return {
      object: node.expression,
      node: node.name,
      text: node.name.text,
      optional: node.questionDotToken !== undefined,
    };
  }
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    const { text } = node.argumentExpression;
    return {
      object: node.expression,
      node: node.argumentExpression,
      text,
      optional: node.questionDotToken !== undefined,
    };
  }
  return undefined;
}

function step(from: Binding, name: string): RowField | undefined {
  const isField = 'slot' in from;
  const fields = isField ? embeddedFields(from.slot.type) : from.fields;
  const slot = fields.find((field) => field.name === name);
  if (slot === undefined) return undefined;
  return {
    level: isField ? from.level : null,
    encrypted: slot.encrypted !== null || (isField && from.encrypted),
    path: isField ? [...from.path, name] : [name],
    slot,
    throughMissing: isField && (from.throughMissing || isMissable(from.slot)),
  };
}

function embeddedFields(type: FieldType): readonly Field[] {
  return type.kind === 'embedded' ? type.fields : [];
}

export function isMissable(slot: Slot): boolean {
  return slot.nullable || slot.optional;
}

/** Whether null or undefined is among the type's values; true for what the checker knows nothing about. */
export function isNullish(ts: Compiler, type: ts.Type): boolean {
  const { Null, Undefined, Void, Any, Unknown, TypeParameter } = ts.TypeFlags;
  const mask = Null | Undefined | Void | Any | Unknown | TypeParameter;
  return type.isUnion() ? type.types.some((member) => isNullish(ts, member)) : (type.flags & mask) !== 0;
}

/** Whether types in the program tell null and undefined apart from other values: by default since TypeScript 6. */
export function hasStrictNulls(ts: Compiler, program: ts.Program): boolean {
  const { strict, strictNullChecks } = program.getCompilerOptions();
  return strictNullChecks ?? strict ?? Number.parseInt(ts.versionMajorMinor, 10) >= 6;
}
