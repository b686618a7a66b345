// A read view at one sequence number.
import { ClosedError } from '../errors.js';
import type { PastSnapshot } from './api.js';
import type { Readers } from './readers.js';

export class EngineSnapshot implements PastSnapshot {
  private open = true;

  constructor(
    readonly sequence: number,
    private readonly readers: Readers,
    /** When this was the present, where that is of interest. */
    readonly time = Number.NaN,
  ) {
    readers.add(sequence);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.readers.remove(this.sequence);
  }

  /** Throws ClosedError when what it saw may be gone. */
  check(): void {
    if (!this.open) throw new ClosedError('QDB4040', 'The snapshot was closed. Take another one.');
  }
}
