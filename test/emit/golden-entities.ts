// The entities whose modules stand in test/emit/golden, with the source of their classes as a user would write it.
import type { EntityModel, FieldType } from '../../runtime/schema/model.js';
import { arrayOf, both, entity, field, index, nullable, optional, recordOf, user } from './schemas.js';

const address: FieldType = {
  kind: 'embedded',
  className: 'Address',
  fields: [
    field('street', 'string'),
    field('city', 'string', optional),
    field('latitude', 'float64', nullable),
    field('verified', 'boolean', { default: { kind: 'literal', value: false } }),
    field('since', 'date', { default: { kind: 'now' } }),
  ],
};

const line: FieldType = {
  kind: 'embedded',
  className: 'Line',
  fields: [
    field('sku', 'string'),
    field('quantity', 'uint16'),
    field('prices', arrayOf('float64')),
    field('gift', 'boolean', optional),
    field('origin', address, nullable),
  ],
};

const order = entity(
  'Order',
  [
    field('region', { kind: 'enum', values: ['eu', 'us'] }),
    field('number', 'int32'),
    field('customer', 'string'),
    field('billing', address),
    field('shipping', address, both),
    field('lines', arrayOf(line)),
    field('ratings', arrayOf('uint8', nullable), optional),
    field('matrix', arrayOf(arrayOf('float32'))),
    field('labels', recordOf('string')),
    field('stops', recordOf(address, nullable), optional),
    field('total', 'bigint', { default: { kind: 'bigint', value: '-12' } }),
    field('receipt', 'bytes', nullable),
    field('extra', 'unknown', optional),
    field('placedAt', 'date', { default: { kind: 'now' } }),
    field('status', { kind: 'enum', values: [0, 1, 2] }, { default: { kind: 'literal', value: 0 } }),
    field('words', arrayOf('string'), { default: { kind: 'literal', value: ['a', "it's"] } }),
    field('home', address, { default: { kind: 'literal', value: { street: 'Main', latitude: null } } }),
  ],
  {
    key: ['region', 'number'],
    indexes: [
      index(['customer', 'placedAt'], { caseInsensitive: true, name: 'customer_placedAt_ci' }),
      index(['ratings'], { multiEntry: true }),
      index(['receipt'], { unique: true }),
      index(['status']),
    ],
  },
);

/** All whole-number widths and 64-bit bigints, nothing of variable size. */
const meter = entity('Meter', [
  field('id', 'bigint'),
  ...(
    ['float64', 'float32', 'int8', 'int16', 'int32', 'uint8', 'uint16', 'uint32', 'int64', 'uint64'] as const
  ).flatMap((kind) => [field(kind, kind), field(`${kind}Maybe`, kind, both)]),
  field('on', 'boolean', nullable),
]);

/** Names that must not be pasted unescaped, or that collide with what generated code calls its own things. */
const AWKWARD = [
  'constructor',
  '__proto__',
  'a-b',
  "it's",
  'say "hi"',
  'back\\slash`$',
  'line\nbreak',
  'u\u2028\u2029',
  '*/',
  '\ud800',
  '',
  '1st',
  'class',
  'await',
  'toString',
  'row',
  'out',
  'text',
  'heap',
  'bytes',
  'view',
  'key',
  'start',
  'value',
  'text0',
  'bits1',
  'readStringArray',
  'CHOICES',
  'User',
  'Date',
  'writeVarint',
  'hasOwnProperty',
];

const awkward = entity(
  'Date',
  [
    field('id', 'string'),
    ...AWKWARD.map((name, i) => field(name, i % 3 === 0 ? arrayOf('string') : 'string', i % 2 === 0 ? optional : {})),
    field('new', { kind: 'embedded', className: 'ByteWriter', fields: AWKWARD.map((name) => field(name, 'string')) }),
    field('enum', { kind: 'enum', values: ["it's", 'say "hi"', 'u\u2028', '*/', '__proto__', '\ud800'] }),
    field('literal', 'unknown', {
      default: { kind: 'literal', value: JSON.parse('{"__proto__":{"a-b":1},"\\u2028":"*/"}') },
    }),
  ],
  { indexes: [index(['constructor'], { multiEntry: true, name: "it's" }), index(['__proto__', 'a-b'])] },
);

export const goldenEntities: Record<string, EntityModel> = { user, order, meter, awkward };

const property = (name: string, type: string): string => `  ${JSON.stringify(name)}!: ${type};`;

export const models = `// The classes that the emitted modules beside this file are made of.
export class User {
  id!: number;
  email!: string;
  name?: string;
  lastLogin!: Date;
  isActive!: boolean;
  score!: number;
  tags!: string[];
  role!: 'admin' | 'guest';
  notes?: string | null;
  get label(): string {
    return this.email;
  }
}

export class Address {
  street!: string;
  city?: string;
  latitude!: number | null;
  verified = false;
  since!: Date;
}

export class Line {
  sku!: string;
  quantity!: number;
  prices!: number[];
  gift?: boolean;
  origin!: Address | null;
}

export const Status = { Open: 0, Paid: 1, Sent: 2 } as const;

export class Order {
  readonly region!: 'eu' | 'us';
  readonly number!: number;
  customer!: string;
  billing!: Address;
  shipping?: Address | null;
  lines!: Line[];
  ratings?: (number | null)[];
  matrix!: number[][];
  labels!: Record<string, string>;
  stops?: Record<string, Address | null>;
  total = -12n;
  receipt!: Uint8Array | null;
  extra?: unknown;
  placedAt!: Date;
  status: 0 | 1 | 2 = Status.Open;
  words!: string[];
  home!: Address;
}

export class Meter {
  id!: bigint;
${meter.fields
  .slice(1, -1)
  .map(({ name, type, optional: open }) => {
    const text = type.kind === 'int64' || type.kind === 'uint64' ? 'bigint' : 'number';
    return open ? `  ${name}?: ${text} | null;` : `  ${name}!: ${text};`;
  })
  .join('\n')}
  on!: boolean | null;
}

class AwkwardDate {
  id!: string;
${AWKWARD.map((name, i) => {
  const type = i % 3 === 0 ? 'string[]' : 'string';
  return i % 2 === 0 ? `  [${JSON.stringify(name)}]?: ${type};` : `  [${JSON.stringify(name)}]!: ${type};`;
}).join('\n')}
  new!: AwkwardEmbedded;
  enum!: ${["it's", 'say "hi"', 'u\u2028', '*/', '__proto__', '\ud800'].map((value) => JSON.stringify(value)).join(' | ')};
  literal: unknown;
}

class AwkwardEmbedded {
${AWKWARD.map((name) => property(`x${name}`, 'string').replace('"x', '["').replace('"!', '"]!')).join('\n')}
}

export { AwkwardDate as Date, AwkwardEmbedded as ByteWriter };
`;

/** For tests that run the awkward one. */
export const awkwardNames: readonly string[] = AWKWARD;
