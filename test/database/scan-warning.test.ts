// Development says once that queries run without the compiler plugin; production says nothing.
import { expect, test } from 'vitest';
import { scanWarning } from '../../runtime/database/scan-warning.js';

test.each([
  [false, ['QDB2120']],
  [true, []],
])('in production: %s', (isProduction, expected) => {
  const codes: string[] = [];
  const warn = scanWarning({ isProduction, emit: (_, code) => codes.push(code) });
  warn('User');
  warn('City');
  expect(codes).toEqual(expected);
});
