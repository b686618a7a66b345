// An entity's codecs out of its model do what generated ones do: the same records, keys and index entries, to the byte, and the
// same answer to what may be stored.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import { interpretEntity } from '../../runtime/codec/interpret-entity.js';
import type { EntityModel, Field } from '../../runtime/schema/model.js';
import { compile, type Row } from '../emit/compile.js';
import { arrayOf, both, entity, field, index, nullable, optional } from '../emit/schemas.js';
import { expectSame } from '../support/equal.js';
import { types } from './field-types.js';
import { inputs } from './values.js';

const RUNS = 500;

function agree(fields: readonly Field[], runs: number): void {
  const model = entity('Thing', [field('id', 'int32'), ...fields]);
  const { runtime } = compile(model);
  const interpreted = interpretEntity(model);
  const [one, other] = [new ByteWriter(16), new ByteWriter(16)];
  const names = model.fields.map(({ name }) => name).join();
  fc.assert(
    fc.property(inputs(fields), (input) => {
      const row = runtime.create({ ...input, id: 1 }, 0);
      one.at = other.at = 0;
      runtime.row.encode(row, one);
      interpreted.row.encode({ ...row }, other);
      expectSame(hex(other), hex(one));
      const span = spanOf(other);
      const decoded = interpreted.row.decode(span, 1);
      other.at = 0;
      interpreted.row.encode(decoded, other);
      expectSame(hex(other), hex(one));
      expectSame(decoded.id, 1);
      expectSame(Object.keys(decoded).join(), names);
      expectSame(interpreted.check(row), null);
    }),
    { numRuns: runs },
  );
}

describe('records', () => {
  for (const [name, type] of Object.entries(types)) test(name, () => agree([field('value', type)], RUNS));
});

test('records of all types, each also nullable, optional and both', () => {
  const fields = Object.values(types).flatMap((type, i) => [
    field(`required${i}`, type),
    field(`nullable${i}`, type, nullable),
    field(`optional${i}`, type, optional),
    field(`both${i}`, type, both),
  ]);
  agree(fields, 30);
});

test('records whose heap takes wide offsets', () => {
  const model = entity('Thing', [field('id', 'int32'), field('a', 'string'), field('b', arrayOf('string'))]);
  const { runtime } = compile(model);
  const [one, other] = [new ByteWriter(16), new ByteWriter(16)];
  const row = runtime.create({ id: 1, a: 'x'.repeat(70_000), b: ['y', 'ж'] }, 0);
  runtime.row.encode(row, one);
  interpretEntity(model).row.encode(row, other);
  expect(hex(other)).toBe(hex(one));
});

test('keys and index entries', () => {
  const fields = [
    field('region', 'string'),
    field('number', 'uint16'),
    field('email', 'string'),
    field('seen', 'date', both),
    field('tags', arrayOf('string', nullable), optional),
  ];
  const model: EntityModel = {
    ...entity('Thing', fields),
    key: { fields: ['number', 'region'], autoIncrement: false, generate: null },
    indexes: [
      index(['email'], { unique: true, caseInsensitive: true }),
      index(['seen', 'email']),
      index(['tags', 'number'], { multiEntry: true }),
    ],
  };
  const { runtime } = compile(model);
  const interpreted = interpretEntity(model);
  fc.assert(
    fc.property(inputs(fields), (input) => {
      const row = runtime.create(input, 0);
      expect(keyBytes(interpreted, row)).toBe(keyBytes(runtime, row));
      const key = interpreted.keyOf(row);
      expect(key).toEqual(runtime.keyOf(row));
      runtime.indexes.forEach((codec, i) => {
        const [one, other] = [new ByteWriter(16), new ByteWriter(16)];
        const [ends, otherEnds]: [number[], number[]] = [[], []];
        expect(interpreted.indexes[i]!.write(row, other, otherEnds)).toBe(codec.write(row, one, ends));
        expect(otherEnds).toEqual(ends);
        expect(hex(other)).toBe(hex(one));
        expect(interpreted.indexes[i]!.size).toBe(codec.size);
      });
    }),
    { numRuns: RUNS },
  );
});

test('what does not fit is refused, with the place', () => {
  const model = entity('Thing', [field('id', 'int32'), field('tags', arrayOf('string')), field('n', 'int8')]);
  const { runtime } = compile(model);
  const interpreted = interpretEntity(model);
  const bad: Row[] = [
    { id: 1, tags: ['a', 5], n: 1 },
    { id: 1, tags: 'a', n: 1 },
    { id: 1, tags: [], n: 128 },
    { id: 1, tags: [], n: 0.5 },
    { id: 1, tags: [] },
    { id: null, tags: [], n: 1 },
  ];
  for (const input of bad) {
    expect(interpreted.check(input)?.path).toBe(runtime.check(input)?.path);
    expect(() => interpreted.create(input, 0)).toThrow(/QDB110/);
  }
  const out = new ByteWriter();
  expect(interpreted.key.writeColumn(0, 'no', out)).toBe(false);
  expect(out.at).toBe(0);
});

function keyBytes(codec: Pick<ReturnType<typeof interpretEntity>, 'key' | 'keyOf'>, row: Row): string {
  const out = new ByteWriter();
  codec.key.write(codec.keyOf(row), out);
  return hex(out);
}

function hex({ bytes, at }: ByteWriter): string {
  return bytes.toString('hex', 0, at);
}

function spanOf({ bytes, view, at }: ByteWriter): ByteSpan {
  const span = new ByteSpan();
  span.bytes = bytes;
  span.view = view;
  span.end = at;
  return span;
}
