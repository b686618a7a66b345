// How the races on rows take time: processor time of all threads, which a busy machine disturbs least, or the clock.
import { cpuUsage } from 'node:process';

/** Milliseconds of processor time that `body` took. */
export async function busy(body: () => unknown): Promise<number> {
  const started = cpuUsage();
  await body();
  const { user, system } = cpuUsage(started);
  return (user + system) / 1000;
}

/** Runs in a round of what takes a few milliseconds: a compiler that warms up would be measured otherwise. */
const REPEATS = 20;

/** Milliseconds of processor time of one run of `body`, over many. */
export async function busyEach(body: () => unknown): Promise<number> {
  const took = await busy(async () => {
    for (let i = 0; i < REPEATS; i++) await body();
  });
  return took / REPEATS;
}

/** Milliseconds by the clock that `body` took. */
export async function timed(body: () => unknown): Promise<number> {
  const started = performance.now();
  await body();
  return performance.now() - started;
}
