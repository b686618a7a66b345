// Which blocks of a table a cursor comes by: all of them, or only those that its zone map admits.
import type { Scan } from '../api.js';

export class BlockPath {
  /** The stretch of blocks that were counted. */
  private low = Number.POSITIVE_INFINITY;
  private high = -1;

  /**
   * @param admitted per block 1 or 0; null for all
   * @param scan where blocks are counted, each once
   */
  constructor(
    private readonly blocks: number,
    private readonly admitted: Uint8Array | null,
    private readonly scan: Scan | undefined,
  ) {}

  /** The first block of the path at or behind `block`; -1 when there is none. */
  from(block: number): number {
    const { admitted, blocks } = this;
    let at = block;
    if (admitted !== null) for (; at < blocks && admitted[at] === 0; at++) this.countSkipped(at);
    return at < blocks ? at : -1;
  }

  /** The last block of the path at or before `block`; -1 when there is none. */
  downFrom(block: number): number {
    const { admitted } = this;
    let at = block;
    if (admitted !== null) for (; at >= 0 && admitted[at] === 0; at--) this.countSkipped(at);
    return at;
  }

  countRead(block: number): void {
    if (this.scan !== undefined && this.isNew(block)) this.scan.blocksRead++;
  }

  /** The blocks in `[from, to)` were not looked into, for other reasons. */
  pass(from: number, to: number): void {
    for (let block = from; block < to; block++) this.countSkipped(block);
  }

  private countSkipped(block: number): void {
    if (this.scan !== undefined && this.isNew(block)) this.scan.blocksSkipped++;
  }

  private isNew(block: number): boolean {
    if (block >= this.low && block <= this.high) return false;
    this.low = Math.min(this.low, block);
    this.high = Math.max(this.high, block);
    return true;
  }
}
