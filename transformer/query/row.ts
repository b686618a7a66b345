// The row inside a predicate: which property paths of it are stored fields, and whether reading one could throw or give
// null or undefined at that place in the arrow.
import type ts from 'typescript';
import type { Field, FieldType, Slot } from '../../runtime/schema/model.js';

type Compiler = typeof ts;

/** A stored field as the arrow names it. */
export interface RowField {
  readonly path: readonly string[];
  readonly slot: Slot;
  /** Something on the way may be missing, skipped by `?.`: the value is then undefined, whatever the field's own type. */
  readonly throughMissing: boolean;
}

/** What an identifier in the arrow stands for: the row, a field (by destructuring), or nothing of the row. */
type Binding = { readonly fields: readonly Field[] } | RowField;

export class Row {
  private readonly bindings = new Map<ts.Symbol, Binding>();

  constructor(
    private readonly ts: Compiler,
    private readonly checker: ts.TypeChecker,
    private readonly strictNulls: boolean,
    private readonly fields: readonly Field[],
  ) {}

  /** Binds the arrow's parameter: `u` or `{ name, address: { city } }`. False when its form isn't understood. */
  bind(parameter: ts.ParameterDeclaration): boolean {
    if (parameter.dotDotDotToken !== undefined || parameter.initializer !== undefined) return false;
    return this.bindName(parameter.name, { fields: this.fields });
  }

  private bindName(name: ts.BindingName, value: Binding): boolean {
    const { ts } = this;
    if (ts.isIdentifier(name)) {
      const symbol = this.checker.getSymbolAtLocation(name);
      if (symbol === undefined) return false;
      this.bindings.set(symbol, value);
      return true;
    }
    if (ts.isArrayBindingPattern(name)) return false;
    return name.elements.every((element) => {
      if (element.dotDotDotToken !== undefined || element.initializer !== undefined) return false;
      const key = element.propertyName ?? element.name;
      if (!ts.isIdentifier(key) && !ts.isStringLiteral(key)) return false;
      // Destructuring a missing object throws, so only what is always there may be taken apart.
      if ('slot' in value && (value.throughMissing || isMissable(value.slot))) return false;
      const field = step(value, key.text);
      return field !== undefined && this.bindName(element.name, field);
    });
  }

  /** Whether any part of `node` reads the row. */
  occursIn(node: ts.Node): boolean {
    if (this.ts.isIdentifier(node)) return this.bindingOf(node) !== undefined;
    return this.ts.forEachChild(node, (child) => this.occursIn(child) || undefined) ?? false;
  }

  /** The stored field that `node` reads; undefined when it is something else, or when reading it could throw. */
  fieldAt(node: ts.Expression): RowField | undefined {
    const value = this.valueAt(unwrap(this.ts, node));
    return value !== undefined && 'slot' in value ? value : undefined;
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

  private valueAt(node: ts.Expression): Binding | undefined {
    const { ts } = this;
    if (ts.isIdentifier(node)) return this.bindingOf(node);
    if (ts.isNonNullExpression(node)) {
      const value = this.valueAt(unwrap(ts, node.expression));
      return value === undefined || !('slot' in value) || !this.mayBeMissing(node.expression, value)
        ? value
        : undefined;
    }
    const name = accessedName(ts, node);
    if (name === undefined) return undefined;
    const inner = unwrap(ts, name.object);
    const object = this.valueAt(inner);
    if (object === undefined) return undefined;
    if ('slot' in object && !name.optional) {
      // In `a?.b.c` a missing `a` skips `.c` too, so only `b` itself matters.
      const throws = ts.isOptionalChain(node) ? isMissable(object.slot) : this.mayBeMissing(inner, object);
      if (throws) return undefined;
    }
    return step(object, name.text);
  }
}

/** Parentheses and type annotations away: `(u.role as string)` reads what `u.role` reads. Not `!`, which may lie. */
export function unwrap(ts: Compiler, node: ts.Expression): ts.Expression {
  let at = node;
  while (ts.isParenthesizedExpression(at) || ts.isAsExpression(at) || ts.isSatisfiesExpression(at)) at = at.expression;
  return at;
}

/** `object.name` and `object['name']`, with or without `?.`. */
function accessedName(ts: Compiler, node: ts.Expression) {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.name)) {
    return { object: node.expression, text: node.name.text, optional: node.questionDotToken !== undefined };
  }
  if (ts.isElementAccessExpression(node) && ts.isStringLiteralLike(node.argumentExpression)) {
    const { text } = node.argumentExpression;
    return { object: node.expression, text, optional: node.questionDotToken !== undefined };
  }
  return undefined;
}

function step(from: Binding, name: string): RowField | undefined {
  const isField = 'slot' in from;
  const fields = isField ? embeddedFields(from.slot.type) : from.fields;
  const slot = fields.find((field) => field.name === name);
  if (slot === undefined) return undefined;
  return {
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
