// The tsc plugin as users run it: `tspc` in a project that has no generated file on disk.
import { SourceMap } from 'node:module';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestProject } from './project.js';

const ANSWER = {
  recent: ['ann@x.io (9)', 'amy@x.io (1)'].sort(),
  admins: ['ann@x.io'],
  atHome: ['4000'],
  vips: 1,
  ann: 'Bern',
};
const MARKERS =
  /@QuantaEntity|@Index|@PrimaryKey|@Embedded|QuantaEntity|PrimaryKey|__esDecorate|__decorate|__metadata|from 'quantadb'/;

let project: TestProject;
beforeEach(() => {
  project = TestProject.copyOf('contract');
});
afterEach(() => project.remove());

async function answer(main = 'dist/main.js'): Promise<unknown> {
  const { stdout, stderr } = await project.node(main);
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** Each text stands in main.js where the source map says that it stands in main.ts. */
function expectMapped(texts: readonly string[]): void {
  const js = project.read('dist/main.js').split('\n');
  const source = project.read('src/main.ts').split('\n');
  const map = new SourceMap(JSON.parse(project.read('dist/main.js.map')));
  for (const text of texts) {
    const line = js.findIndex((l) => l.includes(text));
    const entry = map.findEntry(line, js[line]!.indexOf(text));
    expect(source[(entry as { originalLine: number }).originalLine]).toContain(text);
  }
}

test('compiles and runs with nothing on disk; standard decorators', async () => {
  expect(await project.tspc('-p', '.')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(project.has('src/quanta')).toBe(false);
  expect(project.read('dist/models/user.js')).not.toMatch(MARKERS);
  expect(project.read('dist/quanta/user.d.ts')).toContain('class UserDao');
  expect(project.read('dist/quanta/index.d.ts')).toContain('openDatabase');
  expect(await answer()).toEqual(ANSWER);
  // Lowered: an expression beside the arrow, the captured values behind it, an enum's member as its value.
  const main = project.read('dist/main.js');
  expect(main.match(/expression: \{/g)).toHaveLength(4);
  expect(main).toContain('parameters: () => [since]');
  expect(main).toContain('value: "admin"');
  expectMapped(['u.email.startsWith', 'u.role ===', 'db.user.getByEmail', 'await db.close()']);
});

test('compiles and runs with experimental decorators and their metadata', async () => {
  project.configure({ experimentalDecorators: true, emitDecoratorMetadata: true, useDefineForClassFields: false });
  expect(await project.tspc('-p', '.')).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(project.read('dist/models/user.js')).not.toMatch(MARKERS);
  expect(await answer()).toEqual(ANSWER);
});

test('our error fails the build at its place, under --noEmit, and incrementally as often as it is run', async () => {
  project.edit('src/models/user.ts', 'notes?: string;', 'notes?: () => void;');
  const expected = /^src\/models\/user\.ts\(23,11\): error TS901301: QDB1301: /m;
  const incremental = ['--incremental', '--tsBuildInfoFile', 'build.tsbuildinfo'];
  for (const args of [
    ['--noEmit', ...incremental],
    ['--noEmit', ...incremental],
  ]) {
    const { code, stdout } = await project.tspc('-p', '.', ...args);
    expect(stdout).toMatch(expected);
    expect(code).not.toBe(0);
  }
});

test('--build, composite, path aliases, settings in the plugin entry, entities that tsconfig does not list', async () => {
  project.edit('src/main.ts', "'./quanta/index.js'", "'#db/index.js'");
  project.write('package.json', '{ "name": "contract", "type": "module", "imports": { "#db/*": "./dist/made/*" } }');
  const plugin = {
    transform: 'quantadb/transformer',
    transformProgram: true,
    out: 'src/made',
    entities: ['src/models/*.ts'],
  };
  const paths = { '#db/*': ['./src/made/*'] };
  project.configure(
    { composite: true, paths, plugins: [plugin] },
    { include: [], files: ['src/main.ts', 'src/role.ts'] },
  );
  // The second build finds what the first put out.
  for (let run = 0; run < 2; run++) {
    expect(await project.tspc('--build', '.')).toEqual({ code: 0, stdout: '', stderr: '' });
  }
  expect(await answer()).toEqual(ANSWER);
});
