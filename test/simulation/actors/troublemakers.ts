// Those who do harm: a disk that fails or is full for a while, the power, and people who close the database in the midst of work.
import { integer, percent } from '../../support/random.js';
import type { Actor } from '../world.js';

const LONGEST_FULL_TURNS = 6;
const MOST_CALLS_TO_CUT = 60;
const FAULTS_PER_MILLION = 4_000;

export const disk: Actor = async (life, world) => {
  const random = world.random('disk trouble');
  for (;;) {
    await life.turn('disk');
    if (integer(random, world.calmTurns) > 0) continue;
    if (percent(random, 50)) {
      life.faultsPerMillion = life.faultsPerMillion === 0 ? FAULTS_PER_MILLION : 0;
      world.note('disk', life.faultsPerMillion > 0 ? 'fails now and then' : 'works again');
    } else {
      life.vfs.full = true;
      life.hasBeenFull = true;
      world.note('disk', 'is full');
      for (let turns = 1 + integer(random, LONGEST_FULL_TURNS); turns > 0; turns--) await life.turn('disk');
      life.vfs.full = false;
      world.note('disk', 'has space again');
    }
  }
};

export const power: Actor = async (life, world) => {
  const random = world.random('power');
  for (;;) {
    await life.turn('power');
    if (integer(random, world.calmTurns) > 0) continue;
    const calls = percent(random, 30) ? 0 : integer(random, MOST_CALLS_TO_CUT);
    world.note('power', `goes after ${calls} calls`);
    if (calls === 0) life.vfs.isCut = true;
    else life.callsLeft = calls;
    for (;;) await life.turn('power');
  }
};

export const closer: Actor = async (life, world) => {
  const random = world.random('closer');
  for (;;) {
    await life.turn('closer');
    if (integer(random, 2 * world.calmTurns) > 0) continue;
    life.closing = true;
    const done = await life.survives(() => (percent(random, 50) ? life.db.closeSync() : life.db.close()));
    // What was written while it closed was either refused or is in it.
    if (done && !life.vfs.isCut) world.kept();
    life.closed = true;
    world.note('closer', done ? 'closed' : 'failed to close');
    for (;;) await life.turn('closer');
  }
};
