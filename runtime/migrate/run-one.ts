// One migration, one way: what is new is built beside what is old, then one version edit switches. Killed before it, the old
// version is whole; after it, the new one.
import { archiveLayouts, renamed, type TreeLayouts, withNewLayout } from '../codec/layouts.js';
import { keptLayouts, useLayouts } from '../database/tree-layouts.js';
import type { Engine, Tree } from '../engine/api.js';
import { MigrationError } from '../errors.js';
import type { EntityModel } from '../schema/model.js';
import { CarriedRows } from './carry.js';
import { RowConverter } from './convert.js';
import { dropsFields, keepDropped, leavesRows, versionOf } from './leave.js';
import type { HistoryEntry } from './migration.js';
import {
  archiveKeysTree,
  archivePrefix,
  archiveTree,
  type Direction,
  isNextTree,
  META_TREE,
  nextTree,
  opposite,
} from './names.js';
import { type EntityPlan, entryFields, indexTree, isIdle, planEntities, type RewritePlan } from './plan.js';
import { type Archive, Restorer } from './restore.js';
import { buildIndexes, type ConvertRow, carryEntity, type OnRows, openNext, rewriteEntity } from './rewrite.js';
import { stepsFingerprint } from './steps.js';
import type { AppliedMigration, StoredSchema } from './stored-schema.js';

export interface OneRun {
  readonly engine: Engine;
  readonly stored: StoredSchema;
  readonly entry: HistoryEntry;
  readonly direction: Direction;
  /** What the database will have applied once it is done. */
  readonly applied: readonly AppliedMigration[];
  readonly onRows: (entity: string, done: number, total: number) => void | Promise<void>;
}

/** Rows that were written anew or gone through. */
export interface OneReport {
  readonly rows: number;
}

/**
 * @throws MigrationError QDB3012 when the database isn't as the migration expects it, and what its rows bring (QDB302x); the
 * database is as it was then
 */
export async function runOne(run: OneRun): Promise<OneReport> {
  const { stored, entry, direction } = run;
  const { migration } = entry;
  const [before, after] =
    direction === 'up' ? [migration.before, migration.after] : [migration.after, migration.before];
  const known = new Set(before.entities.map(({ model }) => model.storedName));
  const made = after.entities.filter(
    ({ model }) => !known.has(model.storedName) && stored.models().has(model.storedName),
  );
  // Code that has a new class makes its trees when it opens the database: the migration finds them as it would leave them.
  const differences = [...stored.lacks(before), ...stored.lacks({ ...after, entities: made })];
  if (differences.length > 0) {
    throw new MigrationError(
      'QDB3012',
      `${labelOf(run)} can't run: the database is not as it expects it: ${differences.join('; ')}.`,
    );
  }
  const steps = direction === 'up' ? migration.up : migration.down;
  const plans = planEntities(before, after, steps, labelOf(run));
  const busy = plans.filter((plan) => !isIdle(plan));
  const builder = new Builder(run);
  builder.begin(stepsFingerprint(steps));
  for (const plan of busy) await builder.build(plan);
  builder.place(busy);
  stored.writeNext(nextTree(META_TREE), after, run.applied, renames(busy), builder.layouts(plans));
  builder.switch();
  return { rows: builder.rows };
}

/** Stored names of entities, old to new; null for those that go. */
function renames(plans: readonly EntityPlan[]): Map<string, string | null> {
  const map = new Map<string, string | null>();
  for (const plan of plans) {
    if (plan.kind === 'drop') map.set(plan.before.model.storedName, null);
    else if (plan.kind !== 'add') map.set(plan.before.model.storedName, plan.after.model.storedName);
  }
  return map;
}

function labelOf({ entry, direction }: OneRun): string {
  return `Migration ${entry.number} (${entry.name}), ${direction}`;
}

class Builder {
  rows = 0;
  private readonly engine: Engine;
  /** Where the switch puts trees, by today's name. */
  private readonly moves = new Map<string, string>();
  private readonly drops = new Set<string>();
  /** Plans that leave rows as they are. */
  private readonly left = new Set<EntityPlan>();
  /** Whether something went into archives through the log. */
  private hasArchived = false;

  constructor(private readonly run: OneRun) {
    this.engine = run.engine;
  }

  /**
   * Goes on with what an earlier run of the same migration has built, or clears away that of another: also of the same one before
   * somebody mended its steps, as a step that fails asks for.
   */
  begin(steps: string): void {
    const { stored, entry, direction } = this.run;
    const progress = stored.progress();
    if (progress?.id === entry.id && progress.direction === direction && progress.steps === steps) return;
    const built = [...this.engine.trees.keys()].filter(isNextTree);
    if (built.length > 0) this.engine.rearrangeTrees({ drop: built });
    stored.writeProgress({ id: entry.id, direction, steps });
  }

  async build(plan: EntityPlan): Promise<void> {
    switch (plan.kind) {
      case 'drop':
        return this.drop(plan);
      case 'add':
        return this.add(plan);
      case 'keep':
        return this.keep(plan);
      case 'rewrite':
        return this.leaves(plan) ? this.leave(plan) : this.rewrite(plan);
    }
  }

  /** Says of everything that was built which place it takes, and of what was replaced whether it goes into the archive or away. */
  place(plans: readonly EntityPlan[]): void {
    const { engine, moves, drops } = this;
    const { entry, direction } = this.run;
    // What the way back had kept has come back, or is of no entity any more; an older archive of this way is out of date.
    const stale = [archivePrefix(entry.id, opposite(direction)), archivePrefix(entry.id, direction)];
    for (const name of engine.trees.keys()) {
      if (stale.some((prefix) => name.startsWith(prefix)) && !moves.has(name)) drops.add(name);
    }
    for (const plan of plans) this.placeBuilt(plan);
    this.clearNext([META_TREE]);
    for (const name of engine.trees.keys()) if (isNextTree(name) && !moves.has(name)) drops.add(name);
  }

  /** What the layouts of all trees will be, by the names that these will have. */
  layouts(plans: readonly EntityPlan[]): ReadonlyMap<string, TreeLayouts> {
    const { engine, moves, drops } = this;
    const known = keptLayouts(engine);
    const next = new Map<string, TreeLayouts>(known);
    for (const plan of plans) {
      if (plan.kind === 'add' || plan.kind === 'drop') continue;
      const [before, after] = [versionOf(plan.before), versionOf(plan.after)];
      const name = plan.before.model.storedName;
      const own = known.get(name);
      if (this.left.has(plan) && plan.kind === 'rewrite') {
        const { holdsEarlier } = engine.trees.get(name)!;
        const archive = this.archiveOf(plan);
        const values = plan.converter.constants()!;
        next.set(name, withNewLayout(own ?? null, before, after, values, holdsEarlier, archive));
        const archived = archive === null ? null : archiveLayouts(own ?? null, before);
        if (archived !== null) next.set(nextTree(archive!), archived);
      } else if (plan.kind === 'keep' && own !== undefined) next.set(name, renamed(own, after));
    }
    const stays = [...next].filter(([name]) => engine.trees.has(name) && !drops.has(name));
    return new Map(stays.map(([name, kept]) => [moves.get(name) ?? name, kept]));
  }

  /** One edit does all of it, with $meta. */
  switch(): void {
    const { engine, moves, drops } = this;
    drops.add(META_TREE);
    moves.set(nextTree(META_TREE), META_TREE);
    // From here on memtables hold records of today's layouts only, and what was archived is durable.
    if (this.left.size > 0 || this.hasArchived) engine.flush();
    engine.rearrangeTrees({ rename: moves, drop: [...drops] });
    useLayouts(engine);
  }

  /** Where what the rows hold of dropped fields is going to be kept; null where none is dropped. */
  private archiveOf({ before, after }: RewritePlan): string | null {
    const { entry, direction } = this.run;
    return dropsFields(before, after) ? archiveTree(entry.id, direction, before.model.storedName) : null;
  }

  private leaves(plan: RewritePlan): plan is RewritePlan & { readonly mayLeave: true } {
    const { entry, direction } = this.run;
    return leavesRows(this.engine, entry.id, direction, plan);
  }

  /** Rows stay as they are; only indexes may have to be built. */
  private async leave(plan: RewritePlan): Promise<void> {
    const { before, after, indexes } = plan;
    const source = this.engine.trees.get(before.model.storedName)!;
    this.left.add(plan);
    const archive = this.archiveOf(plan);
    if (archive !== null) {
      this.clearNext([archive]);
      this.engine.openTree(nextTree(archive), { keySize: source.keySize });
      this.move(nextTree(archive), archive);
    }
    this.clearNext(indexes.build.map((index) => indexTree(after.model, index.name)));
    if (indexes.build.length > 0) {
      const rows = this.carriedRows(source, plan)!;
      await buildIndexes(this.work(source, after.model.name), after.model, indexes.build, rows);
    }
    this.move(before.model.storedName, after.model.storedName);
    this.keepIndexes(plan);
  }

  private drop({ before: { model } }: Extract<EntityPlan, { kind: 'drop' }>): void {
    const { entry, direction } = this.run;
    this.move(model.storedName, archiveTree(entry.id, direction, model.storedName));
    for (const { name } of model.indexes) this.forget(indexTree(model, name));
  }

  /** An entity that the way back had dropped comes out of its archive. */
  private async add({ after: { model } }: Extract<EntityPlan, { kind: 'add' }>): Promise<void> {
    const { entry, direction } = this.run;
    const name = archiveTree(entry.id, opposite(direction), model.storedName);
    const source = this.engine.trees.get(name);
    if (source === undefined) {
      this.addEmpty(model);
      return;
    }
    this.clearNext(model.indexes.map((index) => indexTree(model, index.name)));
    await buildIndexes(this.work(source, model.name), model, model.indexes);
    this.move(name, model.storedName);
  }

  /** Its trees are there at once: without them, an entity of the schema looks damaged. */
  private addEmpty(model: EntityModel): void {
    if (this.engine.trees.has(model.storedName)) return;
    openNext(this.engine, model);
    this.move(nextTree(model.storedName), model.storedName);
  }

  private async keep({ before, after, indexes }: Extract<EntityPlan, { kind: 'keep' }>): Promise<void> {
    const source = this.engine.trees.get(before.model.storedName);
    this.clearNext(indexes.build.map((index) => indexTree(after.model, index.name)));
    if (source !== undefined && indexes.build.length > 0) {
      await buildIndexes(this.work(source, after.model.name), after.model, indexes.build);
    }
    this.move(before.model.storedName, after.model.storedName);
    this.keepIndexes({ before, after, indexes });
  }

  private keepIndexes({ before, after, indexes }: Pick<RewritePlan, 'before' | 'after' | 'indexes'>): void {
    for (const name of indexes.drop) this.forget(indexTree(before.model, name));
    for (const [from, to] of indexes.keep) this.move(indexTree(before.model, from), indexTree(after.model, to));
  }

  private async rewrite(plan: RewritePlan): Promise<void> {
    const { entry, direction } = this.run;
    const { before, after, changesKeys } = plan;
    const { storedName } = before.model;
    const source = this.engine.trees.get(storedName);
    if (source === undefined) return;
    if (keepDropped(this.engine, source)) this.hasArchived = true;
    const carried = this.carriedRows(source, plan);
    if (carried !== null) {
      await carryEntity(this.work(source, after.model.name), plan, carried);
      this.move(storedName, archiveTree(entry.id, direction, storedName));
      this.keepIndexes(plan);
      return;
    }
    const keysTree = `${after.model.storedName}#keys`;
    if (changesKeys) {
      this.clearNext([
        after.model.storedName,
        keysTree,
        ...after.model.indexes.map(({ name }) => indexTree(after.model, name)),
      ]);
    }
    const keys = changesKeys ? this.engine.openTree(nextTree(keysTree), { keySize: null }) : null;
    await rewriteEntity(this.work(source, after.model.name), plan, this.converterOf(plan), keys);
    this.move(storedName, archiveTree(entry.id, direction, storedName));
    if (keys !== null) this.move(keys.name, archiveKeysTree(entry.id, direction, storedName));
    for (const { name } of before.model.indexes) this.forget(indexTree(before.model, name));
  }

  /** Null where keys change, or where the archive of the way back may know better than the steps. */
  private carriedRows(source: Tree, plan: RewritePlan): CarriedRows | null {
    const { before, after, converter, changesKeys, indexes } = plan;
    const { entry, direction } = this.run;
    const archive = archiveTree(entry.id, opposite(direction), after.model.storedName);
    if (changesKeys || this.engine.trees.has(archive)) return null;
    const wanted = indexes.build.flatMap((index) => entryFields(after.model, index));
    return CarriedRows.of(source, before, after, converter, wanted);
  }

  private placeBuilt(plan: EntityPlan): void {
    if (plan.kind === 'drop') return;
    const { model } = plan.after;
    for (const name of [model.storedName, ...model.indexes.map((index) => indexTree(model, index.name))]) {
      const taken = (plan.kind !== 'rewrite' || this.left.has(plan)) && name === model.storedName;
      if (!taken && this.engine.trees.has(nextTree(name))) this.move(nextTree(name), name);
    }
  }

  /** Rows with what the archive of the way back has kept of them. */
  private converterOf({ before, after, converter }: RewritePlan): ConvertRow {
    const { entry, direction } = this.run;
    const back = opposite(direction);
    const rows = this.engine.trees.get(archiveTree(entry.id, back, after.model.storedName));
    if (rows === undefined) return (row) => converter.convert(row);
    const keys = this.engine.trees.get(archiveKeysTree(entry.id, back, after.model.storedName)) ?? null;
    const archive: Archive = { rows, keys };
    const steps = back === 'up' ? entry.migration.up : entry.migration.down;
    const backwards = new RowConverter(after, before, steps, labelOf({ ...this.run, direction: back }));
    const restorer = new Restorer(archive, before, after, converter, backwards);
    return (row, key) => restorer.convert(row, key);
  }

  private work(source: Tree, entity: string) {
    const { engine, run } = this;
    const total = source.estimateEntries();
    let last = 0;
    const onRows: OnRows = (done) => {
      this.rows += done - last;
      last = done;
      return run.onRows(entity, done, total);
    };
    return { engine, source, label: labelOf(run), onRows };
  }

  /** A tree that was never opened is not there. */
  private move(from: string, to: string): void {
    if (from !== to && this.engine.trees.has(from)) this.moves.set(from, to);
  }

  private forget(name: string): void {
    if (this.engine.trees.has(name)) this.drops.add(name);
  }

  /** Removes what an earlier run had built of these. */
  private clearNext(names: readonly string[]): void {
    const built = names.map(nextTree).filter((name) => this.engine.trees.has(name));
    if (built.length > 0) this.engine.rearrangeTrees({ drop: built });
  }
}
