// Rows and captured values with every odd value that JavaScript has: what the entity of lower.ts may hold, and what its
// prelude declares.
import fc from 'fast-check';

const numbers = [0, -0, 1, -1.5, 18, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-7, 2 ** 53];
const strings = ['', 'a', 'ab', 'b', 'Ä', 'İ', '\u0000', '\ud800', '😀', ' vip ', 'vip', 'A'];
const times = [0, 1e12, 1e11, Number.NaN];

const number = fc.constantFrom(...numbers);
const string = fc.constantFrom(...strings);
const date = fc.constantFrom(...times).map((time) => new Date(time));
const bigint = fc.bigInt({ min: -2n, max: 2n });
const missing = <T>(value: fc.Arbitrary<T>, ...none: (null | undefined)[]) => fc.oneof(value, fc.constantFrom(...none));

const address = fc.record({
  city: string,
  zip: missing(string, undefined),
  geo: missing(fc.record({ lat: number, label: missing(string, undefined) }), undefined),
});

export const row = fc.record({
  id: number,
  big: bigint,
  name: string,
  nick: missing(string, undefined),
  region: missing(string, null),
  both: missing(string, null, undefined),
  active: fc.boolean(),
  maybe: missing(fc.boolean(), undefined),
  score: number,
  rank: missing(number, undefined),
  seen: date,
  gone: missing(date, undefined),
  role: fc.constantFrom('admin', 'guest'),
  level: fc.constantFrom(1, 2, 3),
  tags: fc.array(string, { maxLength: 3 }),
  extra: missing(fc.array(string, { maxLength: 3 }), undefined),
  sizes: fc.array(number, { maxLength: 3 }),
  dates: fc.array(date, { maxLength: 2 }),
  items: fc.array(address, { maxLength: 2 }),
  home: address,
  work: missing(address, undefined),
  any: fc.constantFrom(1, 'a', null, undefined, Number.NaN),
});

/** The captured values, by the names that the prelude of lower.ts declares. */
export const captured = fc.record({
  id: number,
  text: string,
  since: date,
  ids: fc.array(number, { maxLength: 12 }),
  names: fc.array(string, { maxLength: 4 }),
  flag: fc.boolean(),
  maybeText: missing(string, undefined),
  maybeIds: missing(fc.array(number, { maxLength: 3 }), undefined),
  range: fc.record({ min: missing(number, undefined), max: number }),
  limit: missing(fc.record({ value: number }), undefined),
  big: bigint,
  idSet: fc.array(number, { maxLength: 4 }).map((values) => new Set(values)),
  next: number.map((value) => () => value),
});
