// Compiles one arrow against a small entity and gives back what it was lowered to. The store is a stand-in: lowering knows
// its methods by the type of their second parameter alone.
import { resolve } from 'node:path';
import ts from 'typescript';
import type { Expression } from '../../runtime/query/expression.js';
import type { EntityModel, Field, FieldType } from '../../runtime/schema/model.js';
import { type Lowering, type LoweringOptions, lowerQueries } from '../../transformer/query/index.js';
import { parsedOnce } from '../support/parsed-files.js';

const FILE = resolve(import.meta.dirname, 'virtual-source.ts');

export const PRELUDE = `
import type { Lowered, LoweredSelector } from '../../runtime/query/expression.js';
import { defineFilter } from '../../runtime/query/filter.js';
export class Geo { lat!: number; label?: string; }
export class Address { city!: string; zip?: string; geo?: Geo; }
export enum Role { Admin = 'admin', Guest = 'guest' }
export class User {
  id!: number; big!: bigint; name!: string; nick?: string; region!: string | null; both?: string | null;
  active!: boolean; maybe?: boolean; score!: number; rank?: number; seen!: Date; gone?: Date;
  role!: Role; level!: 1 | 2 | 3; tags!: string[]; extra?: string[]; dates!: Date[]; sizes!: number[];
  home!: Address; work?: Address; items!: Address[]; bytes!: Uint8Array; secret!: string; hidden!: string; any!: unknown; cells!: Record<string, number>; 'a-b'!: number;
  get label() { return this.name; }
  isVip(): boolean { return true; }
}
export class Stranger { id!: number; name!: string; }
declare class Dao<T> { where(predicate: (row: T) => boolean, lowered?: Lowered | null): this; select<M>(make: (row: T) => M, lowered?: LoweredSelector | null): Promise<M[]>; toArray(): Promise<T[]>; filter(predicate: (row: T) => boolean): this; sortBy(field: (row: T) => unknown): this; thenBy(field: (row: T) => unknown): this; max<V>(value: (row: T) => V, lowered?: LoweredSelector | null): Promise<V>; }
declare const db: { user: Dao<User>; stranger: Dao<Stranger> };
declare const list: { where(predicate: (row: User) => boolean, options?: { expression: 1 }): void };
declare const id: number, text: string, since: Date, ids: number[], names: readonly string[], flag: boolean, anything: any;
declare const maybeText: string | undefined, maybeIds: number[] | undefined, range: { min?: number; max: number };
declare const limit: { value: number } | undefined, big: bigint, pair: readonly ['a', 'b'];
declare let counter: number;
declare function next(): number;
declare const idSet: ReadonlySet<number>;
const PATTERN = /^a/i, GLOBAL = /a/g;
declare const isVip: (row: User) => boolean;
const isActive = (row: User) => row.active && row.score > id;
`;

const slot = (type: FieldType | FieldType['kind'], missing: '' | '?' | 'null' | 'both' = '') => ({
  type: (typeof type === 'string' ? { kind: type } : type) as FieldType,
  nullable: missing === 'null' || missing === 'both',
  optional: missing === '?' || missing === 'both',
});

function field(name: string, ...args: Parameters<typeof slot>): Field {
  return { name, storedName: name, default: null, encrypted: null, visibleTo: null, ...slot(...args) };
}

const array = (element: FieldType | FieldType['kind']): FieldType => ({ kind: 'array', element: slot(element) });
const geo: FieldType = {
  kind: 'embedded',
  className: 'Geo',
  fields: [field('lat', 'float64'), field('label', 'string', '?')],
};
const address: FieldType = {
  kind: 'embedded',
  className: 'Address',
  fields: [field('city', 'string'), field('zip', 'string', '?'), field('geo', geo, '?')],
};

export const USER: EntityModel = {
  name: 'User',
  storedName: 'User',
  accessor: 'user',
  key: { fields: ['id'], autoIncrement: false, generate: null },
  indexes: [],
  fields: [
    field('id', 'float64'),
    field('big', 'bigint'),
    field('name', 'string'),
    field('nick', 'string', '?'),
    field('region', 'string', 'null'),
    field('both', 'string', 'both'),
    field('active', 'boolean'),
    field('maybe', 'boolean', '?'),
    field('score', 'float64'),
    field('rank', 'float64', '?'),
    field('seen', 'date'),
    field('gone', 'date', '?'),
    field('role', { kind: 'enum', values: ['admin', 'guest'] }),
    field('level', { kind: 'enum', values: [1, 2, 3] }),
    field('tags', array('string')),
    field('extra', array('string'), '?'),
    field('dates', array('date')),
    field('sizes', array('int32')),
    field('home', address),
    field('work', address, '?'),
    field('items', array(address)),
    field('bytes', 'bytes'),
    { ...field('secret', 'string'), encrypted: { algorithm: 'AES256' } },
    field('any', 'unknown'),
    field('cells', { kind: 'record', value: slot('float64') }),
    field('a-b', 'float64'),
  ],
};

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  types: [],
  strict: true,
  noEmit: true,
};
const host = ts.createCompilerHost(OPTIONS);
const onDisk = parsedOnce({ ...host }, OPTIONS);
let source = '';
host.fileExists = (file) => file === FILE || ts.sys.fileExists(file);
host.getSourceFile = (file, ...rest) => {
  if (file === FILE)
    return ts.createSourceFile(
      file,
      source,
      { languageVersion: ts.ScriptTarget.ES2023, impliedNodeFormat: ts.ModuleKind.ESNext },
      true,
    );
  return onDisk(file, ...rest);
};

/** Everything lowered in `statements`, which stand in an async function behind the prelude. */
export function lowerAll(
  statements: string,
  options: ts.CompilerOptions = {},
  checked = true,
  lowering: LoweringOptions = {},
): { lowered: Lowering[]; errors: string[]; findings: string[] } {
  source = `${PRELUDE}\nexport async function run(this: { id: number }) {\n${statements}\n}\n`;
  const program = ts.createProgram([FILE], { ...OPTIONS, ...options }, host);
  const sourceFile = program.getSourceFile(FILE)!;
  const errors = checked
    ? program.getSemanticDiagnostics(sourceFile).map((d) => ts.flattenDiagnosticMessageText(d.messageText, '\n'))
    : [];
  const { lowerings, diagnostics } = lowerQueries(
    ts,
    program,
    sourceFile,
    (file, name) => (file === FILE && name === 'User' ? USER : undefined),
    lowering,
  );
  const findings = diagnostics.map(
    ({ code, category, start, length, message }) =>
      `${category} ${code} at "${source.slice(start, start + length)}": ${message}`,
  );
  return { lowered: [...lowerings], errors, findings };
}

/** The lowered arrow in one short line: `(&& active (> seen $since))`; null when it is left alone. */
export function lower(arrow: string, options: ts.CompilerOptions = {}): string | null {
  const [lowering] = lowerAll(`db.user.where(${arrow});`, options).lowered;
  return lowering === undefined ? null : showLowering(lowering);
}

export function showLowering({ expression, captured }: Lowering): string | null {
  return expression === null ? null : show(captured, expression);
}

function show(captured: Lowering['captured'], e: Expression): string {
  const list = (name: string, ...args: Expression[]): string =>
    `(${[name, ...args.map((arg) => show(captured, arg))].join(' ')})`;
  switch (e.op) {
    case 'param':
      return `$${captured[e.index]?.getText()}`;
    case 'literal':
      return JSON.stringify(e.value);
    case 'undefined':
      return 'undefined';
    case 'field':
      return e.path.join('.');
    case 'element':
      return [`@${e.level}`, ...e.path].join('.');
    case '&&':
    case '||':
      return list(e.op, ...e.args);
    case 'template':
      return list('template', ...e.parts);
    case 'math':
      return list(e.name, ...e.args);
    case '?:':
      return list('?', e.test, e.yes, e.no);
    case 'test':
      return list(`/${e.pattern}/${e.flags}`, e.subject);
    case 'some':
    case 'every':
      return list(e.op, e.subject, e.predicate);
    case 'object':
      return `{${e.entries.map(([name, value]) => `${name}: ${show(captured, value)}`).join(', ')}}`;
    case 'array':
      return `[${e.items.map((item) => show(captured, item)).join(', ')}]`;
    case 'startsWith':
    case 'endsWith':
    case 'stringIncludes':
    case 'arrayIncludes':
    case 'setHas':
      return list(e.op, e.subject, e.argument);
    default:
      return 'arg' in e ? list(e.op, e.arg) : list(e.op, e.left, e.right);
  }
}
