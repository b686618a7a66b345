// The `$meta` tree: what the database says about itself.
//
//   schema/<entity>     the entity's model as JSON, as of the code that wrote it
//   gone/<entity>       a date in milliseconds: rows that count from it or earlier have expired under an earlier, shorter ttl,
//                       and have left some trees already
//   merged/<entity>     where rows expire: when its trees were last rewritten to be rid of them, in milliseconds
//   retained/<entity>   the `retainWhile`, as JSON, that all its rows have been held against; absent where there is none
//   layouts/<tree>      which layouts its records may have: see codec/layouts.ts
//   migrations/applied  the migrations that have run, and migrations/progress one that was begun: see migrate/stored-schema.ts
//   secret/cursors      the key that cursors of queries are signed with, in hex; absent until the first one
//   counter/<entity>    the last auto-increment key, as a decimal number (with `n` behind a bigint); absent while the largest
//                       key among the rows says as much
import { SIPHASH_KEY_SIZE } from '../bytes/siphash.js';
import { ByteSpan } from '../bytes/writer.js';
import type { Engine, Tree, WriteBatch } from '../engine/api.js';
import { SchemaMismatchError } from '../errors.js';
import type { EntityModel } from '../schema/model.js';
import type { RandomSource } from './key-generator.js';
import { differencesOf } from './schema-differences.js';

const CURSOR_KEY = 'secret/cursors';
/** A migration that was begun and has not switched yet. */
export const PROGRESS_KEY = 'migrations/progress';
/** How the trees are called that such a migration builds. */
export const NEXT_PREFIX = '$next/';

export class MetaTree {
  private readonly engine: Engine;
  private readonly tree: Tree;
  private readonly found = new ByteSpan();

  constructor(engine: Engine) {
    this.engine = engine;
    this.tree = engine.openTree('$meta', { keySize: null });
  }

  /**
   * Compares the stored models with the code's, and stores those of new entities and those that changed in nothing that
   * touches stored bytes. `now` ends the lives of rows whose ttl changes. Throws SchemaMismatchError (QDB3001) with every difference, having stored nothing.
   */
  checkSchema(models: readonly EntityModel[], now: number, storesNothing = false): void {
    const differences: string[] = [];
    const batch = this.engine.createBatch();
    for (const model of models) {
      const name = `schema/${model.storedName}`;
      const text = JSON.stringify(model);
      const stored = this.read(name);
      if (stored === text) continue;
      if (stored !== null) {
        const before = JSON.parse(stored) as EntityModel;
        differences.push(...differencesOf(before, model));
        this.endLives(batch, before, model, now);
      }
      this.write(batch, name, text);
    }
    if (differences.length > 0) {
      throw new SchemaMismatchError(
        'QDB3001',
        `${this.engine.path} was written by code with another schema: ${differences.join('; ')}. Bring it to this one with \`quantadb migrate\`, or open it with that code.`,
        differences,
      );
    }
    if (batch.count > 0 && !storesNothing) this.engine.writeSync(batch);
  }

  /** What is about to be written is not in what a migration has built so far: it has to begin again. */
  discardBegunMigration(): void {
    const built = [...this.engine.trees.keys()].filter((name) => name.startsWith(NEXT_PREFIX));
    if (this.read(PROGRESS_KEY) === null && built.length === 0) return;
    const batch = this.engine.createBatch();
    const key = Buffer.from(PROGRESS_KEY);
    batch.delete(this.tree, key, key.length);
    this.engine.writeSync(batch);
    this.engine.rearrangeTrees({ drop: built });
  }

  /** What has expired stays so, though the code now gives rows more time: merges may have removed some of it. */
  private endLives(batch: WriteBatch, before: EntityModel, { storedName, ttl }: EntityModel, now: number): void {
    if (before.ttl === undefined || ttl === undefined || before.ttl.milliseconds === ttl.milliseconds) return;
    const goneUpTo = Math.max(now - before.ttl.milliseconds, this.goneUpTo(storedName));
    this.write(batch, `gone/${storedName}`, String(goneUpTo));
  }

  goneUpTo(entity: string): number {
    const text = this.read(`gone/${entity}`);
    return text === null ? Number.NEGATIVE_INFINITY : Number(text);
  }

  /** In milliseconds since the epoch; null before the first period has begun. */
  mergedAt(entity: string): number | null {
    const text = this.read(`merged/${entity}`);
    return text === null ? null : Number(text);
  }

  writeMergedAt(batch: WriteBatch, entity: string, time: number): void {
    this.write(batch, `merged/${entity}`, String(time));
  }

  /** JSON of the predicate that all rows of the entity satisfy, if anything says so. */
  retained(entity: string): string | null {
    return this.read(`retained/${entity}`);
  }

  writeRetained(batch: WriteBatch, entity: string, predicate: string | null): void {
    const name = `retained/${entity}`;
    if (predicate !== null) this.write(batch, name, predicate);
    else this.delete(batch, name);
  }

  counter(entity: string): number | bigint | null {
    const text = this.read(`counter/${entity}`);
    if (text === null) return null;
    return text.endsWith('n') ? BigInt(text.slice(0, -1)) : Number(text);
  }

  writeCounter(batch: WriteBatch, entity: string, last: number | bigint): void {
    this.write(batch, `counter/${entity}`, typeof last === 'bigint' ? `${last}n` : String(last));
  }

  /** The key that cursors are signed with, drawn and stored at its first use. */
  cursorKey(random: RandomSource): Uint8Array {
    const stored = this.read(CURSOR_KEY);
    if (stored !== null) return Buffer.from(stored, 'hex');
    const key = Buffer.alloc(SIPHASH_KEY_SIZE);
    random(key);
    const batch = this.engine.createBatch();
    this.write(batch, CURSOR_KEY, key.toString('hex'));
    this.engine.writeSync(batch);
    return key;
  }

  private read(name: string): string | null {
    const key = Buffer.from(name);
    const { found } = this;
    return this.tree.get(key, key.length, found) ? found.bytes.toString('utf8', found.start, found.end) : null;
  }

  private write(batch: WriteBatch, name: string, text: string): void {
    const key = Buffer.from(name);
    const value = Buffer.from(text);
    batch.put(this.tree, key, key.length, value, 0, value.length);
  }

  private delete(batch: WriteBatch, name: string): void {
    const key = Buffer.from(name);
    batch.delete(this.tree, key, key.length);
  }
}
