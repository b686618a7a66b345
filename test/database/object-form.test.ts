// Conditions given as data: the same rows as the same condition written as an arrow, and no way to ask for anything else.
import { expect, test } from 'vitest';
import { compile, fieldOfRow } from '../../runtime/query/evaluate.js';
import type { Expression } from '../../runtime/query/expression.js';
import { lowerObject, type ObjectForm } from '../../runtime/query/object-form.js';
import { USER } from '../query-lowering/lower.js';

const rows = [
  {
    id: 1,
    name: 'Ann',
    nick: undefined,
    region: null,
    active: true,
    score: 5,
    seen: new Date(5),
    tags: ['vip'],
    home: { city: 'Bern' },
    role: 'admin',
    big: 1n,
  },
  {
    id: 2,
    name: 'Bob',
    nick: 'b',
    region: 'x',
    active: false,
    score: Number.NaN,
    seen: new Date(9),
    tags: [],
    home: { city: 'Basel' },
    work: { city: 'Ulm' },
    role: 'guest',
    big: 2n,
  },
];

function found(form: unknown): number[] {
  const { expression, parameters } = lowerObject(USER, form);
  const holds = compile(expression, parameters(), fieldOfRow);
  return rows.filter((row) => !!holds(row)).map(({ id }) => id);
}

test.each<[unknown, number[]]>([
  [{}, [1, 2]],
  [{ active: true }, [1]],
  [{ active: true, name: 'Bob' }, []],
  [{ score: { gt: 4, lte: 5 } }, [1]],
  [{ score: Number.NaN }, []],
  [{ score: { in: [5, Number.NaN] } }, [1, 2]],
  [{ name: { startsWith: 'A' } }, [1]],
  [{ name: { endsWith: 'b', contains: 'o' } }, [2]],
  [{ nick: { startsWith: 'b' } }, [2]],
  [{ nick: undefined }, [1]],
  [{ region: null }, [1]],
  [{ region: { ne: null } }, [2]],
  [{ region: { lt: 'z' } }, [2]],
  [{ seen: new Date(5) }, [1]],
  [{ seen: { ne: new Date(5) } }, [2]],
  [{ seen: { in: [new Date(9), new Date(Number.NaN)] } }, [2]],
  [{ seen: { gte: new Date(5), lt: new Date(9) } }, [1]],
  [{ seen: new Date(Number.NaN) }, []],
  [{ big: { gt: 1n } }, [2]],
  [{ tags: { includes: 'vip' } }, [1]],
  [{ tags: { length: 0 } }, [2]],
  [{ tags: { length: { gte: 1 } } }, [1]],
  [{ home: { city: { startsWith: 'B' } } }, [1, 2]],
  [{ work: { city: 'Ulm' } }, [2]],
  [{ work: undefined }, [1]],
  [{ or: [{ name: 'Ann' }, { score: { gt: 100 } }] }, [1]],
  [{ or: [] }, []],
  [{ not: { name: 'Ann' } }, [2]],
  [{ and: [{ active: false }, { not: { name: 'Ann' } }] }, [2]],
  [{ role: { in: ['admin'] } }, [1]],
])('%o finds %j', (form, ids) => {
  expect(found(form)).toEqual(ids);
});

test.each<[string, unknown]>([
  ['QDB2110', { nope: 1 }],
  ['QDB2110', { constructor: {} }],
  ['QDB2110', JSON.parse('{ "__proto__": { "id": 1 } }')],
  ['QDB2110', { home: { toString: 'x' } }],
  ['QDB2111', { score: { regex: '(a+)+$' } }],
  ['QDB2111', { name: JSON.parse('{ "__proto__": "x" }') }],
  ['QDB2111', { name: { constructor: 'x' } }],
  ['QDB2111', { active: { gt: false } }],
  ['QDB2111', { secret: { gt: 'a' } }],
  ['QDB2111', { any: { eq: 1 } }],
  ['QDB2111', { tags: { startsWith: 'x' } }],
  ['QDB2111', { dates: { includes: new Date(0) } }],
  ['QDB2112', { score: '5' }],
  ['QDB2112', { score: { gt: null } }],
  ['QDB2112', { name: ['Ann'] }],
  ['QDB2112', { name: { in: 'Ann' } }],
  ['QDB2112', { seen: '2026-01-01' }],
  ['QDB2112', { or: { name: 'Ann' } }],
  ['QDB2112', 'name'],
  ['QDB2112', null],
  // None of these was meant as "any row".
  ['QDB2112', new Map([['name', 'Ann']])],
  ['QDB2112', Promise.resolve({ name: 'Ann' })],
  ['QDB2112', /Ann/],
  ['QDB2112', { name: /Ann/ }],
  ['QDB2112', { name: new Set(['Ann']) }],
  ['QDB2113', { score: { in: Array.from({ length: 20_000 }, (_, i) => i) } }],
  ['QDB2113', { name: { contains: 'a'.repeat(10_001) } }],
  ['QDB2113', Array.from({ length: 40 }).reduce<object>((inner) => ({ not: inner }), {})],
])('%s for %o', (code, form) => {
  expect(() => lowerObject(USER, form)).toThrow(expect.objectContaining({ code }));
});

test('branches count, also those that ask for nothing', () => {
  const empty = { or: Array.from({ length: 15_000 }, () => ({})) };
  expect(() => lowerObject(USER, empty)).toThrow(expect.objectContaining({ code: 'QDB2113' }));
});

test('many conditions need no deep stack', () => {
  const never: Expression = { op: '===', left: { op: 'field', path: ['nick'] }, right: { op: 'literal', value: 'x' } };
  const ever: Expression = { op: '===', left: { op: 'field', path: ['nick'] }, right: { op: 'literal', value: 'b' } };
  const args = Array.from({ length: 50_000 }, () => never);
  expect(compile({ op: '||', args: [...args, ever] }, [], fieldOfRow)(rows[1]!)).toBe(true);
  expect(compile({ op: '&&', args: [...args.map(() => ever), never] }, [], fieldOfRow)(rows[1]!)).toBe(false);
});

test('is typed from the entity', () => {
  interface Row {
    id: number;
    name: string;
    nick?: string;
    region: string | null;
    active: boolean;
    role: 'admin' | 'guest';
    seen: Date;
    tags: string[];
    home: { city: string };
    label(): string;
  }
  const right: ObjectForm<Row>[] = [
    { id: 1, name: { startsWith: 'a' }, nick: { eq: undefined }, region: null, active: true },
    { role: { in: ['admin'] }, seen: { gt: new Date(0) }, tags: { includes: 'x', length: 1 }, home: { city: 'Bern' } },
    { or: [{ id: { gte: 1 } }], not: { region: { ne: null } } },
  ];
  const wrong: ObjectForm<Row>[] = [
    // @ts-expect-error no such field
    { nope: 1 },
    // @ts-expect-error another type
    { id: '1' },
    // @ts-expect-error no order
    { active: { gt: true } },
    // @ts-expect-error none of the union
    { role: 'nobody' },
    // @ts-expect-error a method
    { label: 'x' },
    // @ts-expect-error no such operator
    { name: { regex: 'x' } },
  ];
  expect([right.length, wrong.length]).toEqual([3, 6]);
});
