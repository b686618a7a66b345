// What an access path costs, in nanoseconds: the work that it is expected to do, times what each kind of work was measured to take.
// The constants are ratios to hold on to, not promises: they were measured on 2 cores with Node 20.20 by `npm run bench:planner`,
// over 1,000,000 rows in memory, and choose between paths as long as they are right to within a factor of two or so.

/** The work of one path, in numbers of things done. */
export interface Work {
  /** Cursors opened and placed. */
  readonly seeks: number;
  /** Pages that walks go through. */
  readonly pages: number;
  /** Index entries read one by one for their primary keys. */
  readonly entries: number;
  /** Entries of exact spans that are only counted, by whole runs. */
  readonly counted: number;
  /** Entries made into rows without a look at the record. */
  readonly covered: number;
  /** Records that a scan passes. */
  readonly scanned: number;
  /** Rows that a scan passes over by what is known of their columns. */
  readonly sifted: number;
  /** Lookups of single index entries. */
  readonly lookups: number;
  /** Rows looked up by primary keys in ascending order, out of `table` rows in `pages` pages. */
  readonly fetchedInOrder: number;
  /** Rows looked up in any other order. */
  readonly fetched: number;
  /** Primary keys that are sorted. */
  readonly sortedKeys: number;
  /** Records that are tested. */
  readonly tests: number;
  readonly decoded: number;
  /** Calls of arrows on decoded rows. */
  readonly arrows: number;
  /** Comparisons of decoded rows. */
  readonly comparisons: number;
}

export const NO_WORK: Work = {
  seeks: 0,
  pages: 0,
  entries: 0,
  counted: 0,
  covered: 0,
  scanned: 0,
  sifted: 0,
  lookups: 0,
  fetchedInOrder: 0,
  fetched: 0,
  sortedKeys: 0,
  tests: 0,
  decoded: 0,
  arrows: 0,
  comparisons: 0,
};

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

/** What is read when a walk ends after that share. Keys that are collected are collected whole. */
export function endedEarly(work: Work, share: number): Work {
  const collects = work.sortedKeys > 0;
  return {
    ...work,
    pages: collects ? work.pages : work.pages * share,
    entries: collects ? work.entries : work.entries * share,
    covered: work.covered * share,
    scanned: work.scanned * share,
    fetched: work.fetched * share,
    fetchedInOrder: work.fetchedInOrder * share,
  };
}

/** Counting the entries of exact spans looks at nothing else; keys that may be there twice, or in one list only, are collected. */
export function onlyCounted(work: Work, collects: boolean): Work {
  const { seeks, lookups, pages, sortedKeys } = work;
  if (collects) {
    return { ...NO_WORK, seeks, lookups, pages, entries: work.entries, sortedKeys };
  }
  const entries = work.entries + work.scanned + work.covered + work.counted;
  return { ...NO_WORK, seeks, lookups, pages, counted: entries };
}
