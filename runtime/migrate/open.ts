// Opening a database with code that knows its migrations: it is at the last of them, or is brought there, or is refused.
import { openStore as openDirectly } from '../database/open.js';
import { type OpenOptions, optionsOf } from '../database/open-options.js';
import { differencesOf } from '../database/schema-differences.js';
import type { DirectSession } from '../database/session.js';
import type { AnyEntity } from '../database/store.js';
import type { Engine } from '../engine/api.js';
import { MigrationError, SchemaMismatchError } from '../errors.js';
import type { EntityModel } from '../schema/model.js';
import { adopted, lineOf, recordOf } from './line.js';
import { migrateEngine } from './migrate.js';
import type { History } from './migration.js';
import { StoredSchema } from './stored-schema.js';

export interface MigratingOptions extends OpenOptions {
  /** What migrations/index.ts exports; then a database that isn't at the last one is noticed by that, whatever its schema. */
  readonly migrations?: History;
  /** `'auto'`: what is pending of `migrations` runs before the database is opened. */
  readonly migrate?: 'auto';
}

/**
 * Opens the database; generated code exports this as `openDatabase`, with its entities filled in.
 *
 * @example
 * import { migrations } from '../migrations/index.js';
 * await using db = await openDatabase({ path: './data', migrations, migrate: 'auto' });
 *
 * @throws SchemaMismatchError QDB3001 when migrations are pending (and not `'auto'`), MigrationError QDB3014 when the database is
 * newer than the code, QDB3016 and QDB3017 when code and migrations don't fit each other; and what `migrate` throws
 */
export async function openStore<Database>(
  options: string | MigratingOptions,
  entities: readonly AnyEntity[],
  create: (session: DirectSession) => Database,
): Promise<Database> {
  const { migrations, migrate, ...rest }: MigratingOptions = optionsOf(options);
  if (migrations === undefined) {
    if (migrate === undefined) return openDirectly(rest, entities, create);
    throw new MigrationError(
      'QDB3016',
      "migrate: 'auto' needs to know the migrations: import { migrations } from migrations/index.js, and give them to openDatabase too.",
    );
  }
  const models = entities.map(({ model }) => model);
  return openDirectly(rest, entities, create, (engine) => bringUp(engine, migrations, models, migrate === 'auto'));
}

async function bringUp(
  engine: Engine,
  migrations: History,
  models: readonly EntityModel[],
  runs: boolean,
): Promise<void> {
  const head = migrations.at(-1);
  if (head === undefined) return;
  checkCode(migrations, models);
  const stored = new StoredSchema(engine);
  if (stored.applied() === null && stored.models().size === 0) {
    stored.writeApplied(migrations.map((entry) => recordOf(entry)));
    return;
  }
  if (runs) {
    await migrateEngine(engine, { migrations });
    return;
  }
  const line = lineOf({ migrations }, stored, head.number);
  const at = adopted(stored, line, undefined, undefined).at(-1)?.number ?? 0;
  const pending = line.filter(({ number }) => number > at);
  if (pending.length === 0) return;
  throw new SchemaMismatchError(
    'QDB3001',
    `${engine.path} is at migration ${at}, and this code is at ${head.number}. Run \`quantadb migrate\`, or open it with migrate: 'auto'.`,
    pending.map(({ number, name }) => `migration ${number} (${name}) has not run`),
  );
}

/** The classes must be as the last migration leaves them. */
function checkCode(migrations: History, models: readonly EntityModel[]): void {
  const { entities } = migrations.at(-1)!.migration.after;
  const stored = new Map(entities.map(({ model }) => [model.storedName, model]));
  const differences = models.flatMap((model) => {
    const before = stored.get(model.storedName);
    return before === undefined ? [`${model.name} is new`] : differencesOf(before, model);
  });
  if (differences.length === 0) return;
  throw new MigrationError(
    'QDB3017',
    `The classes are not as the last migration leaves them: ${differences.join('; ')}. Write the next one with \`quantadb migrate create\`.`,
  );
}
