// `quantadb/testing`: migrations under test, with rows that their author makes up, and with databases kept from earlier versions.
import { deepStrictEqual } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { diagnose } from '../database/doctor.js';
import { openEngine } from '../engine/index.js';
import { MigrationError } from '../errors.js';
import { MemoryVfs } from '../vfs/memory.js';
import type { MigrationLine } from './line.js';
import { type MigrationReport, migrateEngine } from './migrate.js';
import type { History, Migration } from './migration.js';
import { type RowsByEntity, readVersion, withoutUndefined, writeVersion } from './plain-database.js';
import { isIdle, planEntities } from './plan.js';
import type { SchemaSnapshot } from './snapshot.js';
import type { Row } from './steps.js';

/** Rows by entity; a list alone where a migration is about one entity. */
export type TestRows = RowsByEntity | readonly Row[];

/** Rows before and after a migration, for `testMigration`. */
export interface MigrationCase {
  /** Rows of the version that the migration starts from. */
  readonly before: TestRows;
  /** What they become, in key order. */
  readonly after: TestRows;
}

const PATH = 'database';
const OLDER = { number: 1, name: 'before', id: '1'.repeat(64), parent: null };
const TESTED = { number: 2, name: 'tested', id: '2'.repeat(64), parent: OLDER.id };

/**
 * Runs a migration over rows in memory, up, down and up again, and holds what comes out against what should.
 *
 * @example
 * import migration from '../migrations/0003_split_name.js';
 * await testMigration(migration, {
 *   before: [{ id: 1, name: 'Ann Lee' }],
 *   after: [{ id: 1, first: 'Ann', last: 'Lee' }],
 * });
 *
 * @throws AssertionError with the difference; MigrationError as `migrate` does, and QDB3024 when rows of `before` don't fit
 */
export async function testMigration(migration: Migration, { before, after }: MigrationCase): Promise<void> {
  const [old, wanted] = [byEntity(before, migration, 'before'), byEntity(after, migration, 'after')];
  const empty: Migration = { before: { entities: [], nextEntityId: 1 }, after: migration.before, up: [], down: [] };
  const migrations: History = [
    { ...OLDER, migration: empty },
    { ...TESTED, migration },
  ];
  const engine = await openEngine({ vfs: new MemoryVfs(), path: PATH });
  try {
    writeVersion(engine, migration.before, [{ ...OLDER, checksum: null }], old);
    await migrateEngine(engine, { migrations });
    expectRows(readVersion(engine, migration.after), wanted, 'up');
    await migrateEngine(engine, { migrations, to: OLDER.number });
    expectRows(readVersion(engine, migration.before), old, 'up and down again');
    await migrateEngine(engine, { migrations });
    expectRows(readVersion(engine, migration.after), wanted, 'up, down and up again');
  } finally {
    await engine.close();
  }
}

/** What `testHistory` goes through: every migration, and the databases that were kept. */
export interface HistoryTest extends MigrationLine {
  /** The folder of fixtures that `quantadb migrate fixture` keeps, as `new URL('../migrations/fixtures', import.meta.url)`. */
  readonly fixtures: string | URL;
  /** Opens a database as the program does, in memory, and looks at it; what it throws ends the test. */
  readonly open?: (options: { readonly path: string; readonly vfs: MemoryVfs }, fixture: string) => Promise<void>;
}

/** A kept database that `testHistory` has brought to the last version. */
export interface TestedFixture {
  readonly fixture: string;
  readonly report: MigrationReport;
}

/**
 * Brings a copy of every kept database to the last version at once, checks it as `quantadb doctor` does, and has today's code
 * open it.
 *
 * @example
 * import { openDatabase } from '../src/quanta/index.js';
 * import { migrations } from '../migrations/index.js';
 * await testHistory({
 *   fixtures: new URL('../migrations/fixtures', import.meta.url),
 *   migrations,
 *   open: async (options) => (await openDatabase(options)).close(),
 * });
 *
 * @throws MigrationError as `migrate` does, QDB3025 when there is no fixture or one comes out damaged; and what `open` throws
 */
export async function testHistory({ fixtures, open, ...line }: HistoryTest): Promise<readonly TestedFixture[]> {
  const folder = typeof fixtures === 'string' ? fixtures : fileURLToPath(fixtures);
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  if (names.length === 0) {
    throw new MigrationError(
      'QDB3025',
      `${folder} holds no fixture. \`quantadb migrate fixture\` keeps one of each version.`,
    );
  }
  const tested: TestedFixture[] = [];
  for (const fixture of names) {
    const vfs = copyToMemory(join(folder, fixture));
    const engine = await openEngine({ vfs, path: PATH });
    let report: MigrationReport;
    try {
      report = await migrateEngine(engine, line);
    } finally {
      await engine.close();
    }
    const { findings } = await diagnose(vfs, PATH);
    const wrong = findings.find(({ severity }) => severity !== 'note');
    if (wrong !== undefined) throw new MigrationError('QDB3025', `${fixture} comes out damaged: ${wrong.message}`);
    await open?.({ path: PATH, vfs }, fixture);
    tested.push({ fixture, report });
  }
  return tested;
}

function copyToMemory(directory: string): MemoryVfs {
  const vfs = new MemoryVfs();
  vfs.mkdir(PATH);
  for (const { name } of readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isFile())) {
    const bytes = readFileSync(join(directory, name));
    const file = vfs.open(vfs.join(PATH, name), 'create');
    file.write(bytes, 0, bytes.length, 0);
    file.sync();
    file.close();
  }
  vfs.syncDirectory(PATH);
  return vfs;
}

function byEntity(rows: TestRows, { before, after, up }: Migration, side: 'before' | 'after'): RowsByEntity {
  if (!isList(rows)) return rows;
  const names = planEntities(before, after, up, 'the migration')
    .filter((plan) => !isIdle(plan))
    .flatMap((plan) => (plan.kind === 'add' ? [] : [plan.before.id]))
    .flatMap((id) => nameOf(side === 'before' ? before : after, id) ?? []);
  const [only] = names;
  if (only !== undefined && names.length === 1) return { [only]: rows };
  throw new MigrationError(
    'QDB3024',
    `The migration is about ${names.join(', ') || 'no entity that has rows'}: give "${side}" as an object with rows by entity.`,
  );
}

function nameOf({ entities }: SchemaSnapshot, id: number): string | undefined {
  return entities.find((entity) => entity.id === id)?.model.name;
}

function isList(rows: TestRows): rows is readonly Row[] {
  return Array.isArray(rows);
}

/** Entities that a test doesn't name aren't looked at. */
function expectRows(found: RowsByEntity, wanted: RowsByEntity, when: string): void {
  for (const [entity, rows] of Object.entries(wanted)) {
    deepStrictEqual(found[entity], rows.map(withoutUndefined), `Rows of ${entity}, ${when}, are not those expected`);
  }
}
