// Counting what is there more than once, within a bound of memory.
import { expect, test } from 'vitest';
import { DuplicateCounter } from '../../runtime/migrate/duplicates.js';

function counted(values: readonly string[], most?: number) {
  const counter = new DuplicateCounter(most);
  for (const value of values) counter.add(Buffer.from(value));
  return counter.count();
}

test('each value that another one equals is counted, also beyond the first room', () => {
  expect(counted([])).toEqual({ count: 0, isWhole: true });
  expect(counted(['a', 'b', 'a', '', 'a', 'c', ''])).toEqual({ count: 5, isWhole: true });
  const many = Array.from({ length: 20_000 }, (_, i) => `value ${i}`);
  expect(counted(many)).toEqual({ count: 0, isWhole: true });
  expect(counted([...many, ...many.slice(0, 100)])).toEqual({ count: 200, isWhole: true });
});

test('what lies beyond the bound is not looked at, and that is said', () => {
  expect(counted(['a', 'b', 'a'], 3)).toEqual({ count: 2, isWhole: true });
  expect(counted(['a', 'b', 'a', 'b'], 3)).toEqual({ count: 2, isWhole: false });
});
