// What lies between a database and a version, before anything runs: what each migration would touch, and what in the rows decides
// whether it works.
import { indexEntries } from '../codec/interpret-key.js';
import { useLayouts } from '../database/tree-layouts.js';
import type { Engine, Tree } from '../engine/api.js';
import { canonicalJson } from '../schema/fingerprint.js';
import type { Field, IndexModel } from '../schema/model.js';
import type { Dependency } from './dependency.js';
import { DuplicateCounter } from './duplicates.js';
import { leavesRows } from './leave.js';
import { adopted, type Leg, lineOf, pathTo, refuseEdited } from './line.js';
import type { MigrateOptions } from './migrate.js';
import { isArchiveTree } from './names.js';
import { type EntityPlan, isIdle, planEntities } from './plan.js';
import { plainRows } from './rows.js';
import { EMPTY_SNAPSHOT, type EntitySnapshot, type SchemaSnapshot } from './snapshot.js';
import { StoredSchema } from './stored-schema.js';

export interface EntityWork {
  /** Its name in the new version; in the old one where it goes. */
  readonly entity: string;
  /** `index`: its rows stay, and indexes are built over them; `instant`: they stay, and are read otherwise. */
  readonly does: EntityPlan['kind'] | 'index' | 'instant';
  /** Estimated rows that are read or written, and their encoded size. */
  readonly rows: number;
  readonly bytes: number;
}

export interface LegWork extends Leg {
  readonly entities: readonly EntityWork[];
}

/** How many rows a dependency is about: `rows` is null where nothing tells, and a lower bound where not all were looked at. */
export interface RowCount {
  readonly rows: number | null;
  readonly isWhole: boolean;
}

export class Inspection {
  /** @param stored the schema as the database has it today */
  constructor(
    private readonly engine: Engine,
    private readonly stored: SchemaSnapshot,
    /** Numbers of the migrations that the database is at, and would be at. */
    readonly from: number,
    readonly to: number,
    readonly legs: readonly LegWork[],
  ) {}

  /** `rows` is null where today's rows don't tell, because an earlier migration of the same run makes the values. Reads every row. */
  count(leg: Leg, dependency: Dependency): RowCount {
    const [before] = versionsOf(leg);
    const entity = before.entities.find(({ model }) => model.name === dependency.entity);
    const today = this.stored.entities.find(({ id }) => id === entity?.id);
    if (entity === undefined) return whole(0);
    if (today === undefined) return whole(this.isArchived(entity) ? null : 0);
    const tree = this.engine.trees.get(today.model.storedName);
    if (tree === undefined) return whole(0);
    switch (dependency.kind) {
      case 'rows':
        return whole(rowsIn(tree));
      case 'missing': {
        const field = sameField(entity, today, dependency.field);
        return whole(field === null ? null : countMissing(tree, today, field));
      }
      case 'duplicates': {
        const fields = dependency.fields.map((name) => sameField(entity, today, name));
        if (!fields.every((field) => field !== null)) return whole(null);
        return countDuplicates(tree, today, fields, dependency.caseInsensitive);
      }
    }
  }

  /** Whether an earlier migration of the same run may bring rows of it back. */
  private isArchived({ model: { storedName } }: EntitySnapshot): boolean {
    return [...this.engine.trees.keys()].some((name) => isArchiveTree(name) && name.endsWith(`/${storedName}`));
  }
}

function whole(rows: number | null): RowCount {
  return { rows, isWhole: true };
}

/** Estimated; but 0 only where there is none, for a loss is not asked about then. */
function rowsIn(tree: Tree): number {
  const estimate = tree.estimateEntries();
  if (estimate > 0) return estimate;
  let count = 0;
  const cursor = tree.cursor();
  try {
    while (cursor.next()) count++;
  } finally {
    cursor.close();
  }
  return count;
}

/**
 * Changes nothing. Every migration on the way is loaded once it returns.
 * @throws MigrationError as `migrate` does before its first step
 */
export function inspectEngine(engine: Engine, options: MigrateOptions): Inspection {
  const { migrations, checksums } = options;
  const to = options.to ?? migrations.at(-1)?.number ?? 0;
  useLayouts(engine);
  const stored = new StoredSchema(engine);
  const line = lineOf(options, stored, to);
  const applied = adopted(stored, line, checksums, options.baseline);
  refuseEdited(applied, checksums);
  const last = applied.at(-1);
  const today = line.find(({ id }) => id === last?.id)?.migration.after ?? EMPTY_SNAPSHOT;
  const from = last?.number ?? 0;
  const sizes = sizesOf(engine, today);
  const legs = pathTo(line, from, to).map((leg): LegWork => {
    const steps = leg.direction === 'up' ? leg.entry.migration.up : leg.entry.migration.down;
    const plans = planEntities(...versionsOf(leg), steps, leg.entry.name).filter((plan) => !isIdle(plan));
    const leaves = (plan: EntityPlan): boolean => leavesRows(engine, leg.entry.id, leg.direction, plan);
    return { ...leg, entities: plans.map((plan) => workOf(plan, leaves(plan), sizes)) };
  });
  return new Inspection(engine, today, from, to, legs);
}

function versionsOf({ entry: { migration }, direction }: Leg): [before: SchemaSnapshot, after: SchemaSnapshot] {
  return direction === 'up' ? [migration.before, migration.after] : [migration.after, migration.before];
}

type Sizes = ReadonlyMap<number, { readonly rows: number; readonly bytes: number }>;
const NOTHING = { rows: 0, bytes: 0 };

/** By the entity's id. */
function sizesOf(engine: Engine, { entities }: SchemaSnapshot): Sizes {
  const bytes = treeBytes(engine);
  return new Map(
    entities.map(({ id, model: { storedName } }) => {
      const tree = engine.trees.get(storedName);
      return [id, { rows: tree === undefined ? 0 : rowsIn(tree), bytes: bytes.get(storedName) ?? 0 }];
    }),
  );
}

/** Of every tree, in memory and on disk. */
export function treeBytes(engine: Engine): ReadonlyMap<string, number> {
  return new Map(
    engine
      .stats()
      .trees.map(({ name, memtableBytes, levels }) => [
        name,
        levels.reduce((sum, { bytes }) => sum + bytes, memtableBytes),
      ]),
  );
}

function workOf(plan: EntityPlan, leaves: boolean, sizes: Sizes): EntityWork {
  const { id, model } = plan.kind === 'drop' ? plan.before : plan.after;
  const does = workKind(plan, leaves);
  const { rows, bytes } = does === 'keep' || does === 'instant' ? NOTHING : (sizes.get(id) ?? NOTHING);
  return { entity: model.name, does, rows, bytes };
}

function workKind(plan: EntityPlan, leaves: boolean): EntityWork['does'] {
  if (plan.kind !== 'keep' && !leaves) return plan.kind;
  if ('indexes' in plan && plan.indexes.build.length > 0) return 'index';
  return leaves ? 'instant' : plan.kind;
}

/** Today's field whose values those of the later version's field still are. */
function sameField(later: EntitySnapshot, today: EntitySnapshot, name: string): Field | null {
  const field = later.model.fields.find((one) => one.name === name);
  if (field === undefined) return null;
  const id = later.fieldIds[field.storedName];
  const own = today.model.fields.find(({ storedName }) => today.fieldIds[storedName] === id);
  return own !== undefined && canonicalJson(own.type) === canonicalJson(field.type) ? own : null;
}

function countMissing(tree: Tree, { model }: EntitySnapshot, { name }: Field): number {
  let count = 0;
  for (const row of plainRows(tree, model)) if (row[name] === null || row[name] === undefined) count++;
  return count;
}

/** Equal is what a unique index over the fields would find equal. */
function countDuplicates(
  tree: Tree,
  { model }: EntitySnapshot,
  fields: readonly Field[],
  caseInsensitive: boolean,
): RowCount {
  const names = fields.map(({ name }) => name);
  const multiEntry = fields[0]?.type.kind === 'array';
  const index: IndexModel = { name: 'new', fields: names, unique: true, caseInsensitive, multiEntry };
  const counter = new DuplicateCounter();
  for (const row of plainRows(tree, model)) {
    const { entries, isWhole } = indexEntries(model, index, row);
    if (isWhole) for (const entry of entries) counter.add(entry);
    if (counter.isFull) break;
  }
  const { count, isWhole } = counter.count();
  // None among the first ones says nothing of the others.
  return { rows: count === 0 && !isWhole ? null : count, isWhole };
}
