// The schema at one version, with the ids that its entities and fields keep for life: what migrations start from and lead to.
//
// Ids are allotted once and never again, so that a field is known again whatever its name, place or type has become. Those of
// embedded classes' fields are not tracked: a change inside such a class is a change of the type of the field that holds it.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MigrationError } from '../errors.js';
import { canonicalJson } from '../schema/fingerprint.js';
import type { EntityModel } from '../schema/model.js';
import { parseSchema } from '../schema/parse.js';

/** A version of the schema, as its migration keeps it. */
export interface SchemaSnapshot {
  readonly entities: readonly EntitySnapshot[];
  /** The next free id of entities. */
  readonly nextEntityId: number;
}

/** One entity of a version of the schema. */
export interface EntitySnapshot {
  readonly id: number;
  readonly model: EntityModel;
  /** By stored name; the fields of the primary key are among them. */
  readonly fieldIds: Readonly<Record<string, number>>;
  /** The next free id of fields in this entity; ids of dropped fields lie below it too. */
  readonly nextFieldId: number;
}

/** The schema of a database that holds nothing: what the first migration starts from. */
export const EMPTY_SNAPSHOT: SchemaSnapshot = Object.freeze({ entities: Object.freeze([]), nextEntityId: 1 });

const id = z.number().int().positive();
const shape = z.strictObject({
  entities: z.array(z.strictObject({ id, model: z.unknown(), fieldIds: z.record(z.string(), id), nextFieldId: id })),
  nextEntityId: id,
});

/**
 * The value as a snapshot, deeply checked: models, and ids that are there, below the next free one, and given once.
 * @param source names it in errors
 * @throws MigrationError QDB3003
 */
export function parseSnapshot(value: unknown, source: string): SchemaSnapshot {
  const result = shape.safeParse(value);
  const refuse = (why: string): never => {
    throw new MigrationError(
      'QDB3003',
      `${source} holds no schema snapshot: ${why}. Restore the file from version control.`,
    );
  };
  if (!result.success) {
    const [issue] = result.error.issues;
    return refuse(`at ${issue?.path.join('.') || 'its root'}, ${issue?.message ?? 'unreadable'}`);
  }
  const { entities, nextEntityId } = result.data;
  const { entities: models } = parseSchema({ entities: entities.map(({ model }) => model) });
  const parsed = entities.map((entity, i): EntitySnapshot => {
    const model = models[i]!;
    const { fieldIds, nextFieldId } = entity;
    const named = Object.keys(fieldIds).sort();
    const stored = model.fields.map(({ storedName }) => storedName).sort();
    if (canonicalJson(named) !== canonicalJson(stored)) refuse(`${model.name} has ids for other fields than its own`);
    if (!areFresh(Object.values(fieldIds), nextFieldId)) refuse(`ids of fields of ${model.name} are not one a field`);
    return { id: entity.id, model, fieldIds, nextFieldId };
  });
  if (
    !areFresh(
      parsed.map((entity) => entity.id),
      nextEntityId,
    )
  )
    refuse('ids of entities are not one an entity');
  return { entities: parsed, nextEntityId };
}

/** 64 lower-case hex digits that name the content of a snapshot. */
export function snapshotHash(snapshot: SchemaSnapshot): string {
  return createHash('sha256').update(canonicalJson(snapshot)).digest('hex');
}

function areFresh(ids: readonly number[], next: number): boolean {
  return new Set(ids).size === ids.length && ids.every((one) => one < next);
}
