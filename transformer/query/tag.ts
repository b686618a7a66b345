// The kinds of value that a comparison can be about, of a stored field and of a TypeScript type: two sides are lowered only
// when both are certainly of the same one.
import type ts from 'typescript';
import type { FieldType } from '../../runtime/schema/model.js';

type Compiler = typeof ts;

export type Tag = 'number' | 'bigint' | 'string' | 'boolean' | 'date' | 'null' | 'undefined';

/** Null for what has no single kind or is compared by identity: mixed enums, arrays, embedded objects, bytes, unknown. */
export function fieldTag(type: FieldType): Tag | null {
  switch (type.kind) {
    case 'boolean':
    case 'string':
    case 'date':
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
    case 'array':
    case 'bytes':
    case 'embedded':
    case 'record':
    case 'unknown':
      return null;
    default:
      return 'number';
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
  return present.getSymbol()?.name === 'Date' ? 'date' : null;
}
