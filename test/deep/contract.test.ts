// The contract sample with experimental decorators; test/acceptance/contract.test.ts has the standard ones.
import { test } from 'vitest';
import { throughGenerate, throughTspc } from '../acceptance/contract.js';

const EXPERIMENTAL = { experimentalDecorators: true };

test('through generate', () => throughGenerate(EXPERIMENTAL));
test('through tspc with nothing generated on disk', () => throughTspc(EXPERIMENTAL));
