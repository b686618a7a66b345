// `defineEntity`: the same schema as decorators give, to the byte; keys that TypeScript checks; and nothing left of it.
import ts from 'typescript';
import { expect, test } from 'vitest';
import { entityFingerprint } from '../../runtime/schema/fingerprint.js';
import { type Analysis, analyzeProgram } from '../../transformer/analyze/index.js';
import { editText } from '../../transformer/hosts/text.js';
import { lowerRetained } from '../../transformer/query/index.js';
import { programOf } from './compile.js';
import * as quantadb from './quantadb.js';

const FILE = '/project/models.ts';
const IMPORTS = `import { ${Object.keys(quantadb).join(', ')} } from 'quantadb';\n`;

function analyze(source: string): Analysis {
  const program = programOf({ [FILE]: IMPORTS + source });
  return lowerRetained(ts, program, analyzeProgram(ts, program));
}

function codes(source: string): string[] {
  return analyze(source).diagnostics.map(({ code }) => code);
}

const FIELDS = 'name!: string; born!: Date; tags!: string[]; rank!: number; secret?: string; work?: () => void;';

/** What decorators say, and how the same is defined. */
const SAME: Record<string, [decorated: string, defined: string]> = {
  'a key': ['@PrimaryKey() id!: number;', 'id: primaryKey()'],
  'a counted key': ['@PrimaryKey({ autoIncrement: true }) id!: number;', 'id: primaryKey({ autoIncrement: true })'],
  'a generated key': ["@PrimaryKey({ generate: 'ulid' }) id!: string;", "id: primaryKey({ generate: 'ulid' })"],
  'a composite key': ["@PrimaryKey({ composite: ['rank'] }) id!: number;", "id: primaryKey({ composite: ['rank'] })"],
  'an index': ['@PrimaryKey() id!: number; @Index() born!: Date;', 'id: primaryKey(), born: index()'],
  'an index of elements': ['@PrimaryKey() id!: number; @Index() tags!: string[];', 'id: primaryKey(), tags: index()'],
  'several indexes': [
    "@PrimaryKey() id!: number; @Index({ unique: true, caseInsensitive: true }) @Index({ composite: ['rank'] }) name!: string;",
    "id: primaryKey(), name: [index({ unique: true, caseInsensitive: true }), index({ composite: ['rank'] })]",
  ],
  'a stored name': [
    "@PrimaryKey() id!: number; @Name('n-a') name!: string;",
    "id: primaryKey(), name: storedAs('n-a')",
  ],
  'a default': ['@PrimaryKey() id!: number; @Default(7) rank!: number;', 'id: primaryKey(), rank: defaultsTo(7)'],
  'the time as default': [
    '@PrimaryKey() id!: number; @Default(() => new Date()) born!: Date;',
    "id: primaryKey(), 'born': defaultsTo(() => new Date())",
  ],
  'what is encrypted': [
    '@PrimaryKey() id!: number; @Encrypted({ algorithm: AES256 }) secret?: string;',
    'id: primaryKey(), secret: encrypted({ algorithm: AES256 })',
  ],
  'what roles see': [
    "@PrimaryKey() id!: number; @VisibleTo({ roles: ['admin'] }) secret?: string;",
    "id: primaryKey(), secret: visibleTo({ roles: ['admin'] })",
  ],
};

/** The members, those that `members` declares in place of the plain ones. */
function fields(members: string): string {
  const plain = FIELDS.split('; ').map((field) => field.replace(/;?$/, ';'));
  const declared = [...members.matchAll(/(\w+)[!?]: /g)].map(([, name]) => name);
  const marked = members.split(/(?<=;) /);
  const fieldOf = (name: string): string => marked.find((member) => new RegExp(`\\b${name}[!?]:`).test(member)) ?? '';
  const rest = plain.map((field) =>
    declared.includes(/\w+/.exec(field)?.[0]) ? fieldOf(/\w+/.exec(field)![0]) : field,
  );
  return [fieldOf('id'), ...rest].join(' ').replace('work?', '@Ignore() work?');
}

test('each marker gives the same schema, to the byte', () => {
  const cases = Object.values(SAME).map(([decorated, defined], i) => {
    const members = fields(decorated);
    const plain = members.replace(/@\w+\((?:\(\)|[^()])*(?:new Date\(\))?\) /g, '');
    return {
      decorated: `@QuantaEntity() export class A${i} { ${members} }`,
      defined: `export class A${i} { ${plain} }\ndefineEntity(A${i}, { ${defined}, work: ignored() });`,
    };
  });
  const one = analyze(cases.map(({ decorated }) => decorated).join('\n'));
  const defined = cases.map((both) => both.defined).join('\n');
  expect(defined).not.toContain('@');
  const other = analyze(defined);
  const errors = [one, other].flatMap(({ diagnostics }) => diagnostics).filter(({ category }) => category === 'error');
  expect(errors).toEqual([]);
  expect(other.schema.entities).toHaveLength(cases.length);
  expect(other.schema).toEqual(one.schema);
  expect(other.schema.entities.map(entityFingerprint)).toEqual(one.schema.entities.map(entityFingerprint));
});

test('options and the name of the class, embedded classes, and inherited fields', () => {
  const one = analyze(`
    @Embedded() export class Place { @Name('c') city!: string; }
    class Base { @PrimaryKey() id!: number; @Index() made!: Date; }
    @QuantaEntity({ accessor: 'people', ttl: '30d', ttlField: 'made', retainWhile: u => u.id > 5 || u.made.getTime() > 9 }) @Name('p') export class A extends Base { home!: Place; }`);
  const other = analyze(`
    export class Place { city!: string; }
    defineEmbedded(Place, { city: storedAs('c') });
    class Base { id!: number; made!: Date; }
    export class A extends Base { home!: Place; }
    defineEntity(A, { id: primaryKey(), made: index() }, { accessor: 'people', ttl: '30d', ttlField: 'made', retainWhile: u => u.id > 5 || u.made.getTime() > 9, storedAs: 'p' });`);
  expect(other.diagnostics).toEqual([]);
  expect(other.schema).toEqual(one.schema);
  expect(other.embeddedSources).toEqual(one.embeddedSources);
});

test('TypeScript checks keys and options against the class', () => {
  const source = `${IMPORTS}
    export class A { private constructor() {} id!: number; get label(): string { return ''; } }
    defineEntity(A, { id: primaryKey() });
    // @ts-expect-error no such field
    defineEntity(A, { nmae: index() });
    // @ts-expect-error no such option
    defineEntity(A, { id: index({ uniq: true }) });
    // @ts-expect-error not a definition
    defineEntity(A, { id: { unique: true } });`;
  const program = programOf({ [FILE]: source });
  expect(program.getSemanticDiagnostics().map(({ messageText }) => messageText)).toEqual([]);
});

const A = 'export class A { id!: number; run() {} }\n';

test('what cannot be read is an error at its place', () => {
  expect(codes(`${A}defineEntity(A, { id: primaryKey(), nmae: index() });`)).toEqual(['QDB1410']);
  expect(codes(`${A}defineEntity(A, { id: primaryKey(), run: index() });`)).toEqual(['QDB1604']);
  expect(codes(`${A}const key = primaryKey();\ndefineEntity(A, { id: key });`)).toEqual(['QDB1401', 'QDB1616']);
  expect(codes(`${A}const all = { id: primaryKey() };\ndefineEntity(A, all);`)).toEqual(['QDB1401', 'QDB1601']);
  expect(codes(`${A}const all = { id: primaryKey() };\ndefineEntity(A, { ...all });`)).toEqual(['QDB1401', 'QDB1601']);
  expect(codes(`${A}export function f() { defineEntity(A, { id: primaryKey() }); }`)).toEqual(['QDB1615']);
  expect(codes('defineEntity(Date, {});')).toEqual(['QDB1615']);
  expect(codes(`${A}defineEntity(A, { id: primaryKey() });\ndefineEntity(A, {});`)).toEqual(['QDB1605']);
  expect(codes(`${A}defineEntity(A, { id: [primaryKey(), primaryKey()] }, { speed: 3 });`)).toEqual([
    'QDB1605',
    'QDB1602',
  ]);
});

test('a decorator that is a marker by another name is an error', () => {
  const disguised = `const key = PrimaryKey();\n@QuantaEntity() export class A { @key id!: number; }`;
  expect(codes(disguised)).toEqual(['QDB1401', 'QDB1617']);
  const own = 'function log(_: undefined, __: unknown): void {}\n';
  expect(codes(`${own}@QuantaEntity() export class A { @log @PrimaryKey() id!: number; }`)).toEqual([]);
});

test('nothing of it is left, and statements stay apart', () => {
  const source = `import { defineEntity, primaryKey, type Int32 } from 'quantadb';
export class A { id!: Int32 }
const b = A
defineEntity(A, {
  id: primaryKey(),
});
(b as object)`;
  const { markers } = analyzeProgram(ts, programOf({ [FILE]: source }));
  const { code } = editText(FILE, source, markers, []);
  expect(code).toHaveLength(source.length);
  expect(code.split('\n').map((line) => line.trimEnd())).toEqual([
    '',
    'export class A { id!: Int32 }',
    'const b = A',
    ';',
    '',
    '',
    '(b as object)',
  ]);
});
