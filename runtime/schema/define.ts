// The markers of entity classes without decorators, for runtimes that can't parse any. Like decorators they are read out of
// the source and do nothing when they run; both ways give the same schema, to the byte.
import type { EncryptedOptions, EntityOptions, IndexOptions, PrimaryKeyOptions, VisibleToOptions } from './markers.js';

/** What `primaryKey()`, `index()` and their like return: nothing that could be used, but only they make one. */
export interface FieldDefinition {
  readonly [definition]: true;
}

declare const definition: unique symbol;

/** One or more definitions for each field that needs any. */
export type FieldDefinitions<Row> = {
  readonly [Name in keyof Row]?: FieldDefinition | readonly FieldDefinition[];
};

/** What `defineEntity` says of an entity besides its fields: the options of `@QuantaEntity`, and its name on disk. */
export interface EntityDefinition<Row> extends EntityOptions<Row> {
  /** The name that the class has on disk, as `@Name` says it. */
  readonly storedAs?: string;
}

/** A class, whatever its constructor is: rows are made without running it. */
interface ClassOf<Row> {
  readonly prototype: Row;
}

/**
 * Stores a class, as `@QuantaEntity()` does. It stands as a statement of its own in the file of the class, and what it is
 * given is written out there.
 * @example
 * ```ts
 * export class User {
 *   id!: number;
 *   email!: string;
 * }
 * defineEntity(User, { id: primaryKey({ autoIncrement: true }), email: index({ unique: true }) });
 * ```
 */
export function defineEntity<Row>(
  _class: ClassOf<Row>,
  _fields: FieldDefinitions<NoInfer<Row>>,
  _options?: EntityDefinition<NoInfer<Row>>,
): void {}

/** Lets a class be the type of a field, as `@Embedded()` does. */
export function defineEmbedded<Row>(_class: ClassOf<Row>, _fields?: FieldDefinitions<NoInfer<Row>>): void {}

/** `@PrimaryKey(...)` */
export function primaryKey(_options?: PrimaryKeyOptions): FieldDefinition {
  return NOTHING;
}

/** `@Index(...)` */
export function index(_options?: IndexOptions): FieldDefinition {
  return NOTHING;
}

/** `@Ignore()` */
export function ignored(): FieldDefinition {
  return NOTHING;
}

/** `@Name(...)`: the name that the field has on disk. */
export function storedAs(_storedName: string): FieldDefinition {
  return NOTHING;
}

/** `@Default(...)` */
export function defaultsTo(_value: unknown): FieldDefinition {
  return NOTHING;
}

/** `@Encrypted(...)` */
export function encrypted(_options: EncryptedOptions): FieldDefinition {
  return NOTHING;
}

/** `@VisibleTo(...)` */
export function visibleTo(_options: VisibleToOptions): FieldDefinition {
  return NOTHING;
}

const NOTHING = Object.freeze({}) as FieldDefinition;
