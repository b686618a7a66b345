import { expect } from 'vitest';

/** `expect(actual).toBe(expected)` for loops of many thousands, where an expect each would take longer than what is tested. */
export function expectSame(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) expect(actual).toBe(expected);
}
