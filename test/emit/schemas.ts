// Entities that emitter and codec tests share, written as short as the model allows.
import type { EntityModel, Field, FieldType, IndexModel, Slot } from '../../runtime/schema/model.js';

export const slot = (type: FieldType | FieldType['kind'], options: Partial<Slot> = {}): Slot => ({
  type: (typeof type === 'string' ? { kind: type } : type) as FieldType,
  nullable: false,
  optional: false,
  ...options,
});

export const field = (name: string, type: FieldType | FieldType['kind'], options: Partial<Field> = {}): Field => ({
  name,
  storedName: name,
  default: null,
  encrypted: null,
  visibleTo: null,
  ...slot(type),
  ...options,
});

export const optional = { optional: true };
export const nullable = { nullable: true };
export const both = { optional: true, nullable: true };
export const arrayOf = (type: FieldType | FieldType['kind'], options: Partial<Slot> = {}): FieldType => ({
  kind: 'array',
  element: slot(type, options),
});
export const recordOf = (type: FieldType | FieldType['kind'], options: Partial<Slot> = {}): FieldType => ({
  kind: 'record',
  value: slot(type, options),
});

export const entity = (
  name: string,
  fields: readonly Field[],
  options: { key?: readonly string[]; autoIncrement?: boolean; indexes?: readonly IndexModel[] } = {},
): EntityModel => ({
  name,
  storedName: name,
  accessor: name.charAt(0).toLowerCase() + name.slice(1),
  key: { fields: options.key ?? [fields[0]!.name], autoIncrement: options.autoIncrement ?? false, generate: null },
  fields,
  indexes: options.indexes ?? [],
});

export const index = (fields: readonly string[], options: Partial<IndexModel> = {}): IndexModel => ({
  name: fields.join('_'),
  fields,
  unique: false,
  caseInsensitive: false,
  multiEntry: false,
  ...options,
});

/** The users row of docs/performance.md. */
export const user = entity(
  'User',
  [
    field('id', 'float64'),
    field('email', 'string'),
    field('name', 'string', optional),
    field('lastLogin', 'date'),
    field('isActive', 'boolean'),
    field('score', 'float64'),
    field('tags', arrayOf('string')),
    field('role', { kind: 'enum', values: ['admin', 'guest'] }, { default: { kind: 'literal', value: 'guest' } }),
    field('notes', 'string', both),
  ],
  {
    autoIncrement: true,
    indexes: [
      index(['email'], { unique: true, caseInsensitive: true, name: 'email_ci' }),
      index(['lastLogin']),
      index(['notes', 'score']),
      index(['tags'], { multiEntry: true }),
    ],
  },
);
