// `quantadb migrate rebase` keeps what people have written by hand, or refuses and leaves their files alone.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import ts from 'typescript';
import { afterEach, expect, test } from 'vitest';
import { openEngine } from '../../runtime/engine/index.js';
import * as migrateModule from '../../runtime/migrate/index.js';
import { readVersion } from '../../runtime/migrate/plain-database.js';
import { NodeVfs } from '../../runtime/vfs/node.js';
import { type AnswerOptions, NO_ANSWERS, parseAnswers } from '../../transformer/migrate/answers.js';
import { differenceOf, writeMigration } from '../../transformer/migrate/create.js';
import { indexText } from '../../transformer/migrate/files.js';
import { MigrationLoader } from '../../transformer/migrate/load.js';
import { rebase } from '../../transformer/migrate/rebase.js';
import { entity, field } from '../emit/schemas.js';
import { type FolderVersion, MigrationsOnly } from './folder.js';

const OWN = [field('id', 'int32'), field('name', 'string'), field('email', 'string')];
const nick = field('nick', 'string');
const age = field('age', 'int32');
const theirs = field('theirs', 'int32', { default: { kind: 'literal', value: 1 } });
const user = (...more: (typeof nick)[]) => [entity('User', [...OWN, ...more])];
const BASE: FolderVersion = { name: 'init', models: user() };
const ROW = { id: 1, name: 'Ann', email: 'ANN@X.IO' };

interface Meeting {
  readonly mine: readonly FolderVersion[];
  readonly theirs?: FolderVersion;
  readonly merged: FolderVersion['models'];
  readonly answers?: AnswerOptions;
}

let project: MigrationsOnly;
afterEach(() => project.remove());

/** Two lines that part at the first migration, and one that is to be put behind the other. */
async function meet({ mine, theirs: other = { name: 'theirs', models: user(theirs) }, merged, answers }: Meeting) {
  project = new MigrationsOnly([BASE, ...mine]);
  await project.seed(1, { User: [ROW] });
  const folder = project.folder();
  const [first, ...own] = folder.lock.entries;
  const files = own.flatMap((entry) => [folder.migrationFile(entry), folder.snapshotFile(entry)]);
  const kept = new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
  const lock = { entries: [first!], squashed: [] };
  folder.change(new Map([[folder.indexFile, indexText(lock, '.js')]]), lock, files);
  const before = project.folder();
  const loader = new MigrationLoader(ts, before, migrateModule);
  const { after, up, down } = differenceOf(
    loader.snapshot(before.head),
    other.models,
    parseAnswers(other.answers ?? {}),
  );
  writeMigration(before, { name: other.name, after, up, down }, '.js');
  for (const [file, text] of kept) writeFileSync(file, text);
  const now = project.folder();
  const run = () =>
    rebase(
      ts,
      now,
      new MigrationLoader(ts, now, migrateModule),
      merged,
      answers ? parseAnswers(answers) : NO_ANSWERS,
      '.js',
    );
  return { run, kept };
}

/** What the new file says, and what rows become by it, up and down again. */
async function rebased(meeting: Meeting) {
  const { run } = await meet(meeting);
  const { written, questions } = run();
  expect(questions).toEqual([]);
  const text = readFileSync(written!.file, 'utf8');
  const rows = async (to: number) => {
    const { stderr } = await project.run([`--version=${to}`, '--yes']);
    expect(stderr).toBe('');
    const folder = project.folder();
    const schema = new MigrationLoader(ts, folder, migrateModule).snapshot(folder.lock.entries[to - 1]);
    const engine = await openEngine({ vfs: new NodeVfs(), path: project.database, durability: 'os' });
    const found = readVersion(engine, schema).User;
    await engine.close();
    return found;
  };
  const after = await rows(project.folder().lock.entries.length);
  return { text, file: written!.file, row: after![0], down: await rows(1) };
}

/** Refused with a message; every file as it was. */
async function refused(meeting: Meeting): Promise<string> {
  const { run, kept } = await meet(meeting);
  const lock = project.folder().lock;
  let message = '';
  try {
    run();
  } catch (error) {
    expect(error).toMatchObject({ name: 'MigrationError', code: 'QDB3026' });
    message = String(error);
  }
  expect(message).toMatch(/Nothing was changed; .*`quantadb migrate rebase`/);
  for (const [file, text] of kept) expect(readFileSync(file, 'utf8')).toBe(text);
  expect(project.folder().lock).toEqual(lock);
  return message;
}

const mine = (edits: FolderVersion['edits']): FolderVersion => ({
  name: 'mine',
  models: user(nick),
  ...(edits && { edits }),
});
const NICK = "step.addField('User', 'nick', '')";
const UP = /up: \(step\) => \[[\s\S]*?\n {2}\],/;
const merged = user(theirs, nick);

test('helpers, constants, imports and comments go along; a string over several lines is the same string', async () => {
  const { text, row, down } = await rebased({
    mine: [
      mine([
        [
          'import { defineMigration }',
          "// eslint-disable-next-line\nimport { sep } from 'node:path';\nimport { defineMigration, type Row }",
        ],
        [
          'export default',
          "/** What nicknames begin with. */\nconst [PREFIX] = ['n-'];\nfunction nickOf(row: Row): string {\n  return PREFIX + row.name + sep;\n}\n\n// The migration.\nexport default",
        ],
        [NICK, 'step.addField("User", "nick", (row) => nickOf(row) + `\n\n\n  deep`)'],
        ["step.dropField('User', 'nick'),", "step.dropField('User', 'nick'), // gone again\n    // the end"],
      ]),
    ],
    merged,
  });
  expect(row).toEqual({ ...ROW, theirs: 1, nick: 'n-Ann/\n\n\n  deep' });
  expect(down).toEqual([ROW]);
  for (const kept of [
    '// eslint-disable',
    '/** What',
    'type Row',
    '// The migration.',
    '// gone again',
    '// the end',
  ]) {
    expect(text.split(kept)).toHaveLength(2);
  }
});

test('a step that no difference asks for goes along, in its order; one that was taken out stays out', async () => {
  const { text, row } = await rebased({
    mine: [
      mine([
        [
          NICK,
          "step.changeField('User', 'email', (value) => value.toLowerCase()),\n    step.changeField('User', 'email', (value) => '<' + value + '>'),\n    step.addField('User', 'nick', (row) => row.name)",
        ],
      ]),
    ],
    merged,
  });
  expect(row).toEqual({ ...ROW, email: '<ann@x.io>', theirs: 1, nick: 'Ann' });
  project.remove();
  const whole = await rebased({
    mine: [mine([[NICK, "step.transform('User', (row) => ({ ...row, nick: row.email }))"]])],
    merged,
  });
  expect(whole.row).toEqual({ ...ROW, theirs: 1, nick: ROW.email });
  expect(whole.text).not.toContain(NICK);
  expect(text).toContain("step.dropField('User', 'nick')");
});

test('a step about a field that the other side has renamed is about it under its new name', async () => {
  const named = (...more: (typeof nick)[]) => [entity('User', [OWN[0]!, OWN[1]!, field('mail', 'string'), ...more])];
  const { text, row } = await rebased({
    mine: [mine([[NICK, `${NICK},\n    step.changeField('User', 'email', (value) => value.toLowerCase())`]])],
    theirs: { name: 'theirs', models: named(), answers: { rename: ['User.email=mail'] } },
    merged: named(nick),
  });
  expect(text).toContain("step.changeField('User', 'mail', (value) =>");
  expect(row).toEqual({ id: 1, name: 'Ann', mail: 'ann@x.io', nick: '' });
});

test('steps of a method are kept; those that are no plain list are refused', async () => {
  const method = "up(step) {\n    return [step.addField('User', 'nick', (row) => row.name)];\n  },";
  const { row } = await rebased({ mine: [mine([[up(), method]])], merged });
  expect(row).toEqual({ ...ROW, theirs: 1, nick: 'Ann' });
  for (const [text, words] of [
    ['up: (step) => {\n    const steps = [];\n    return steps;\n  },', /plain list/],
    [`up: (step) => [...[${NICK}]],`, /no step of the list.*\.\.\.\[step/],
    [`up: (s) => [${NICK.replace('step', 's')}],`, /must be called "step"/],
    [`up: (step) => [true ? ${NICK} : ${NICK}],`, /no step of the list/],
    [`up: (step) => [${NICK}],\n  note: 1,`, /does not know what this is for: note: 1/],
  ] as const) {
    project.remove();
    expect(await refused({ mine: [mine([[up(), text]])], merged })).toMatch(words);
  }
});

/** The list of steps up, as it is written. */
function up(): string {
  const fresh = new MigrationsOnly([BASE, mine([])]);
  const [text] = UP.exec(readFileSync(fresh.file(2), 'utf8'))!;
  fresh.remove();
  return text;
}

test('work that has nothing left to be about is refused, not dropped', async () => {
  const made = mine([[NICK, "step.addField('User', 'nick', (row) => row.name)"]]);
  const both = { name: 'theirs', models: user(theirs, nick) };
  expect(await refused({ mine: [made], theirs: both, merged })).toMatch(
    /0002_mine\.ts .*'nick', \.\.\.\) .*the other side has made already/,
  );
  project.remove();
  const { written } = (await meet({ mine: [mine([])], theirs: both, merged })).run();
  expect(written).toBeNull();
  project.remove();
  const shorter = (...more: (typeof nick)[]) => [entity('User', [OWN[0]!, OWN[1]!, ...more])];
  expect(
    await refused({
      mine: [mine([[NICK, `${NICK},\n    step.changeField('User', 'email', (value) => value.toLowerCase())`]])],
      theirs: { name: 'theirs', models: shorter() },
      merged: shorter(nick),
    }),
  ).toMatch(/'email', \.\.\.\) is about what is no longer there/);
});

test('two of mine become one, whose name may be that of one that goes', async () => {
  const alias = field('alias', 'string');
  const { file, row, down } = await rebased({
    mine: [
      mine([[NICK, "step.addField('User', 'nick', (row) => row.name)"]]),
      { name: 'mine2', models: user(alias), answers: { rename: ['User.nick=alias'] } },
    ],
    merged: user(theirs, alias),
  });
  expect(file).toMatch(/0003_mine2\.ts$/);
  expect(existsSync(file) && existsSync(project.folder().snapshotFile({ number: 3, name: 'mine2' }))).toBe(true);
  expect(existsSync(file.replace('0003_mine2', '0002_mine'))).toBe(false);
  expect(row).toEqual({ ...ROW, theirs: 1, alias: 'Ann' });
  expect(down).toEqual([ROW]);
});

test('two of mine that would override each other, or whose names clash, are refused', async () => {
  const second = (edits: FolderVersion['edits']): FolderVersion => ({
    name: 'mine2',
    models: user(nick, age),
    ...(edits && { edits }),
  });
  const AGE = "step.addField('User', 'age', 0)";
  const meeting = { merged: user(theirs, nick, age) };
  expect(
    await refused({
      ...meeting,
      mine: [
        mine([[NICK, "step.transform('User', (row) => ({ ...row, nick: 'a' }))"]]),
        second([[AGE, "step.transform('User', (row) => ({ ...row, age: row.nick.length }))"]]),
      ],
    }),
  ).toMatch(/0003_mine2\.ts changes rows of User too.*as one transform/);
  project.remove();
  const constant = (value: string) => ['export default', `const A = ${value};\nexport default`] as const;
  expect(await refused({ ...meeting, mine: [mine([constant('1')]), second([constant('2')])] })).toMatch(
    /0003_mine2\.ts .*"A" is something else in 0002_mine\.ts/,
  );
  project.remove();
  const { text } = await rebased({
    ...meeting,
    mine: [mine([constant('1')]), second([constant('1'), [AGE, AGE.replace('0)', '18)')]])],
  });
  expect(text.split('const A = 1;')).toHaveLength(2);
});

test('what my migrations do not answer is answered by options', async () => {
  const renamed = (...more: (typeof nick)[]) => [entity('User', [OWN[0]!, OWN[1]!, field('mail', 'string'), ...more])];
  const meeting: Meeting = { mine: [mine([])], merged: renamed(theirs, nick) };
  const { questions } = (await meet(meeting)).run();
  expect(questions).toMatchObject([{ from: 'email' }]);
  project.remove();
  const { row } = await rebased({ ...meeting, answers: { rename: ['User.email=mail'] } });
  expect(row).toMatchObject({ mail: ROW.email });
});
