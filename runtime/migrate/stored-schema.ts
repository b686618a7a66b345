// What the database's own $meta tree says about its schema and its migrations. database/meta.ts draws the other keys.
//
//   schema/<entity>        the entity's model as JSON
//   layouts/<tree>         which layouts its records may have (codec/layouts.ts)
//   migrations/applied     [{ id, number, name, checksum }, ...] as JSON, oldest first
//   migrations/progress    { id, direction, steps } of a migration that was begun and has not switched yet
import { ByteSpan } from '../bytes/writer.js';
import type { TreeLayouts } from '../codec/layouts.js';
import { PROGRESS_KEY } from '../database/meta.js';
import { differencesOf } from '../database/schema-differences.js';
import { LAYOUTS_PREFIX } from '../database/tree-layouts.js';
import type { Engine, Tree } from '../engine/api.js';
import type { EntityModel } from '../schema/model.js';
import { parseSchema } from '../schema/parse.js';
import { type Direction, META_TREE } from './names.js';
import type { SchemaSnapshot } from './snapshot.js';

export interface AppliedMigration {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  /** SHA-256 of the file that ran; null where it ran from code, which has no file. */
  readonly checksum: string | null;
}

export interface Progress {
  readonly id: string;
  readonly direction: Direction;
  /** Fingerprint of the steps that were running: what others have built is not gone on with. */
  readonly steps: string;
}

const SCHEMA = 'schema/';
/** Which rows the predicate of an entity has been held against: not those that come out of a migration. */
const RETAINED = 'retained/';
const APPLIED = 'migrations/applied';
/** Keys of $meta that don't come through a migration as they are. */
const REPLACED = [RETAINED, APPLIED, PROGRESS_KEY, LAYOUTS_PREFIX];
/** Keys of $meta that are about one entity begin with one of these. */
const PER_ENTITY = [SCHEMA, 'counter/', 'gone/', 'merged/'];

export class StoredSchema {
  private readonly tree: Tree;

  constructor(private readonly engine: Engine) {
    this.tree = engine.openTree(META_TREE, { keySize: null });
  }

  /** The models of all entities, by stored name. */
  models(): ReadonlyMap<string, EntityModel> {
    const entries = [...this.entries()].filter(([key]) => key.startsWith(SCHEMA));
    const { entities } = parseSchema({ entities: entries.map(([, value]) => JSON.parse(value)) });
    return new Map(entities.map((model) => [model.storedName, model]));
  }

  /** Null for a database that has never seen a migration. */
  applied(): readonly AppliedMigration[] | null {
    const text = this.read(APPLIED);
    return text === null ? null : (JSON.parse(text) as AppliedMigration[]);
  }

  progress(): Progress | null {
    const text = this.read(PROGRESS_KEY);
    return text === null ? null : (JSON.parse(text) as Progress);
  }

  writeProgress(progress: Progress | null): void {
    this.put(this.tree, new Map([[PROGRESS_KEY, progress === null ? null : JSON.stringify(progress)]]));
  }

  writeApplied(applied: readonly AppliedMigration[]): void {
    this.put(this.tree, new Map([[APPLIED, JSON.stringify(applied)]]));
  }

  /** One line for each difference between what is stored and a snapshot; empty when rows of one are rows of the other. */
  differencesFrom(snapshot: SchemaSnapshot): string[] {
    const known = new Set(snapshot.entities.map(({ model }) => model.storedName));
    const strangers = [...this.models().keys()].filter((name) => !known.has(name));
    return [...this.lacks(snapshot), ...strangers.map((name) => `${name} is stored, and not in the migrations`)];
  }

  /** The same, passing over entities that the snapshot doesn't have: code may have made them before there was a migration. */
  lacks({ entities }: SchemaSnapshot): string[] {
    const stored = this.models();
    return entities.flatMap(({ model }) => {
      const own = stored.get(model.storedName);
      return own === undefined ? [`${model.storedName} is not in the database`] : differencesOf(own, model);
    });
  }

  /**
   * Writes what $meta will say after a migration into another tree, durably.
   * @param renamed stored names of entities, old to new; null for those that go
   * @param layouts by the names that trees will have
   */
  writeNext(
    into: string,
    schema: SchemaSnapshot,
    applied: readonly AppliedMigration[],
    renamed: ReadonlyMap<string, string | null>,
    layouts: ReadonlyMap<string, TreeLayouts> = new Map(),
  ): void {
    const next = new Map<string, string | null>();
    for (const [key, value] of this.entries()) {
      if (REPLACED.some((one) => key.startsWith(one))) continue;
      const prefix = PER_ENTITY.find((one) => key.startsWith(one));
      const entity = prefix === undefined ? null : key.slice(prefix.length);
      const name = entity === null || !renamed.has(entity) ? entity : renamed.get(entity)!;
      if (entity === null) next.set(key, value);
      else if (name !== null) next.set(prefix + name, value);
    }
    for (const { model } of schema.entities) next.set(SCHEMA + model.storedName, JSON.stringify(model));
    for (const [name, kept] of layouts) next.set(LAYOUTS_PREFIX + name, JSON.stringify(kept));
    next.set(APPLIED, JSON.stringify(applied));
    this.put(this.engine.openTree(into, { keySize: null }), next);
  }

  private *entries(): Generator<[string, string]> {
    const cursor = this.tree.cursor();
    try {
      while (cursor.next()) yield [textOf(cursor.key), textOf(cursor.value)];
    } finally {
      cursor.close();
    }
  }

  private read(name: string): string | null {
    const key = Buffer.from(name);
    const found = new ByteSpan();
    return this.tree.get(key, key.length, found) ? textOf(found) : null;
  }

  /** In one commit; null deletes. */
  private put(tree: Tree, values: ReadonlyMap<string, string | null>): void {
    const batch = this.engine.createBatch();
    for (const [name, text] of values) {
      const key = Buffer.from(name);
      if (text === null) batch.delete(tree, key, key.length);
      else {
        const value = Buffer.from(text);
        batch.put(tree, key, key.length, value, 0, value.length);
      }
    }
    if (batch.count > 0) this.engine.writeSync(batch);
  }
}

function textOf({ bytes, start, end }: ByteSpan): string {
  return bytes.toString('utf8', start, end);
}
