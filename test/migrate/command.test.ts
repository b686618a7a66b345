// `quantadb migrate` over a database on disk: up, down, dry, asked, refused, rehearsed, looked at.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEngine } from '../../runtime/engine/index.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { entity, field, index, optional } from '../emit/schemas.js';
import { type FolderVersion, MigrationsOnly } from './folder.js';

const id = field('id', 'int32');
const mail = field('mail', 'string', optional);
const name = field('name', 'string');
const VERSIONS: readonly FolderVersion[] = [
  { name: 'init', models: [entity('User', [id, mail, name])] },
  { name: 'age', models: [entity('User', [id, mail, name, field('age', 'int32', optional)])] },
  {
    name: 'no_name',
    models: [entity('User', [id, mail, field('age', 'int32', optional)])],
    answers: { drop: ['User.name'] },
  },
  {
    name: 'unique',
    models: [
      entity('User', [id, mail, field('age', 'int32', optional)], { indexes: [index(['mail'], { unique: true })] }),
    ],
  },
];
const ROWS = [
  { id: 1, mail: 'ann@x.io', name: 'Ann' },
  { id: 2, mail: 'bob@x.io', name: 'Bob' },
  { id: 3, name: 'Cid' },
];
const NAMELESS = ROWS.map(({ name: _, ...row }) => row);

let project: MigrationsOnly;
beforeEach(() => {
  project = new MigrationsOnly(VERSIONS);
});
afterEach(() => project.remove());

const at = async () => (await project.look()).at;

async function json(...args: string[]) {
  const { stdout } = await project.run([...args, '--json']);
  return JSON.parse(stdout);
}

test('up to the head and down again gives back equal rows; what is lost needs a yes', async () => {
  await project.seed(1, { User: ROWS });
  const refused = await project.run([]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/QDB3019: Going from 1 to 4 .*User\.name.*--yes/);
  expect(await at()).toBe(1);
  expect((await project.run([], ['no'])).stderr).toMatch(/QDB3019/);
  const agreed = await project.run([], ['4']);
  expect(agreed.stdout).toMatch(/from 1 to 4/);
  expect(await project.look()).toEqual({ at: 4, rows: { User: NAMELESS } });
  expect((await project.run(['--version=1', '--yes'])).code).toBe(0);
  expect(await project.look()).toEqual({ at: 1, rows: { User: ROWS } });
  expect(await json('--version=4', '--yes')).toMatchObject({ from: 1, to: 4, ran: [{}, {}, {}] });
  expect(await json()).toMatchObject({ from: 4, to: 4, ran: [] });
  expect((await project.run(['--version=9'])).stderr).toMatch(/QDB3009/);
});

test('a dry run counts what would be touched, lost and in the way, and changes nothing', async () => {
  await project.seed(1, { User: [...ROWS, { id: 4, mail: 'ann@x.io', name: 'Ann again' }] });
  const { stdout, code } = await project.run(['--dry-run']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/3 no_name up\n.*User changes at once; its rows .*\n.*QDB3101 .*User\.name.*\(4 rows\)/);
  expect(stdout).toMatch(/4 unique up\n +User gets an index over its rows \(about 4 rows/);
  expect(stdout).toMatch(/QDB3102 .*mail.*\(2 rows\)/);
  expect(stdout).toMatch(/Nothing was changed/);
  expect(await at()).toBe(1);
  const { migrations } = await json('--dry-run');
  expect(migrations.map((one: { number: number }) => one.number)).toEqual([2, 3, 4]);
  const linted = await json('lint');
  expect(linted.migrations[0]).toMatchObject({ counted: true, findings: [{ code: 'QDB3102', rows: 2 }] });
  const failed = await project.run(['--yes']);
  expect(failed.stderr).toMatch(/QDB3023.*unique/);
  expect(await at()).toBe(3);
});

test('a loss is asked about also where rows that are gone hide those that are there from the estimate', async () => {
  await project.seed(2, { User: ROWS });
  const engine = await openEngine({ vfs: new NodeVfs(), path: project.database, compaction: 'manual' });
  const tree = engine.trees.get('User')!;
  for (let i = 0; i < 20; i++) {
    const batch = engine.createBatch();
    batch.delete(tree, Buffer.from([0x80, 1, 0, i]), 4);
    engine.writeSync(batch);
  }
  engine.flush();
  expect(tree.estimateEntries()).toBe(0);
  await engine.close();
  expect((await project.run(['--dry-run'])).stdout).toMatch(
    /User changes at once; its rows .*\n.*QDB3101 .*User\.name.*\(3 rows\)/,
  );
  expect((await project.run([])).stderr).toMatch(/QDB3019/);
  expect(await at()).toBe(2);
});

test('a loss in rows that an earlier migration of the run brings back is asked about', async () => {
  const note = [field('id', 'int32'), field('text', 'string')];
  const kept = entity('User', [id, mail, name]);
  const other = new MigrationsOnly([
    { name: 'init', models: [kept, entity('Note', note)] },
    { name: 'extra', models: [kept, entity('Note', [...note, field('extra', 'string', optional)])] },
    { name: 'gone', models: [kept] },
  ]);
  try {
    await other.seed(2, { Note: [{ id: 1, text: 'a', extra: 'b' }] });
    expect((await other.run(['--yes'])).code).toBe(0);
    expect((await other.run(['--version=1'])).stderr).toMatch(/QDB3019: .*Note\.extra/);
    expect((await other.look()).at).toBe(3);
  } finally {
    other.remove();
  }
});

test('a rehearsal runs on a copy that shares tables, and leaves nothing', async () => {
  await project.seed(1, { User: [...ROWS, { id: 4, mail: 'ann@x.io', name: 'Ann again' }] });
  const before = readdirSync(project.path);
  const { code, stdout } = await project.run(['rehearse']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/works 0003_no_name \(up, 0 rows.*\n +loses .*User\.name/);
  expect(stdout).toMatch(/fails QDB3023/);
  expect(await json('rehearse', '--version=3')).toMatchObject({ from: 1, to: 3, failure: null, copied: 0 });
  expect(readdirSync(project.path)).toEqual(before);
  expect(await at()).toBe(1);
});

test('status tells applied, pending and edited apart, and an edited one stops every run', async () => {
  const none = await project.run(['status']);
  expect(none.stdout).toMatch(/no database at data yet/);
  await project.seed(2, { User: ROWS });
  const { stdout, code } = await project.run(['status']);
  expect(stdout).toBe('applied 0001_init\napplied 0002_age\npending 0003_no_name\npending 0004_unique\n');
  expect(code).toBe(0);
  project.edit(project.file(2), 'export default', '// edited\nexport default');
  const odd = await project.run(['status']);
  expect(odd.stdout).toMatch(/applied 0002_age \(edited since\)/);
  expect(odd.code).toBe(1);
  for (const args of [['--yes'], ['--version=0', '--yes'], ['rehearse'], ['--dry-run']]) {
    expect((await project.run(args)).stderr).toMatch(/QDB3018: Migration 2 \(age\) was edited/);
  }
  expect(await at()).toBe(2);
});

test('status finds an index that disagrees with its rows, a stray tree, and what has drifted', async () => {
  await project.seed(4, { User: NAMELESS });
  const engine = await openEngine({ vfs: new NodeVfs(), path: project.database });
  engine.openTree('Leftover', { keySize: null });
  const tree = engine.trees.get('User/mail')!;
  const cursor = tree.cursor();
  cursor.next();
  const key = cursor.key.copy();
  cursor.close();
  const batch = engine.createBatch();
  batch.delete(tree, key, key.length);
  engine.writeSync(batch);
  await engine.close();
  const { stdout, code } = await project.run(['status']);
  expect(code).toBe(1);
  expect(stdout).toMatch(/stray .*Leftover/);
  expect(stdout).toMatch(/QDB4209 1 of User's index entries in User\/mail are missing/);
  expect(stdout).toMatch(/doctor data --repair <new directory>/);
  expect((await project.run(['status', '--quick'])).stdout).not.toMatch(/QDB4209/);
});

test('a database that is newer than the code is told of, and left alone', async () => {
  await project.seed(4, { User: NAMELESS });
  const folder = project.folder();
  const { entries, squashed } = folder.lock;
  const last = entries.at(-1)!;
  const gone = [folder.migrationFile(last), folder.snapshotFile(last)];
  const rest = entries.slice(0, -1);
  folder.change(new Map(), { entries: rest, squashed }, gone);
  const { stdout, code } = await project.run(['status']);
  expect([stdout.split('\n').at(3), code]).toEqual(['applied 0004_unique (unknown to this code)', 1]);
  expect((await project.run(['--version=2', '--yes'])).stderr).toMatch(/QDB3014: The database is at migration 4/);
});

test('prune drops what was kept, once somebody agrees; then going back has lost it', async () => {
  await project.seed(1, { User: ROWS });
  await project.run(['--yes']);
  expect((await project.run(['status'])).stdout).toMatch(/archive .* kept/);
  expect((await project.run(['prune'])).stderr).toMatch(/QDB3019/);
  expect((await project.run(['prune'], ['prune'])).stdout).toMatch(/pruned \d+ archives?, /);
  expect(await json('prune')).toMatchObject({ pruned: [], bytes: 0 });
  const back = await project.run(['--version=2', '--yes']);
  expect(back.code, back.stderr).toBe(0);
  expect((await project.look()).rows.User?.map((row) => row.name)).toEqual(['', '', '']);
});

test('a squashed history goes below its squash and up again', async () => {
  await project.seed(1, { User: ROWS });
  expect((await project.run(['squash', '--to=3'])).code).toBe(0);
  expect((await project.run(['--yes'])).stderr).toBe('');
  expect(await at()).toBe(4);
  expect((await project.run(['--version=2', '--yes'])).stderr).toBe('');
  expect(await project.look()).toEqual({ at: 2, rows: { User: ROWS } });
  expect((await project.run(['status'])).stdout).toMatch(
    /applied 0002_age\npending 0003_no_name\npending 0004_unique\n/,
  );
  expect((await project.run(['--yes'])).stderr).toBe('');
  expect(await project.look()).toEqual({ at: 4, rows: { User: NAMELESS } });
});

test('a squash takes fixtures of what it replaces out of the way of testHistory', async () => {
  await project.run(['fixture']);
  expect((await project.run(['squash', '--to=1'])).stdout).toBe('squashed 1 migration into number 1\n');
  await project.run(['squash', '--to=3']);
  const kept = join(project.path, 'migrations/fixtures');
  expect(readdirSync(kept)).toEqual(['0003_no_name', '0004_unique']);
  expect(readdirSync(join(project.path, 'migrations/squashed/fixtures'))).toEqual(['0001_init', '0002_age']);
  rmSync(project.database, { recursive: true, force: true });
  expect((await project.run(['status'])).stdout).toMatch(/is at version 4\./);
});

test('names in the lock go into paths: one that leads elsewhere is refused', async () => {
  const file = join(project.path, 'migrations/quantadb.lock');
  const lock = readFileSync(file, 'utf8');
  for (const name of ['../../out', 'a/b', 'a\\b', '..', '.a', 'a.', 'c:x']) {
    writeFileSync(
      file,
      lock.replace('1 init ', () => `1 ${name} `),
    );
    expect((await project.run(['squash', '--to=1'])).stderr).toMatch(
      /QDB3006: .*quantadb\.lock can't be read: .* is no name of a migration/,
    );
  }
  writeFileSync(file, `\uFEFF${lock.replaceAll('\n', '\r\n')}`);
  expect((await project.run(['lint'])).code).toBe(0);
});

test('files that can not be written are named, and what was written before them is gone again', () => {
  const folder = project.folder();
  const [first, last] = [join(folder.path, '0005_a.ts'), join(folder.path, 'index.ts/0005_b.ts')];
  const write = () =>
    folder.change(
      new Map([
        [first, 'a'],
        [folder.indexFile, 'b'],
        [last, 'c'],
      ]),
      folder.lock,
    );
  expect(write).toThrow(/^QDB3027: .*0005_b\.ts can't be written: .*Nothing was changed\.$/);
  expect(existsSync(first)).toBe(false);
  expect(() => project.folder().check()).not.toThrow();
  expect(readFileSync(folder.indexFile, 'utf8')).toMatch(/^\/\/ Generated by quantadb/);
});

test('a database that a squash has made goes below it too, step by step, and up again', async () => {
  await project.run(['squash', '--to=3']);
  await project.seed(0, {});
  expect(await json('--version=3')).toMatchObject({ from: 0, to: 3, ran: [{ number: 3 }] });
  for (const to of [2, 1, 2, 4]) {
    expect((await project.run([`--version=${to}`, '--yes'])).stderr).toBe('');
    expect(await project.look()).toEqual({ at: to, rows: { User: [] } });
  }
});

test('a failure says where the database is now, and status what the next run does', async () => {
  await project.seed(1, { User: ROWS });
  project.edit(
    project.file(4),
    'addIndex',
    "changeField('User', 'age', () => { throw new Error('boom'); }), step.addIndex",
  );
  const rehearsed = await project.run(['rehearse']);
  expect(rehearsed.stdout).toMatch(/fails QDB3020: .*boom\. Mend the step\. It would be left at 3\./);
  const { code, stderr } = await project.run(['--yes']);
  expect(stderr).toBe(
    'QDB3020: Migration 4 (unique), up: changeField failed for User {"id":1}: boom. Mend the step. The database is at 3.\n',
  );
  expect(code).toBe(1);
  expect(await json('--yes')).toMatchObject({ failed: true, code: 'QDB3020', from: 3, at: 3 });
  expect((await project.run(['status'])).stdout).toMatch(/pending 0004_unique \(begun: the next run goes on with it\)/);
  project.edit(project.file(4), "throw new Error('boom');", 'return 5;');
  expect((await project.run(['status'])).stdout).toMatch(/0004_unique \(begun: its steps have changed, .* afresh\)/);
  expect((await json('status', '--quick')).begun).toEqual({
    number: 4,
    name: 'unique',
    direction: 'up',
    goesOn: false,
  });
  expect((await project.run(['--yes'])).stderr).toBe('');
});

test('what stands in the way has a code: no database, one in use, a damaged file, a missing one', async () => {
  expect((await project.run([])).stderr).toMatch(/QDB4018/);
  await project.seed(1, { User: ROWS });
  const engine = await openEngine({ vfs: new NodeVfs(), path: project.database });
  expect((await project.run(['--yes'])).stderr).toMatch(/QDB4020/);
  await engine.close();
  project.edit(project.file(4), 'up: (step)', 'up: (step');
  expect((await project.run(['--yes'])).stderr).toMatch(/QDB3006: .*0004_unique\.ts can't be loaded/);
  expect(await at()).toBe(1);
  rmSync(project.file(3));
  expect((await project.run(['--yes'])).stderr).toMatch(/QDB3007: .*0003_no_name\.ts is missing/);
  expect(await at()).toBe(1);
});
