// Changes that leave rows as they are: fields that are added with one value for all or dropped, numbers that get wider, marks of what
// may be missing. Old records keep the number of their layout and are upgraded when they are read (codec/layouts.ts). What they hold of
// dropped fields goes into the archive when they are overwritten (database/dropped-fields.ts), or here, before all are.
import { LAST_LAYOUT } from '../codec/layout.js';
import type { Version } from '../codec/layouts.js';
import { DroppedFields } from '../database/dropped-fields.js';
import { keptLayouts } from '../database/tree-layouts.js';
import type { Engine, Tree } from '../engine/api.js';
import { archiveTree, type Direction, opposite } from './names.js';
import type { EntityPlan, RewritePlan } from './plan.js';
import type { EntitySnapshot } from './snapshot.js';

/** Commits of what is archived are cut there. */
const BATCH_BYTES = 1024 * 1024;

/** Whether a plan leaves the rows of this database as they are. */
export function leavesRows(
  engine: Engine,
  id: string,
  direction: Direction,
  plan: EntityPlan,
): plan is RewritePlan & { readonly mayLeave: true } {
  if (plan.kind !== 'rewrite' || !plan.mayLeave) return false;
  const source = engine.trees.get(plan.before.model.storedName);
  if (source === undefined || source.lead === LAST_LAYOUT) return false;
  // What the way back has kept may know better than the steps.
  return !engine.trees.has(archiveTree(id, opposite(direction), plan.after.model.storedName));
}

export function dropsFields(before: EntitySnapshot, after: EntitySnapshot): boolean {
  const ids = new Set(Object.values(after.fieldIds));
  return Object.values(before.fieldIds).some((id) => !ids.has(id));
}

/** Archives what the rows of a tree still hold of dropped fields; false where that is nothing. Done twice, it does the same. */
export function keepDropped(engine: Engine, source: Tree): boolean {
  const dropped = DroppedFields.of(engine, source, keptLayouts(engine).get(source.name));
  if (dropped === null) return false;
  const batch = engine.createBatch();
  const cursor = source.stored.cursor();
  try {
    while (cursor.next()) {
      const { key, value } = cursor;
      dropped.keepRecord(key.bytes.subarray(key.start, key.end), key.end - key.start, value, batch);
      if (batch.byteLength < BATCH_BYTES) continue;
      engine.writeSync(batch);
      batch.clear();
    }
  } finally {
    cursor.close();
  }
  if (batch.count > 0) engine.writeSync(batch);
  return true;
}

/** The entity as layouts know it. */
export function versionOf({ model, fieldIds }: EntitySnapshot): Version {
  return { model, ids: fieldIds };
}
