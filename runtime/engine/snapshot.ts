// A read view at one sequence number: what a caller asked for, or what a cursor walks.
import { ClosedError, UndoneError } from '../errors.js';
import type { PastSnapshot } from './api.js';
import type { Era, Readers } from './readers.js';

export class EngineSnapshot implements PastSnapshot {
  private open = true;
  private readonly era: Era;

  constructor(
    readonly sequence: number,
    private readonly readers: Readers,
    /** When this was the present, where that is of interest. */
    readonly time = Number.NaN,
  ) {
    this.era = readers.era;
    readers.add(sequence);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.readers.remove(this.sequence);
  }

  get isUndone(): boolean {
    return this.sequence > this.era.fellBackTo;
  }

  /** Throws ClosedError when what it saw may be gone, UndoneError when it was taken back. */
  check(): void {
    if (!this.open) throw new ClosedError('QDB4040', 'The snapshot was closed. Take another one.');
    if (this.isUndone) throw new UndoneError('snapshot');
  }
}
