// `npm run test:deep`: what CI must run too and what doesn't fit into the five minutes of `npm test`.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Those of `npm test` among them are given more: random values, predicates, and each of the faults.
    include: [
      'test/deep/**/*.test.ts',
      'test/codec/round-trip.test.ts',
      'test/database/doctor.test.ts',
      'test/engine/faults.test.ts',
      'test/query-lowering/meaning.test.ts',
    ],
    env: { RUNS: '10000', PREDICATES: '1500', FAULTS_EVERY: '1' },
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 900_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: '100%',
  },
});
