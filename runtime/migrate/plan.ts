// What has to happen to each entity for one migration in one direction: as little as the two versions allow.
import { columnsSize, keyFields } from '../codec/interpret-key.js';
import { slotShape } from '../codec/shape.js';
import { isSpliceable } from '../codec/splice.js';
import { canonicalJson } from '../schema/fingerprint.js';
import type { EntityModel, IndexModel } from '../schema/model.js';
import { RowConverter } from './convert.js';
import type { EntitySnapshot, SchemaSnapshot } from './snapshot.js';
import type { Step } from './steps.js';

export type EntityPlan =
  | { readonly kind: 'add'; readonly after: EntitySnapshot }
  | { readonly kind: 'drop'; readonly before: EntitySnapshot }
  /** Rows stay as they are, byte for byte; names and indexes may change. */
  | {
      readonly kind: 'keep';
      readonly before: EntitySnapshot;
      readonly after: EntitySnapshot;
      readonly indexes: IndexChanges;
    }
  /** Every row is written anew, beside the old one. */
  | {
      readonly kind: 'rewrite';
      readonly before: EntitySnapshot;
      readonly after: EntitySnapshot;
      readonly converter: RowConverter;
      readonly changesKeys: boolean;
      /** Rows may as well stay as they are, for their records say all that is needed. */
      readonly mayLeave: boolean;
      /** Which indexes need not be written anew, where keys and rows of the archive do not come in between. */
      readonly indexes: IndexChanges;
    };

export type RewritePlan = Extract<EntityPlan, { kind: 'rewrite' }>;

export interface IndexChanges {
  /** Names, old and new, of indexes whose entries stay. */
  readonly keep: readonly (readonly [from: string, to: string])[];
  readonly build: readonly IndexModel[];
  readonly drop: readonly string[];
}

/** @param label names the migration in errors of its functions */
export function planEntities(
  before: SchemaSnapshot,
  after: SchemaSnapshot,
  steps: readonly Step[],
  label: string,
): readonly EntityPlan[] {
  const known = new Map(before.entities.map((entity) => [entity.id, entity]));
  const plans = after.entities.map((entity): EntityPlan => {
    const old = known.get(entity.id);
    known.delete(entity.id);
    return old === undefined ? { kind: 'add', after: entity } : planEntity(old, entity, steps, label);
  });
  return [...plans, ...[...known.values()].map((entity): EntityPlan => ({ kind: 'drop', before: entity }))];
}

/** Whether anything is done to the entity at all. */
export function isIdle(plan: EntityPlan): boolean {
  if (plan.kind !== 'keep') return false;
  const { before, after, indexes } = plan;
  const sameNames =
    before.model.storedName === after.model.storedName && indexes.keep.every(([from, to]) => from === to);
  return sameNames && indexes.build.length === 0 && indexes.drop.length === 0;
}

function planEntity(before: EntitySnapshot, after: EntitySnapshot, steps: readonly Step[], label: string): EntityPlan {
  const converter = new RowConverter(before, after, steps, label);
  const origins = converter.untouched();
  // A step that gives a key field a value may give rows another order: then nothing tells how far an earlier run came.
  const changesKeys = keyShape(before) !== keyShape(after) || after.model.key.fields.some((name) => !origins.has(name));
  if (changesKeys || !converter.changesNothing || recordShape(before) !== recordShape(after)) {
    const indexes = indexChanges(before, after, origins);
    const mayLeave = !changesKeys && mayLeaveRows(before, after, converter);
    return { kind: 'rewrite', before, after, converter, changesKeys, mayLeave, indexes };
  }
  return { kind: 'keep', before, after, indexes: indexChanges(before, after) };
}

/** Whether records of the old version say all that is needed to read them as rows of the new one. */
function mayLeaveRows(before: EntitySnapshot, after: EntitySnapshot, converter: RowConverter): boolean {
  const constants = converter.constants();
  // Merges judge such rows by their bytes.
  if (constants === null || [before, after].some(({ model }) => model.ttl ?? model.retainWhile)) return false;
  const untouched = converter.untouched();
  const old = new Map(before.model.fields.map((field) => [field.name, field]));
  return after.model.fields.every((field) => {
    const was = old.get(untouched.get(field.name) ?? '');
    return was === undefined ? Object.hasOwn(constants, field.name) : isSpliceable(was, field);
  });
}

/** @param untouched property names, new and old, of fields whose values stay, where not all do */
function indexChanges(
  before: EntitySnapshot,
  after: EntitySnapshot,
  untouched: ReadonlyMap<string, string> | null = null,
): IndexChanges {
  const left = new Map(before.model.indexes.map((index) => [index.name, indexShape(before, index)]));
  const keep: [string, string][] = [];
  const build: IndexModel[] = [];
  for (const index of after.model.indexes) {
    const shape = indexShape(after, index);
    const from = left.get(index.name) === shape ? index.name : [...left].find(([, other]) => other === shape)?.[0];
    const stays =
      untouched === null || entryFields(after.model, index).every((name) => isSame(before, after, name, untouched));
    if (from === undefined || !stays) build.push(index);
    else {
      keep.push([from, index.name]);
      left.delete(from);
    }
  }
  return { keep, build, drop: [...left.keys()] };
}

/** Property names of the fields that an index's entries hold values of. */
export function entryFields({ ttl }: EntityModel, { fields }: IndexModel): readonly string[] {
  return ttl === undefined ? fields : [...fields, ttl.field];
}

/** Whether a field of the new version has the values that it had, in the bytes that it had. */
function isSame(
  before: EntitySnapshot,
  after: EntitySnapshot,
  name: string,
  untouched: ReadonlyMap<string, string>,
): boolean {
  const now = after.model.fields.find((field) => field.name === name)!;
  const then = before.model.fields.find((field) => field.name === untouched.get(name));
  return then !== undefined && canonicalJson(slotShape(then)) === canonicalJson(slotShape(now));
}

/** What an index's entries are made of, whatever it and its fields are called. */
function indexShape(entity: EntitySnapshot, { fields, unique, caseInsensitive, multiEntry }: IndexModel): string {
  const { model } = entity;
  const ttl = model.ttl === undefined ? null : idOf(entity, model.ttl.field);
  return canonicalJson([fields.map((name) => idOf(entity, name)), unique, caseInsensitive, multiEntry, ttl]);
}

/** The layout of records, and which field stands where. */
function recordShape(entity: EntitySnapshot): string {
  const { model } = entity;
  const stored = model.fields.filter(({ name }) => !model.key.fields.includes(name));
  return canonicalJson(stored.map((field) => [idOf(entity, field.name), slotShape(field)]));
}

function keyShape(entity: EntitySnapshot): string {
  const fields = keyFields(entity.model);
  return canonicalJson([columnsSize(fields), fields.map((field) => [idOf(entity, field.name), slotShape(field)])]);
}

function idOf({ model, fieldIds }: EntitySnapshot, name: string): number | undefined {
  const field = model.fields.find((one) => one.name === name);
  return field === undefined ? undefined : fieldIds[field.storedName];
}

/** Names of the trees of an entity's indexes, by the name of the index. */
export function indexTree({ storedName }: EntityModel, index: string): string {
  return `${storedName}/${index}`;
}
