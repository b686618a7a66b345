// The two properties that random histories are held against, for short runs, deep ones and soaks alike.
import fc from 'fast-check';
import { type Configuration, configurations, placeFor } from './configurations.js';
import { expectSameAnswers } from './metamorphic.js';
import { runHistory, type Step, step } from './model.js';

export interface Runs {
  readonly numRuns: number;
  readonly seed?: number;
}

/** Every answer is what a sorted map gives. */
export async function checkModel(runs: Runs): Promise<void> {
  const steps = fc.array(step, { maxLength: 60, size: 'max' });
  await fc.assert(fc.asyncProperty(steps, configurations('memory'), expectModel), runs);
}

export async function expectModel(steps: readonly Step[], configuration: Configuration): Promise<void> {
  const place = placeFor(configuration);
  try {
    await runHistory(() => place.open(), steps);
  } finally {
    place.remove();
  }
}

/** Every answer is the same under all configurations. */
export async function checkAnswers(on: Configuration['on'], runs: Runs): Promise<void> {
  const steps = fc.array(step, { maxLength: 40, size: 'max' });
  const several = fc.array(configurations(on), { minLength: 1, maxLength: on === 'disk' ? 1 : 4 });
  await fc.assert(fc.asyncProperty(steps, several, expectSameAnswers), runs);
}
