// How many different values several sources of one tree have together, when each knows only its own.

export interface Values {
  readonly entries: number;
  readonly different: number;
}

/**
 * Of a source that is added to larger ones, that share of the values is taken for new which is new among the entries of the larger
 * ones: all of them in a unique column, next to none in a column of few values.
 */
export function together(sources: readonly Values[]): number {
  const [largest, ...others] = [...sources].sort((a, b) => b.entries - a.entries);
  if (largest === undefined) return 0;
  let { entries, different } = largest;
  for (const other of others) {
    different += other.different * Math.min(1, different / entries);
    entries += other.entries;
  }
  return different;
}
