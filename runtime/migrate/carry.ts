// The faster way of rows through a migration that leaves most of each row as it is: what stays is copied as it is stored, and only
// what the steps make is encoded. Where no step looks at the row, it is not decoded either.
import { ByteSpan, ByteWriter } from '../bytes/writer.js';
import { interpretEntity, type PlainEntity } from '../codec/interpret-entity.js';
import type { PlainRow } from '../codec/interpret-record.js';
import { RecordWriter } from '../codec/interpret-write.js';
import { isSpliceable, RecordSplicer } from '../codec/splice.js';
import type { Tree } from '../engine/api.js';
import type { EntityModel, Field } from '../schema/model.js';
import type { RowConverter } from './convert.js';
import { entityOf, type RowReader } from './rows.js';
import type { EntitySnapshot } from './snapshot.js';

export class CarriedRows implements RowReader {
  private readonly before: PlainEntity;
  private readonly after: PlainEntity;
  private readonly splicer: RecordSplicer;
  /** Of the fields that are not copied. */
  private readonly writer: RecordWriter;
  private readonly buffer = new ByteWriter(1024);
  private readonly made = new ByteSpan();
  /** What the steps make of every row, where that is all that anybody asks for. */
  private readonly constants: PlainRow | null;

  /**
   * Null where rows have to go the long way.
   * @param source where the rows are
   * @param wanted property names of the fields that are to be in the rows that {@link add} answers
   */
  static of(
    source: Tree,
    before: EntitySnapshot,
    after: EntitySnapshot,
    converter: RowConverter,
    wanted: readonly string[],
  ): CarriedRows | null {
    const origins = converter.untouched();
    if (after.model.key.fields.some((name) => !origins.has(name))) return null;
    return new CarriedRows(source, before.model, after.model, converter, origins, wanted);
  }

  private constructor(
    source: Tree,
    before: EntityModel,
    after: EntityModel,
    private readonly converter: RowConverter,
    origins: ReadonlyMap<string, string>,
    wanted: readonly string[],
  ) {
    this.before = entityOf(source, before);
    this.after = interpretEntity(after);
    const old = new Map(before.fields.map((field) => [field.name, field]));
    const isCopied = (field: Field): boolean => {
      const from = old.get(origins.get(field.name) ?? '');
      return from !== undefined && !before.key.fields.includes(from.name) && isSpliceable(from, field);
    };
    const fields = after.fields.filter((field) => !after.key.fields.includes(field.name) && !isCopied(field));
    const rest: EntityModel = { ...after, key: { ...after.key, fields: [] }, fields };
    this.writer = new RecordWriter(rest);
    this.splicer = new RecordSplicer([before, rest], after, (field) =>
      isCopied(field) ? { record: 0, name: origins.get(field.name)! } : { record: 1, name: field.name },
    );
    const constants = converter.constants();
    const isEnough =
      constants !== null &&
      [...wanted, ...fields.map(({ name }) => name)].every((name) => Object.hasOwn(constants, name));
    this.constants = isEnough ? constants : null;
    if (this.constants !== null) this.make(this.constants);
  }

  /**
   * Appends the record of the new version.
   * @returns the row, or of it what the steps have made, if that is all that is wanted
   * @throws MigrationError as {@link RowConverter.convert}
   */
  add(key: ByteSpan, record: ByteSpan, out: ByteWriter): PlainRow {
    if (this.constants !== null && this.splicer.splice(record, this.made, out)) return this.constants;
    const row = this.whole(key, record);
    if (this.constants === null) {
      this.make(row);
      if (this.splicer.splice(record, this.made, out)) return row;
    }
    this.after.row.encode(row, out);
    return row;
  }

  /** The row of the new version, or of it what the steps have made, if that is all that is wanted. */
  row(key: ByteSpan, record: ByteSpan): PlainRow {
    return this.constants ?? this.whole(key, record);
  }

  whole(key: ByteSpan, record: ByteSpan): PlainRow {
    const { before } = this;
    return this.converter.convert(before.row.decode(record, before.key.read(key.bytes, key.start, key.end)));
  }

  private make(row: PlainRow): void {
    const { buffer, made } = this;
    buffer.at = 0;
    this.writer.encode(row, buffer);
    made.bytes = buffer.bytes;
    made.view = buffer.view;
    made.end = buffer.at;
  }
}
