// `quantadb init`: the config file, and advice that fits the project.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { initCommand } from '../../cli/commands/init.js';
import { TestProject } from '../hosts/project.js';
import { runCommand } from './in-process.js';

let project: TestProject;
beforeEach(() => {
  project = TestProject.copyOf('contract');
});
afterEach(() => project.remove());

const init = () => runCommand(initCommand, [], { directory: project.path });

test('where types are stripped it offers defineEntity; where a bundler is, its plugin', async () => {
  const plain = await init();
  expect(plain.stdout).toMatch(/@QuantaEntity\(\).*quantadb\/transformer/s);
  expect(project.read('quantadb.config.ts')).toContain('defineConfig');
  expect(await init()).toMatchObject({ code: 1, stderr: expect.stringMatching(/is there already/) });

  project.remove();
  project = TestProject.copyOf('contract');
  project.configure({ erasableSyntaxOnly: true });
  const stripped = await init();
  expect(stripped.stdout).toMatch(/defineEntity\(User.*node --import quantadb\/register/s);

  project.remove();
  project = TestProject.copyOf('contract');
  project.write('package.json', '{ "type": "module", "devDependencies": { "vite": "8" } }');
  expect((await init()).stdout).toContain('plugins: [quantadb.vite()]');

  for (const [file, advice] of Object.entries({
    'bun.lock': 'bun --preload quantadb/bun',
    'deno.json': 'deno run -A',
  })) {
    project.remove();
    project = TestProject.copyOf('contract');
    project.write(file, '{}');
    expect((await init()).stdout).toContain(advice);
  }
});
