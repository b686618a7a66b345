// The rows of a tree as plain objects, for whoever counts or compares them.
import { interpretEntity } from '../codec/interpret-entity.js';
import type { PlainRow } from '../codec/interpret-record.js';
import type { Tree } from '../engine/api.js';
import type { EntityModel } from '../schema/model.js';

/** In key order. */
export function* plainRows(tree: Tree, model: EntityModel): Generator<PlainRow> {
  const entity = interpretEntity(model);
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
