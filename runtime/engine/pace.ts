// Long work in slices, so that timers and I/O get their turns in between.
import { type Clock, SYSTEM_CLOCK } from './clock.js';

/** Milliseconds after which work lets others run. */
const SLICE_MILLISECONDS = 8;
/** Small pieces of work between two looks at the clock. */
const PIECES_PER_LOOK = 32;

/** When to rest. Decides on no result, only on when it comes. */
export class Pace {
  private pieces = 0;
  private sliceEnd: number;

  constructor(private readonly clock: Clock = SYSTEM_CLOCK) {
    this.sliceEnd = clock.now() + SLICE_MILLISECONDS;
  }

  /** Counts a small piece of work; true when it is time to `rest`. */
  isOver(): boolean {
    this.pieces++;
    return this.pieces % PIECES_PER_LOOK === 0 && this.clock.now() >= this.sliceEnd;
  }

  async rest(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.sliceEnd = this.clock.now() + SLICE_MILLISECONDS;
  }

  /** Takes all steps of some work, each of which may take milliseconds. */
  async walk(steps: Iterator<void>): Promise<void> {
    while (!steps.next().done) if (this.clock.now() >= this.sliceEnd) await this.rest();
  }
}

/** For many short calls that are awaited one after the other: all of them in microtasks would leave the event loop no turn. */
export class Turns {
  private lastTurn: number;

  constructor(private readonly clock: Clock) {
    this.lastTurn = clock.now();
  }

  /** The event loop has had a turn. */
  note(): void {
    this.lastTurn = this.clock.now();
  }

  /** Runs `next` now; behind a turn of the event loop, where none is known of for a while. */
  take(next: () => void): void {
    if (this.clock.now() - this.lastTurn < SLICE_MILLISECONDS) {
      next();
      return;
    }
    setImmediate(() => {
      this.note();
      next();
    });
  }
}

/** What {@link Pace.walk} does, at a stretch. */
export function run(steps: Iterator<void>): void {
  while (!steps.next().done);
}
