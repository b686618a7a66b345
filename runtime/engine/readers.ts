// Who may still read the past (snapshots, cursors, the history that a database keeps): decides, for memtables and merges alike, which overwritten versions have to stay.

/** The time between two refusals of the disk: who began to read in it may see what the one at its end took back. */
export interface Era {
  /** The commit that the engine fell back to when it ended; Infinity while it lasts. */
  fellBackTo: number;
}

/** The sequence numbers of open snapshots and cursors, and the floor under writes that may yet be undone. */
export class Readers {
  /** Ascending; one element per reader. */
  private readonly sequences: number[];

  /**
   * Everything up to this sequence is in the write-ahead log. A version at or below it stays under a newer one above it,
   * because the newer one is taken back if the disk turns out to be full.
   */
  floor = 0;

  /** What readers that come now keep a hold of, to learn whether what they see was taken back. */
  era: Era = { fellBackTo: Number.POSITIVE_INFINITY };

  /** Every state from this sequence on may still be read, by whoever asks for the past. Infinity where none is kept. */
  history = Number.POSITIVE_INFINITY;

  constructor(sequences: readonly number[] = []) {
    this.sequences = [...sequences];
  }

  add(sequence: number): void {
    const { sequences } = this;
    let at = sequences.length;
    while (at > 0 && sequences[at - 1]! > sequence) at--;
    sequences.splice(at, 0, sequence);
  }

  remove(sequence: number): void {
    const at = this.sequences.lastIndexOf(sequence);
    if (at >= 0) this.sequences.splice(at, 1);
  }

  /** Tells all who read by now that the commits above the floor are taken back; `last` is the newest of them. */
  fallBack(last: number): void {
    this.era.fellBackTo = this.floor;
    this.era = { fellBackTo: Number.POSITIVE_INFINITY };
    // Their numbers are not given again: what reads at them from now on sees what is in the log.
    this.floor = last;
  }

  /** Whether someone sees the version written at `older`, though another replaced it at `newer`. */
  need(older: number, newer: number): boolean {
    if (newer > this.history || (older <= this.floor && this.floor < newer)) return true;
    return this.between(older, newer);
  }

  /** Whether a snapshot or cursor is open that sees the newest version of a key, written at `sequence`. */
  watch(sequence: number): boolean {
    return this.between(sequence, Number.POSITIVE_INFINITY);
  }

  /** Whether one of the sequences is `older` or above, and below `newer`. */
  private between(older: number, newer: number): boolean {
    const { sequences } = this;
    if (sequences.length === 0) return false;
    let low = 0;
    let high = sequences.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sequences[middle]! < older) low = middle + 1;
      else high = middle;
    }
    return low < sequences.length && sequences[low]! < newer;
  }

  /** The sequences as they stand, for a merge in another thread: readers that come later see only newer states. */
  list(): number[] {
    return [...this.sequences];
  }
}
