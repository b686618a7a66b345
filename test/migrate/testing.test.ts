// `quantadb/testing`: what users test their migrations with, and the databases that `migrate fixture` keeps for it.
import { AssertionError } from 'node:assert';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { projectLine } from '../../cli/commands/migrate/line.js';
import { openProject } from '../../cli/commands/migrate/project.js';
import { Terminal } from '../../cli/terminal.js';
import { testHistory, testMigration } from '../../runtime/migrate/testing.js';
import { arrayOf, entity, field, index, nullable, optional } from '../emit/schemas.js';
import { openGenerated } from '../support/database.js';
import { type FolderVersion, MigrationsOnly } from './folder.js';
import { historyOf, initial } from './histories.js';

const id = field('id', 'int32');
const named = entity('User', [id, field('name', 'string')]);
const split = entity('User', [id, field('first', 'string'), field('last', 'string')]);
const [, splitting] = historyOf([
  initial([named]),
  {
    models: [split],
    answers: { split: ['User.name=first,last'] },
    up: (step) => [
      step.splitField(
        'User',
        'name' as never,
        ['first', 'last'] as never,
        ((row: { name: string }) => {
          const [first = '', last = ''] = row.name.split(' ');
          return { first, last };
        }) as never,
      ),
    ],
    down: (step) => [
      step.mergeFields(
        'User',
        ['first', 'last'] as never,
        'name' as never,
        ((row: { first: string; last: string }) => `${row.first} ${row.last}`) as never,
      ),
    ],
  },
]);

test('testMigration holds what comes out against what should, up and down', async () => {
  const { migration } = splitting!;
  const before = [{ id: 1, name: 'Ann Lee' }];
  await testMigration(migration, { before, after: [{ id: 1, first: 'Ann', last: 'Lee' }] });
  await testMigration(migration, { before: { User: before }, after: { User: [{ id: 1, first: 'Ann', last: 'Lee' }] } });
  const wrong = testMigration(migration, { before, after: [{ id: 1, first: 'Ann', last: 'Li' }] });
  await expect(wrong).rejects.toThrow(AssertionError);
  await expect(wrong).rejects.toThrow(/Rows of User, up,/);
  const unfit = testMigration(migration, { before: [{ id: 'one', name: 'Ann' }], after: [] });
  await expect(unfit).rejects.toThrow(/^QDB3024: .*row 0 of User: User\.id/);
  await expect(testMigration(migration, { before: { Usr: [] }, after: [] })).rejects.toThrow(
    /QDB3024: .*no entity Usr/,
  );
});

const VERSIONS: readonly FolderVersion[] = [
  { name: 'init', models: [entity('User', [id, field('name', 'string'), field('flag', 'boolean')])] },
  {
    name: 'more',
    models: [
      entity(
        'User',
        [
          id,
          field('name', 'string'),
          field('flag', 'boolean'),
          field('born', 'date', optional),
          field('level', { kind: 'enum', values: ['high', 'low'] }, nullable),
          field('tags', arrayOf('string')),
        ],
        { indexes: [index(['name'], { unique: true }), index(['tags'], { multiEntry: true })] },
      ),
      entity('Flag', [field('on', 'boolean'), field('big', 'bigint'), field('bytes', 'bytes', both())]),
    ],
  },
];

function both() {
  return { ...optional, ...nullable };
}

let project: MigrationsOnly;
beforeEach(() => {
  project = new MigrationsOnly(VERSIONS);
});
afterEach(() => project.remove());

test('fixtures are small, are kept once, and testHistory opens each with the code of the last version', async () => {
  const fixtures = join(project.path, 'migrations/fixtures');
  await expect(testHistory({ fixtures, migrations: [] })).rejects.toThrow(/QDB3025: .*no fixture/);
  const { stdout, stderr } = await project.run(['fixture']);
  expect([stdout, stderr]).toEqual(['kept migrations/fixtures/0001_init\nkept migrations/fixtures/0002_more\n', '']);
  expect((await project.run(['fixture'])).stdout).toBe('Every version has its fixture.\n');
  for (const fixture of readdirSync(fixtures)) {
    const files = readdirSync(join(fixtures, fixture)).map((file) => statSync(join(fixtures, fixture, file)).size);
    expect(files.reduce((sum, size) => sum + size, 0)).toBeLessThan(64 * 1024);
  }
  const streams = { stdout: process.stdout, stderr: process.stderr, env: {} };
  const line = projectLine(
    openProject({
      directory: project.path,
      terminal: new Terminal(streams, true),
      exit: () => {},
      ask: null,
      interrupted: async () => {},
    }),
  );
  const opened: unknown[] = [];
  const tested = await testHistory({
    fixtures,
    ...line,
    open: async (options, fixture) => {
      const db = await openGenerated(VERSIONS[1]!.models, options);
      opened.push([fixture, await db.dao('User').all().count(), await db.dao('Flag').all().count()]);
      await db.close();
    },
  });
  expect(tested.map(({ fixture, report }) => [fixture, report.from, report.to])).toEqual([
    ['0001_init', 1, 2],
    ['0002_more', 2, 2],
  ]);
  expect(opened).toEqual([
    ['0001_init', 3, 0],
    ['0002_more', 3, 2],
  ]);
});
