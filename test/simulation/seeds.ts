// Runs many seeds and prints those that fail, with the command that runs each again.
import { simulate } from './simulate.js';

/** Runs `count` seeds from `first` on; returns what they did, in all. Throws the first error once all have run. */
export async function simulateSeeds(first: number, count: number): Promise<Record<string, number>> {
  const totals: Record<string, number> = {};
  const errors: unknown[] = [];
  for (let seed = first; seed < first + count; seed++) {
    try {
      const { counts } = await simulate(seed);
      for (const [what, number] of Object.entries(counts)) totals[what] = (totals[what] ?? 0) + number;
    } catch (error) {
      console.error((error as Error).message);
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return totals;
}
