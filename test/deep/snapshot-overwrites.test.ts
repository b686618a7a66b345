import { test } from 'vitest';
import { holdOver } from '../engine/overwrites.js';
import { seeded } from '../support/random.js';

test('a snapshot held over 1,000,000 overwrites costs no wrong row, and its space comes back', async () => {
  await holdOver(1_000_000, seeded(1));
});
