// Damaged records give CodecError or a value made of nothing but the record: flips, cuts, and lengths that lie.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import { CodecError } from '../../runtime/errors.js';
import { compile, type Row, type Runtime } from '../emit/compile.js';
import { arrayOf, both, entity, field, nullable, optional, recordOf } from '../emit/schemas.js';
import { inputs, same } from './values.js';

const line = {
  kind: 'embedded',
  className: 'Line',
  fields: [field('sku', 'string'), field('count', 'uint16', optional), field('tags', arrayOf('string'), both)],
} as const;

const fields = [
  field('name', 'string'),
  field('at', 'date', nullable),
  field('role', { kind: 'enum', values: ['a', 'b', 'c'] }),
  field('lines', arrayOf(line)),
  field('numbers', arrayOf('float64')),
  field('marks', arrayOf('int32', both)),
  field('blob', 'bytes', optional),
  field('big', 'bigint'),
  field('extra', 'unknown'),
  field('places', recordOf(line)),
  field('note', 'string', both),
];

const { runtime } = compile(entity('Order', [field('id', 'int32'), ...fields]));

/** The record of a row alone in memory. */
function recordOfRow(row: Row): Buffer {
  const out = new ByteWriter();
  runtime.row.encode(runtime.create({ ...row, id: 1 }, 0), out);
  return Buffer.from(out.bytes.subarray(0, out.at));
}

/** Decodes `record` out of the middle of a buffer that is full of `around`. */
function decodeAmong(record: Buffer, around: number, decoder: Runtime = runtime): unknown {
  const bytes = Buffer.allocUnsafeSlow(record.length + 64).fill(around);
  record.copy(bytes, 32);
  const span = new ByteSpan();
  span.bytes = bytes;
  span.view = new DataView(bytes.buffer);
  span.start = 32;
  span.end = 32 + record.length;
  try {
    return decoder.row.decode(span, 1);
  } catch (error) {
    if (error instanceof CodecError) return error.code;
    throw error;
  }
}

/** Whatever stands around the record, the answer is the same one: nothing was read beyond its end. */
function checkDamaged(record: Buffer): void {
  const first = decodeAmong(record, 0x00);
  const second = decodeAmong(record, 0xff);
  if (!same(first, second)) expect(second).toStrictEqual(first);
}

/** Other damage in every run; what fails can be run again with the seed that is printed. */
const SEED = Date.now() % 0x7fffffff;
console.log(`damage from seed ${SEED}`);

const rows = inputs(fields);

describe('a damaged record', () => {
  test('with a byte changed', () => {
    fc.assert(
      fc.property(
        rows,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 }),
        (row, flips) => {
          const record = recordOfRow(row);
          for (const [at, bits] of flips) record[at % record.length]! ^= bits;
          checkDamaged(record);
        },
      ),
      { numRuns: 4_000, seed: SEED },
    );
  });

  test('that is cut anywhere', () => {
    fc.assert(
      fc.property(rows, (row) => {
        const record = recordOfRow(row);
        for (let size = 0; size < record.length; size += 1 + (record.length >> 6))
          checkDamaged(record.subarray(0, size));
      }),
      { numRuns: 300, seed: SEED },
    );
  });

  test('of random bytes behind a right first one', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (bytes) => {
        checkDamaged(Buffer.from([1, ...bytes]));
      }),
      { numRuns: 4_000, seed: SEED },
    );
  });

  test('of another version', () => {
    const record = recordOfRow(fc.sample(rows, { numRuns: 1, seed: 1 })[0]!);
    record[0] = 2;
    expect(decodeAmong(record, 0)).toBe('QDB4070');
  });
});

test('a count of four billion elements allocates nothing', () => {
  const { runtime: lists } = compile(entity('List', [field('id', 'int32'), field('words', arrayOf('string'))]));
  const out = new ByteWriter();
  lists.row.encode(lists.create({ id: 1, words: ['a'] }, 0), out);
  const record = Buffer.from(out.bytes.subarray(0, out.at));
  const heap = record.indexOf(Buffer.from([1, 1, 0x61]));
  const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const lying = Buffer.concat([
    record.subarray(0, heap),
    Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f]),
    record.subarray(heap + 2),
  ]);
  lying.writeUInt16LE(5, heap - 2);
  expect(decodeAmong(lying, 0, lists)).toBe('QDB4070');
  expect(process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed - before).toBeLessThan(50e6);
});

describe('damaged MessagePack', () => {
  const { runtime: values } = compile(entity('Value', [field('id', 'int32'), field('value', 'unknown')]));
  const cases: Record<string, number[]> = {
    'an array of four billion': [0xdd, 0xff, 0xff, 0xff, 0xff],
    'a map of four billion': [0xdf, 0xff, 0xff, 0xff, 0xff],
    'a string longer than the record': [0xdb, 0x00, 0xff, 0xff, 0xff],
    'an extension that msgpackr knows and we do not': [0xd4, 0x72, 0x40],
    'a byte that means nothing': [0xc1],
    'more than one value': [0x01, 0x02],
    'bytes that nobody wrapped': [0xc4, 0x02, 0x07, 0x08],
    'bytes that nobody wrapped, in an array': [0x91, 0xc4, 0x01, 0x07],
    'bytes wrapped as something else': [0xd6, 0x51, 0x92, 0x02, 0xc4, 0x00],
    nothing: [],
    'an unknown kind of wrapping': [0xd5, 0x51, 0x91, 0x09],
    'arrays ten thousand deep': Array.from({ length: 10_000 }, () => 0x91),
  };
  for (const [name, bytes] of Object.entries(cases)) {
    test(name, () => {
      const record = Buffer.from([1, 0, ...bytes]);
      expect(decodeAmong(record, 0xc0, values)).toBe('QDB4070');
    });
  }
});
