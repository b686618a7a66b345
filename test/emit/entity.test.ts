// What generated entities do at their face: create, check, keys and indexes, with plain and with awkward names.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareKeys } from '../../runtime/bytes/compare.js';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import { ValidationError } from '../../runtime/errors.js';
import { inputs, same } from '../codec/values.js';
import { compile, type Row, type Runtime } from './compile.js';
import { goldenEntities } from './golden-entities.js';
import { arrayOf, both, entity, field, index, nullable, optional, recordOf, user } from './schemas.js';

const NOW = 1_700_000_000_000;

const valid = { email: 'Ann@x.io', lastLogin: new Date(5), isActive: true, score: 9, tags: ['a', 'b', 'a'] };

function decoded(runtime: Runtime, row: Row): Row {
  const out = new ByteWriter();
  runtime.row.encode(row, out);
  const span = new ByteSpan();
  Object.assign(span, { bytes: out.bytes, view: out.view, start: 0, end: out.at });
  return runtime.row.decode(span, runtime.keyOf(row));
}

describe('create', () => {
  const { runtime, classes } = compile(user);

  test('gives an instance of the class with defaults and the generated key', () => {
    const row = runtime.create(valid, NOW, 7);
    expect(row).toBeInstanceOf(classes.User!);
    expect(row).toMatchObject({ id: 7, role: 'guest', email: 'Ann@x.io' });
    expect(Object.keys(row)).toEqual(user.fields.map(({ name }) => name));
  });

  test('prefers a given key', () => {
    expect(runtime.create({ ...valid, id: 3 }, NOW, 7).id).toBe(3);
  });

  test('ignores properties that are no fields', () => {
    expect(runtime.create({ ...valid, label: 'x' }, NOW, 7)).not.toHaveProperty('label');
  });

  const misfits: [name: string, input: unknown, code: string, message: string][] = [
    ['no object', null, 'QDB1101', 'QDB1101: User must be an object, but is null.'],
    ['no key', valid, 'QDB1102', 'QDB1102: User.id must be a number, but is missing.'],
    [
      'a missing field',
      { ...valid, id: 1, email: undefined },
      'QDB1102',
      'QDB1102: User.email must be a string, but is missing.',
    ],
    [
      'another type',
      { ...valid, id: 1, email: 5 },
      'QDB1101',
      'QDB1101: User.email must be a string, but is the number 5.',
    ],
    ['null', { ...valid, id: 1, score: null }, 'QDB1101', 'QDB1101: User.score must be a number, but is null.'],
    [
      'a date as text',
      { ...valid, id: 1, lastLogin: '2020' },
      'QDB1101',
      'QDB1101: User.lastLogin must be a Date, but is the string "2020".',
    ],
    [
      'no array',
      { ...valid, id: 1, tags: 'a' },
      'QDB1101',
      'QDB1101: User.tags must be an array, but is the string "a".',
    ],
    [
      'an element',
      { ...valid, id: 1, tags: ['a', 2n] },
      'QDB1101',
      'QDB1101: User.tags[1] must be a string, but is the bigint 2n.',
    ],
    [
      'no choice',
      { ...valid, id: 1, role: 'root' },
      'QDB1104',
      `QDB1104: User.role must be 'admin' or 'guest', but is the string "root".`,
    ],
  ];
  for (const [name, input, code, message] of misfits) {
    test(`tells of ${name}`, () => {
      let thrown: unknown;
      try {
        runtime.create(input as Row, NOW);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(ValidationError);
      expect(thrown).toMatchObject({ code, message });
      if (name !== 'no key') expect(runtime.check(input as Row)?.toError().message).toBe(message);
    });
  }

  test('check is silent on what create takes', () => {
    expect(runtime.check(valid)).toBeNull();
  });
});

describe('number widths', () => {
  const { runtime } = compile(goldenEntities.meter!);
  const base = {
    id: 1n,
    float64: 0.1,
    float32: 0.5,
    int8: 1,
    int16: 1,
    int32: 1,
    uint8: 1,
    uint16: 1,
    uint32: 1,
    int64: 1n,
    uint64: 1n,
    on: null,
  };
  const out: Record<string, unknown[]> = {
    float32: [1e300],
    int8: [128, -129, 0.5, Number.NaN],
    int16: [32768, -32769, 1.5],
    int32: [2 ** 31, -(2 ** 31) - 1, Number.POSITIVE_INFINITY],
    uint8: [-1, 256],
    uint16: [-1, 65536],
    uint32: [-1, 2 ** 32],
    int64: [2n ** 63n, -(2n ** 63n) - 1n],
    uint64: [-1n, 2n ** 64n],
  };
  for (const [kind, values] of Object.entries(out)) {
    test(kind, () => {
      for (const value of values) {
        expect(runtime.check({ ...base, [kind]: value })).toMatchObject({ code: 'QDB1103', path: `Meter.${kind}` });
        expect(runtime.check({ ...base, [`${kind}Maybe`]: value })).toMatchObject({ code: 'QDB1103' });
      }
      expect(runtime.check({ ...base, [kind]: '1' })).toMatchObject({ code: 'QDB1101' });
    });
  }

  test('a row holds what will be read back: rounded floats, no -0 integers', () => {
    const row = runtime.create({ ...base, float32: 0.1, int8: -0, float64: -0 }, NOW);
    expect(row).toMatchObject({ float32: Math.fround(0.1), int8: 0, float64: -0 });
    expect(same(row, decoded(runtime, row))).toBe(true);
  });
});

describe('inner values', () => {
  const { runtime, classes } = compile(goldenEntities.order!);
  const billing = { street: 'Elm', latitude: 1.5 };
  const lines = [{ sku: 's', quantity: 1, prices: [1], origin: billing }];
  const input = { region: 'eu', number: 1, customer: 'c', billing, lines, matrix: [], labels: {}, receipt: null };

  test('become instances of their classes, with defaults', () => {
    const row = runtime.create({ ...input, stops: { a: billing, b: null } }, NOW);
    expect(row.billing).toBeInstanceOf(classes.Address!);
    expect(row.billing).toMatchObject({ street: 'Elm', verified: false, since: new Date(NOW) });
    const [line] = row.lines as Row[];
    expect(line).toBeInstanceOf(classes.Line!);
    expect(line!.origin).toBeInstanceOf(classes.Address!);
    expect((row.stops as Row).a).toBeInstanceOf(classes.Address!);
    expect(row.home).toBeInstanceOf(classes.Address!);
    expect(row).toMatchObject({ total: -12n, status: 0, words: ['a', "it's"], placedAt: new Date(NOW) });
    expect(same(row, decoded(runtime, row))).toBe(true);
  });

  test('are told by their whole path', () => {
    const path = (change: Row): string | undefined => runtime.check({ ...input, ...change })?.path;
    expect(path({ billing: { ...billing, street: 1 } })).toBe('Order.billing.street');
    expect(path({ lines: [lines[0], { ...lines[0], origin: { ...billing, latitude: 'x' } }] })).toBe(
      'Order.lines[1].origin.latitude',
    );
    expect(path({ matrix: [[1], [1, 'x']] })).toBe('Order.matrix[1][1]');
    expect(path({ labels: { 'a b': 1 } })).toBe('Order.labels["a b"]');
    expect(path({ extra: { f: () => 1 } })).toBe('Order.extra');
    expect(path({ lines: [null] })).toBe('Order.lines[0]');
  });

  test('are copied where they are arrays or objects', () => {
    const row = runtime.create(input, NOW);
    expect(row.lines).not.toBe(lines);
    expect(row.billing).not.toBe(billing);
  });

  test('a composite key is an object of its fields', () => {
    const row = runtime.create(input, NOW);
    expect(runtime.keyOf(row)).toEqual({ region: 'eu', number: 1 });
    const out = new ByteWriter();
    runtime.key.write({ region: 'us', number: -5 }, out);
    expect(runtime.key.size).toBe(out.at);
    expect(runtime.key.read(out.bytes, 0, out.at)).toEqual({ region: 'us', number: -5 });
    expect(runtime.key.writeColumn(0, 'mars', out)).toBe(false);
    expect(runtime.key.writeColumn(1, 1.5, out)).toBe(false);
  });
});

test('values that cannot be stored as unknown', () => {
  const { runtime } = compile(entity('Thing', [field('id', 'int32'), field('value', 'unknown')]));
  const check = (value: unknown): string | undefined => runtime.check({ id: 1, value })?.code;
  class Custom {}
  const endless: unknown[] = [];
  endless.push(endless);
  for (const value of [() => 1, Symbol('x'), new Custom(), new Map(), new Set(), [new Custom()], endless]) {
    expect(check(value)).toBe('QDB1105');
  }
  for (const value of [undefined, null, -0, 5n, new Date(), { a: [new Uint8Array(1)] }])
    expect(check(value)).toBeUndefined();
});

describe('awkward names', () => {
  const model = goldenEntities.awkward!;

  test('round-trip as any other', () => {
    const { runtime } = compile(model);
    fc.assert(
      fc.property(inputs(model.fields), (input) => {
        const row = runtime.create(input, NOW);
        expect(same(row, decoded(runtime, row))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('a missing field is missing, though Object.prototype has one of that name', () => {
    const { runtime } = compile(
      entity('Thing', [field('id', 'int32'), field('constructor', 'string'), field('toString', 'string', optional)]),
    );
    expect(runtime.check({ id: 1 } as Row)).toMatchObject({ code: 'QDB1102', path: 'Thing["constructor"]' });
    const row = runtime.create({ id: 1, constructor: 'x' } as unknown as Row, NOW);
    expect(Object.getOwnPropertyDescriptor(row, 'toString')?.value).toBeUndefined();
  });
});

/** NaN last and equal to itself, -0 equal to 0. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return Number(a > b) - Number(a < b);
}

const LONE_SURROGATE = /\p{Cs}/u;

describe('index entries', () => {
  function entries(runtime: Runtime, name: string, row: Row): { keys: string[]; unique: boolean } {
    const codec = runtime.indexes.find((one) => one.name === name)!;
    const out = new ByteWriter();
    const ends: number[] = [];
    const unique = codec.write(row, out, ends);
    return { keys: ends.map((end, i) => out.bytes.toString('hex', ends[i - 1] ?? 0, end)), unique };
  }

  test('of a multi-entry array: one for each distinct element', () => {
    const { runtime } = compile(user);
    const row = runtime.create(valid, NOW, 1);
    expect(entries(runtime, 'tags', row).keys).toHaveLength(2);
    expect(entries(runtime, 'tags', runtime.create({ ...valid, tags: [] }, NOW, 1)).keys).toEqual([]);
  });

  test('of equal dates, bytes and folded strings are one', () => {
    const model = entity(
      'Thing',
      [
        field('id', 'int32'),
        field('dates', arrayOf('date')),
        field('blobs', arrayOf('bytes', nullable)),
        field('names', arrayOf('string', both), optional),
      ],
      {
        indexes: [
          index(['dates'], { multiEntry: true }),
          index(['blobs'], { multiEntry: true }),
          index(['names', 'id'], { multiEntry: true, caseInsensitive: true, name: 'names_id_ci' }),
        ],
      },
    );
    const { runtime } = compile(model);
    const row = runtime.create(
      {
        id: 1,
        dates: [new Date(1), new Date(1), new Date(2)],
        blobs: [new Uint8Array(2), null, new Uint8Array(2)],
        names: ['A', 'a', null, undefined],
      },
      NOW,
    );
    expect(entries(runtime, 'dates', row)).toMatchObject({ keys: { length: 2 }, unique: true });
    expect(entries(runtime, 'blobs', row)).toMatchObject({ keys: { length: 2 }, unique: false });
    expect(entries(runtime, 'names_id_ci', row).keys).toHaveLength(3);
    expect(entries(runtime, 'names_id_ci', runtime.create({ id: 1, dates: [], blobs: [] }, NOW))).toEqual({
      keys: [],
      unique: true,
    });
  });

  test('that hold null or undefined are exempt from uniqueness, and differ', () => {
    const { runtime } = compile(user);
    const at = (notes: unknown) => entries(runtime, 'notes_score', runtime.create({ ...valid, notes }, NOW, 1));
    expect(at('x').unique).toBe(true);
    expect(at(null).unique).toBe(false);
    expect(at(undefined).unique).toBe(false);
    expect(at(null).keys).not.toEqual(at(undefined).keys);
  });

  test('are what writeColumn writes, column by column', () => {
    const { runtime } = compile(user);
    for (const notes of ['b', null, undefined]) {
      const row = runtime.create({ ...valid, notes, score: -3 }, NOW, 1);
      const codec = runtime.indexes.find(({ name }) => name === 'notes_score')!;
      const out = new ByteWriter();
      expect(codec.writeColumn(0, notes, out)).toBe(true);
      expect(codec.writeColumn(1, -3, out)).toBe(true);
      expect(out.bytes.toString('hex', 0, out.at)).toBe(entries(runtime, 'notes_score', row).keys[0]);
      expect(codec.writeColumn(0, 5, out)).toBe(false);
      expect(codec.writeColumn(2, 5, out)).toBe(false);
    }
  });

  test('sort as their values do', () => {
    const model = entity('Thing', [field('id', 'int32'), field('a', 'string', nullable), field('b', 'float64')], {
      indexes: [index(['a', 'b'])],
    });
    const { runtime } = compile(model);
    const rank = (row: Row): [number, string, number] => [
      row.a === null ? 0 : 1,
      (row.a as string) ?? '',
      row.b as number,
    ];
    fc.assert(
      fc.property(inputs(model.fields), inputs(model.fields), (left, right) => {
        const bytes = [left, right].map((row) =>
          Buffer.from(entries(runtime, 'a_b', runtime.create(row, NOW)).keys[0]!, 'hex'),
        );
        const [x, y] = [rank(left), rank(right)];
        fc.pre(!LONE_SURROGATE.test(x[1] + y[1]));
        const text = Buffer.compare(Buffer.from(x[1]), Buffer.from(y[1]));
        const number = compareNumbers(x[2], y[2]);
        const expected = x[0] - y[0] || text || number;
        expect(Math.sign(compareKeys(bytes[0]!, bytes[1]!))).toBe(Math.sign(expected));
      }),
      { numRuns: 2000 },
    );
  });

  test('a record of embedded values keeps its classes', () => {
    const place = { kind: 'embedded', className: 'Place', fields: [field('city', 'string')] } as const;
    const { runtime, classes } = compile(entity('Thing', [field('id', 'int32'), field('places', recordOf(place))]));
    const row = decoded(runtime, runtime.create({ id: 1, places: { home: { city: 'x' } } }, NOW));
    expect((row.places as Row).home).toBeInstanceOf(classes.Place!);
  });
});
