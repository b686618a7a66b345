// What all races share: rounds in which the contestants take turns, so that a noisy machine is unfair to all alike, and
// medians, quantiles and ratios of what they took.

/** Median of `samples`; NaN of none. */
export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5);
}

/** The `q` quantile (0 to 1) of `samples`, nearest rank. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/** One contestant: does the work once and returns what it took, in whatever unit the race has. */
export interface Contestant {
  readonly name: string;
  run(): number | Promise<number>;
}

/**
 * Lets the contestants take turns for `rounds` rounds, each round starting with another one, and returns the `q` quantile of each by
 * name: the median, unless the machine's noise is all on one side. The first round is not counted.
 */
export async function race(contestants: readonly Contestant[], rounds: number, q = 0.5): Promise<Map<string, number>> {
  const samples = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(round + turn) % contestants.length]!;
      const took = await contestant.run();
      if (round > 0) samples.get(contestant.name)!.push(took);
    }
  }
  return new Map([...samples].map(([name, taken]) => [name, quantile(taken, q)]));
}

/** Nanoseconds per call of `work(i)` over `count` calls. */
export function perCall(count: number, work: (i: number) => void): number {
  const started = performance.now();
  for (let i = 0; i < count; i++) work(i);
  return ((performance.now() - started) * 1e6) / count;
}

/** Rows of text as a Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
