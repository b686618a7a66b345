// `quantadb check`: findings of classes and queries, with nothing generated and nothing written.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkCommand } from '../../cli/commands/check.js';
import { TestProject } from '../hosts/project.js';
import { runCommand } from './in-process.js';

let project: TestProject;
beforeEach(() => {
  project = TestProject.copyOf('contract');
});
afterEach(() => project.remove());

const check = (...args: string[]) => runCommand(checkCommand, args, { directory: project.path });

test('as a user runs it: a project without errors passes; its warnings are shown', async () => {
  project.write('src/more.ts', queries('u => u.score > 3 && u.email.localeCompare("x") > 0'));
  const { code, stdout, stderr } = await project.quantadb('check');
  expect(stderr).toMatch(/^src\/more\.ts\(3,55\): warning TS902006: QDB2006: /m);
  expect(stdout).toMatch(/^1 entity, \d+ queries, \d+ lowered \(\d+ ms\)$/m);
  expect(code).toBe(0);
  expect(project.has('src/quanta')).toBe(false);
});

test('an error in a query fails it; --json says where', async () => {
  project.write('src/more.ts', queries('u => u.score > Math.random()'));
  const { code, stdout } = await check('--json');
  expect(code).toBe(1);
  const { diagnostics, failed } = JSON.parse(stdout);
  expect(failed).toBe(true);
  const place = { file: 'src/more.ts', line: 3, column: 50 };
  expect(diagnostics).toMatchObject([{ code: 'QDB2007', category: 'error', ...place }]);
});

test('queries that no index serves are warned of where the config asks for it, by entity', async () => {
  project.write('src/more.ts', queries('u => u.score > 3'));
  const warningsWith = async (config: string) => {
    project.write('quantadb.config.json', `{ "entities": ["src/models/*.ts"]${config} }`);
    const { code, stderr } = await check();
    expect(code).toBe(0);
    return [...stderr.matchAll(/^src\/more\.ts.* QDB2015: no index of (\w+)/gm)].map(([, entity]) => entity);
  };
  expect(await warningsWith('')).toEqual([]);
  expect(await warningsWith(', "warnOfScans": ["Other"]')).toEqual([]);
  expect(await warningsWith(', "warnOfScans": ["User"]')).toEqual(['User']);
  project.write('src/more.ts', queries('u => u.email === "a" && u.score > 3'));
  expect(await warningsWith(', "warnOfScans": ["User"]')).toEqual([]);
});

test('a plugin line that TypeScript 7 ignores is told', async () => {
  const seven = '{ "name": "typescript", "version": "7.0.2", "main": "version.js" }';
  project.remove();
  project = TestProject.copyOf('contract');
  project.link('typescript', project.file('seven'));
  project.write('seven/package.json', seven);
  project.write('seven/version.js', "module.exports = { version: '7.0.2' };");
  const { code, stderr } = await project.quantadb('check');
  expect(stderr).toMatch(
    /^warning TS901910: QDB1910: .*ignores the quantadb line among "plugins" of .*tsconfig\.json/m,
  );
  expect(code).toBe(0);
});

function queries(arrow: string): string {
  return `import type { Database } from './quanta/index.js';
declare const db: Database;
export const rows = db.user.where(${arrow});
`;
}
