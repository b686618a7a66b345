// Whose turn it is: everyone who wants to go on waits here, and one at a time is chosen by the seed and runs until it waits again.
// So the order of all that happens is the scheduler's, and the same in every run.
import { integer, type Random } from '../support/random.js';
import type { VirtualClock } from './clock.js';

/** A turn takes less than so many milliseconds of virtual time. */
const LONGEST_TURN_MILLISECONDS = 12;
/** Rounds of the event loop without anyone waiting after which all are stuck: pauses of the code under test take one each. */
const IDLE_ROUNDS = 50;

interface Waiting {
  readonly who: string;
  readonly resume: () => void;
}

export class Scheduler {
  /** Turns that were given. */
  turns = 0;
  private waiting: Waiting[] = [];
  private failure: { readonly who: string; readonly error: unknown } | null = null;

  constructor(
    private readonly random: Random,
    private readonly clock: VirtualClock,
  ) {}

  /** Resolves when it is the turn of `who`. */
  turn(who: string): Promise<void> {
    return new Promise((resume) => this.waiting.push({ who, resume }));
  }

  /** Starts an actor; what it throws ends the run. */
  start(who: string, actor: Promise<void>): void {
    actor.catch((error: unknown) => {
      this.failure ??= { who, error };
    });
  }

  /** Nobody who waits now will ever be called. */
  clear(): void {
    this.waiting = [];
  }

  /** Gives turns until `until` says so, calling `after` behind each. Throws what an actor threw. */
  async run(until: () => boolean, after: (who: string) => void): Promise<void> {
    while (!until()) {
      const next = await this.choose();
      this.turns++;
      this.clock.advance(integer(this.random, LONGEST_TURN_MILLISECONDS));
      next.resume();
      await quiet();
      this.check();
      after(next.who);
    }
  }

  private async choose(): Promise<Waiting> {
    for (let idle = 0; this.waiting.length === 0; idle++) {
      if (idle === IDLE_ROUNDS && !this.clock.skip()) throw new Error('Nobody can go on: all wait for one another.');
      await quiet();
      this.check();
    }
    return this.waiting.splice(integer(this.random, this.waiting.length), 1)[0]!;
  }

  private check(): void {
    if (this.failure === null) return;
    const { who, error } = this.failure;
    throw new Error(`${who}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Resolves when everyone who was resumed waits again: the event loop comes to an immediate only once all microtasks have run. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
