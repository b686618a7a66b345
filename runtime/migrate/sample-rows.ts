// A few rows of any version, made up from its types alone: what kept databases of that version hold.
import type { EntityModel, Field, FieldType } from '../schema/model.js';
import type { RowsByEntity } from './plain-database.js';
import type { SchemaSnapshot } from './snapshot.js';
import type { Row } from './steps.js';

const ROWS = 3;
/** Far ahead, so that rows don't expire before they are looked at. */
const FIRST_DATE = Date.UTC(2100, 0, 1);
const DAY_MS = 86_400_000;

/** The same rows each time; what may be missing is missing in the last. */
export function sampleRows({ entities }: SchemaSnapshot): RowsByEntity {
  return Object.fromEntries(
    entities.map(({ model }) => [model.name, Array.from({ length: roomFor(model) }, (_, i) => sampleRow(model, i))]),
  );
}

/** Rows that differ where they must: a unique boolean has two. */
function roomFor(model: EntityModel): number {
  const uniques = [model.key.fields, ...model.indexes.filter(({ unique }) => unique).map(({ fields }) => fields)];
  const columns = uniques.map((names) => model.fields.filter(({ name }) => names.includes(name)));
  return Math.min(ROWS, ...columns.map((fields) => Math.max(...fields.map(({ type }) => valuesOf(type)))));
}

function valuesOf(type: FieldType): number {
  return type.kind === 'boolean' ? 2 : type.kind === 'enum' ? type.values.length : ROWS;
}

function sampleRow(model: EntityModel, i: number): Row {
  return Object.fromEntries(
    model.fields.flatMap((field) => {
      const value = slotValue(field, model.key.fields.includes(field.name) ? 0 : ROWS - 1 - i, i);
      return value === undefined ? [] : [[field.name, value]];
    }),
  );
}

/** @param left rows that follow; what may be missing is so in the last */
function slotValue({ name, type, nullable, optional }: Field, left: number, i: number): unknown {
  if (left === 0 && i > 0 && optional) return undefined;
  if (left === 0 && i > 0 && nullable) return null;
  return sample(type, name, i);
}

function sample(type: FieldType, name: string, i: number): unknown {
  switch (type.kind) {
    case 'boolean':
      return i % 2 === 0;
    case 'string':
    case 'unknown':
      return `${name} ${i + 1}`;
    case 'date':
      return new Date(FIRST_DATE + i * DAY_MS);
    case 'bytes':
      return Uint8Array.of(i + 1);
    case 'int64':
    case 'uint64':
    case 'bigint':
      return BigInt(i + 1);
    case 'enum':
      return type.values[i % type.values.length];
    case 'array':
      return [sample(type.element.type, name, i)];
    case 'record':
      return { [name]: sample(type.value.type, name, i) };
    case 'embedded':
      return Object.fromEntries(type.fields.map((field) => [field.name, sample(field.type, field.name, i)]));
    default:
      return i + 1;
  }
}
