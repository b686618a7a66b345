// Model and metamorphic histories and simulations with fresh seeds until the time is over: `npm run soak -- --minutes=60`. A failure is printed
// shrunk, with its seed and the command that runs it again.
import { it } from 'vitest';
import { hasWorker } from '../engine/configurations.js';
import { checkAnswers, checkModel } from '../engine/properties.js';
import { simulateSeeds } from '../simulation/seeds.js';

const HISTORIES_A_ROUND = 50;
const SIMULATIONS_A_ROUND = 10;
const MILLISECONDS_A_MINUTE = 60_000;

/** As scripts/soak.mjs passes them. */
const minutes = Number(process.env.SOAK_MINUTES ?? 1);
const firstSeed = Number(process.env.SOAK_SEED ?? Date.now() % 0x7fffffff);
const only = process.env.SOAK_ONLY;

const PROPERTIES: Readonly<Record<string, (seed: number) => Promise<void>>> = {
  model: (seed) => checkModel({ seed, numRuns: HISTORIES_A_ROUND }),
  simulation: async (seed) => void (await simulateSeeds(seed * SIMULATIONS_A_ROUND, SIMULATIONS_A_ROUND)),
  answers: (seed) => checkAnswers('memory', { seed, numRuns: HISTORIES_A_ROUND }),
  ...(hasWorker ? { worker: (seed) => checkAnswers('disk', { seed, numRuns: HISTORIES_A_ROUND / 10 }) } : {}),
};

it(`soaks for ${minutes} minutes`, { timeout: 0 }, async () => {
  const end = Date.now() + minutes * MILLISECONDS_A_MINUTE;
  let rounds = 0;
  for (let seed = firstSeed; Date.now() < end; seed++) {
    for (const [name, check] of Object.entries(PROPERTIES)) {
      if (only !== undefined && only !== name) continue;
      try {
        await check(seed);
      } catch (error) {
        const again = `npm run soak -- --minutes=0.01 --seed=${seed} --only=${name}`;
        console.error(`The property "${name}" fails with seed ${seed}. Run it again with\n  ${again}`);
        throw error;
      }
      rounds++;
    }
  }
  console.log(
    `${rounds} rounds of up to ${HISTORIES_A_ROUND} histories or ${SIMULATIONS_A_ROUND} simulations, seeds from ${firstSeed} on`,
  );
});
