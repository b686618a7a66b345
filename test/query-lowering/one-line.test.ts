// A captured expression of several lines is copied on one, and means the same.
import ts from 'typescript';
import { expect, test } from 'vitest';
import { editOf } from '../../transformer/query/index.js';
import { lowerAll } from './lower.js';

/** What stands between `parameters: () => [` and `] }` for the one expression that the arrow captures. */
function copied(captured: string): string {
  const { lowered } = lowerAll(`db.user.where(u => u.id === ${captured});`, {}, false);
  return /parameters: \(\) => \[([\s\S]*)\] \}$/.exec(editOf(ts, lowered[0]!).text)?.[1] ?? '';
}

const ONE_LINE: readonly (readonly [written: string, copied: string])[] = [
  ['(id +\n  1)', 'id + 1'],
  ['Math.max(\n  id, // the first\n  /* of\n two */ 3,\n)', 'Math.max( id, 3, )'],
  [
    '(() => {\n  const a = id\n  const b = { a }\n  return b.a\n})()',
    '(() => { const a = id; const b = { a }; return b.a; })()',
  ],
  [
    '((): number => {\n  if (id > 1) return 1\n  else return 2\n})()',
    '((): number => { if (id > 1) return 1; else return 2; })()',
  ],
  ['((x: { a: 1\n b: 2 }) => x.a)({ a: 1, b: 2 })', '((x: { a: 1; b: 2; }) => x.a)({ a: 1, b: 2 })'],
  ['`a\n$'.concat('{id}\\\nb`.length'), '`a\\n$'.concat('{id}b`.length')],
  ['`\\\\\n`.length', '`\\\\\\n`.length'],
];

test.each(ONE_LINE)('%j', (written, expected) => {
  expect(copied(written)).toBe(expected);
  const value = (text: string): unknown => new Function('id', ts.transpile(`return (${text});`))(7);
  expect(value(expected)).toEqual(value(written));
});

test('where a line end can be told from an escape, it stays', () => {
  expect(copied('String.raw`a\n`.length')).toBe('String.raw`a\n`.length');
});
