// Which block stands in which frames, in shared memory: the main thread writes it, workers look blocks up in it and hold what they
// read against it. The cache's own books stay unshared and plain, so that a hit in the main thread costs what it did.
//
//   0 +---------------------------------+
//     | heads, i32 x slots              |   hash of (table, block) -> 1 + the frame that its chain begins with, 0 for none
//     +---------------------------------+
//     | words, i32 x 5 x frames         |   at the last frame of a run (a block of n pages takes n neighbouring frames):
//     |   version                       |     odd while no run ends here or it is being filled, even while its bytes stay
//     |   table, block                  |     whose bytes these are
//     |   pages                         |     frames of the run, this one included
//     |   next                          |     1 + the next frame of the chain, 0 at its end
//     +---------------------------------+
//
// The version is the sequence lock of its whole run: before a byte of any of the run's frames changes, the run is retired, and its
// version grows. Whoever finds the same even version before and after reading has read one block and no other.

/** Number of words per frame, and where each of them stands. */
const WORDS = 5;
const VERSION = 0;
const TABLE = 1;
const BLOCK = 2;
const PAGES = 3;
const NEXT = 4;

/** At most this many frames share a slot on average. */
const FRAMES_PER_SLOT = 2;
/** A chain never gets so long; who has come so far was led into others by frames that changed hands. */
const LONGEST_WALK = 64;

/** Any odd number: multiplying by it spreads neighbouring blocks over the slots (Knuth's multiplicative hash). */
const HASH_FACTOR = 0x9e3779b1;

/** Bytes of shared memory that the directory of so many frames takes. */
export function directoryBytes(frames: number): number {
  return (slotsOf(frames) + WORDS * frames) * Int32Array.BYTES_PER_ELEMENT;
}

/** A power of two. */
function slotsOf(frames: number): number {
  return 1 << Math.ceil(Math.log2(Math.max(1, frames / FRAMES_PER_SLOT)));
}

/** One thread, the cache's own, calls `publish` and `retire`; all others only `find`, `version`, `pages` and `holds`. */
export class FrameDirectory {
  private readonly words: Int32Array;
  private readonly slots: number;
  private readonly shift: number;

  /** @param memory of `directoryBytes(frames)`; zeros where it is new */
  constructor(memory: SharedArrayBuffer, frames: number) {
    this.words = new Int32Array(memory);
    this.slots = slotsOf(frames);
    this.shift = 32 - Math.log2(this.slots);
  }

  /** Empties it: no run stands anywhere. */
  clear(): void {
    const { words, slots } = this;
    words.fill(0);
    for (let at = slots + VERSION; at < words.length; at += WORDS) words[at] = 1;
  }

  /** Lets readers find a run whose frames are filled. Tables that differ by a multiple of 2^32 would be taken for one. */
  publish(end: number, table: number, block: number, pages: number): void {
    const { words } = this;
    const at = this.wordsOf(end);
    const slot = this.slotOf(table, block);
    words[at + TABLE] = table | 0;
    words[at + BLOCK] = block;
    words[at + PAGES] = pages;
    words[at + NEXT] = words[slot]!;
    Atomics.add(words, at + VERSION, 1);
    Atomics.store(words, slot, end);
  }

  /** Tells readers that the bytes of a run are about to change; does nothing for one that was never published. */
  retire(end: number): void {
    const { words } = this;
    const at = this.wordsOf(end);
    if ((words[at + VERSION]! & 1) === 1) return;
    Atomics.add(words, at + VERSION, 1);
    let link = this.slotOf(words[at + TABLE]!, words[at + BLOCK]!);
    while (words[link] !== end) link = this.wordsOf(words[link]!) + NEXT;
    Atomics.store(words, link, words[at + NEXT]!);
  }

  /** The end of the run that holds the block, one past its last frame, or 0. What it answers may be stale: see `holds`. */
  find(table: number, block: number): number {
    const { words } = this;
    let end = Atomics.load(words, this.slotOf(table, block));
    for (let walked = 0; end !== 0 && walked < LONGEST_WALK; walked++) {
      const at = this.wordsOf(end);
      if (words[at + TABLE] === (table | 0) && words[at + BLOCK] === block) return end;
      end = Atomics.load(words, at + NEXT);
    }
    return 0;
  }

  /** To be asked before anything of the run is read; odd where there is nothing to read. */
  version(end: number): number {
    return Atomics.load(this.words, this.wordsOf(end) + VERSION);
  }

  /** After `version`: the frames of the run, or 0 when it is not, or no longer, that of the block. */
  pages(end: number, table: number, block: number): number {
    const { words } = this;
    const at = this.wordsOf(end);
    return words[at + TABLE] === (table | 0) && words[at + BLOCK] === block ? words[at + PAGES]! : 0;
  }

  /**
   * Whether the run has still that version, so that all that was read of it since is one block. It adds 0 instead of loading: a load
   * would not keep plain reads before it from being done after it; a write does, and the writer's own additions come before or after
   * it (Boehm, "Can seqlocks get along with programming language memory models?", MSPC 2012).
   */
  holds(end: number, version: number): boolean {
    return Atomics.add(this.words, this.wordsOf(end) + VERSION, 0) === version;
  }

  private wordsOf(end: number): number {
    return this.slots + (end - 1) * WORDS;
  }

  private slotOf(table: number, block: number): number {
    return this.shift === 32 ? 0 : Math.imul(Math.imul(table, HASH_FACTOR) + block, HASH_FACTOR) >>> this.shift;
  }
}
