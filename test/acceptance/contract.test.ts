// The contract sample in a project of its own: through generate and through tspc. test/deep/contract.test.ts has the other kind of
// decorators.
import { test } from 'vitest';
import { throughGenerate, throughTspc } from './contract.js';

const STAGE_3 = { experimentalDecorators: false };

test('through generate', () => throughGenerate(STAGE_3));
test('through tspc with nothing generated on disk', () => throughTspc(STAGE_3));
