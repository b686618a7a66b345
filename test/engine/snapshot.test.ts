import { test } from 'vitest';
import { seeded } from '../support/random.js';
import { holdOver } from './overwrites.js';

test('a snapshot held over 100,000 overwrites costs no wrong row, and its space comes back', async () => {
  await holdOver(100_000, seeded(1));
});
