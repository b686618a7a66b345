import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** They change what others share: modules for mocks, V8's flags, the heap that they measure. Each has a process of its own. */
const APART = [
  'test/bytes/bytes.test.ts',
  'test/codec/damage.test.ts',
  'test/database/snapshot.test.ts',
  'test/engine/compaction/worker-messages.test.ts',
  'test/engine/read/allocation.test.ts',
  'test/vfs/lock.test.ts',
];

/** Where compilers and programs are run as processes. Last, such a file would have one core alone. */
const SLOW = /\/test\/(acceptance|cli|hosts|level)\//;

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}

export default defineConfig({
  test: {
    setupFiles: ['test/support/setup.ts'],
    // For what hangs. Nothing may fail because the machine has more to do: what takes 5 s of a core took 60 under a load of 10.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: 'forks',
    // By default one less than there are cores: on two of them one would stand idle.
    maxWorkers: '100%',
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: ['test/deep/**', 'test/soak/**', ...APART],
          // A process runs file after file: what it has loaded and compiled serves them all.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'apart', include: APART, sequence: { groupOrder: 1 } } },
    ],
    // `.ci/run` asks for it; what is not covered is named in docs/architecture.md.
    coverage: {
      provider: 'v8',
      include: ['runtime/engine/**'],
      reporter: [['text', { maxCols: 120, skipFull: true }]],
      thresholds: { branches: 95 },
    },
  },
});
