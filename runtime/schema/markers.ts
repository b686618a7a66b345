// The markers of entity classes: decorators that do nothing when they run, because the compiler reads them out of the
// source (transformer/analyze) and hosts blank them. They type-check as standard and as `experimentalDecorators`.

/**
 * A marker of a class; the two signatures are those of standard and of experimental decorators. The target is any class,
 * also one with a private constructor: rows are made without running it.
 */
export interface ClassMarker {
  (target: object, context: ClassDecoratorContext): void;
  (target: object): void;
}

/** A marker of a field; the two signatures are those of standard and of experimental decorators. */
export interface FieldMarker {
  (target: undefined, context: ClassFieldDecoratorContext): void;
  (target: object, property: string | symbol): void;
}

/** A marker that may stand on a class and on a field. */
export type AnyMarker = ClassMarker & FieldMarker;

/** A span of time: `'90s'`, `'15m'`, `'12h'`, `'30d'`, `'2w'`. */
export type Duration = `${number}${'s' | 'm' | 'h' | 'd' | 'w'}`;

/** What is said of an entity as a whole: `@QuantaEntity({ ttl: '30d', ttlField: 'createdAt' })`. */
// biome-ignore lint/suspicious/noExplicitAny: a decorator can't tell its arguments which class it stands on
export interface EntityOptions<Row = any> {
  /** Property on the database; default: the class name in lower camel case (`OrderLine` is `db.orderLine`). */
  readonly accessor?: string;
  /** How long a row lives, from the date in `ttlField` on: then no read finds it, and the next merge removes it from disk. */
  readonly ttl?: Duration;
  /** The property, a `Date` that every row has, from which `ttl` counts. */
  readonly ttlField?: string;
  /**
   * Which rows stay: storing one of which it isn't true deletes it, and so does the first opening with another predicate. It is
   * lowered like a query's, and stored: it compares fields of the row with constants that are written in it.
   */
  readonly retainWhile?: (row: Row) => unknown;
}

/** How missing keys come about: `@PrimaryKey({ autoIncrement: true })`, `@PrimaryKey({ generate: 'uuidv7' })`. */
export interface PrimaryKeyOptions {
  /** Numbers and bigints: a missing key becomes one more than the highest that the entity ever had. */
  readonly autoIncrement?: boolean;
  /** Strings: a missing key is generated. Both kinds sort by time of creation. */
  readonly generate?: 'ulid' | 'uuidv7';
  /** Further key fields, by property name, in key order behind the marked one. */
  readonly composite?: readonly string[];
}

/** What an index is: `@Index({ unique: true })`. */
export interface IndexOptions {
  /** No two rows may hold the same value (rows with a null or undefined column are exempt). */
  readonly unique?: boolean;
  /** Further columns, by property name, in order behind the marked one. */
  readonly composite?: readonly string[];
  /** Compares string columns by `toLowerCase()`. */
  readonly caseInsensitive?: boolean;
}

/** How a field is encrypted: `@Encrypted({ algorithm: AES256 })`. */
export interface EncryptedOptions {
  readonly algorithm: typeof AES256;
}

/** Who may read a field: `@VisibleTo({ roles: ['admin'] })`. */
export interface VisibleToOptions {
  readonly roles: readonly string[];
}

/** AES-256-GCM, for `@Encrypted({ algorithm: AES256 })`. */
export const AES256 = 'aes-256-gcm';

/** Stores the class: each instance is a row. Needs one `@PrimaryKey()` field and an exported, concrete class. */
// biome-ignore lint/suspicious/noExplicitAny: see EntityOptions
export function QuantaEntity<Row = any>(_options?: EntityOptions<Row>): ClassMarker {
  return nothing;
}

/** Lets the class be the type of a field: its instances are stored inside the row that owns them. */
export function Embedded(): ClassMarker {
  return nothing;
}

/**
 * Makes the field the row's identity. Its type is a number, string or bigint, neither optional nor nullable.
 * @example
 * ```ts
 * @PrimaryKey({ autoIncrement: true }) id!: number;
 * @PrimaryKey({ generate: 'uuidv7' }) id!: string;
 * @PrimaryKey({ composite: ['line'] }) orderId!: number; line!: number;
 * ```
 */
export function PrimaryKey(_options?: PrimaryKeyOptions): FieldMarker {
  return nothing;
}

/**
 * Keeps an index over the field, or over the field and the `composite` ones behind it; several may stand on one field.
 * On an array each distinct element gets an entry, so that `tags.includes('vip')` is answered from it.
 * @example
 * ```ts
 * @Index({ unique: true, caseInsensitive: true }) email!: string;
 * @Index({ composite: ['name'] }) country!: string;
 * ```
 */
export function Index(_options?: IndexOptions): FieldMarker {
  return nothing;
}

/** Leaves the field out of the stored row. Rows that are read don't have it: no initializer runs for them. */
export function Ignore(): FieldMarker {
  return nothing;
}

/** The name that the class or field has on disk, so that it can be renamed in the source without a migration. */
export function Name(_storedName: string): AnyMarker {
  return nothing;
}

/**
 * What a missing field becomes: a literal (copied for each row), or `() => new Date()` for the time of the write.
 * An initializer (`score = 0`) says the same.
 */
export function Default(_value: unknown): FieldMarker {
  return nothing;
}

/** Encrypts the field on disk. */
export function Encrypted(_options: EncryptedOptions): FieldMarker {
  return nothing;
}

/** Shows the field only to users who have one of the roles. */
export function VisibleTo(_options: VisibleToOptions): FieldMarker {
  return nothing;
}

/** A whole number from -128 to 127, in 1 byte. This and the other number types are checked on write. */
export type Int8 = number;
/** A whole number from -32,768 to 32,767, in 2 bytes. */
export type Int16 = number;
/** A whole number from -2,147,483,648 to 2,147,483,647, in 4 bytes. */
export type Int32 = number;
/** A whole number from 0 to 255, in 1 byte. */
export type UInt8 = number;
/** A whole number from 0 to 65,535, in 2 bytes. */
export type UInt16 = number;
/** A whole number from 0 to 4,294,967,295, in 4 bytes. */
export type UInt32 = number;
/** A number rounded to 24 significant bits, in 4 bytes. */
export type Float32 = number;
/** A bigint from -2^63 to 2^63 - 1, in 8 bytes. */
export type Int64 = bigint;
/** A bigint from 0 to 2^64 - 1, in 8 bytes. */
export type UInt64 = bigint;

function nothing(): void {}
