// Which selectors are seen to name a field, and which are not asked any further.
import { expect, test } from 'vitest';
import { fieldPath, pathOf } from '../../runtime/query/path.js';

interface Row {
  readonly a: number;
  readonly text: string;
  readonly inner: { readonly b: number; readonly next?: Row };
  readonly next: Row | null;
  readonly if: number;
  readonly 'x ? y': number;
}

const display = (row: Row) => row.next ?? row.text;

test.each<[selector: (row: Row) => unknown, path: string]>([
  [(row) => row.a, 'a'],
  [(row) => row.inner.b, 'inner.b'],
  [(row) => row.inner?.next?.a, 'inner.next.a'],
  [({ a }) => a, 'a'],
  [({ inner: { b } }) => b, 'inner.b'],
  [(row) => row['x ? y'], 'x ? y'],
  [
    function named(row) {
      return row.a;
    },
    'a',
  ],
  [(row) => row.if, 'if'],
  [(row) => /* why? because || */ row.a, 'a'],
  [
    (row) => {
      const { inner } = row;
      return inner.b;
    },
    'inner.b',
  ],
])('%s', (selector, path) => {
  expect(pathOf(selector, 'sortBy').join('.')).toBe(path);
});

test.each<[selector: (row: Row) => unknown]>([
  [(row) => row],
  [() => 5],
  [(row) => row.a * 2],
  [(row) => row.text.length > 3],
  [(row) => row.text.toLowerCase()],
  [(row) => row.a ?? row.text],
  [(row) => (row.a ? row.a : row.text)],
  [(row) => row.a && row.text],
  [(row) => row.a || row.text],
  [({ a = 5 }) => a],
  [
    (row) => {
      if (row.a) return row.a;
      return row.text;
    },
  ],
  [
    (row) => {
      let last = row;
      while (last.next) last = last.next;
      return last;
    },
  ],
  [
    (row) => {
      throw new Error(row.text);
    },
  ],
  // What a function that is called chooses between, nobody sees.
  [(row) => display(row)],
  [(row) => display(row.inner as never)],
  [
    (row) => {
      switch (row.a) {
        case 1:
          return row.text;
        default:
          return row.a;
      }
    },
  ],
  [(row) => row.text.at?.(0)],
  ['a' as never],
])('%s is none', (selector) => {
  expect(fieldPath(selector)).toBeNull();
  expect(() => pathOf(selector, 'thenBy')).toThrow(/^QDB2101: thenBy\(/);
});
