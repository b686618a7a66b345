// What a point read asks of a block before it gets there, in one record for each block, so that it waits for one cache line and not for
// one per question: how the block's separator compares, where in the cache the block stands, and how many entries it has.
//
//    0 +---------------+
//      | f64  prefix   |   the block's separator as a number (block-index.ts)
//    8 | i32  place    |   2 x the end of its run of frames + 1 if it was read again since the clock's hand came by; 0: not in memory
//   12 | i32  shape    |   shapeOf (block.ts) the block, once it was loaded
//   16 +---------------+

const RECORD_BYTES = 16;
/** Records as words and as doubles. */
const WORDS_SHIFT = 2;
const DOUBLES_SHIFT = 1;
const PLACE = 2;
const SHAPE = 3;
const MARKED = 1;

export class BlockPlaces {
  private readonly words: Int32Array;
  private readonly doubles: Float64Array;

  constructor(readonly blocks: number) {
    const records = new ArrayBuffer(blocks * RECORD_BYTES);
    this.words = new Int32Array(records);
    this.doubles = new Float64Array(records);
  }

  prefix(block: number): number {
    return this.doubles[block << DOUBLES_SHIFT]!;
  }

  setPrefix(block: number, prefix: number): void {
    this.doubles[block << DOUBLES_SHIFT] = prefix;
  }

  /** One past the last frame of the block, or 0 when it is not in memory. */
  frameEnd(block: number): number {
    return this.words[(block << WORDS_SHIFT) + PLACE]! >>> 1;
  }

  /** Enters the frames of a block, unmarked; 0 takes them away. */
  setFrameEnd(block: number, frameEnd: number): void {
    this.words[(block << WORDS_SHIFT) + PLACE] = frameEnd << 1;
  }

  /** Tells the clock that a block that is in memory was read again. */
  mark(block: number): void {
    this.words[(block << WORDS_SHIFT) + PLACE]! |= MARKED;
  }

  unmark(block: number): void {
    this.words[(block << WORDS_SHIFT) + PLACE]! &= ~MARKED;
  }

  isMarked(block: number): boolean {
    return (this.words[(block << WORDS_SHIFT) + PLACE]! & MARKED) !== 0;
  }

  shape(block: number): number {
    return this.words[(block << WORDS_SHIFT) + SHAPE]!;
  }

  setShape(block: number, shape: number): void {
    this.words[(block << WORDS_SHIFT) + SHAPE] = shape;
  }
}
