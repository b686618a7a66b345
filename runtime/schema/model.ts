// The schema: the one description of the entities, from which all code is generated and against which all code is checked.
// Plain frozen data; model.ts is the shape, parse.ts checks it with zod, fingerprint.ts gives it an identity.

import type { Expression } from './expression.js';

/** What a value can be. Numbers name their stored width; `float64` is TypeScript's `number`. */
export type FieldType =
  | { readonly kind: NumberKind }
  /** `Int64`, `UInt64`: a bigint of 8 bytes. `bigint`: of any size. */
  | { readonly kind: 'int64' | 'uint64' | 'bigint' }
  | { readonly kind: 'boolean' | 'string' | 'date' | 'bytes' }
  /** A union of string or number literals, or a TypeScript enum; stored as the position in `values` (sorted: numbers first). */
  | { readonly kind: 'enum'; readonly values: readonly (string | number)[] }
  | { readonly kind: 'array'; readonly element: Slot }
  /** A class marked `@Embedded()`, stored inside its owner. */
  | { readonly kind: 'embedded'; readonly className: string; readonly fields: readonly Field[] }
  /** `Record<string, T>`, through msgpackr. */
  | { readonly kind: 'record'; readonly value: Slot }
  /** `unknown`, or a union that is no enum: through msgpackr. */
  | { readonly kind: 'unknown' };

export type NumberKind = 'float64' | 'float32' | 'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32';

/** A place for a value: its type and what may be missing. */
export interface Slot {
  readonly type: FieldType;
  /** `| null` */
  readonly nullable: boolean;
  /** `?` or `| undefined` */
  readonly optional: boolean;
}

export interface Field extends Slot {
  /** Property name in the class: any string. */
  readonly name: string;
  /** `@Name('...')`, else the property name. */
  readonly storedName: string;
  /** What put() fills in when the property is missing. */
  readonly default: DefaultValue | null;
  readonly encrypted: { readonly algorithm: string } | null;
  readonly visibleTo: { readonly roles: readonly string[] } | null;
}

export type DefaultValue =
  /** JSON value (bigint as `{ bigint: '12' }` is kind `bigint`); a fresh copy per row. */
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'bigint'; readonly value: string }
  /** The time of the write, through the database's clock. */
  | { readonly kind: 'now' };

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export interface PrimaryKeyModel {
  /** Property names, in key order; more than one for a composite key. */
  readonly fields: readonly string[];
  readonly autoIncrement: boolean;
  readonly generate: 'ulid' | 'uuidv7' | null;
}

export interface IndexModel {
  /** Unique within its entity: stored names of the columns joined by `_`, with `_ci` for caseInsensitive. */
  readonly name: string;
  /** Property names; the first may be an array field (multi-entry: one index entry per distinct element). */
  readonly fields: readonly string[];
  readonly unique: boolean;
  /** Strings are compared by `toLowerCase()`; also applies to the composite's string columns. */
  readonly caseInsensitive: boolean;
  readonly multiEntry: boolean;
}

export interface TtlModel {
  /** Property name of a date that is always there; not encrypted. */
  readonly field: string;
  /** Whole, more than 0. */
  readonly milliseconds: number;
}

export interface EntityModel {
  /** Class name. */
  readonly name: string;
  /** Name of its trees on disk: `@Name` on the class, else the class name. */
  readonly storedName: string;
  /** Property on the database: `db.user`. */
  readonly accessor: string;
  readonly key: PrimaryKeyModel;
  /** In declaration order, inherited ones first; the primary key's fields are among them. */
  readonly fields: readonly Field[];
  /** Sorted by name. */
  readonly indexes: readonly IndexModel[];
  /** A row is gone once so much time has passed since the date in its field. Absent where rows stay. */
  readonly ttl?: TtlModel;
  /** A row of which this is not true is no row: storing it deletes it. Without parameters. Absent where any row may stay. */
  readonly retainWhile?: Expression;
}

export interface Schema {
  readonly entities: readonly EntityModel[];
}
