// Slows writers down, little by little, when merges cannot keep up: tables in L0 would otherwise pile up and reads suffer.
import type { Clock } from '../clock.js';

/** Tables in L0 of one tree from which on writers pay. */
export const SLOW_L0_TABLES = 12;
/** Tables in L0 at which writers wait for the merge under way to end. */
export const STOP_L0_TABLES = 24;
/** Milliseconds that a MiB costs for each table over {@link SLOW_L0_TABLES}. */
const PRICE_PER_MIB = 5;
/** Debts are paid in pauses of this many milliseconds, the shortest that a timer keeps. */
const PAUSE_MILLISECONDS = 1;
/** The longest single wait for a merge, in milliseconds. */
const LONGEST_WAIT_MILLISECONDS = 100;

export class Throttle {
  count = 0;
  milliseconds = 0;
  private owed = 0;

  /** @param wait blocks until the merge under way has ended, so many milliseconds at most */
  constructor(
    private readonly clock: Clock,
    private readonly wait: (milliseconds: number) => void,
  ) {}

  /** Lets a writer of `bytes` pay for the deepest L0 of all trees. */
  pay(bytes: number, l0Tables: number): void {
    if (l0Tables < SLOW_L0_TABLES) {
      this.owed = 0;
      return;
    }
    this.owed += (bytes / 1048576) * PRICE_PER_MIB * (l0Tables - SLOW_L0_TABLES + 1);
    if (l0Tables >= STOP_L0_TABLES) this.pause(LONGEST_WAIT_MILLISECONDS);
    else if (this.owed >= PAUSE_MILLISECONDS) this.pause(this.owed);
  }

  private pause(milliseconds: number): void {
    const started = this.clock.now();
    this.wait(milliseconds);
    this.count++;
    this.milliseconds += this.clock.now() - started;
    this.owed = 0;
  }
}
