// The parts of a predicate that an index can answer, taken out of its expression with the captured values filled in.
// What is not recognised here is not wrong: the arrow checks every row that comes back.
import type { EntityModel, Field } from '../schema/model.js';
import type { Expression } from './expression.js';
import type { Condition } from './query.js';

/** One recognised part of a conjunction. */
export type Term =
  /** The field (or, for `includes`, an element of it) equals one of `values`. */
  | Equals
  | { readonly kind: 'range'; readonly field: Field; readonly op: RangeOp; readonly value: unknown }
  | { readonly kind: 'prefix'; readonly field: Field; readonly value: string; readonly folded: boolean }
  /** Any of these conjunctions. */
  | { readonly kind: 'any'; readonly branches: readonly Conjunction[] };

export interface Equals {
  readonly kind: 'equals';
  readonly field: Field;
  readonly values: readonly unknown[];
  readonly element: boolean;
  /** What is compared is the field's `toLowerCase()`. */
  readonly folded: boolean;
}

export type RangeOp = '<' | '<=' | '>' | '>=';

export interface Conjunction {
  readonly terms: readonly Term[];
  /** Whether `terms` say all that the predicates say. */
  readonly complete: boolean;
}

/** Reads all conditions of a query as one conjunction. */
export function readTerms(model: EntityModel, conditions: readonly Condition[]): Conjunction {
  const terms: Term[] = [];
  let complete = true;
  for (const { expression, parameters } of conditions) {
    if (expression === null) complete = false;
    else if (!new TermReader(model, parameters).conjunction(expression, terms)) complete = false;
  }
  return { terms, complete };
}

const MIRRORED = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const;

class TermReader {
  private readonly model: EntityModel;
  private readonly parameters: readonly unknown[];

  constructor(model: EntityModel, parameters: readonly unknown[]) {
    this.model = model;
    this.parameters = parameters;
  }

  /** Adds the terms of `expression`; false when something in it was not recognised. */
  conjunction(expression: Expression, into: Term[]): boolean {
    if (expression.op === '&&') {
      let complete = true;
      for (const arg of expression.args) if (!this.conjunction(arg, into)) complete = false;
      return complete;
    }
    if (this.isAlwaysPresent(expression)) return true;
    const term = this.term(expression);
    if (term === null) return false;
    into.push(term);
    return term.kind !== 'any' || term.branches.every(({ complete }) => complete);
  }

  /** `u.tags !== null`, of a field that is never missing. */
  private isAlwaysPresent(expression: Expression): boolean {
    if (expression.op !== '!==') return false;
    const field = this.field(expression.left);
    const constant = this.constant(expression.right);
    const isMissing = constant !== null && (constant.value === null || constant.value === undefined);
    return isMissing && field !== null && !field.nullable && !field.optional;
  }

  private term(expression: Expression): Term | null {
    switch (expression.op) {
      case 'field':
        return this.truth(expression, true);
      case '!':
        return this.truth(expression.arg, false);
      case '===':
        return this.equality(expression.left, expression.right) ?? this.equality(expression.right, expression.left);
      case '<':
      case '<=':
      case '>':
      case '>=':
        return (
          this.range(expression.left, expression.op, expression.right) ??
          this.range(expression.right, MIRRORED[expression.op], expression.left)
        );
      case 'startsWith':
        return this.prefix(expression.subject, expression.argument);
      case 'arrayIncludes':
        return (
          this.element(expression.subject, expression.argument) ?? this.oneOf(expression.subject, expression.argument)
        );
      case 'setHas':
        return this.oneOf(expression.subject, expression.argument);
      case '||':
        return this.any(expression.args);
      default:
        return null;
    }
  }

  /** `u.isActive` and `!u.isActive`, of booleans that are never missing. */
  private truth(expression: Expression, value: boolean): Term | null {
    const field = this.field(expression);
    if (field?.type.kind !== 'boolean' || (!value && (field.nullable || field.optional))) return null;
    return equals(field, [value]);
  }

  private equality(subject: Expression, other: Expression): Term | null {
    const constant = this.constant(other);
    if (constant === null) return null;
    const { value } = constant;
    const field = this.field(subject);
    if (field !== null) return equals(field, [value].filter(canEqualItself));
    if (subject.op === 'toLowerCase') return this.folded(subject.arg, [value]);
    if (subject.op === 'getTime') return this.time(subject.arg, value);
    return null;
  }

  private range(subject: Expression, op: RangeOp, other: Expression): Term | null {
    const field = this.field(subject);
    const constant = this.constant(other);
    if (field === null || constant === null) return null;
    return { kind: 'range', field, op, value: constant.value };
  }

  private prefix(subject: Expression, argument: Expression): Term | null {
    const folded = subject.op === 'toLowerCase';
    const field = this.field(folded ? subject.arg : subject);
    const constant = this.constant(argument);
    if (field?.type.kind !== 'string' || typeof constant?.value !== 'string') return null;
    return { kind: 'prefix', field, value: constant.value, folded };
  }

  /** `u.name.toLowerCase() === x`, of strings that are never missing. */
  private folded(subject: Expression, values: readonly unknown[]): Term | null {
    const field = this.field(subject);
    if (field?.type.kind !== 'string' || field.nullable || field.optional) return null;
    return { kind: 'equals', field, values: values.filter(isFolded), element: false, folded: true };
  }

  /** `u.lastLogin.getTime() === x` */
  private time(subject: Expression, value: unknown): Term | null {
    const field = this.field(subject);
    if (field?.type.kind !== 'date' || typeof value !== 'number') return null;
    const date = new Date(value);
    return equals(field, date.getTime() === value ? [date] : []);
  }

  /** `u.tags.includes(x)` */
  private element(subject: Expression, argument: Expression): Term | null {
    const field = this.field(subject);
    const constant = this.constant(argument);
    if (field?.type.kind !== 'array' || constant === null) return null;
    return { ...equals(field, [constant.value].filter(isPrimitive)), element: true };
  }

  /** `ids.includes(u.id)` and `set.has(u.id)` */
  private oneOf(subject: Expression, argument: Expression): Term | null {
    const values = membersOf(this.constant(subject)?.value);
    if (values === null) return null;
    const field = this.field(argument);
    if (field !== null) return equals(field, values.filter(isPrimitive));
    return argument.op === 'toLowerCase' ? this.folded(argument.arg, values) : null;
  }

  private any(args: readonly Expression[]): Term | null {
    const branches: Conjunction[] = [];
    for (const arg of args) {
      const terms: Term[] = [];
      const complete = this.conjunction(arg, terms);
      if (terms.length === 0) return null;
      branches.push({ terms, complete });
    }
    return { kind: 'any', branches };
  }

  /** A field of the row itself; what lies inside embedded values has no index. */
  private field(expression: Expression): Field | null {
    if (expression.op !== 'field' || expression.path.length !== 1) return null;
    return this.model.fields.find((field) => field.name === expression.path[0]) ?? null;
  }

  private constant(expression: Expression): { readonly value: unknown } | null {
    if (expression.op === 'literal') return { value: expression.value };
    if (expression.op === 'undefined') return { value: undefined };
    if (expression.op === 'param') return { value: this.parameters[expression.index] };
    return null;
  }
}

function equals(field: Field, values: readonly unknown[]): Equals {
  return { kind: 'equals', field, values, element: false, folded: false };
}

/** Whether a `toLowerCase()` may give it. */
function isFolded(value: unknown): boolean {
  return typeof value === 'string' && value === value.toLowerCase();
}

/** Objects (dates, bytes) are compared by identity in an arrow, and no row holds the very object of a parameter. */
function isPrimitive(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

/** What `===` may find; `includes` finds NaN too. */
function canEqualItself(value: unknown): boolean {
  return isPrimitive(value) && !Number.isNaN(value);
}

/** What `includes` or `has` says yes to; null where a subclass has its own idea of that. */
function membersOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value.includes === Array.prototype.includes ? Array.from(value) : null;
  if (!(value instanceof Set) || value.has !== Set.prototype.has) return null;
  return Array.from(Set.prototype.values.call(value));
}
