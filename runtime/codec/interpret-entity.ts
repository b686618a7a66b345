// An entity's codecs out of its model alone: the same contract that generated code fulfils, slower, for rows that are plain
// objects. Migrations run on it, for they meet versions of the schema that no code was generated for.
import type { ByteWriter } from '../bytes/writer.js';
import { entityFingerprint } from '../schema/fingerprint.js';
import type { EntityModel, Field, IndexModel, Slot } from '../schema/model.js';
import type { EntityRuntime, IndexCodec, KeyCodec } from './codec.js';
import { checkRow, checkSlot } from './interpret-check.js';
import {
  columnsSize,
  indexColumns,
  indexEntries,
  keyFields,
  readKeyFields,
  readOnlyColumn,
  writeColumn,
  writeColumns,
} from './interpret-key.js';
import { type PlainRow, RecordInterpreter, setField } from './interpret-record.js';
import { RecordWriter } from './interpret-write.js';

export type PlainEntity = EntityRuntime<PlainRow, unknown, PlainRow>;

/** Keys are what generated code has: the field's value, or an object of the fields of a composite key. */
export function interpretEntity(model: EntityModel): PlainEntity {
  const record = new RecordInterpreter(model);
  const writer = new RecordWriter(model);
  const columns = keyFields(model);
  const isComposite = columns.length > 1;
  const keyOf = (row: PlainRow): unknown =>
    isComposite ? Object.fromEntries(columns.map(({ name }) => [name, row[name]])) : row[columns[0]!.name];
  const keyRow = (key: unknown): PlainRow => (isComposite ? (key as PlainRow) : { [columns[0]!.name]: key });
  const keyComesFirst = columns.every((column, i) => column === model.fields[i]);
  return {
    model,
    fingerprint: entityFingerprint(model),
    row: {
      encode: (row, out, layout) => writer.encode(row, out, layout),
      decode: keyComesFirst
        ? (src, key, layout) => record.decode(src, isComposite ? { ...keyRow(key) } : keyRow(key), layout)
        : (src, key, layout) => inOrder(model.fields, record.decode(src, { ...keyRow(key) }, layout)),
    },
    key: interpretKey(model, columns, keyRow, keyOf),
    indexes: model.indexes.map((index) => interpretIndex(model, index)),
    keyOf,
    create(input) {
      const problem = checkRow(model, input);
      if (problem !== null) throw problem.toError();
      return inOrder(model.fields, input);
    },
    check: (input) => checkRow(model, input),
  };
}

/** The fields of the model, in its order: rows of one entity have one shape. */
function inOrder(fields: readonly Field[], row: PlainRow): PlainRow {
  const ordered: PlainRow = {};
  for (const { name } of fields) setField(ordered, name, row[name]);
  return ordered;
}

function interpretKey(
  model: EntityModel,
  columns: readonly Field[],
  keyRow: (key: unknown) => PlainRow,
  keyOf: (row: PlainRow) => unknown,
): KeyCodec<unknown> {
  return {
    size: columnsSize(columns),
    write(key, out) {
      const row = keyRow(key);
      for (const column of columns) writeColumn(column, row[column.name], out);
    },
    read: (bytes, start, end) => {
      if (columns.length === 1) return readOnlyColumn(columns[0]!, bytes, start, end, model.name);
      const key = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
      return keyOf(readKeyFields(model, key));
    },
    writeColumn: (position, value, out) => writeChecked(columns[position], value, out),
  };
}

function interpretIndex(model: EntityModel, index: IndexModel): IndexCodec<PlainRow> {
  const columns = indexColumns(model, index);
  return {
    name: index.name,
    unique: index.unique,
    size: columnsSize(columns),
    write(row, out, ends) {
      if (!index.multiEntry) {
        const isWhole = writeColumns(columns, index, row, out);
        ends.push(out.at);
        return isWhole;
      }
      const { entries, isWhole } = indexEntries(model, index, row);
      for (const entry of entries) {
        out.append(entry);
        ends.push(out.at);
      }
      return isWhole;
    },
    writeColumn(position, value, out) {
      const folded = index.caseInsensitive && typeof value === 'string' ? value.toLowerCase() : value;
      return writeChecked(columns[position], folded, out);
    },
  };
}

function writeChecked(column: Slot | undefined, value: unknown, out: ByteWriter): boolean {
  if (column === undefined || checkSlot(column, value, '') !== null) return false;
  writeColumn(column, value, out);
  return true;
}
