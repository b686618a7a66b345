// Seeds 1 to 100 of the simulation; the others run beside it, in a process of their own.
import { expect, it } from 'vitest';
import { simulateSeeds } from '../simulation/seeds.js';

it('keeps every promise under seeds 1 to 100', async () => {
  const totals = await simulateSeeds(1, 100);
  console.log(totals);
  expect(totals.audits).toBeGreaterThan(10_000);
});
