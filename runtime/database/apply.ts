// Turns one row change into changes of trees: reads the old row, checks keys and unique indexes, and writes the record and the
// index entries that differ. All checks come before the first write, so a change that is refused leaves nothing behind.
import { KeyExistsError, NotFoundError, UniqueViolationError, ValidationError } from '../errors.js';
import { compareValues } from '../query/order.js';
import type { View } from '../query/view.js';
import type { RowChange } from './change.js';
import { AutoIncrement } from './key-generator.js';
import type { EntityTable } from './table.js';
import type { ChangeSink } from './write-set.js';

/**
 * Applies `change` to what `view` shows by writes to `sink`. Returns the row as it was written, or the one that was deleted
 * (undefined where there was none). Throws KeyExistsError, NotFoundError, UniqueViolationError or ValidationError.
 */
export function apply<Row, Key, Input>(
  change: RowChange<Row, Key, Input>,
  view: View,
  sink: ChangeSink,
): Row | undefined {
  const { table } = change;
  switch (change.kind) {
    case 'insert':
      return insert(table, change.row, view, sink);
    case 'put':
      return put(table, change.row, view, sink);
    case 'patch':
      return patch(table, change.key, change.values, view, sink);
    case 'delete':
      return remove(table, change.key, view, sink);
  }
}

function insert<Row, Key, Input>(table: EntityTable<Row, Key, Input>, row: Row, view: View, sink: ChangeSink): Row {
  const key = table.entity.keyOf(row);
  const end = table.writeKey(key);
  if (view.get(table.tree, table.key.bytes, end, table.found)) {
    throw new KeyExistsError(table.entity.model.name, key);
  }
  write(table, row, undefined, view, sink);
  return row;
}

function put<Row, Key, Input>(table: EntityTable<Row, Key, Input>, row: Row, view: View, sink: ChangeSink): Row {
  const key = table.entity.keyOf(row);
  let old: Row | undefined;
  // Only indexes need to know what the row was.
  if (table.indexes.length > 0) old = table.read(view, key);
  else table.writeKey(key);
  write(table, row, old, view, sink);
  return row;
}

function patch<Row, Key, Input>(
  table: EntityTable<Row, Key, Input>,
  key: Key,
  values: Partial<Input>,
  view: View,
  sink: ChangeSink,
): Row {
  const { model } = table.entity;
  const old = table.read(view, key);
  if (old === undefined) {
    throw new NotFoundError(
      'QDB4102',
      `${model.name} has no row with that primary key to update. Use put() to create it.`,
    );
  }
  const row = table.recreate({ ...old, ...values } as unknown as Input);
  for (const name of model.key.fields) {
    const [was, is] = [old, row].map((some) => (some as Record<string, unknown>)[name]);
    if (compareValues(was, is) !== 0) {
      throw new ValidationError(
        'QDB1130',
        `${model.name}.${name}`,
        'is part of the primary key, which update() cannot change. Put a new row and delete the old one.',
      );
    }
  }
  table.writeKey(key);
  write(table, row, old, view, sink);
  return row;
}

/**
 * Writes record and index entries; `table.key` holds the encoded key, `old` is the row that it replaces. Of a row that the entity
 * doesn't retain nothing is left.
 */
function write<Row, Key, Input>(
  table: EntityTable<Row, Key, Input>,
  row: Row,
  old: Row | undefined,
  view: View,
  sink: ChangeSink,
): void {
  const { entity, tree, key, indexes, retains } = table;
  if (retains !== null && !retains(row)) {
    erase(table, entity.keyOf(row), old, sink);
    return;
  }
  for (const index of indexes) {
    index.load(row, old);
    if (index.clashes(view, key)) {
      throw new UniqueViolationError(entity.model.name, index.model.name, index.valueOf(row));
    }
  }
  table.dropped?.keep(view, key, sink);
  entity.row.encode(row, sink.beginPut(tree, key.bytes, key.at));
  sink.endPut();
  for (const index of indexes) index.write(sink, key);
}

function remove<Row, Key, Input>(
  table: EntityTable<Row, Key, Input>,
  key: Key,
  view: View,
  sink: ChangeSink,
): Row | undefined {
  const row = table.read(view, key);
  if (row === undefined) return undefined;
  erase(table, key, row, sink);
  return row;
}

/** Deletes the row with that key, which `table.key` holds encoded, and the index entries of `old`, which it is. */
function erase<Row, Key, Input>(
  table: EntityTable<Row, Key, Input>,
  key: Key,
  old: Row | undefined,
  sink: ChangeSink,
): void {
  const { tree, key: encoded, indexes, generator } = table;
  sink.delete(tree, encoded.bytes, encoded.at);
  for (const index of indexes) {
    index.load(undefined, old);
    index.write(sink, encoded);
  }
  if (generator instanceof AutoIncrement) generator.deleted(key);
}
