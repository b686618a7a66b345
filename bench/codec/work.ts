// What a contestant can be asked to do.

/** Does one piece of work on row `i`; what it answers keeps the compiler from leaving the work out. */
export type Work = (i: number) => unknown;

export interface Works {
  /** Median size of an encoded row. */
  readonly bytes: number;
  readonly works: Readonly<Record<string, Work>>;
}
