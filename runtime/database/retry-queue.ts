// Turns for transactions that lost a conflict: first come, first served, one at a time.

/**
 * Milliseconds after which the next turn begins although this one has not ended: its body may be waiting for the very
 * transaction that is next.
 */
const LONGEST_TURN_MILLISECONDS = 1_000;

/** Runs `action` once, so many milliseconds from now, unless the answer is called first. */
export type Timer = (milliseconds: number, action: () => void) => () => void;

export const systemTimer: Timer = (milliseconds, action) => {
  const timer = setTimeout(action, milliseconds);
  return () => clearTimeout(timer);
};

interface Turn {
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
}

export class RetryQueue {
  private last: Turn = { begun: Promise.resolve(), ended: Promise.resolve() };

  constructor(private readonly timer: Timer) {}

  /** Resolves when it is the caller's turn, to a function that ends it. */
  async enter(): Promise<() => void> {
    const before = this.last;
    let begin!: () => void;
    let end!: () => void;
    this.last = {
      begun: new Promise((resolve) => {
        begin = resolve;
      }),
      ended: new Promise((resolve) => {
        end = resolve;
      }),
    };
    await before.begun;
    await this.endOrPatience(before.ended);
    begin();
    return end;
  }

  private async endOrPatience(ended: Promise<void>): Promise<void> {
    let cancel!: () => void;
    const patience = new Promise<void>((resolve) => {
      cancel = this.timer(LONGEST_TURN_MILLISECONDS, resolve);
    });
    await Promise.race([ended, patience]);
    cancel();
  }
}
