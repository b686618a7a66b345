// Time as a parameter, so that tests and simulations can turn it themselves.

/** What the engine knows of time, and how it waits. */
export interface Clock {
  /** Milliseconds since some fixed moment; never falls. */
  now(): number;
  /** Runs `action` once, about `milliseconds` from now, unless the answer is called first. Does not keep the process alive. */
  after(milliseconds: number, action: () => void): () => void;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
