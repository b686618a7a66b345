// Reads the past, as far as it is kept: by number it must be the state that was, by date the last one of which the clock is sure.
import { HistoryError, UndoneError } from '../../../runtime/errors.js';
import { integer, percent, type Random } from '../../support/random.js';
import { checkBank, checkEntries, checkItems, checkReadings, checkSessions, require } from '../checks.js';
import type { Life } from '../life.js';
import type { Actor, World } from '../world.js';

/** Dates of the past are good to so many milliseconds. */
const RESOLUTION = 1_000;

export const historian: Actor = async (life, world) => {
  const random = world.random('historian');
  for (;;) {
    await life.turn('historian');
    if (life.closing) continue;
    life.calmly(() => {
      const kept = life.engine.stats().history;
      if (kept === null) return;
      try {
        if (percent(random, 20)) lookBeyond(life, kept.oldestSequence - 1);
        else if (percent(random, 50)) lookAtNumber(life, world, random, kept.oldestSequence);
        else lookAtDate(life, world, random, kept.oldest.getTime());
      } catch (error) {
        // It saw a commit that a full disk then refused.
        if (!(error instanceof UndoneError)) throw error;
      }
    });
  }
};

function lookAtNumber(life: Life, world: World, random: Random, oldest: number): void {
  const at = oldest + integer(random, life.engine.sequence - oldest + 1);
  using past = life.db.at(at);
  const entries = life.engine.snapshotAt(at);
  const { time } = entries;
  try {
    checkEntries(life.engine, world.entries.at(at), time, entries);
  } finally {
    entries.close();
  }
  checkBank(past);
  checkItems(past, world.items.at(at));
  checkSessions(past, world.livingSessions(at, time));
  checkReadings(past, world.readings.at(at));
  world.counts.pasts++;
  world.note('historian', `looked at commit ${at}, of ${oldest} to ${life.engine.sequence}`);
}

function lookAtDate(life: Life, world: World, random: Random, oldest: number): void {
  const date = Math.ceil(oldest) + integer(random, world.clock.now() - Math.ceil(oldest) + 1);
  using past = life.db.at(new Date(date));
  const { sequence } = past;
  const timeOf = (commit: number): number => world.times.at(commit).get('time') ?? 0;
  require(timeOf(sequence) <= date, () => `the state of ${date} shows commit ${sequence} of ${timeOf(sequence)}`);
  const sure = world.times.lastWhere((_, changes) => changes.get('time')! <= date - RESOLUTION);
  require(sequence >= sure, () => `the state of ${date} is that of ${sequence}, though ${sure} is of ${timeOf(sure)}`);
  checkItems(past, world.items.at(sequence));
  checkReadings(past, world.readings.at(sequence));
  world.counts.pasts++;
  world.note('historian', `looked at ${date} ms, which is commit ${sequence}`);
}

/** What is beyond the history is an error, and nothing else. */
function lookBeyond(life: Life, at: number): void {
  if (at < 0) return;
  try {
    life.db.at(at).close();
  } catch (error) {
    if (error instanceof HistoryError) return;
    throw error;
  }
  throw new Error(`Commit ${at} was shown, though it is beyond the history.`);
}
