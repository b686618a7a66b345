// A few seeds of the simulation, the first one twice: they keep all promises, and the same seed gives the same trace. test/deep has more.
import { expect, test } from 'vitest';
import { derived } from '../support/random.js';
import { History } from './history.js';
import { simulate } from './simulate.js';

const SMOKE_SEEDS = [1, 2, 3];
const REPEATED_SEEDS = 1;

test.each(SMOKE_SEEDS)('seed %i', async (seed) => {
  const { hash, trace } = await simulate(seed);
  console.log(`seed ${seed}: ${trace.length} lines, trace ${hash}`);
  if (seed <= REPEATED_SEEDS) expect((await simulate(seed)).trace.join('\n')).toBe(trace.join('\n'));
});

test('generators of the same seed differ by name, and are the same each time', () => {
  const draw = (name: string): number[] => Array.from({ length: 3 }, derived(7, name));
  expect(draw('a')).toEqual(draw('a'));
  expect(draw('a')).not.toEqual(draw('b'));
});

test('the model tells the contents at every sequence number', () => {
  const history = new History<number>();
  history.commit(1, new Map([['a', 1]]));
  history.commit(
    3,
    new Map([
      ['a', null],
      ['b', 3],
    ]),
  );
  history.commit(4, new Map([['b', 4]]));
  expect([...history.at(2)]).toEqual([['a', 1]]);
  expect([...history.at(3)]).toEqual([['b', 3]]);
  history.refuse(3);
  expect([...history.at(9)]).toEqual([
    ['a', 1],
    ['b', 4],
  ]);
  history.truncate(1);
  expect([...history.at(9)]).toEqual([['a', 1]]);
});
