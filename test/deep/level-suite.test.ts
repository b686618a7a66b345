// abstract-level's own suite against LevelDB: what test/level/suite.test.ts asks of this database is what passes there.
import { expect, it } from 'vitest';
import { ASSERTIONS, runSuite } from '../level/suite.js';

it('passes on classic-level', async () => {
  expect(await runSuite('classic-level')).toEqual({ passed: ASSERTIONS, failed: [] });
});
