// The steps that a migration is made of. A step is data that says what changes, not how, so that any store can carry it out;
// only where values have to be converted does it hold a function.
//
// What a step list means, entity by entity: a row of the new version begins with every field that the old one had under the
// same id, after renames; then each step fills in its fields, in the order of the list. Every function is given the whole old
// row, as it was before any step, and must not change it. Names are property names: of the new version, unless said otherwise.
import { createHash } from 'node:crypto';

/** A row as migrations see it: a plain object under property names. */
export type Row = Readonly<Record<string, unknown>>;

/** Rows by entity, as a version's snapshot module declares them. */
export type Rows = Readonly<Record<string, object>>;

/** The rows of the version that has no entities. */
export type NoRows = Readonly<Record<never, object>>;

/** One change between two versions, as data: it says what, not how. */
export type Step =
  | { readonly kind: 'addEntity' | 'dropEntity'; readonly entity: string }
  | { readonly kind: 'renameEntity'; readonly from: string; readonly to: string }
  /** What marks an entity changes (accessor, ttl, generated keys, defaults, roles, the order of fields), and no value. */
  | { readonly kind: 'changeEntity'; readonly entity: string }
  /** Other fields, or other types of them, make the primary key. */
  | { readonly kind: 'changeKey'; readonly entity: string }
  /** `value` is what rows that are there get: a constant, or a function of the old row; none where it may be missing. */
  | { readonly kind: 'addField'; readonly entity: string; readonly field: string; readonly value?: unknown }
  | { readonly kind: 'dropField'; readonly entity: string; readonly field: string }
  | { readonly kind: 'renameField'; readonly entity: string; readonly from: string; readonly to: string }
  /** Another type, or another answer to what may be missing. Without `convert`, every old value is a new one as it stands. */
  | {
      readonly kind: 'changeField';
      readonly entity: string;
      readonly field: string;
      readonly convert?: (value: unknown, row: Row) => unknown;
    }
  | {
      readonly kind: 'splitField';
      readonly entity: string;
      /** Of the old version. */
      readonly from: string;
      readonly into: readonly string[];
      readonly convert: (row: Row) => Row;
    }
  | {
      readonly kind: 'mergeFields';
      readonly entity: string;
      /** Of the old version. */
      readonly from: readonly string[];
      readonly into: string;
      readonly convert: (row: Row) => unknown;
    }
  | { readonly kind: 'encryptField' | 'decryptField'; readonly entity: string; readonly field: string }
  /** `index` is the index's name in the new version (add) or in the old one (drop). */
  | { readonly kind: 'addIndex' | 'dropIndex'; readonly entity: string; readonly index: string }
  /** The same columns under another name, because a field got another name. */
  | { readonly kind: 'renameIndex'; readonly entity: string; readonly from: string; readonly to: string }
  /** The whole new row out of the old one. */
  | { readonly kind: 'transform'; readonly entity: string; readonly convert: (row: Row) => Row };

/** The kinds of steps that there are. */
export type StepKind = Step['kind'];

/** The row type of an entity in a version; loose where the version doesn't have it under that name. */
export type RowOf<Version, Entity> = Entity extends keyof Version ? Version[Entity] : Record<string, unknown>;
type FieldOf<Version, Entity> = keyof RowOf<Version, Entity> & string;
type ValueOf<Version, Entity, Field> = Field extends keyof RowOf<Version, Entity>
  ? RowOf<Version, Entity>[Field]
  : unknown;

/** Makes steps from version `From` to version `To`, and has the compiler check names, values and converters. */
export interface StepBuilder<From, To> {
  addEntity(entity: keyof To & string): Step;
  dropEntity(entity: keyof From & string): Step;
  renameEntity(from: keyof From & string, to: keyof To & string): Step;
  changeEntity(entity: keyof To & string): Step;
  changeKey(entity: keyof To & string): Step;
  /** A field that may be missing needs no value. */
  addField<E extends keyof To & string, F extends FieldOf<To, E>>(
    entity: E,
    field: F,
    value?: ValueOf<To, E, F> | ((row: RowOf<From, E>) => ValueOf<To, E, F>),
  ): Step;
  dropField<E extends keyof To & string>(entity: E, field: FieldOf<From, E>): Step;
  renameField<E extends keyof To & string>(entity: E, from: FieldOf<From, E>, to: FieldOf<To, E>): Step;
  changeField<E extends keyof To & string, F extends FieldOf<To, E>>(
    entity: E,
    field: F,
    convert?: (value: ValueOf<From, E, F>, row: RowOf<From, E>) => ValueOf<To, E, F>,
  ): Step;
  splitField<E extends keyof To & string, F extends FieldOf<To, E>>(
    entity: E,
    from: FieldOf<From, E>,
    into: readonly F[],
    convert: (row: RowOf<From, E>) => Pick<RowOf<To, E>, F & keyof RowOf<To, E>>,
  ): Step;
  mergeFields<E extends keyof To & string, F extends FieldOf<To, E>>(
    entity: E,
    from: readonly FieldOf<From, E>[],
    into: F,
    convert: (row: RowOf<From, E>) => ValueOf<To, E, F>,
  ): Step;
  encryptField<E extends keyof To & string>(entity: E, field: FieldOf<To, E>): Step;
  decryptField<E extends keyof To & string>(entity: E, field: FieldOf<To, E>): Step;
  addIndex(entity: keyof To & string, index: string): Step;
  dropIndex(entity: keyof To & string, index: string): Step;
  renameIndex(entity: keyof To & string, from: string, to: string): Step;
  transform<E extends keyof To & string>(entity: E, convert: (row: RowOf<From, E>) => RowOf<To, E>): Step;
}

type Convert = (...values: never[]) => unknown;
/** Functions are kept as they are: the builder's types have said what they take. */
const loose = <Loose>(convert: Convert): Loose => convert as Loose;

/** The one builder there is; its types are what differs between migrations. */
export const STEPS: StepBuilder<Rows, Rows> = Object.freeze<StepBuilder<Rows, Rows>>({
  addEntity: (entity) => ({ kind: 'addEntity', entity }),
  dropEntity: (entity) => ({ kind: 'dropEntity', entity }),
  renameEntity: (from, to) => ({ kind: 'renameEntity', from, to }),
  changeEntity: (entity) => ({ kind: 'changeEntity', entity }),
  changeKey: (entity) => ({ kind: 'changeKey', entity }),
  addField: (entity, field, value) => ({ kind: 'addField', entity, field, ...(value === undefined ? {} : { value }) }),
  dropField: (entity, field) => ({ kind: 'dropField', entity, field }),
  renameField: (entity, from, to) => ({ kind: 'renameField', entity, from, to }),
  changeField: (entity, field, convert) => ({
    kind: 'changeField',
    entity,
    field,
    ...(convert === undefined ? {} : { convert: loose<(value: unknown, row: Row) => unknown>(convert) }),
  }),
  splitField: (entity, from, into, convert) => ({
    kind: 'splitField',
    entity,
    from,
    into,
    convert: loose<(row: Row) => Row>(convert),
  }),
  mergeFields: (entity, from, into, convert) => ({
    kind: 'mergeFields',
    entity,
    from,
    into,
    convert: loose<(row: Row) => unknown>(convert),
  }),
  encryptField: (entity, field) => ({ kind: 'encryptField', entity, field }),
  decryptField: (entity, field) => ({ kind: 'decryptField', entity, field }),
  addIndex: (entity, index) => ({ kind: 'addIndex', entity, index }),
  dropIndex: (entity, index) => ({ kind: 'dropIndex', entity, index }),
  renameIndex: (entity, from, to) => ({ kind: 'renameIndex', entity, from, to }),
  transform: (entity, convert) => ({ kind: 'transform', entity, convert: loose<(row: Row) => Row>(convert) }),
});

/** 64 hex digits over what steps say and the text of their functions: steps that somebody has mended have another one. */
export function stepsFingerprint(steps: readonly Step[]): string {
  const text = JSON.stringify(steps, (_, value: unknown) => {
    if (typeof value === 'function') return Function.prototype.toString.call(value);
    return typeof value === 'bigint' ? `${value}n` : value;
  });
  return createHash('sha256').update(text).digest('hex');
}
