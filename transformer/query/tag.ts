// The kinds of value that a predicate can compute with, of a stored field and of a TypeScript type.
import type ts from 'typescript';
import type { FieldType } from '../../runtime/schema/model.js';

type Compiler = typeof ts;

/** What `typeof` says of a value, with objects told apart; `null` and `undefined` are these literals alone. */
export type Tag = 'number' | 'bigint' | 'string' | 'boolean' | 'date' | 'array' | 'object' | 'null' | 'undefined';

const PRIMITIVES: ReadonlySet<Tag | null> = new Set(['number', 'bigint', 'string', 'boolean', 'null', 'undefined']);

/** Whether equal values of the kind are one, rather than only the same object. */
export function isPrimitive(tag: Tag | null): boolean {
  return PRIMITIVES.has(tag);
}

/** Null for what has no single kind: mixed enums, unknown. */
export function fieldTag(type: FieldType): Tag | null {
  switch (type.kind) {
    case 'boolean':
    case 'string':
    case 'date':
    case 'array':
      return type.kind;
    case 'int64':
    case 'uint64':
    case 'bigint':
      return 'bigint';
    case 'enum': {
      const kinds = new Set(type.values.map((value) => (typeof value === 'string' ? 'string' : 'number')));
      const [kind, ...others] = kinds;
      return kind !== undefined && others.length === 0 ? kind : null;
    }
    case 'bytes':
    case 'embedded':
    case 'record':
      return 'object';
    case 'unknown':
      return null;
    default:
      return 'number';
  }
}

/** The type of a stored field whose values are of that kind, for elements of captured arrays. */
export function typeOfTag(tag: Tag | null): FieldType {
  switch (tag) {
    case 'number':
      return { kind: 'float64' };
    case 'string':
    case 'boolean':
    case 'bigint':
    case 'date':
      return { kind: tag };
    default:
      return { kind: 'unknown' };
  }
}

export function literalTag(value: string | number | boolean | null): Tag {
  if (value === null) return 'null';
  return typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'boolean';
}

/** The one kind that all values of the type have, null and undefined aside. */
export function typeTag(ts: Compiler, checker: ts.TypeChecker, type: ts.Type): Tag | null {
  const present = checker.getNonNullableType(type);
  if (present.isUnion()) {
    const tags = new Set(present.types.map((member) => typeTag(ts, checker, member)));
    const [tag, ...others] = tags;
    return tag !== undefined && others.length === 0 ? tag : null;
  }
  const has = (flags: ts.TypeFlags): boolean => (present.flags & flags) !== 0;
  if (has(ts.TypeFlags.StringLike)) return 'string';
  if (has(ts.TypeFlags.NumberLike)) return 'number';
  if (has(ts.TypeFlags.BigIntLike)) return 'bigint';
  if (has(ts.TypeFlags.BooleanLike)) return 'boolean';
  if (checker.isArrayType(present) || checker.isTupleType(present)) return 'array';
  if (!has(ts.TypeFlags.Object)) return null;
  return present.getSymbol()?.name === 'Date' ? 'date' : 'object';
}
