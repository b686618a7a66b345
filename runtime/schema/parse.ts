// Checks a schema that comes from outside (the copy that a database keeps of itself) with zod, and freezes it.
import { z } from 'zod';
import { SchemaError } from '../errors.js';
import type { EntityModel, Field, FieldType, JsonValue, Schema, Slot } from './model.js';
import { fieldsRead, retainedExpression } from './parse-expression.js';

const jsonValue: z.ZodType<JsonValue> = z.json();

const fieldType: z.ZodType<FieldType> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.enum(['float64', 'float32', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32']),
    }),
    z.strictObject({ kind: z.enum(['int64', 'uint64', 'bigint']) }),
    z.strictObject({ kind: z.enum(['boolean', 'string', 'date', 'bytes']) }),
    z.strictObject({ kind: z.literal('enum'), values: z.array(z.union([z.string(), z.number()])).min(1) }),
    z.strictObject({ kind: z.literal('array'), element: slot }),
    z.strictObject({ kind: z.literal('embedded'), className: z.string().min(1), fields: z.array(field) }),
    z.strictObject({ kind: z.literal('record'), value: slot }),
    z.strictObject({ kind: z.literal('unknown') }),
  ]),
);

const slotShape = { type: fieldType, nullable: z.boolean(), optional: z.boolean() };
const slot: z.ZodType<Slot> = z.strictObject(slotShape);

const defaultValue = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('literal'), value: jsonValue }),
  z.strictObject({ kind: z.literal('bigint'), value: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ kind: z.literal('now') }),
]);

const field: z.ZodType<Field> = z.strictObject({
  ...slotShape,
  name: z.string(),
  storedName: z.string().min(1),
  default: defaultValue.nullable(),
  encrypted: z.strictObject({ algorithm: z.string() }).nullable(),
  visibleTo: z.strictObject({ roles: z.array(z.string()) }).nullable(),
});

const index = z.strictObject({
  name: z.string().min(1),
  fields: z.array(z.string()).min(1),
  unique: z.boolean(),
  caseInsensitive: z.boolean(),
  multiEntry: z.boolean(),
});

const entity: z.ZodType<EntityModel> = z
  .strictObject({
    name: z.string().min(1),
    storedName: z.string().min(1),
    accessor: z.string().min(1),
    key: z.strictObject({
      fields: z.array(z.string()).min(1),
      autoIncrement: z.boolean(),
      generate: z.enum(['ulid', 'uuidv7']).nullable(),
    }),
    fields: z.array(field).min(1),
    indexes: z.array(index),
    ttl: z.strictObject({ field: z.string(), milliseconds: z.number().int().positive() }).exactOptional(),
    retainWhile: retainedExpression.exactOptional(),
  })
  .superRefine((value, context) => {
    const report = (message: string) => context.addIssue({ code: 'custom', message });
    const names = value.fields.map(({ name }) => name);
    for (const column of [value.key, ...value.indexes].flatMap(({ fields }) => fields)) {
      if (!names.includes(column)) report(`there is no field ${JSON.stringify(column)}`);
    }
    const dated = value.fields.find(({ name }) => name === value.ttl?.field);
    if (value.ttl !== undefined && (dated?.type.kind !== 'date' || dated.optional || dated.nullable)) {
      report(`${JSON.stringify(value.ttl.field)} is no date that each row has`);
    }
    for (const name of value.retainWhile === undefined ? [] : fieldsRead(value.retainWhile)) {
      if (!names.includes(name)) report(`retainWhile reads ${JSON.stringify(name)}, which is no field`);
    }
    for (const [what, list] of [
      ['field', names],
      ['stored field', value.fields.map(({ storedName }) => storedName)],
      ['index', value.indexes.map(({ name }) => name)],
    ] as const) {
      for (const name of repeated(list)) report(`the ${what} ${JSON.stringify(name)} stands there twice`);
    }
  });

const schema: z.ZodType<Schema> = z.strictObject({ entities: z.array(entity) }).superRefine((value, context) => {
  for (const what of ['name', 'storedName', 'accessor'] as const) {
    for (const name of repeated(value.entities.map((model) => model[what]))) {
      context.addIssue({ code: 'custom', message: `two entities have the ${what} ${JSON.stringify(name)}` });
    }
  }
});

/**
 * The value as a deeply frozen schema.
 * @throws SchemaError QDB1001, with the path of the first part that isn't as it should be.
 * @example
 * ```ts
 * const stored = parseSchema(JSON.parse(text));
 * ```
 */
export function parseSchema(value: unknown): Schema {
  const result = schema.safeParse(value);
  if (result.success) return deepFreeze(result.data);
  const [issue] = result.error.issues;
  const path = issue?.path.join('.') || 'its root';
  throw new SchemaError(
    'QDB1001',
    `This is no schema: at ${path}, ${issue?.message ?? 'unreadable'}. Generate the code again, or restore the database.`,
  );
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, i) => names.indexOf(name) !== i);
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
