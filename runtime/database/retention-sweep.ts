// Deletes what a new `retainWhile` refuses: rows that were stored under another predicate, or none, and their index entries. It runs
// in the opening that brings the predicate, before anything is read, so that no read, count or unique index ever meets such a row.
// Zone maps pass over blocks in which the predicate holds for every row; the others are told from their encoded records.
import { layoutNumber } from '../codec/codec.js';
import type { Engine, Scan } from '../engine/api.js';
import { columnBounds } from '../query/column-bounds.js';
import type { Expression } from '../query/expression.js';
import { retainsEntry } from '../query/retention.js';
import { layoutOf } from '../query/row-filter.js';
import type { EntityModel } from '../schema/model.js';
import type { EntityTable } from './table.js';

/** Commits of a sweep are cut there. In bytes. */
const BATCH_BYTES = 1024 * 1024;

/** Returns the number of rows that went. What an earlier sweep, cut off by a crash, has deleted is no longer there to be found. */
export function sweepRefused(table: EntityTable<unknown, unknown, unknown>, engine: Engine): number {
  const { entity, tree, indexes, key } = table;
  const { model } = entity;
  const number = layoutNumber(entity);
  const holds = retainsEntry(model, number);
  const batch = engine.createBatch();
  let swept = 0;
  const cursor = tree.cursor({}, { scan: scanForRefused(model, number) });
  try {
    while (cursor.next()) {
      if (holds(cursor.key, cursor.value)) continue;
      const { bytes, start, end } = cursor.key;
      key.at = 0;
      key.append(bytes, start, end);
      const row = entity.row.decode(cursor.value, entity.key.read(bytes, start, end));
      batch.delete(tree, key.bytes, key.at);
      for (const index of indexes) {
        index.load(undefined, row);
        index.write(batch, key);
      }
      swept++;
      if (batch.byteLength < BATCH_BYTES) continue;
      engine.writeSync(batch);
      batch.clear();
    }
  } finally {
    cursor.close();
  }
  if (batch.count > 0) engine.writeSync(batch);
  return swept;
}

/** Passes over blocks that hold no row of which the predicate is false. */
function scanForRefused(model: EntityModel, lead: number): Scan {
  const refused = negation(model.retainWhile!);
  const predicate = (): boolean => true;
  const bounds = columnBounds(model, layoutOf(model), [{ predicate, expression: refused, parameters: [] }]);
  return { lead, bounds, blocksRead: 0, blocksSkipped: 0 };
}

/** True where `expression` isn't; in a form of which zone maps know something, if there is one. */
function negation(expression: Expression): Expression {
  switch (expression.op) {
    case '!':
      return expression.arg;
    case '!==':
      return { ...expression, op: '===' };
    case '||':
      return { op: '&&', args: expression.args.map(negation) };
    default:
      return { op: '!', arg: expression };
  }
}
