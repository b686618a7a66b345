// Names that others have taken: chains and swaps of renames, said by `--rename`.
import { afterEach, expect, test } from 'vitest';
import type { RowsByEntity } from '../../runtime/migrate/plain-database.js';
import { EMPTY_SNAPSHOT } from '../../runtime/migrate/snapshot.js';
import { NO_ANSWERS, parseAnswers } from '../../transformer/migrate/answers.js';
import { differenceOf } from '../../transformer/migrate/create.js';
import { entity, field, index } from '../emit/schemas.js';
import { type FolderVersion, MigrationsOnly } from './folder.js';

const id = field('id', 'int32');
const user = (names: readonly string[], indexed: readonly string[] = []) =>
  entity('User', [id, ...names.map((name) => field(name, 'string'))], {
    indexes: indexed.map((name) => index([name])),
  });
const other = entity('Other', [id, field('n', 'int32')], { indexes: [index(['n'])] });
const swapped = (name: string, model: typeof other) => ({
  ...model,
  name,
  storedName: name,
  accessor: name.toLowerCase(),
});

const VERSIONS: readonly FolderVersion[] = [
  { name: 'init', models: [user(['a', 'b'], ['a', 'b']), other] },
  { name: 'chain', models: [user(['b', 'c'], ['b', 'c']), other], answers: { rename: ['User.a=b', 'User.b=c'] } },
  { name: 'swap', models: [user(['c', 'b'], ['b', 'c']), other], answers: { rename: ['User.b=c', 'User.c=b'] } },
  {
    name: 'entities',
    models: [swapped('Other', user(['c', 'b'], ['b', 'c'])), swapped('User', other)],
    answers: { rename: ['User=Other', 'Other=User'] },
  },
  {
    name: 'over_another',
    models: [swapped('Other', user(['b'], ['b'])), swapped('User', other)],
    answers: { drop: ['Other.b'], rename: ['Other.c=b'] },
  },
];
const other1 = [{ id: 7, n: 7 }];
const ROWS: readonly RowsByEntity[] = [
  { User: [{ id: 1, a: 'a1', b: 'b1' }], Other: other1 },
  { User: [{ id: 1, b: 'a1', c: 'b1' }], Other: other1 },
  { User: [{ id: 1, c: 'a1', b: 'b1' }], Other: other1 },
  { Other: [{ id: 1, c: 'a1', b: 'b1' }], User: other1 },
  { Other: [{ id: 1, b: 'a1' }], User: other1 },
];

const project = new MigrationsOnly(VERSIONS);
afterEach(() => project.remove());

test('chains and swaps of names go up, down and up again', async () => {
  await project.seed(1, ROWS[0]!);
  for (const to of [2, 3, 4, 5, 1]) {
    expect((await project.run([`--version=${to}`, '--yes'])).stderr).toBe('');
    expect(await project.look()).toEqual({ at: to, rows: ROWS[to - 1] });
    const { code, stdout } = await project.run(['status']);
    expect(code, stdout).toBe(0);
  }
});

test('a name is taken only from one that is said to go', () => {
  const before = differenceOf(EMPTY_SNAPSHOT, [user(['a', 'b'])], NO_ANSWERS).after;
  const between = (names: readonly string[], rename: readonly string[]) =>
    differenceOf(before, [user(names)], parseAnswers({ rename })).up.map(({ names: [, ...of] }) => of.join());
  expect(() => between(['b'], ['User.a=b'])).toThrow(/QDB3005: "User.a=b" answers no question/);
  expect(() => between(['b', 'c'], ['User.b=c'])).toThrow(/QDB3005: "User.b=c"/);
  expect(() => between(['a', 'b'], ['User.a=b'])).toThrow(/QDB3005: "User.a=b"/);
  expect(between(['b', 'a'], ['User.a=b', 'User.b=a'])).toEqual(expect.arrayContaining(['a,b', 'b,a']));
});
