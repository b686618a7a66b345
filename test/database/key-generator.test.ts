import { expect, test } from 'vitest';
import { AutoIncrement, UlidGenerator, Uuidv7Generator } from '../../runtime/database/key-generator.js';
import { LimitError } from '../../runtime/errors.js';
import { openTest } from '../support/database.js';
import { field, model } from '../support/entities.js';

const zeros = (into: Uint8Array) => into.fill(0);
const ones = (into: Uint8Array) => into.fill(0xff);
const TIME = Date.UTC(2022, 1, 22, 19, 22, 22);

test('a ULID is 48 bits of time and 80 of randomness in Crockford base 32', () => {
  expect(new UlidGenerator(zeros).next(TIME)).toBe('01FWHE4YDG0000000000000000');
  expect(new UlidGenerator(ones).next(2 ** 48 - 1)).toBe('7ZZZZZZZZZFZZZZZZZZZZZZZZZ');
});

test('a version 7 UUID has its version and variant', () => {
  expect(new Uuidv7Generator(zeros).next(TIME)).toBe('017f22e2-79b0-7000-8000-000000000000');
  expect(new Uuidv7Generator(ones).next(TIME)).toMatch(/^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test.each([UlidGenerator, Uuidv7Generator])('%o counts up while time stands still or runs back', (Generator) => {
  const generator = new Generator(ones);
  const keys = [TIME, TIME, TIME - 5, TIME, TIME + 1, TIME].map((now) => generator.next(now));
  expect([...keys].sort()).toEqual(keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test('auto-increment ends with its type', () => {
  const counter = new AutoIncrement(model('Tiny', [field('id', { kind: 'uint8' })], [], { autoIncrement: true }), null);
  counter.observe(254);
  expect(counter.next()).toBe(255);
  expect(() => counter.next()).toThrow(LimitError);
});

test('bigint keys count, too, and odd numbers do not derail numbers', async () => {
  const [big, small] = [
    model('Big', [field('id', { kind: 'bigint' })], [], { autoIncrement: true }),
    model('Float', [field('id', { kind: 'float64' })], [], { autoIncrement: true }),
  ];
  await using db = await openTest([big, small]);
  db.dao('Big').putSync({ id: 2n ** 70n });
  expect(db.dao('Big').putSync({}).id).toBe(2n ** 70n + 1n);
  for (const id of [1.5, Number.NaN, Number.POSITIVE_INFINITY, -3]) db.dao('Float').putSync({ id });
  expect(db.dao('Float').putSync({}).id).toBe(2);
});

test('generated string keys come from the clock and the random source that the database was opened with', async () => {
  const entity = model('Event', [field('id', { kind: 'string' })], [], { generate: 'ulid' });
  await using db = await openTest([entity], { clock: () => TIME, random: zeros });
  expect([1, 2].map(() => db.dao('Event').putSync({}).id)).toEqual([
    '01FWHE4YDG0000000000000000',
    '01FWHE4YDG0000000000000001',
  ]);
  expect(db.dao('Event').putSync({ id: 'mine' }).id).toBe('mine');
});
