// abstract-level's own suite against the built database: as many assertions as pass on LevelDB (test/deep/level-suite.test.ts), and none
// that fails.
import { expect, it } from 'vitest';
import { ASSERTIONS, runSuite } from './suite.js';

it('passes every assertion that classic-level passes', async () => {
  const { passed, failed } = await runSuite('quantadb');
  console.log(`abstract-level's suite: ${passed} passed, ${failed.length} failed`);
  expect(failed).toEqual([]);
  expect(passed).toBe(ASSERTIONS);
});
