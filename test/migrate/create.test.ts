// `quantadb migrate create` and what follows it, as a user runs it: classes change, migrations are written, and what is written
// type-checks under the user's own compiler.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrateCommand } from '../../cli/commands/migrate/index.js';
import { runCommand } from '../cli/in-process.js';
import { TestProject } from '../hosts/project.js';
import { VERSIONS } from './versions.js';

const GOLDEN = join(import.meta.dirname, 'golden');

let project: TestProject;
beforeEach(() => {
  project = TestProject.copyOf('contract');
  project.write('src/main.ts', '');
  // What no class here needs, and every command would parse again.
  project.configure({ types: [] });
});
afterEach(() => project.remove());

const run = (...args: string[]) => runCommand(migrateCommand, args, { directory: project.path });

async function migrate(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return stdout;
}

function stemsIn(folder: string): string[] {
  return readdirSync(project.file(folder))
    .filter((file) => file.endsWith('.ts'))
    .sort();
}

test('a history of classes becomes migrations that are read, that compile, and that are the same each time', async () => {
  for (const { models, name, answers } of VERSIONS) {
    project.write('src/models/user.ts', models);
    await migrate('create', name, ...answers);
  }
  const written = stemsIn('migrations');
  for (const file of [...written, ...stemsIn('migrations/snapshots').map((name) => `snapshots/${name}`)]) {
    const text = project.read(`migrations/${file}`).replaceAll(/[0-9a-f]{64}/g, '<id>');
    const golden = join(GOLDEN, `${file}.txt`);
    if (process.env.UPDATE_GOLDEN !== undefined) {
      mkdirSync(join(GOLDEN, 'snapshots'), { recursive: true });
      writeFileSync(golden, text);
    }
    expect(existsSync(golden)).toBe(true);
    expect(text, file).toBe(readFileSync(golden, 'utf8'));
  }
  project.configure({ rootDir: '.', noEmit: true }, { include: ['src', 'migrations'] });
  const checked = await project.node(join(project.path, 'node_modules/typescript/bin/tsc'), '-p', '.');
  expect(checked.stdout).toBe('');
  expect(await migrate('create')).toMatch(/nothing to write/);
  expect(project.read('migrations/quantadb.lock').trim().split('\n').at(-1)).toMatch(/^head [0-9a-f]{64}$/);
});

test('a name that is gone while another is new is a question, never a guess', async () => {
  project.write('src/models/user.ts', VERSIONS[0]!.models);
  await migrate('create');
  project.edit('src/models/user.ts', 'mail!: string', 'email!: string');
  const refused = await run('create');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/QDB3011: .*\n {2}User\.mail is gone: --rename User\.mail=email or --drop User\.mail/);
  expect(stemsIn('migrations')).toEqual(['0001_init.ts', 'index.ts']);
  const misspelt = await run('create', '--rename', 'User.mail=e_mail');
  expect(misspelt.stderr).toMatch(/QDB3005/);
  await migrate('create', '--rename', 'User.mail=email');
  const text = project.read('migrations/0002_rename_mail_to_email.ts');
  expect(text).toContain("step.renameField('User', 'mail', 'email')");
  expect(text).toContain("step.renameField('User', 'email', 'mail')");
  expect(text).not.toContain('dropField');
});

test('at a terminal the question is asked, until the answer is one', async () => {
  project.write('src/models/user.ts', VERSIONS[0]!.models);
  await migrate('create');
  project.edit('src/models/user.ts', 'mail!: string', 'email!: string');
  const at = { directory: project.path, answers: ['perhaps', '7', '1'] };
  const { stderr } = await runCommand(migrateCommand, ['create'], at);
  expect(stderr).toBe('User.mail is gone, and new: email.\n');
  expect(project.read('migrations/0002_rename_mail_to_email.ts')).toContain("renameField('User', 'mail', 'email')");
});

test('the built program does it too', async () => {
  project.write('src/models/user.ts', VERSIONS[0]!.models);
  const { code, stdout } = await project.quantadb('migrate', 'create', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ written: 'migrations/0001_init.ts', number: 1, findings: [] });
  expect(code).toBe(0);
});

test('two migrations with one number meet in the lock, and rebase puts one behind the other with its edits', async () => {
  project.write('src/models/user.ts', VERSIONS[0]!.models);
  await migrate('create');
  const lock = project.read('migrations/quantadb.lock');
  const index = project.read('migrations/index.ts');
  project.edit('src/models/user.ts', '  age!: number;', '  age!: number;\n  height!: number;');
  await migrate('create', 'mine');
  project.edit('migrations/0002_mine.ts', "'height', 0)", "'height', (row) => row.age + 100)");
  const mine = project.read('migrations/quantadb.lock');
  // The other side: the same start, another field.
  project.write('migrations/quantadb.lock', lock);
  project.write('migrations/index.ts', index);
  project.edit('src/models/user.ts', '  height!: number;', '  weight?: number;');
  const beside = await run('create', 'theirs');
  expect(beside.stderr).toMatch(/QDB3008: .*0002_mine\.ts/);
  const held = project.read('migrations/0002_mine.ts');
  const snapshot = project.read('migrations/snapshots/0002_mine.ts');
  for (const file of ['0002_mine.ts', 'snapshots/0002_mine.ts']) project.delete(`migrations/${file}`);
  await migrate('create', 'theirs');
  // The merge.
  project.write('migrations/0002_mine.ts', held);
  project.write('migrations/snapshots/0002_mine.ts', snapshot);
  project.edit('src/models/user.ts', '  weight?: number;', '  weight?: number;\n  height!: number;');
  const theirs = project.read('migrations/quantadb.lock');
  project.write('migrations/quantadb.lock', `<<<<<<< a\n${mine}=======\n${theirs}>>>>>>> b\n`);
  const conflict = await run('rebase');
  expect(conflict.stderr).toMatch(/QDB3002: .* merge conflict/);
  project.write('migrations/quantadb.lock', theirs);
  expect(await migrate('rebase')).toMatch(/0002_mine now migrations\/0003_mine\.ts/);
  expect(stemsIn('migrations')).toEqual(['0001_init.ts', '0002_theirs.ts', '0003_mine.ts', 'index.ts']);
  const rebased = project.read('migrations/0003_mine.ts');
  expect(rebased).toContain("step.addField('User', 'height', (row) => row.age + 100)");
  expect(rebased).toContain("'./snapshots/0002_theirs.js'");
  expect(await migrate('create')).toMatch(/nothing to write/);
});

test('a changed snapshot, a missing file and a cut lock are told apart from each other', async () => {
  project.write('src/models/user.ts', VERSIONS[0]!.models);
  await migrate('create');
  const refused = async () => (await run('lint')).stderr;
  const snapshot = project.read('migrations/snapshots/0001_init.ts');
  project.edit('migrations/snapshots/0001_init.ts', 'nextEntityId: 2', 'nextEntityId: 3');
  expect(await refused()).toMatch(/QDB3006: .*0001_init\.ts is not as it was written/);
  project.write('migrations/snapshots/0001_init.ts', snapshot.replaceAll('\n', '\r\n'));
  expect(await refused()).toBe('');
  const file = project.read('migrations/0001_init.ts');
  project.write('migrations/0001_init.ts', 'export default 5;');
  expect(await refused()).toMatch(/QDB3006: .*0001_init\.ts can't be loaded: .*defineMigration/);
  project.delete('migrations/0001_init.ts');
  expect(await refused()).toMatch(/QDB3007: .*0001_init\.ts is missing/);
  project.write('migrations/0001_init.ts', file);
  const lock = project.read('migrations/quantadb.lock');
  project.write('migrations/quantadb.lock', lock.slice(0, lock.indexOf('head')));
  expect(await refused()).toMatch(/QDB3006: .*quantadb\.lock can't be read/);
});

test('a squash makes one of the first few; the originals stand aside, and the line goes on', async () => {
  for (const { models, name, answers } of VERSIONS.slice(0, 3)) {
    project.write('src/models/user.ts', models);
    await migrate('create', name, ...answers);
  }
  await migrate('squash', '--to=2');
  expect(stemsIn('migrations')).toEqual([`0002_${VERSIONS[1]!.name}.ts`, `0003_${VERSIONS[2]!.name}.ts`, 'index.ts']);
  expect(stemsIn('migrations/squashed')).toEqual(['0001_init.ts', `0002_${VERSIONS[1]!.name}.ts`]);
  expect(
    project
      .read('migrations/index.ts')
      .match(/replaces: \[[^\]]*\]/)![0]
      .match(/[0-9a-f]{64}/g),
  ).toHaveLength(2);
  expect(await migrate('lint', '--all', '--json')).toContain('"migrations"');
  project.write('src/models/user.ts', VERSIONS[3]!.models);
  await migrate('create', VERSIONS[3]!.name, ...VERSIONS[3]!.answers);
  expect((await run('squash', '--to=9')).stderr).toMatch(/QDB3009: .*2, 3, 4/);
});
