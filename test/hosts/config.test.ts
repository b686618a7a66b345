// Finding, loading and checking quantadb.config, and the compiler that a project is compiled with.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolveCompiler } from '../../transformer/hosts/compiler.js';
import { loadProject } from '../../transformer/hosts/config-file.js';

const ROOT = resolve(import.meta.dirname, '../..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'quantadb-config-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

function link(project: string, name: string, target: string): void {
  const path = join(folder, project, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

test('without a config file the defaults hold, from the folder that was asked', () => {
  expect(loadProject(folder)).toEqual({
    root: folder,
    configFile: null,
    entities: ['src/models/**/*.ts'],
    out: join(folder, 'src/quanta'),
    importExtension: '.js',
    tsconfig: null,
    warnOfScans: false,
    database: join(folder, 'data'),
    migrations: join(folder, 'migrations'),
  });
});

test('a TypeScript config is found upward, and its paths are relative to it', () => {
  link('.', 'quantadb', ROOT);
  write(
    'quantadb.config.ts',
    `import { defineConfig, type QuantaConfig } from 'quantadb/config';
     const out: string = 'lib/db';
     export default defineConfig({ out, entities: ['lib/*.ts'] } satisfies QuantaConfig);`,
  );
  write('deep/er/file.txt', '');
  const project = loadProject(join(folder, 'deep/er'));
  expect(project).toMatchObject({ root: folder, out: join(folder, 'lib/db'), entities: ['lib/*.ts'] });
});

test('JavaScript (both kinds) and JSON configs load too; a changed one is read again', () => {
  write('a/quantadb.config.js', "export default { out: 'esm' };");
  write('b/quantadb.config.js', "module.exports = { out: 'cjs' };");
  write('c/quantadb.config.json', '{ "out": "json" }');
  for (const [name, out] of Object.entries({ a: 'esm', b: 'cjs', c: 'json' })) {
    expect(loadProject(join(folder, name)).out).toBe(join(folder, name, out));
  }
  write('a/quantadb.config.js', "export default { out: 'again' };");
  expect(loadProject(join(folder, 'a')).out).toBe(join(folder, 'a/again'));
});

test('overrides stand above the file, and both are checked', () => {
  write('quantadb.config.json', '{ "out": "json", "database": "db" }');
  expect(loadProject(folder, { out: 'entry' })).toMatchObject({
    out: join(folder, 'entry'),
    database: join(folder, 'db'),
  });
  expect(() => loadProject(folder, { output: 'x' })).toThrow(
    /^QDB1903: the plugin entry .* Unrecognized key: "output"/,
  );
  write('quantadb.config.json', '{ "importExtension": ".mjs", "entities": [] }');
  expect(() => loadProject(folder)).toThrow(/^QDB1903: .*entities: .*importExtension: /);
});

test('a config that throws or does not parse names itself', () => {
  write('quantadb.config.ts', "throw new Error('not today');");
  expect(() => loadProject(folder)).toThrow(/^QDB1902: .*quantadb\.config\.ts can't be loaded: not today/);
  rmSync(join(folder, 'quantadb.config.ts'));
  write('quantadb.config.json', '{');
  expect(() => loadProject(folder)).toThrow(/^QDB1902: /);
});

test('the compiler is the project’s own, else @typescript/typescript6, else the one that we carry', () => {
  // TypeScript 7 answers to the name and has no API.
  const writeSeven = (name: string): void => {
    write(
      `${name}/node_modules/typescript/package.json`,
      '{ "name": "typescript", "version": "7.0.0", "main": "i.js" }',
    );
    write(`${name}/node_modules/typescript/i.js`, "module.exports = { version: '7.0.0' };");
  };
  writeSeven('alone');
  const carried = resolveCompiler(join(folder, 'alone'));
  expect(carried.from).toBe('quantadb');
  expect(carried.passedOver[0]).toMatchObject({ name: 'typescript', reason: 'no-api' });
  expect(typeof carried.ts.createProgram).toBe('function');

  writeSeven('beside');
  link('beside', '@typescript/typescript6', join(ROOT, 'node_modules/typescript'));
  expect(resolveCompiler(join(folder, 'beside')).from).toBe('@typescript/typescript6');

  link('six', 'typescript', join(ROOT, 'node_modules/typescript'));
  expect(resolveCompiler(join(folder, 'six'))).toMatchObject({ from: 'typescript', passedOver: [] });
});
