// The tables of a bulk load that nobody sees yet. Their entries have no sequence: it is given to whole tables when the load is
// installed, so that commits may go on while it is written.
import type { LoadPart } from './load-part.js';
import type { PartWriter } from './part-writer.js';
import type { TableOutput } from './table-output.js';

/** Entries of one part that are written before it is the next one's turn. */
const TURN_ROWS = 256;

export class StagedLoad {
  private waiting: readonly PartWriter[];
  private completed = 0;
  private over = false;

  /**
   * @param outputs one for each part
   * @param guard runs work on the disk, and sees to what follows when it fails
   * @param ended is called when nothing more is written
   */
  constructor(
    readonly parts: readonly LoadPart[],
    readonly outputs: readonly TableOutput[],
    private readonly guard: (work: () => void) => void,
    private readonly ended: (load: StagedLoad) => void,
  ) {
    this.waiting = parts.map((part, i) => part.writer(outputs[i]!));
  }

  /**
   * Writes a little more; false when all is written. Parts take turns: the disk gets all their tables at once, and the compiler sees
   * from the start that blocks are of two kinds, which it would learn by throwing away the code for the first when the second begins.
   */
  step(): boolean {
    if (this.over || this.completed === this.outputs.length) return false;
    this.guard(() => {
      if (this.waiting.length > 0) this.waiting = this.waiting.filter((writer) => writer.step(TURN_ROWS));
      else this.outputs[this.completed++]!.complete();
    });
    return true;
  }

  /** Has the disk take everything, off the thread, so that installing waits for little. */
  async syncAsync(): Promise<void> {
    try {
      await Promise.all(this.outputs.map((output) => output.syncAsync()));
    } catch (cause) {
      this.guard(() => {
        throw cause;
      });
    }
  }

  /** From here on its tables belong to whoever installs them. */
  settle(): void {
    this.over = true;
    this.ended(this);
  }

  /** Removes the tables. */
  abort(): void {
    this.settle();
    for (const output of this.outputs) output.abort();
  }
}
