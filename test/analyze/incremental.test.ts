// Analysis of programs that are made one after the other: it says what analysis anew would, whatever was edited, and reads
// again only the files that may mean something else.
import fc from 'fast-check';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { type Analysis, analyzeProgram, ProgramAnalyzer } from '../../transformer/analyze/index.js';
import { lowerRetained } from '../../transformer/query/index.js';
import { EditedProject } from './edited-project.js';

const marked = (text: string): string =>
  `import { Default, Embedded, Index, PrimaryKey, QuantaEntity, defineEntity, index, primaryKey } from 'quantadb';\n${text}`;

/** What each file may hold; undefined is no file. Between them they depend on each other in every way that there is. */
const VARIANTS: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'base.ts': [
    marked('export abstract class Base { @PrimaryKey() id!: number; }'),
    marked('export abstract class Base { @PrimaryKey() id!: string; @Index() at!: Date; }'),
    marked('export class Base { @PrimaryKey() id!: () => void; }'),
    undefined,
  ],
  'role.ts': [
    "export enum Role { Admin = 'admin', Guest = 'guest' }",
    'export enum Role { Admin, Guest, Owner }',
    "export type Role = 'a' | 'b'; export const Role = { Admin: 'a' } as const;",
    undefined,
  ],
  'roles.ts': ["export * from './role.js';", 'export enum Role { Other = 7 }'],
  'address.ts': [
    marked('import type { Role } from "./roles.js";\n@Embedded() export class Address { city!: string; of?: Role; }'),
    marked('@Embedded() export class Address { city!: string; zip?: number; }'),
    marked('@Embedded() export class Address { city!: Map<string, string>; }'),
    marked('export class Address { city!: string; }'),
  ],
  'user.ts': [
    marked(
      'import { Base } from "./base.js"; import { Role } from "./roles.js";\n@QuantaEntity() export class User extends Base { role: Role = Role.Admin; }',
    ),
    marked(
      'import { Address } from "./address.js";\n@QuantaEntity() export class User { @PrimaryKey() id!: number; home?: Address; all!: Address[]; }',
    ),
    marked(
      '@QuantaEntity({ accessor: "team" }) export class User { @PrimaryKey() id!: number; @Default(3) n!: number; }',
    ),
  ],
  'team.ts': [
    marked(
      'export class Team { id!: number; lead!: import("./role.js").Role; }\ndefineEntity(Team, { id: primaryKey(), lead: index() });',
    ),
    marked(
      'import * as parts from "./address.js";\n@QuantaEntity() export class Team { @PrimaryKey() id!: number; home?: parts.Address; x!: Extra; }',
    ),
    marked(
      '@Embedded() export class Address { other!: string; }\n@QuantaEntity() export class User { @PrimaryKey() id!: number; a!: Address }',
    ),
    undefined,
  ],
  'keep.ts': [
    'export const keep = (u: { id: number }) => u.id > 1;',
    'export const keep = (u: { id: number }) => u.id > 2;',
  ],
  'globals.d.ts': ['interface Extra { a: number }', 'type Extra = string;', undefined],
  'augment.ts': [
    'export {};\ndeclare global { type Extra = number }',
    'export {};\ndeclare module "./address.js" { interface Address { n: number } }',
    undefined,
  ],
  'unrelated.ts': ['export const a = 1;', 'export const a = 2;'],
};
const FILES = Object.keys(VARIANTS);

/** What is said, without the nodes. */
function said({ schema, sources, embeddedSources, retained, diagnostics, markers }: Analysis) {
  return { schema, sources, embeddedSources, retained: [...retained.keys()], diagnostics, markers };
}

test('whatever is edited, it says what analysis anew would', () => {
  const edit = fc.tuple(fc.constantFrom(...FILES), fc.nat(3));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 12, maxLength: 12 }), (edits) => {
      const project = new EditedProject(Object.fromEntries(FILES.map((name) => [name, VARIANTS[name]?.[0]])), [
        'role.ts',
        'roles.ts',
      ]);
      const analyzer = new ProgramAnalyzer(ts);
      analyzer.analyze(project.program());
      for (const [name, choice] of edits) {
        const variants = VARIANTS[name] ?? [];
        project.write(name, variants[choice % variants.length]);
        const program = project.program();
        const [known, anew] = [analyzer.analyze(program), analyzeProgram(ts, program)];
        expect(said(lowerRetained(ts, program, known))).toEqual(said(lowerRetained(ts, program, anew)));
      }
    }),
    { numRuns: 8 },
  );
});

const SHOP = {
  'base.ts': marked('export abstract class Base { @PrimaryKey() id!: number; }'),
  'role.ts': "export enum Role { Admin = 'admin' }",
  'index.ts': "export * from './role.js';",
  'address.ts': marked('@Embedded() export class Address { city!: string; }'),
  'person.ts': marked('import { Base } from "./base.js";\n@QuantaEntity() export class Person extends Base {}'),
  'staff.ts': marked(
    'import { Role } from "./index.js";\n@QuantaEntity() export class Staff { @PrimaryKey() id!: number; role!: Role; }',
  ),
  'shop.ts': marked(
    'import { Address } from "./address.js";\n@QuantaEntity() export class Shop { @PrimaryKey() id!: number; at!: Address; }',
  ),
};

test.each([
  ['its own file', 'shop.ts', SHOP['shop.ts'].replace('id!', 'key!'), ['Shop']],
  ['a base class', 'base.ts', SHOP['base.ts'].replace('number', 'string'), ['Person']],
  ['an enum, behind a re-export', 'role.ts', "export enum Role { Admin = 'boss' }", ['Staff']],
  ['an embedded class', 'address.ts', SHOP['address.ts'].replace('city', 'town'), ['Shop']],
  ['a comment in a file that nobody imports', 'lone.ts', '// Nothing.\nexport {};', []],
  ['what is global', 'global.d.ts', 'interface Anything {}', ['Person', 'Shop', 'Staff']],
])('after an edit of %s, only what depends on it is read again', (_, name, text, expected) => {
  const project = new EditedProject({ ...SHOP, 'lone.ts': 'export {};', 'global.d.ts': 'interface Something {}' });
  const analyzer = new ProgramAnalyzer(ts);
  const before = new Set(analyzer.analyze(project.program()).schema.entities);
  project.write(name, text);
  const { entities } = analyzer.analyze(project.program()).schema;
  expect(entities.filter((entity) => !before.has(entity)).map((entity) => entity.name)).toEqual(expected);
});
