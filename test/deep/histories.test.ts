// Random histories of engine calls under random configurations: against a sorted map, 1,000 of them, and against each other.
// `npm run soak` runs the same for as long as one likes.
import { it } from 'vitest';
import { hasWorker } from '../engine/configurations.js';
import { checkAnswers, checkModel } from '../engine/properties.js';

it('1,000 histories give what a sorted map gives', () => checkModel({ numRuns: 1000 }));

it('400 histories give the same answers under all configurations', () => checkAnswers('memory', { numRuns: 400 }));

it.skipIf(!hasWorker)('40 histories do so on the disk, with merges in a worker', () =>
  checkAnswers('disk', { numRuns: 40 }),
);
