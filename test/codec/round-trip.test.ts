// Every codec gives back what it was given: thousands of random values of each field type, alone and in the company of others.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import type { Field } from '../../runtime/schema/model.js';
import { compile, type Row, type Runtime } from '../emit/compile.js';
import { arrayOf, both, entity, field, nullable, optional } from '../emit/schemas.js';
import { types } from './field-types.js';
import { inputs, same } from './values.js';

const RUNS = Number(process.env.RUNS ?? 3_000);

/** Encodes somewhere in the middle of a buffer and decodes from there. */
function throughBytes(runtime: Runtime, row: Row, key: unknown, out: ByteWriter): Row {
  out.at = 5;
  runtime.row.encode(row, out);
  const span = new ByteSpan();
  span.bytes = out.bytes;
  span.view = out.view;
  span.start = 5;
  span.end = out.at;
  return runtime.row.decode(span, key);
}

function roundTrips(fields: readonly Field[], runs: number): void {
  const model = entity('Thing', [field('id', 'int32'), ...fields]);
  const { runtime, classes } = compile(model);
  const out = new ByteWriter(16);
  fc.assert(
    fc.property(inputs(fields), (input) => {
      const row = runtime.create({ ...input, id: 1 }, 0);
      const decoded = throughBytes(runtime, row, 1, out);
      // An expect for each of so many rows would take as long as the rows.
      if (!same(row, decoded)) expect(decoded).toStrictEqual(row);
      if (!(decoded instanceof classes.Thing!)) expect(decoded).toBeInstanceOf(classes.Thing!);
    }),
    { numRuns: runs },
  );
}

describe('a field of each type', () => {
  for (const [name, type] of Object.entries(types)) {
    test(name, () => roundTrips([field('value', type)], RUNS));
  }
});

test('all types in one row, each also nullable, optional and both', () => {
  const fields = Object.values(types).flatMap((type, i) => [
    field(`required${i}`, type),
    field(`nullable${i}`, type, nullable),
    field(`optional${i}`, type, optional),
    field(`both${i}`, type, both),
  ]);
  roundTrips(fields, 60);
});

describe('sizes', () => {
  const model = entity('Thing', [
    field('id', 'int32'),
    field('first', 'string'),
    field('list', arrayOf('float64')),
    field('words', arrayOf('string')),
    field('last', 'string', optional),
    field('blob', 'bytes'),
  ]);
  const { runtime } = compile(model);
  const row = { id: 1, first: 'a', list: [], words: [], last: undefined, blob: new Uint8Array() };
  const cases: Record<string, Partial<Record<keyof typeof row, unknown>>> = {
    empty: { first: '' },
    'heap of 65,535 bytes': { first: 'x'.repeat(65_535 - 2) },
    'heap of 65,536 bytes': { first: 'x'.repeat(65_536 - 2) },
    'a million numbers': { list: Array.from({ length: 1_000_000 }, (_, i) => i / 3) },
    '100,000 strings': { words: Array.from({ length: 100_000 }, (_, i) => `w${i}`), last: 'z' },
    '100,000 strings, one beyond latin1': { words: Array.from({ length: 100_000 }, (_, i) => `w${i}`), last: 'ж' },
    'a megabyte of bytes': { blob: new Uint8Array(1 << 20).fill(7), last: 'end' },
    'a megabyte of text': { first: 'жук '.repeat(1 << 18), last: '\ud800' },
  };
  for (const [name, values] of Object.entries(cases)) {
    test(name, () => {
      const made = runtime.create({ ...row, ...values }, 0);
      expect(same(made, throughBytes(runtime, made, 1, new ByteWriter(16)))).toBe(true);
    });
  }
});

test('the bytes of a row do not depend on the row before', () => {
  const { runtime } = compile(
    entity('Thing', [field('id', 'int32'), field('a', 'string'), field('b', arrayOf('string'))]),
  );
  const bytesOf = (row: Row): Buffer => {
    const out = new ByteWriter();
    runtime.row.encode(runtime.create(row, 0), out);
    return Buffer.from(out.bytes.subarray(0, out.at));
  };
  const plain = { id: 1, a: 'abc', b: ['d'] };
  const first = bytesOf(plain);
  bytesOf({ id: 1, a: 'ж', b: [] });
  expect(bytesOf(plain)).toEqual(first);
});

test('two writers of one module do not share a row', () => {
  const { runtime } = compile(entity('Thing', [field('id', 'int32'), field('a', arrayOf('string'))]));
  const input = { id: 1, a: ['x'] };
  const row = runtime.create(input, 0);
  (row.a as string[]).push('y');
  expect(input.a).toEqual(['x']);
});
