// `npm run simulate -- --seed=123` prints the trace of a seed; with `--seeds=200` it runs so many, from that one on, and prints only
// what fails.
import { parseArgs } from 'node:util';
import { simulateSeeds } from './seeds.js';
import { SimulationError, simulate } from './simulate.js';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, seeds: { type: 'string', default: '1' } },
});
const first = Number(values.seed);
const count = Number(values.seeds);

try {
  if (count === 1) {
    const { hash } = await simulate(first, (line) => console.log(line));
    console.log(`trace ${hash}`);
  } else console.log(await simulateSeeds(first, count));
} catch (error) {
  if (!(error instanceof SimulationError)) throw error;
  // Where it was noticed; its message was printed above when many seeds were run.
  console.error(error);
  process.exitCode = 1;
}
