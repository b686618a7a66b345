// A project that has lived long: 500 migrations are held against the lock in less than a second, and only those that run are loaded.
import { afterAll, expect, test } from 'vitest';
import { projectLine } from '../../cli/commands/migrate/line.js';
import { openProject } from '../../cli/commands/migrate/project.js';
import { Terminal } from '../../cli/terminal.js';
import { entity, field, optional } from '../emit/schemas.js';
import { type FolderVersion, MigrationsOnly } from './folder.js';

const COUNT = 500;
/** Of processor time: other tests run beside this one. */
const LIMIT_MS = 1_000;

const id = field('id', 'int32');
const VERSIONS = Array.from({ length: COUNT }, (_, i): FolderVersion => {
  const { name, fields } =
    i % 2 === 0 ? { name: 'less', fields: [id] } : { name: 'more', fields: [id, field('text', 'string', optional)] };
  return {
    name: `${name}_${i + 1}`,
    models: [entity('User', fields)],
    answers: i > 0 && i % 2 === 0 ? { drop: ['User.text'] } : {},
  };
});

const project = new MigrationsOnly(VERSIONS);
afterAll(() => project.remove());

test('500 migrations are checked in less than a second', async () => {
  const streams = { stdout: process.stdout, stderr: process.stderr, env: {} };
  const context = {
    directory: project.path,
    terminal: new Terminal(streams, true),
    exit: () => {},
    ask: null,
    interrupted: async () => {},
  };
  openProject(context);
  const began = process.cpuUsage();
  const line = projectLine(openProject(context));
  const { user, system } = process.cpuUsage(began);
  expect(line.migrations).toHaveLength(COUNT);
  expect((user + system) / 1_000).toBeLessThan(LIMIT_MS);
});

test('a database at the last but one runs only the last', async () => {
  await project.seed(COUNT - 1, { User: [{ id: 1 }] });
  const { stdout } = await project.run(['--json']);
  expect(JSON.parse(stdout)).toMatchObject({ from: COUNT - 1, to: COUNT, ran: [{ number: COUNT }] });
});
