// Figures over many groups at a time: each accumulator holds its state in arrays by the number of the group, and takes values by the run.
//
// Numbers are added with what rounding loses kept beside (Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
// Summen", ZAMM 1974), so that sums of many values are right to the last bits, in whatever order a plan reads them.

/** Takes numbers, or times in milliseconds. */
export interface NumberAccumulator {
  /** Makes room for groups up to that number. */
  grow(groups: number): void;
  /** Adds `values[i]` to group `groups[i]`, for i < count. */
  add(values: Float64Array, groups: Int32Array, count: number): void;
  /** Undefined for a group without values, but for a sum. */
  result(group: number): number | undefined;
}

const LEAST_CAPACITY = 16;

/** `array`, or a longer copy of it with room for `size`; what is new holds `empty`. */
function grown(array: Float64Array<ArrayBuffer>, size: number, empty: number): Float64Array<ArrayBuffer> {
  if (size <= array.length) return array;
  const longer = new Float64Array(Math.max(size, LEAST_CAPACITY, array.length * 2)).fill(empty, array.length);
  longer.set(array);
  return longer;
}

/** Sums, and how many values each is of. */
export class Sums implements NumberAccumulator {
  private sums = new Float64Array(0);
  private lost = new Float64Array(0);
  private counts = new Float64Array(0);
  private readonly isMean: boolean;

  /** @param isMean whether results are means rather than sums */
  constructor(isMean: boolean) {
    this.isMean = isMean;
  }

  grow(groups: number): void {
    this.sums = grown(this.sums, groups, 0);
    this.lost = grown(this.lost, groups, 0);
    this.counts = grown(this.counts, groups, 0);
  }

  add(values: Float64Array, groups: Int32Array, count: number): void {
    const { sums, lost, counts } = this;
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      const value = values[i]!;
      const before = sums[group]!;
      const sum = before + value;
      lost[group]! += Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before;
      sums[group] = sum;
      counts[group]!++;
    }
  }

  result(group: number): number | undefined {
    const count = this.counts[group]!;
    const sum = this.sums[group]!;
    // Of infinities nothing is lost, though the difference of two is NaN.
    const total = Number.isFinite(sum) ? sum + this.lost[group]! : sum;
    if (!this.isMean) return total;
    return count === 0 ? undefined : total / count;
  }
}

/** The least or greatest values in the order of sortBy: NaN is the greatest of all, and 0 and -0 are one. */
export class Extremes implements NumberAccumulator {
  private best = new Float64Array(0);
  private seen = new Uint8Array(0);
  private readonly isMax: boolean;

  constructor(isMax: boolean) {
    this.isMax = isMax;
  }

  grow(groups: number): void {
    this.best = grown(this.best, groups, this.isMax ? Number.NEGATIVE_INFINITY : Number.NaN);
    if (this.seen.length >= this.best.length) return;
    const seen = new Uint8Array(this.best.length);
    seen.set(this.seen);
    this.seen = seen;
  }

  add(values: Float64Array, groups: Int32Array, count: number): void {
    const { best, seen, isMax } = this;
    for (let i = 0; i < count; i++) {
      const group = groups[i]!;
      const value = values[i]!;
      const so = best[group]!;
      seen[group] = 1;
      if (isMax ? value > so || Number.isNaN(value) : value < so || Number.isNaN(so)) best[group] = value;
    }
  }

  result(group: number): number | undefined {
    return this.seen[group] === 1 ? this.best[group]! + 0 : undefined;
  }
}
