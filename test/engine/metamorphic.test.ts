import { describe, it } from 'vitest';
import { hasWorker } from './configurations.js';
import { checkAnswers } from './properties.js';

describe('one history gives the same answers', () => {
  it('under any configuration', () => checkAnswers('memory', { numRuns: 40 }));

  it.skipIf(!hasWorker)('on the disk, with merges in a worker', () => checkAnswers('disk', { numRuns: 6 }));
});
