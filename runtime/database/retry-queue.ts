// Turns for transactions that lost a conflict: first come, first served, one at a time.

/**
 * Milliseconds after which a turn is taken although the one before has not ended: its body may be waiting for the very
 * transaction that waits here.
 */
const LONGEST_WAIT_MILLISECONDS = 50;

export class RetryQueue {
  private last: Promise<void> = Promise.resolve();

  /** Resolves when it is the caller's turn, to a function that ends it. */
  async enter(): Promise<() => void> {
    const before = this.last;
    let leave!: () => void;
    this.last = new Promise((resolve) => {
      leave = resolve;
    });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_WAIT_MILLISECONDS);
    });
    await Promise.race([before, patience]);
    clearTimeout(timer);
    return leave;
  }
}
