// The four shapes of rows that the codecs race on, as schema and as values from one seed.
import type { EntityModel, Field, FieldType, Slot } from '../../runtime/schema/model.js';
import { random, users } from '../users.js';

export interface Shape {
  readonly name: string;
  readonly entity: EntityModel;
  /** Plain rows, as peers take them; without the key `pk`, which is no part of our record. */
  readonly rows: readonly Row[];
}

export type Row = Record<string, unknown>;

/** Rows of each shape that the contestants go through in turn. */
const ROWS = 2000;

const slot = (kind: FieldType['kind'] | FieldType, options: Partial<Slot> = {}): Slot => ({
  type: (typeof kind === 'string' ? { kind } : kind) as FieldType,
  nullable: false,
  optional: false,
  ...options,
});

const field = (name: string, kind: FieldType['kind'] | FieldType, options: Partial<Slot> = {}): Field => ({
  name,
  storedName: name,
  default: null,
  encrypted: null,
  visibleTo: null,
  ...slot(kind, options),
});

const entity = (name: string, fields: readonly Field[]): EntityModel => ({
  name,
  storedName: name,
  accessor: name.toLowerCase(),
  key: { fields: ['pk'], autoIncrement: false, generate: null },
  fields: [field('pk', 'float64'), ...fields],
  indexes: [],
});

const optional = { optional: true };

const embedded = (className: string, fields: readonly Field[]): FieldType => ({ kind: 'embedded', className, fields });

const userShape: Shape = {
  name: 'users row',
  entity: entity('User', [
    field('id', 'int32'),
    field('email', 'string'),
    field('name', 'string'),
    field('lastLogin', 'date'),
    field('isActive', 'boolean'),
    field('score', 'float64'),
    field('tags', { kind: 'array', element: slot('string') }),
    field('bio', 'string'),
  ]),
  rows: users(ROWS) as unknown as Row[],
};

const NUMBERS = {
  float64: ['open', 'high', 'low', 'close'],
  int32: ['volume', 'trades', 'bid', 'ask'],
  uint16: ['venue', 'lot'],
  uint8: ['flags', 'level'],
} as const;

function numbersShape(): Shape {
  const next = random(11);
  const whole = (below: number): number => Math.floor(next() * below);
  return {
    name: '12 numbers',
    entity: entity(
      'Quote',
      Object.entries(NUMBERS).flatMap(([kind, names]) => names.map((name) => field(name, kind as FieldType['kind']))),
    ),
    rows: Array.from({ length: ROWS }, () => ({
      open: next() * 100,
      high: next() * 100,
      low: next() * 100,
      close: next() * 100,
      volume: whole(2 ** 31),
      trades: whole(1e6),
      bid: whole(1e8),
      ask: whole(1e8),
      venue: whole(5e4),
      lot: whole(1e3),
      flags: whole(256),
      level: whole(60),
    })),
  };
}

function nestedShape(): Shape {
  const next = random(13);
  const pick = (list: readonly string[]): string => list[Math.floor(next() * list.length)]!;
  const cities = ['Lisbon', 'São Paulo', 'Toronto', 'Springfield', 'Nairobi', 'Osaka'];
  const titles = ['Walnut desk', 'Lamp', 'Blue wool blanket', 'Chair', 'Espresso cup'];
  const maybe = <T>(share: number, value: T): T | undefined => (next() < share ? value : undefined);
  return {
    name: 'nested with optionals',
    entity: entity('Order', [
      field('number', 'int32'),
      field('placedAt', 'date'),
      field('paid', 'boolean'),
      field(
        'customer',
        embedded('Customer', [field('name', 'string'), field('email', 'string'), field('phone', 'string', optional)]),
      ),
      field(
        'shipping',
        embedded('Address', [
          field('street', 'string'),
          field('city', 'string'),
          field('zip', 'string', optional),
          field('latitude', 'float64', optional),
        ]),
        optional,
      ),
      field('coupon', 'string', optional),
      field('lines', {
        kind: 'array',
        element: slot(
          embedded('Line', [
            field('sku', 'string'),
            field('title', 'string'),
            field('quantity', 'uint16'),
            field('price', 'float64'),
            field('note', 'string', optional),
          ]),
        ),
      }),
    ]),
    rows: Array.from({ length: ROWS }, (_, i) => ({
      number: i + 1000,
      placedAt: new Date(1.7e12 + Math.floor(next() * 1e10)),
      paid: next() < 0.8,
      customer: {
        name: `${pick(['Ann', 'Bob', 'Chloé', 'Dmitri'])} ${pick(['Smith', 'Keller', 'Okafor'])}`,
        email: `customer${i}@example.com`,
        phone: maybe(0.5, '+1 555 010 4477'),
      },
      shipping: maybe(0.9, {
        street: `${1 + Math.floor(next() * 200)} ${pick(['Main Street', 'Rua Augusta', 'Elm Road'])}`,
        city: pick(cities),
        zip: maybe(0.7, String(10000 + Math.floor(next() * 89999))),
        latitude: maybe(0.5, next() * 90),
      }),
      coupon: maybe(0.3, 'SPRING-2026'),
      lines: Array.from({ length: 3 }, () => ({
        sku: `SKU-${Math.floor(next() * 1e5)}`,
        title: pick(titles),
        quantity: 1 + Math.floor(next() * 20),
        price: Math.round(next() * 1e4) / 100,
        note: maybe(0.2, 'gift wrap'),
      })),
    })),
  };
}

/** Article 1 of the Universal Declaration of Human Rights. */
const ARTICLE =
  'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны ' +
  'поступать в отношении друг друга в духе братства. ';

const textShape: Shape = {
  name: '2 KB of non-ASCII text',
  entity: entity('Article', [field('id', 'int32'), field('title', 'string'), field('body', 'string')]),
  rows: Array.from({ length: ROWS }, (_, i) => ({
    id: i,
    title: `Заметка номер ${i}`,
    body: ARTICLE.repeat(8).slice(i % 100, (i % 100) + 1100),
  })),
};

/** Each string flat and each row's own, as rows from a file or a socket are; objects of one shape where they hold the same. */
function separate(shape: Shape): Shape {
  return { ...shape, rows: shape.rows.map((row) => clone(row) as Row) };
}

function clone(value: unknown): unknown {
  if (typeof value === 'string') return JSON.parse(JSON.stringify(value));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map(clone);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, clone(inner)]));
}

export const SHAPES: readonly Shape[] = [userShape, numbersShape(), nestedShape(), textShape].map(separate);
