import { expect } from 'vitest';

/** `expect(actual).toBe(expected)` for loops of many thousands, where an expect each would take longer than what is tested. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) expect(actual).toBe(expected);
}

/** The same for arrays of strings and whole numbers, however deep. */
export function expectSameLists(actual: List, expected: List): void {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) expect(actual).toEqual(expected);
}

type List = readonly (string | number | List)[];
