// The entities of the simulated database, and the numbers that make up its bank.
import { writeKeyInt32 } from '../../runtime/bytes/key.js';
import { ByteWriter } from '../../runtime/bytes/writer.js';
import { interpretEntity } from '../../runtime/codec/interpret-entity.js';
import { layoutRecord } from '../../runtime/codec/layout.js';
import { field, index, model, runtimeOf, type Values } from '../support/entities.js';
import { entryKey } from './recorder.js';

const tags = field('tags', {
  kind: 'array',
  element: { type: { kind: 'string' }, nullable: false, optional: false },
});

/** Accounts change their rows and codes, never their number. */
export const ACCOUNT = model(
  'Account',
  [
    field('id', { kind: 'int32' }),
    field('number', { kind: 'int32' }),
    field('code', { kind: 'string' }),
    field('branch', { kind: 'string' }),
    field('balance', { kind: 'float64' }),
  ],
  [index(['code'], { unique: true }), index(['branch'])],
  { autoIncrement: true },
);
/** Every transfer leaves a row here. */
export const LEDGER = model(
  'Ledger',
  [
    field('id', { kind: 'int32' }),
    field('from', { kind: 'int32' }),
    field('to', { kind: 'int32' }),
    field('amount', { kind: 'float64' }),
  ],
  [],
  { autoIncrement: true },
);
export const ITEM = model(
  'Item',
  [field('id', { kind: 'int32' }), field('code', { kind: 'string' }, { optional: true }), tags],
  [index(['code'], { unique: true }), index(['tags'], { multiEntry: true })],
);
/** Milliseconds of virtual time. */
export const SESSION_LIFETIME = 1_500;
export const SESSION = {
  ...model(
    'Session',
    [
      field('id', { kind: 'int32' }),
      field('owner', { kind: 'string' }),
      field('rank', { kind: 'float64' }),
      field('at', { kind: 'date' }),
    ],
    [index(['owner'], { unique: true }), index(['rank'])],
  ),
  ttl: { field: 'at', milliseconds: SESSION_LIFETIME },
};

/** Only those above a level are kept, which another opening may ask for anew. Records are real ones, for merges judge them. */
const READING = model(
  'Reading',
  [field('id', { kind: 'int32' }), field('level', { kind: 'float64' }), field('text', { kind: 'string' })],
  [index(['level'])],
);
export const HIGHEST_LEVEL = 10;

const FOREVER = [ACCOUNT, LEDGER, ITEM, SESSION].map(runtimeOf);
type Runtime = (typeof FOREVER)[number];

/** What a life is opened with, where readings up to `level` are refused; all are kept where it is null. */
export function runtimesOf(level: number | null): readonly Runtime[] {
  const above = { op: '>', left: { op: 'field', path: ['level'] }, right: { op: 'literal', value: level } } as const;
  const reading = level === null ? READING : { ...READING, retainWhile: above };
  return [...FOREVER, interpretEntity(reading) as unknown as Runtime];
}

export function isRetained(row: Values, level: number | null): boolean {
  return level === null || (row.level as number) > level;
}

/** The key of a reading in the model of entries. */
export function readingKey(id: unknown): string {
  const out = new ByteWriter(8);
  writeKeyInt32(out, id as number);
  return entryKey('Reading', out.bytes.toString('latin1', 0, out.at));
}

/** Positions of the unique indexes. */
export const BY_CODE = 1;
export const ITEM_BY_CODE = 0;
export const SESSION_BY_OWNER = 0;

export const ACCOUNTS = 8;
export const BRANCHES = ['north', 'south'];
export const OPENING_BALANCE = 100;
/** What the accounts of a branch must hold together. */
export const BRANCH_FLOOR = 360;

export function accountOf(number: number): Values {
  const branch = BRANCHES[number % BRANCHES.length]!;
  return { number, code: `a${number}`, branch, balance: OPENING_BALANCE };
}

const dateField = layoutRecord(SESSION).fields.find((one) => one.field.name === 'at')!.place;
const DATE_AT = dateField.kind === 'fixed' ? dateField.offset : Number.NaN;
const DATE_BYTES = 8;

/** Whether an entry, given as latin1 text, has outlived its time: merges may have removed it, or not yet. */
export function hasExpired(tree: string, value: string, now: number): boolean {
  if (tree !== 'Session' && !tree.startsWith('Session/')) return false;
  const bytes = Buffer.from(value, 'latin1');
  const date = bytes.readDoubleLE(tree === 'Session' ? DATE_AT : bytes.length - DATE_BYTES);
  return date <= now - SESSION_LIFETIME;
}
