// Records put together slot by slot are those that encoding the whole row would give, for any fields from either record.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteSpan, ByteWriter } from '../../runtime/bytes/writer.js';
import { checkSlot } from '../../runtime/codec/interpret-check.js';
import { type PlainRow, RecordInterpreter } from '../../runtime/codec/interpret-record.js';
import { RecordWriter } from '../../runtime/codec/interpret-write.js';
import { isSpliceable, RecordSplicer } from '../../runtime/codec/splice.js';
import type { EntityModel, Field } from '../../runtime/schema/model.js';
import { both, entity, field, nullable, optional, slot } from '../emit/schemas.js';
import { types } from './field-types.js';
import { inputs } from './values.js';

const id = field('id', 'int32');
const modelOf = (list: readonly Field[]): EntityModel => entity('Row', [id, ...list]);

function encoded(model: EntityModel, row: PlainRow): ByteSpan {
  const out = new ByteWriter(16);
  out.at = 5;
  new RecordWriter(model).encode(row, out);
  return Object.assign(new ByteSpan(), { bytes: out.bytes, view: out.view, start: 5, end: out.at });
}

/** What a splice gives, decoded; null where it is refused. */
function spliced(splicer: RecordSplicer, first: ByteSpan, second: ByteSpan, to: EntityModel): PlainRow | null {
  const out = new ByteWriter(16);
  out.at = 3;
  if (!splicer.splice(first, second, out)) {
    expect(out.at).toBe(3);
    return null;
  }
  const span = Object.assign(new ByteSpan(), { bytes: out.bytes, view: out.view, start: 3, end: out.at });
  return new RecordInterpreter(to).decode(span);
}

const some = fc.array(
  fc
    .tuple(fc.constantFrom(...Object.values(types)), fc.constantFrom({}, optional, nullable, both))
    .map(([type, may]) => field('any', type, may)),
  { maxLength: 6 },
);

test('any fields of two records come through, dropped ones and another order included', () => {
  let copied = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      fc.tuple(some, some).chain(([a, b]) => {
        const one = a.map((each, i) => ({ ...each, name: `a${i}`, storedName: `a${i}` }));
        const other = b.map((each, i) => ({ ...each, name: `b${i}`, storedName: `b${i}` }));
        return fc.record({
          one: fc.constant(one),
          other: fc.constant(other),
          to: fc.shuffledSubarray([...one, ...other]),
          row: fc.tuple(inputs(one), inputs(other)) as fc.Arbitrary<[PlainRow, PlainRow]>,
        });
      }),
      ({ one, other, to, row: [a, b] }) => {
        const [first, second, target] = [modelOf(one), modelOf(other), modelOf(to)];
        const splicer = new RecordSplicer([first, second], target, ({ name }) => ({
          record: name.startsWith('a') ? 0 : 1,
          name,
        }));
        const whole = { ...a, ...b };
        const got = spliced(splicer, encoded(first, a), encoded(second, b), target);
        if (got === null) refused++;
        else {
          copied++;
          expect(got).toEqual(new RecordInterpreter(target).decode(encoded(target, whole)));
        }
      },
    ),
    { numRuns: 400 },
  );
  expect(copied).toBeGreaterThan(refused);
});

test('what may be missing from now on keeps which way it was missing', () => {
  for (const [from, missing] of [
    [nullable, null],
    [optional, undefined],
    [both, null],
    [both, undefined],
  ] as const) {
    for (const value of [missing, 'text']) {
      const [before, after] = [modelOf([field('a', 'string', from)]), modelOf([field('b', 'string', both)])];
      const splicer = new RecordSplicer([before, modelOf([])], after, () => ({ record: 0, name: 'a' }));
      expect(spliced(splicer, encoded(before, { a: value }), encoded(modelOf([]), {}), after)).toEqual({ b: value });
    }
  }
  expect(isSpliceable(slot('string', both), slot('string', nullable))).toBe(false);
});

test('a number gets as wide as it is to be, from either record; it is not made narrower', () => {
  const kinds = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'] as const;
  const values = [-0x8000_0000, -0x8000, -1, 0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 1.5, Number.NaN];
  let widened = 0;
  for (const from of kinds) {
    for (const to of kinds) {
      const isOne = (kind: (typeof kinds)[number], value: number): boolean =>
        checkSlot(slot(kind), value, '') === null && (kind !== 'float32' || Object.is(Math.fround(value), value));
      const own = values.filter((value) => isOne(from, value));
      const fits = to === from || (from !== 'float64' && own.every((value) => isOne(to, value)));
      expect(isSpliceable(slot(from), slot(to)), `${from} to ${to}`).toBe(fits);
      if (!fits) continue;
      const [a, b] = [modelOf([field('a', from, nullable)]), modelOf([field('b', from), field('c', 'bytes')])];
      const after = modelOf([field('b', to), field('a', to, nullable), field('c', 'bytes')]);
      const splicer = new RecordSplicer([a, b], after, ({ name }) => ({ record: name === 'a' ? 0 : 1, name }));
      for (const value of [null, ...own]) {
        const rest = { b: value ?? 3, c: Uint8Array.of(9) };
        expect(spliced(splicer, encoded(a, { a: value }), encoded(b, rest), after)).toEqual({ a: value, ...rest });
        widened++;
      }
    }
  }
  expect(widened).toBeGreaterThan(100);
});

test('a heap that grows over 64 KiB, a wide one, and damage are refused', () => {
  const [one, other] = [modelOf([field('a', 'string')]), modelOf([field('b', 'string')])];
  const to = modelOf([field('a', 'string'), field('b', 'string')]);
  const splicer = new RecordSplicer([one, other], to, ({ name }) => ({ record: name === 'a' ? 0 : 1, name }));
  const text = (length: number) => 'x'.repeat(length);
  expect(spliced(splicer, encoded(one, { a: text(40_000) }), encoded(other, { b: text(25_535) }), to)).toEqual({
    a: text(40_000),
    b: text(25_535),
  });
  expect(spliced(splicer, encoded(one, { a: text(40_000) }), encoded(other, { b: text(25_536) }), to)).toBeNull();
  const wide = encoded(to, { a: text(40_000), b: text(40_000) });
  const back = new RecordSplicer([to, modelOf([])], one, () => ({ record: 0, name: 'a' }));
  const nothing = encoded(modelOf([]), {});
  expect(spliced(back, wide, nothing, one)).toBeNull();
  const damaged = encoded(to, { a: 'abc', b: 'def' });
  damaged.end -= 4;
  expect(spliced(back, damaged, nothing, one)).toBeNull();
});
