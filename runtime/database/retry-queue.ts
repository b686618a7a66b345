// Turns for transactions that lost a conflict: first come, first served, one at a time.

/**
 * Milliseconds after which the next turn begins although this one has not ended: its body may be waiting for the very
 * transaction that is next.
 */
const LONGEST_TURN_MILLISECONDS = 1_000;

interface Turn {
  readonly begun: Promise<void>;
  readonly ended: Promise<void>;
}

export class RetryQueue {
  private last: Turn = { begun: Promise.resolve(), ended: Promise.resolve() };

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
    await endOrPatience(before.ended);
    begin();
    return end;
  }
}

async function endOrPatience(ended: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, LONGEST_TURN_MILLISECONDS);
  });
  await Promise.race([ended, patience]);
  clearTimeout(timer);
}
