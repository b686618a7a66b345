// Databases of any version out of plain rows, and back: what tests and fixtures of migrations are made of.
import { interpretEntity } from '../codec/interpret-entity.js';
import { BulkChunk } from '../database/bulk.js';
import { CommitLog } from '../database/commit-log.js';
import { EntityTable } from '../database/table.js';
import { useLayouts } from '../database/tree-layouts.js';
import type { Engine } from '../engine/api.js';
import { MigrationError } from '../errors.js';
import { META_TREE } from './names.js';
import { plainRows } from './rows.js';
import type { SchemaSnapshot } from './snapshot.js';
import type { Row } from './steps.js';
import { type AppliedMigration, StoredSchema } from './stored-schema.js';

/** Rows by the entity's class name. */
export type RowsByEntity = Readonly<Record<string, readonly Row[]>>;

/**
 * Fills an engine that holds nothing.
 * @throws MigrationError QDB3024 when rows don't fit the schema
 */
export function writeVersion(
  engine: Engine,
  schema: SchemaSnapshot,
  applied: readonly AppliedMigration[],
  rows: RowsByEntity,
): void {
  const unknown = Object.keys(rows).find((name) => !schema.entities.some(({ model }) => model.name === name));
  if (unknown !== undefined) throw unfit(`the version has no entity ${unknown}`);
  for (const { model } of schema.entities) {
    const table = new EntityTable(interpretEntity(model), engine, null, Date.now, () => {});
    const chunk = new BulkChunk(table, engine, new CommitLog());
    for (const [i, row] of (rows[model.name] ?? []).entries()) {
      const problem = table.entity.check(row);
      if (problem !== null) throw unfit(`row ${i} of ${model.name}: ${problem.path} ${problem.message}`);
      chunk.add(row);
    }
    if (!chunk.finish()) throw unfit(`two rows of ${model.name} have one primary key`);
  }
  new StoredSchema(engine).writeNext(META_TREE, schema, applied, new Map());
}

/** All rows of a version, in key order. Fields that are undefined are left out. */
export function readVersion(engine: Engine, { entities }: SchemaSnapshot): Record<string, Row[]> {
  useLayouts(engine);
  return Object.fromEntries(
    entities.map(({ model }) => {
      const tree = engine.trees.get(model.storedName);
      return [model.name, tree === undefined ? [] : [...plainRows(tree, model)].map(withoutUndefined)];
    }),
  );
}

export function withoutUndefined(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

function unfit(why: string): MigrationError {
  return new MigrationError('QDB3024', `The rows don't fit the version of the schema: ${why}.`);
}
