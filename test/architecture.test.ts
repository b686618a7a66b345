// docs/architecture.md draws the house; this reads the drawing and holds every import against it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** From the ground to the roof; bench/ stands outside and may look at all of it. */
const WINGS = ['runtime', 'transformer', 'cli', 'bench'];
const MAX_LINES = 400;

/** What of the runtime compile-time code may know: the model, the errors, how a record lies, what a predicate is, and what a migration is. */
const SEEN_BY_TRANSFORMER =
  /^runtime\/(errors\.ts|schema\/|codec\/layout|query\/expression\.ts|migrate\/(migration|snapshot|steps|dependency))/;

interface Import {
  readonly from: string;
  readonly to: string;
}

const files = WINGS.flatMap((wing) => sourcesIn(join(ROOT, wing)));
const imports = files.flatMap(importsOf);
const rooms = drawnRooms();

test('every file stands in a room that docs/architecture.md draws', () => {
  const homeless = files.filter((file) => !file.startsWith('bench/') && rankOf(file) < 0);
  expect(homeless).toEqual([]);
});

test('a room imports only from rooms above it in the list', () => {
  const against = imports.filter(({ from, to }) => rankOf(to) > rankOf(from) && !from.startsWith('bench/'));
  expect(against.map(show)).toEqual([]);
});

test('nothing imports the command line or the races', () => {
  const against = imports.filter(({ from, to }) => wingOf(from) !== wingOf(to) && /^(cli|bench)\//.test(to));
  expect(against.map(show)).toEqual([]);
});

test('compile time knows the model and the layout, not the engine', () => {
  const crossing = imports.filter(({ from, to }) => wingOf(from) === 'transformer' && wingOf(to) === 'runtime');
  expect(crossing.filter(({ to }) => !SEEN_BY_TRANSFORMER.test(to)).map(show)).toEqual([]);
});

test('no circles between files', () => {
  expect(circleIn(imports)).toEqual([]);
});

test('no circles between the rooms of the engine', () => {
  const within = imports.filter(({ from, to }) => [from, to].every((file) => file.startsWith('runtime/engine/')));
  const between = within.map(({ from, to }) => ({ from: engineRoom(from), to: engineRoom(to) }));
  expect(circleIn(between.filter(({ from, to }) => from !== to))).toEqual([]);
});

test('analysis, lowering and emitting work through the compiler that is handed in', () => {
  const folders = /^transformer\/(analyze|query|emit)\//;
  const against = files.filter((file) => folders.test(file) && importsCompilerAsValue(file));
  expect(against).toEqual([]);
});

test(`no file is longer than ${MAX_LINES} lines`, () => {
  const all = [...files, ...sourcesIn(join(ROOT, 'test'))];
  const long = all.filter((file) => read(file).split('\n').length - 1 > MAX_LINES);
  expect(long).toEqual([]);
});

/** The rooms in the order of the drawing: `runtime/errors.ts`, `runtime/bytes/`, ... and last `cli/`. */
function drawnRooms(): string[] {
  const drawn = new Map<string, string[]>(WINGS.map((wing) => [wing, []]));
  let wing: string[] | undefined;
  for (const line of read('docs/architecture.md').split('\n')) {
    const [, indent = '', name = ''] = /^( *)([\w-]+(?:\/|\.ts)) {2,}\S/.exec(line) ?? [];
    if (indent === '' && name.endsWith('/')) wing = drawn.get(name.slice(0, -1));
    else if (indent === '  ') wing?.push(name);
  }
  return WINGS.flatMap((name) => {
    const list = drawn.get(name) ?? [];
    return list.length > 0 ? list.map((room) => `${name}/${room}`) : [`${name}/`];
  });
}

function rankOf(file: string): number {
  return rooms.findIndex((room) => file === room || (room.endsWith('/') && file.startsWith(room)));
}

function wingOf(file: string): string {
  return file.slice(0, file.indexOf('/'));
}

/** A folder of the engine, or one of the files that stand beside them. */
function engineRoom(file: string): string {
  return file.split('/').slice(0, 3).join('/');
}

/** Paths of the TypeScript files under a folder, from the root, in order; what tools write there is passed over. */
function sourcesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !['node_modules', 'dist', 'quanta', 'cases', 'golden'].includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sourcesIn(path);
      return entry.name.endsWith('.ts') ? [relative(ROOT, path)] : [];
    })
    .sort();
}

function importsOf(file: string): Import[] {
  return ts
    .preProcessFile(read(file), true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => relative(ROOT, resolve(ROOT, dirname(file), fileName.replace(/\.js$/, '.ts'))))
    .filter((to) => existsSync(join(ROOT, to)))
    .map((to) => ({ from: file, to }));
}

function importsCompilerAsValue(file: string): boolean {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  return source.statements.some(
    (node) =>
      ts.isImportDeclaration(node) &&
      ts.isStringLiteral(node.moduleSpecifier) &&
      ['typescript', 'ts-morph', 'ts-patch'].includes(node.moduleSpecifier.text) &&
      !(node.importClause && ts.isTypeOnlyImportDeclaration(node.importClause)),
  );
}

/** One circle, as the files on its way, or nothing. Depth-first search over the import graph. */
function circleIn(edges: readonly Import[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    path.push(file);
    for (const to of next.get(file) ?? []) {
      const circle = visit(to);
      if (circle.length > 0) return circle;
    }
    path.pop();
    done.add(file);
    return [];
  };
  for (const file of next.keys()) {
    const circle = visit(file);
    if (circle.length > 0) return circle;
  }
  return [];
}

function show({ from, to }: Import): string {
  return `${from} imports ${to}`;
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}
