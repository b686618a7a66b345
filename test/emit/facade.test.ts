// The modules as a whole: names that meet, what callers may and may not write, and the text of a small facade.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { analyzeProgram } from '../../transformer/analyze/index.js';
import { emitModules } from '../../transformer/emit/index.js';
import { programOf } from '../analyze/compile.js';

const ROOT = join(import.meta.dirname, '../..');
const STRICT: ts.CompilerOptions = {
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
  paths: {
    quantadb: [join(ROOT, 'runtime/database/index.ts')],
    'quantadb/runtime': [join(ROOT, 'runtime/generated.ts')],
  },
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noUnusedLocals: true,
  verbatimModuleSyntax: true,
  isolatedDeclarations: true,
  declaration: true,
};

const SMALL = {
  '/project/package.json': '{ "type": "module" }',
  '/project/models/user.ts': `
    import { Index, PrimaryKey, QuantaEntity } from 'quantadb';
    export enum Kind { A = 'a', B = 'b' }
    @QuantaEntity()
    export class User {
      @PrimaryKey({ autoIncrement: true }) id!: number;
      @Index({ unique: true }) email!: string;
      @Index({ unique: true, composite: ['level'] }) kind!: Kind;
      level!: number;
      @Index({ unique: true, caseInsensitive: true }) nick?: string;
    }
    @QuantaEntity()
    export class Note {
      @PrimaryKey() id!: string;
    }`,
};

/** The modules generated from `sources`, by absolute path. */
function generate(sources: Readonly<Record<string, string>>): Record<string, string> {
  const analysis = analyzeProgram(ts, programOf(sources));
  expect(analysis.diagnostics).toEqual([]);
  const modules = emitModules(analysis, { outDir: '/project/quanta', importExtension: '.js' });
  return Object.fromEntries(modules.map(({ fileName, text }) => [`/project/quanta/${fileName}`, text]));
}

/** What the compiler says of all files, with the line that it says it of. */
function complaints(sources: Readonly<Record<string, string>>): string[] {
  const program = programOf(sources, STRICT);
  return Object.keys(sources)
    .filter((fileName) => fileName.endsWith('.ts'))
    .flatMap((fileName) => {
      const file = program.getSourceFile(fileName)!;
      const models = fileName.includes('/models/');
      return [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
        ...(models ? [] : program.getDeclarationDiagnostics(file)),
      ];
    })
    .map(({ file, start, messageText }) => {
      const { line } = file!.getLineAndCharacterOfPosition(start!);
      return `${file!.text.split('\n')[line]!.trim()} -> ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

test('a facade and its DAOs, as text', () => {
  const modules = generate(SMALL);
  const user = modules['/project/quanta/user.ts']!;
  const text = `${modules['/project/quanta/index.ts']!}\n// user.ts, its DAO:\n${user.slice(user.indexOf('/** Reads and writes'))}`;
  const path = join(import.meta.dirname, 'golden/facade.ts.txt');
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(path, text);
  expect(existsSync(path)).toBe(true);
  expect(text).toBe(readFileSync(path, 'utf8'));
});

test('what applications write type-checks; what they must not write does not', () => {
  const use = `
    import { type Database, type EmbeddedSnapshot, openDatabase, UserDao, type UserInput } from './quanta/index.js';
    import { Kind, type User as Model } from './models/user.js';
    export async function good(): Promise<void> {
      await using db = await openDatabase({ path: './data', durability: 'os' });
      const input: UserInput = { email: 'a', kind: Kind.A, level: 1 };
      const user: Model = await db.user.put(input);
      await db.user.getByKindAndLevel(user.kind, 2);
      db.user.getByNickIgnoringCaseSync('x');
      const any: Database = db;
      await any.transaction(async (tx) => {
        const found = await tx.user.get(1);
        if (found) await tx.user.put({ ...found, level: 2 });
        await tx.transaction((inner) => inner.note.put({ id: 'x' }));
      });
      db.transactionSync((tx) => tx.user.putSync(input));
      for await (const row of any.user.where((u) => u.level > 1).sortBy((u) => u.email)) row.email.trim();
      db.user satisfies UserDao;
      using then = db.snapshot();
      const [one] = then.user.where((u) => u.level > 1).toArraySync();
      const same: Model | undefined = (await then.user.getByEmail('a')) ?? one;
      same satisfies Model | undefined;
    }
    export async function bad(db: Database, then: EmbeddedSnapshot): Promise<void> {
      db.user.getSync(1);
      await db.user.put({ email: 'a', level: 1 });
      await db.user.getByEmail(5);
      await db.user.update(1, { emial: 'x' });
      db.transactionSync(() => 1);
      then.user.putSync({ email: 'a', kind: Kind.A, level: 1 });
      await then.user.clear();
    }`;
  const own = complaints({ ...SMALL, ...generate(SMALL), '/project/main.ts': use });
  expect(own).toEqual([
    expect.stringContaining("Property 'getSync' does not exist"),
    expect.stringContaining("'kind' is missing"),
    expect.stringContaining("'number' is not assignable to parameter of type 'string'"),
    expect.stringContaining("'emial' does not exist"),
    expect.stringContaining("Property 'transactionSync' does not exist"),
    expect.stringContaining("Property 'putSync' does not exist"),
    expect.stringContaining("Property 'clear' does not exist"),
  ]);
});

test('names that meet are told apart', () => {
  const sources = {
    '/project/package.json': '{ "type": "module" }',
    '/project/models/odd.ts': `
      import { Index, PrimaryKey, QuantaEntity } from 'quantadb';
      @QuantaEntity() export class User { @PrimaryKey() id!: string; @Index({ unique: true }) email!: string; @Index({ unique: true }) emailSync!: string;
        @Index({ unique: true }) 'a-b'!: string; @Index({ unique: true }) 'a b'!: string; @Index({ unique: true, composite: ['await', 'level'] }) this!: string; await!: string; level!: string }
      @QuantaEntity() export class UserAsync { @PrimaryKey() id!: string }
      @QuantaEntity() export class Database { @PrimaryKey() id!: string }
      @QuantaEntity({ accessor: 'USER' }) export class Transaction { @PrimaryKey() id!: string }
      @QuantaEntity() export class Session { @PrimaryKey() id!: string }
      @QuantaEntity() export class Store { @PrimaryKey() id!: string }
      @QuantaEntity({ accessor: 'größe' }) export class Dao { @PrimaryKey() id!: string }
      @QuantaEntity({ accessor: 'index' }) export default class Promise { @PrimaryKey() id!: string }
      class Hidden { static x = 1 }
      @QuantaEntity({ accessor: 'other' }) class Other { @PrimaryKey() id!: string }
      export { Other as "a name", Hidden };`
      .replace("'constructor'] ", "'level'] ")
      .replace('constructor!: string', 'level!: string'),
  };
  const modules = generate(sources);
  const files = Object.keys(modules).map((path) => path.slice('/project/quanta/'.length));
  expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(files.length);
  expect(files).toContain('index2.ts');
  expect(complaints({ ...sources, ...modules })).toEqual([]);
});

test('getters are called after the properties, letters beyond ASCII among them', () => {
  const model = `
    import { Index, PrimaryKey, QuantaEntity } from 'quantadb';
    @QuantaEntity()
    export class Thing {
      @PrimaryKey() id!: number;
      @Index({ unique: true }) größe!: number;
      @Index({ unique: true }) 'street-name'!: string;
      @Index({ unique: true, composite: ['größe'] }) first_name!: string;
      @Index({ unique: true }) 名前!: string;
    }`;
  const { '/project/quanta/thing.ts': text } = generate({ '/project/models/thing.ts': model });
  const getters = [...text!.matchAll(/async (getBy\S+)\(/g)].map(([, name]) => name).sort();
  expect(getters).toEqual(['getByFirstNameAndGröße', 'getByGröße', 'getByStreetName', 'getBy名前']);
});
