// A run of one seed from beginning to end. The same seed gives the same trace, to the byte.
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { auditor } from './actors/auditor.js';
import { historian } from './actors/historian.js';
import { backups, compactor, flusher } from './actors/keepers.js';
import { cursorReader, snapshotReader } from './actors/readers.js';
import { teller } from './actors/tellers.js';
import { closer, disk, power } from './actors/troublemakers.js';
import { itemSweeper, itemWriter, rawWriter, readingWriter, sessionWriter } from './actors/writers.js';
import { Trace } from './trace.js';
import { type Actor, World } from './world.js';

export const TURNS = 1_000;

const ACTORS: ReadonlyMap<string, Actor> = new Map([
  ...['teller 1', 'teller 2', 'teller 3', 'teller 4'].map((who) => [who, teller(who)] as const),
  ['auditor', auditor],
  ...['items 1', 'items 2'].map((who) => [who, itemWriter(who)] as const),
  ['item queries', itemSweeper],
  ['sessions', sessionWriter],
  ['readings', readingWriter],
  ...['raw 1', 'raw 2'].map((who) => [who, rawWriter(who)] as const),
  ['reader', snapshotReader('reader')],
  ['cursor', cursorReader('cursor')],
  ['historian', historian],
  ['flusher', flusher],
  ['compactor', compactor],
  ['backups', backups],
  ['disk', disk],
  ['power', power],
  ['closer', closer],
]);

export interface Outcome {
  readonly seed: number;
  /** Of the trace. */
  readonly hash: string;
  readonly trace: readonly string[];
  readonly counts: World['counts'];
}

/** A promise was broken, or the simulation itself is wrong: with the seed, and the command that runs it again. */
export class SimulationError extends Error {}

/** Runs a seed; `show` is told each line of the trace. Throws SimulationError. */
export async function simulate(seed: number, show: (line: string) => void = () => {}): Promise<Outcome> {
  await loadXxh3();
  const trace = new Trace(show);
  const world = new World(seed, trace, ACTORS);
  try {
    await world.run(TURNS);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : String(cause);
    trace.write(`failed: ${what}`);
    const command = `npm run simulate -- --seed=${seed}`;
    throw new SimulationError(`Seed ${seed}, turn ${world.scheduler.turns}: ${what}\n  ${command}`, { cause });
  }
  return { seed, hash: trace.hash(), trace: trace.lines, counts: world.counts };
}
