// Who may still read the past (snapshots, cursors, the history that a database keeps): decides, for memtables and merges alike, which overwritten versions have to stay.

/** The sequence numbers of open snapshots and cursors, and the floor under writes that may yet be undone. */
export class Readers {
  /** Ascending; one element per reader. */
  private readonly sequences: number[];

  /**
   * Everything up to this sequence is in the write-ahead log. A version at or below it stays under a newer one above it,
   * because the newer one is taken back if the disk turns out to be full.
   */
  floor = 0;

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
