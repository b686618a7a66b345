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

/** Tests of what runs in a compiler. `.ci/run` measures coverage without them: it would slow the compiler down, too, by 40 %. */
const COMPILER = [
  'test/{acceptance,analyze,cli,emit,hosts,query-lowering}/**/*.test.ts',
  'test/database/query-docs.test.ts',
  'test/migrate/create.test.ts',
  'test/{architecture,docs}.test.ts',
];

/** The slow ones first: last, such a file would have one core alone. Those of a project stay together, for the process that they share. */
const ORDER = [
  /\/test\/(acceptance|cli|hosts)\//,
  /\/test\/(analyze|emit|query-lowering|database\/query-docs|migrate\/create|\w+\.test)/,
  /\/test\/level\//,
];

class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = ORDER.findIndex((folder) => folder.test(moduleId));
      return place === -1 ? ORDER.length : place;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
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
      // A process runs file after file: what it has loaded and compiled serves them all.
      { extends: true, test: { name: 'compiler', include: COMPILER, isolate: false } },
      {
        extends: true,
        test: {
          name: 'runtime',
          include: ['test/**/*.test.ts'],
          exclude: ['test/deep/**', 'test/soak/**', ...COMPILER, ...APART],
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
