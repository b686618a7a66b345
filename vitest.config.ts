import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/deep/**', 'test/soak/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // By default one less than there are cores: on two of them one would stand idle.
    maxWorkers: '100%',
    // `.ci/run` asks for it; what is not covered is named in docs/architecture.md.
    coverage: {
      provider: 'v8',
      include: ['runtime/engine/**'],
      reporter: [['text', { maxCols: 120, skipFull: true }]],
      thresholds: { branches: 95 },
    },
  },
});
