// The errors of the whole project: each a subclass of QuantaError with a stable code.
// QDB1xxx schema and values, QDB2xxx query, QDB3xxx migration, QDB4xxx storage, QDB5xxx security; docs/errors.md lists them all.

/** The base of every error that QuantaDB throws on purpose. `code` is stable; `message` says what to do. */
export abstract class QuantaError extends Error {
  /** Stable, documented code such as `QDB4001`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** A schema is impossible, or a schema and the code that uses it disagree. QDB10xx. */
export class SchemaError extends QuantaError {}

/** quantadb.config or a generated file is not as it must be. QDB19xx. */
export class ConfigError extends QuantaError {}

/** A value doesn't fit its field. QDB11xx. `path` names the field, as `User.tags[3]`. */
export class ValidationError extends QuantaError {
  readonly path: string;

  constructor(code: string, path: string, message: string) {
    super(code, `${path} ${message}`);
    this.path = path;
  }
}

/** A query can't be answered as written. QDB2xxx. */
export class QueryError extends QuantaError {}

/** The stored schema isn't the one that the code was generated from. QDB3xxx. */
export class SchemaMismatchError extends QuantaError {
  /** One line per difference, for people. */
  readonly differences: readonly string[];

  constructor(code: string, message: string, differences: readonly string[]) {
    super(code, message);
    this.differences = differences;
  }
}

/** A migration, its files or its history is not as it must be, or it failed; the database is at the version where it was. QDB3xxx. */
export class MigrationError extends QuantaError {}

/** Files, space, locks, limits: what happens below the rows. QDB4xxx. */
export class StorageError extends QuantaError {}

/** Bytes on disk are not what was written: never answered with a guess. QDB4010. */
export class CorruptionError extends StorageError {
  readonly file: string;
  /** Offset in bytes from the start of `file`. */
  readonly offset: number;

  constructor(file: string, offset: number, what: string, options?: ErrorOptions) {
    super(
      'QDB4010',
      `${file} is damaged at byte ${offset}: ${what}. Restore a backup, or salvage with \`quantadb doctor\`.`,
      options,
    );
    this.file = file;
    this.offset = offset;
  }
}

/** The file system failed to give what stands in a file, or the file itself. Nothing is known to be damaged. QDB4033. */
export class ReadFailedError extends StorageError {
  readonly file: string;
  /** Offset in bytes from the start of `file`; undefined where the file could not be opened. */
  readonly offset: number | undefined;

  constructor(file: string, offset: number | undefined, cause: Error) {
    const what = offset === undefined ? `${file} cannot be opened` : `${file} cannot be read at byte ${offset}`;
    super(
      'QDB4033',
      `${what}: ${cause.message}. Nothing was changed: check the disk, the permissions and the limit of open files, then try again.`,
      { cause },
    );
    this.file = file;
    this.offset = offset;
  }
}

/** Another process (or this one) has the database open. QDB4020. */
export class DatabaseLockedError extends StorageError {
  readonly path: string;
  /** Process id of the owner, where it is known. */
  readonly pid: number | undefined;

  /** @param thread of this very process, where that is the owner; 0 is the main one */
  constructor(path: string, pid: number | undefined, thread?: number) {
    super('QDB4020', `${path} is open in ${ownerText(pid, thread)}, or open another path.`);
    this.path = path;
    this.pid = pid;
  }
}

/** This can only be read: after a sync to disk failed, until the database is reopened (QDB4030); a snapshot (QDB4114). */
export class ReadOnlyError extends StorageError {}

/** The database or transaction was used after close. QDB4040. */
export class ClosedError extends StorageError {}

/** A named limit (key size, value size, batch size, number of trees) is passed. QDB4050. */
export class LimitError extends StorageError {}

/** The disk is full: this write failed and left nothing; the next may succeed. QDB4060. */
export class DiskFullError extends StorageError {}

/** Encoded bytes of a row don't parse. QDB4070. */
export class CodecError extends StorageError {}

/** `insert` met an existing primary key. QDB4100. */
export class KeyExistsError extends StorageError {
  readonly entity: string;
  readonly key: unknown;

  constructor(entity: string, key: unknown) {
    super('QDB4100', `${entity} ${show(key)} exists already. Use put() to replace it, or update() to change fields.`);
    this.entity = entity;
    this.key = key;
  }
}

/** A write would put one value twice into a unique index; nothing of that write stays. QDB4101. */
export class UniqueViolationError extends StorageError {
  readonly entity: string;
  /** Stored name of the index, as in `email`. */
  readonly index: string;
  readonly value: unknown;

  constructor(entity: string, index: string, value: unknown) {
    super('QDB4101', `${entity} has another row whose unique index "${index}" holds ${show(value)}.`);
    this.entity = entity;
    this.index = index;
    this.value = value;
  }
}

/** `update` named a primary key that has no row. QDB4102. */
export class NotFoundError extends StorageError {}

/** An optimistic transaction lost against others too often. QDB4110. */
export class ConflictError extends StorageError {}

/** What was seen has been taken back since: the disk refused a commit that was in it. It never was. QDB4119. */
export class UndoneError extends StorageError {
  /** @param reader what saw it: `snapshot`, say */
  constructor(reader: string) {
    super(
      'QDB4119',
      `The ${reader} saw a commit that the disk then refused, so that it never was. Forget what was read, and begin anew.`,
    );
  }
}

/** A past was asked for that is not kept, or a future. QDB4117. */
export class HistoryError extends StorageError {
  /** The earliest date that can be asked for, and the first commit; undefined where no history is kept. */
  readonly oldest: Date | undefined;
  readonly oldestSequence: number | undefined;

  constructor(what: string, oldest?: Date, oldestSequence?: number) {
    super('QDB4117', what);
    this.oldest = oldest;
    this.oldestSequence = oldestSequence;
  }
}

/** Encryption, roles, audit. QDB5xxx. */
export class SecurityError extends QuantaError {}

function ownerText(pid: number | undefined, thread: number | undefined): string {
  if (pid === undefined) return 'another process. Close it there';
  if (thread === undefined) return `process ${pid}. Close it there`;
  if (thread === 0) return `this very process (${pid}), in its main thread. Close it there`;
  return `this very process (${pid}), in its worker thread ${thread}. Close it there (restart the process if that thread has ended without close())`;
}

function show(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  try {
    return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? String(value);
  } catch {
    return String(value);
  }
}
