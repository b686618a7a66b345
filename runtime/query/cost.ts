// What an access path costs, in nanoseconds: the work that it is expected to do, times what each kind of work was measured to take.
// The constants are ratios to hold on to, not promises: they were measured on 2 cores with Node 20.20 by `npm run bench:planner`,
// over 1,000,000 rows in memory, and choose between paths as long as they are right to within a factor of two or so.

/**
 * The work of one path, in numbers of things done. Whoever makes it fills it in: literals that spread one another took as long as all
 * else of a plan.
 */
export class Work {
  /** Cursors opened and placed. */
  seeks = 0;
  /** Pages that walks go through. */
  pages = 0;
  /** Index entries read one by one for their primary keys. */
  entries = 0;
  /** Entries of exact spans that are only counted, by whole runs. */
  counted = 0;
  /** Entries made into rows without a look at the record. */
  covered = 0;
  /** Records that a scan passes. */
  scanned = 0;
  /** Rows that a scan passes over by what is known of their columns. */
  sifted = 0;
  /** Lookups of single index entries. */
  lookups = 0;
  /** Rows looked up by primary keys in ascending order, out of `table` rows in `pages` pages. */
  fetchedInOrder = 0;
  /** Rows looked up in any other order. */
  fetched = 0;
  /** Primary keys that are sorted. */
  sortedKeys = 0;
  /** Records that are tested. */
  tests = 0;
  decoded = 0;
  /** Calls of arrows on decoded rows. */
  arrows = 0;
  /** Comparisons of decoded rows. */
  comparisons = 0;

  /** Leaves what is done when a walk ends after that share. Keys that are collected are collected whole. */
  endEarly(share: number): void {
    if (this.sortedKeys === 0) {
      this.pages *= share;
      this.entries *= share;
    }
    this.covered *= share;
    this.scanned *= share;
    this.fetched *= share;
    this.fetchedInOrder *= share;
  }

  /** Leaves what counting takes, which looks at entries alone; those that may be there twice, or in one list only, are collected. */
  onlyCount(collects: boolean): void {
    const { entries } = this;
    if (!collects) {
      this.counted += entries + this.scanned + this.covered;
      this.entries = 0;
      this.sortedKeys = 0;
    } else this.counted = 0;
    this.covered = 0;
    this.scanned = 0;
    this.sifted = 0;
    this.fetchedInOrder = 0;
    this.fetched = 0;
    this.tests = 0;
    this.decoded = 0;
    this.arrows = 0;
    this.comparisons = 0;
  }
}

/** What a table is, as far as costs go. */
export interface Extent {
  readonly rows: number;
  readonly pages: number;
  /** Bytes of a record, on average. */
  readonly rowBytes: number;
  /** Nanoseconds that the tests of one record take. */
  readonly testing: number;
}

// Nanoseconds.
const SEEK = 4000;
const PAGE = 400;
const ENTRY = 110;
const COUNTED = 15;
const COVERED = 350;
const SCANNED = 25;
const SIFTED = 3;
const LOOKUP = 900;
/** A staged lookup in the block that the last one was in, or in a block that no lookup of the query was in yet. */
const FETCHED = 320;
const FETCHED_PAGE = 500;
const SORTED_KEY = 70;
const DECODED = 120;
const DECODED_BYTE = 0.8;
const ARROW = 40;
const COMPARISON = 45;

/** Nanoseconds that `work` takes. */
export function costOf(work: Work, { rows, pages, rowBytes, testing }: Extent): number {
  return (
    work.seeks * SEEK +
    work.pages * PAGE +
    work.entries * ENTRY +
    work.counted * COUNTED +
    work.covered * COVERED +
    work.scanned * SCANNED +
    work.sifted * SIFTED +
    work.lookups * LOOKUP +
    work.fetchedInOrder * FETCHED +
    pagesTouched(work.fetchedInOrder, rows, pages) * FETCHED_PAGE +
    work.fetched * (FETCHED + FETCHED_PAGE) +
    work.sortedKeys * SORTED_KEY +
    work.tests * testing +
    work.decoded * (DECODED + DECODED_BYTE * rowBytes) +
    work.arrows * ARROW +
    work.comparisons * COMPARISON
  );
}

/** Nanoseconds for an entry of an index walk and the lookup of its row. */
export function costOfWalked(): number {
  return ENTRY + FETCHED + FETCHED_PAGE;
}

/**
 * How many of `pages` hold one of `fetched` rows that are spread at random (A. F. Cardenas, "Analysis and performance of inverted data
 * base structures", CACM 18(5), 1975).
 */
export function pagesTouched(fetched: number, rows: number, pages: number): number {
  if (pages <= 1 || rows <= 0) return Math.min(fetched, pages);
  return pages * (1 - (1 - 1 / pages) ** fetched);
}

/** Comparisons that sorting `rows` rows takes where `kept` of them are wanted. */
export function comparisonsOf(rows: number, kept: number): number {
  if (rows < 2) return 0;
  const most = Math.min(rows, kept);
  // Each is held against the bar, and those that pass it are sorted in batches.
  const passing = most < rows ? Math.min(rows, most * (1 + Math.log(rows / Math.max(1, most)))) : rows;
  return rows + passing * Math.log2(Math.max(2, most * 2));
}
