// The rows of a tree as plain objects, for whoever counts or compares them.
import type { ByteSpan } from '../bytes/writer.js';
import { withLayout } from '../codec/codec.js';
import { interpretEntity, type PlainEntity } from '../codec/interpret-entity.js';
import type { PlainRow } from '../codec/interpret-record.js';
import { FIRST_LAYOUT } from '../codec/layout.js';
import type { Tree } from '../engine/api.js';
import type { EntityModel } from '../schema/model.js';

/** The entity whose rows a tree shows, in the layout that it shows them in. */
export function entityOf(tree: Tree, model: EntityModel): PlainEntity {
  return withLayout(interpretEntity(model), tree.lead ?? FIRST_LAYOUT);
}

/** How the entries of a tree are read as rows of the new version. */
export interface RowReader {
  /** At least what indexes are about. */
  row(key: ByteSpan, record: ByteSpan): PlainRow;
  whole(key: ByteSpan, record: ByteSpan): PlainRow;
}

/** Rows that are as they are to be. */
export function rowsOf(tree: Tree, model: EntityModel): RowReader {
  const entity = entityOf(tree, model);
  const whole = (key: ByteSpan, record: ByteSpan): PlainRow =>
    entity.row.decode(record, entity.key.read(key.bytes, key.start, key.end));
  return { row: whole, whole };
}

/** In key order. */
export function* plainRows(tree: Tree, model: EntityModel): Generator<PlainRow> {
  const entity = entityOf(tree, model);
  const cursor = tree.cursor();
  try {
    while (cursor.next()) {
      const { key, value } = cursor;
      yield entity.row.decode(value, entity.key.read(key.bytes, key.start, key.end));
    }
  } finally {
    cursor.close();
  }
}
