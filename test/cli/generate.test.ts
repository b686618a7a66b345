// `quantadb` as a user runs it: a process, its exit code and what it prints.
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { generateCommand } from '../../cli/commands/generate.js';
import { TestProject } from '../hosts/project.js';
import { runCommand } from './in-process.js';

let project: TestProject;
beforeEach(() => {
  project = TestProject.copyOf('contract');
});
afterEach(() => project.remove());

const generate = (...args: string[]) => runCommand(generateCommand, args, { directory: project.path });

test('what it writes compiles without the plugin, and runs to the same answer; --check is the exit code', async () => {
  const stale = await project.quantadb('generate', '--check');
  expect(stale.code).toBe(1);
  expect(stale.stdout).toMatch(
    /^stale src\/quanta\/user\.ts\nstale src\/quanta\/index\.ts\n1 entity in src\/quanta: 2 stale/,
  );
  const { code, stdout: said } = await project.quantadb('generate');
  expect(code).toBe(0);
  expect(said).toMatch(
    /^wrote src\/quanta\/user\.ts\nwrote src\/quanta\/index\.ts\n1 entity in src\/quanta: 2 written/,
  );
  expect((await generate('--check')).code).toBe(0);
  const tsc = await project.node(
    'node_modules/typescript/lib/tsc.js',
    '-p',
    '.',
    '--isolatedModules',
    '--verbatimModuleSyntax',
  );
  expect(tsc).toEqual({ code: 0, stdout: '', stderr: '' });
  const { stdout } = await project.node('dist/main.js');
  expect(JSON.parse(stdout)).toMatchObject({ admins: ['ann@x.io'], vips: 1, ann: 'Bern' });
});

test('an error in a class is shown where it is, and nothing is written', async () => {
  project.edit('src/models/user.ts', 'notes?: string;', 'notes?: () => void;');
  const { code, stderr } = await project.quantadb('generate');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^src\/models\/user\.ts\(23,11\): error TS901301: QDB1301: /m);
  const json = JSON.parse((await generate('--json')).stdout);
  expect(json.diagnostics[0]).toMatchObject({ code: 'QDB1301', file: 'src/models/user.ts', line: 23, column: 11 });
  expect(project.has('src/quanta')).toBe(false);
});

test('--watch generates on every save, of the config too, until it is interrupted', async () => {
  project.write(
    'quantadb.config.ts',
    "import { defineConfig } from 'quantadb/config';\nexport default defineConfig({});\n",
  );
  const child = project.start(project.file('node_modules/quantadb/dist/cli/main.js'), 'generate', '--watch', '--json');
  const runs: { written: string[]; failed: boolean; milliseconds: number }[] = [];
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
    runs.splice(
      0,
      runs.length,
      ...text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );
  });
  const run = (count: number) => expect.poll(() => runs.length, { timeout: 50_000 }).toBe(count);
  try {
    await run(1);
    project.edit('src/models/user.ts', 'notes?: string;', 'remark?: string;');
    await run(2);
    expect(runs[1]).toMatchObject({ written: expect.arrayContaining(['src/quanta/user.ts']), failed: false });
    project.edit('src/models/user.ts', 'remark?: string;', 'remark?: () => void;');
    await run(3);
    expect(runs[2]).toMatchObject({ written: [], failed: true });
    project.edit('src/models/user.ts', 'remark?: () => void;', '');
    await run(4);
    project.edit('src/role.ts', "Guest = 'guest'", "Guest = 'visitor'");
    await run(5);
    expect(runs[4]).toMatchObject({ written: expect.arrayContaining(['src/quanta/user.ts']), failed: false });
    project.edit('quantadb.config.ts', '({})', "({ out: 'src/made' })");
    await run(6);
    expect(runs[5]!.written.sort()).toEqual(['src/made/index.ts', 'src/made/user.ts']);
  } finally {
    child.kill('SIGINT');
  }
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
});

test('init writes a config that generate reads; wrong usage is exit code 2', async () => {
  expect((await project.quantadb('init')).code).toBe(0);
  expect((await generate()).code).toBe(0);
  for (const args of [[], ['generat'], ['migrate', '--version'], ['generate', '--watch', '--check']]) {
    expect((await project.quantadb(...args)).code).toBe(2);
  }
  const help = await project.quantadb('generate', '--help');
  expect(help.code).toBe(0);
  expect(help.stdout).toContain('--check');
});
