// The ways to get at the rows of a query, each with the work that it is expected to take: walks of the table and of ranges, lookups by
// collected keys, unions and intersections of indexes, orders that an index has already, and entries that hold all that is asked for.
import type { Arrival, Path, PathPart, Span, Wanted } from './access.js';
import { arrivalOf, completeOrder, isKeyOrder, ORDERED, UNORDERED } from './arrival.js';
import { type Candidate, candidatesOf, type Match, matchTerms, wholeTree } from './candidate.js';
import { comparisonsOf, costOf, type Extent, pagesTouched, Work } from './cost.js';
import { coveringIndex } from './covering.js';
import { Draft } from './draft.js';
import { startBehind } from './keyset.js';
import type { OrderTerm, Query } from './query.js';
import { Selectivity } from './selectivity.js';
import type { Table } from './table.js';
import { type Conjunction, readTerms, type Term } from './terms.js';
import { testingTime } from './testing.js';

/** Matches that are tried with each other as intersections: the narrowest ones. */
const INTERSECTED = 4;
/** Comparisons for each row where only rows that tie are sorted. */
const GROUP_COMPARISONS = 4;

/** Bytes of a row in a table whose rows are assumed. */
const ASSUMED_ROW_BYTES = 100;
const PAGE_BYTES = 4096;

/** Up to this share of the rows, looking up each row of a limited answer costs less than reading all of them. */
const FEW_ROWS = 1 / 20;

/** Finds the paths of one query. */
export class PathFinder<Row, Key> {
  /** What is there, over what is assumed to be. */
  readonly assumedShare: number;
  readonly order: readonly OrderTerm[];
  /** Of the whole predicate. */
  readonly conjunction: Conjunction;
  private readonly candidates: readonly Candidate<Row>[];
  private readonly selectivity: Selectivity<Row, Key>;
  private readonly matches: readonly Match<Row>[];
  private readonly extent: Extent;
  /** Conditions of which nothing is known; arrows that must be called; conditions that are tested on records. */
  private readonly unknown: number;
  private readonly arrows: number;
  private readonly keyOrder: Arrival;
  private readonly counted = new Map<Match<Row>, number>();
  private readonly wholes = new Map<Candidate<Row>, Match<Row>>();
  private expected: number | null = null;

  constructor(
    private readonly table: Table<Row, Key>,
    private readonly query: Query,
    private readonly wanted: Wanted,
  ) {
    const { model } = table.entity;
    this.conjunction = readTerms(model, query.where);
    const { terms, complete } = this.conjunction;
    this.order = completeOrder(model, query.orderBy);
    this.keyOrder = isKeyOrder(model, this.order) ? ORDERED : UNORDERED;
    this.candidates = candidatesOf(table);
    this.selectivity = new Selectivity(table, this.candidates);
    const { entries, pages, entryBytes } = table.tree.statistics();
    const { rows, isAssumed } = this.selectivity;
    const testing = query.where.reduce(
      (sum, { expression }) => sum + (expression && testingTime(expression, model))!,
      0,
    );
    this.extent = isAssumed
      ? { rows, pages: Math.ceil((rows * ASSUMED_ROW_BYTES) / PAGE_BYTES), rowBytes: ASSUMED_ROW_BYTES, testing }
      : { rows, pages, rowBytes: entryBytes, testing };
    this.assumedShare = isAssumed ? entries / rows : 1;
    this.arrows = query.where.filter(({ expression }) => expression === null).length;
    this.unknown = complete ? 0 : Math.max(1, this.arrows);
    this.matches = this.candidates.flatMap((candidate) => matchTerms(candidate, terms) ?? []);
  }

  /** Rows expected in the answer, before offset and limit. */
  get rows(): number {
    this.expected ??= this.expectedRows();
    return this.expected;
  }

  /** A path that nothing beats, so that no other needs to be thought of; null where there is none. */
  evident(): Path<Row> | null {
    return this.lookup() ?? this.orderedWalk();
  }

  /** The lookup of at most one row by a unique key. */
  private lookup(): Path<Row> | null {
    const match = this.matches.find(({ spans }) => spans.length === 1 && spans[0]!.point !== null);
    return match === undefined ? null : this.byKeys(match);
  }

  /** A walk in the order of the query that meets nothing but answers, of which a limit asks for few. */
  private orderedWalk(): Path<Row> | null {
    const { limit, offset, where } = this.query;
    if (limit === null || offset + limit > this.selectivity.rows * FEW_ROWS) return null;
    const isWanted = (match: Match<Row>): boolean => {
      const isRange = match.spans.length === 1 && match.spans[0]!.point === null;
      return isRange && this.isExact(match) && this.keepsOrder(match) && this.covered(match) === null;
    };
    const match =
      where.length > 0
        ? this.matches.find(isWanted)
        : this.candidates
            .filter(({ index, holdsEveryRow }) => index !== null && holdsEveryRow)
            .map((candidate) => this.whole(candidate))
            .find(isWanted);
    return match === undefined ? null : this.walk(match);
  }

  /** All paths, in no order. The first is the scan. */
  all(): readonly Path<Row>[] {
    const paths: (Path<Row> | null)[] = [this.scan()];
    for (const match of this.matches) {
      const isRange = match.spans.length === 1 && match.spans[0]!.point === null;
      const isKeyRange = isRange && match.candidate.index === null;
      if (!isKeyRange) paths.push(this.byKeys(match));
      if (isKeyRange || (isRange && this.isInOrder(match))) paths.push(this.walk(match));
      paths.push(this.covered(match));
    }
    for (const candidate of this.candidates) {
      const isBounded = this.matches.some((match) => match.candidate === candidate);
      if (candidate.index === null || isBounded || !candidate.holdsEveryRow) continue;
      const whole = this.whole(candidate);
      if (this.isInOrder(whole)) paths.push(this.walk(whole));
      paths.push(this.covered(whole));
    }
    paths.push(...this.unions(), ...this.intersections());
    return paths.filter((path) => path !== null);
  }

  /** Entries in the spans of a match, which several paths ask for. */
  private entriesOf(match: Match<Row>): number {
    let entries = this.counted.get(match);
    if (entries === undefined) {
      entries = this.selectivity.entriesOf(match);
      this.counted.set(match, entries);
    }
    return entries;
  }

  private expectedRows(): number {
    const exact = this.matches.find((match) => this.isExact(match));
    if (exact !== undefined) return this.entriesOf(exact);
    let fewest = this.selectivity.reduce(this.extent.rows, this.conjunction.terms, this.unknown);
    for (const match of this.matches) fewest = Math.min(fewest, this.left(match, this.entriesOf(match)));
    return fewest;
  }

  /** Rows left of `entries` by what a match doesn't use. */
  private left(match: Match<Row>, entries: number): number {
    const others = this.conjunction.terms.filter((term) => !match.used.has(term));
    return this.selectivity.reduce(entries, others, this.unknown);
  }

  /** Whether the span holds nothing but answers. */
  private isExact({ exact, used }: Match<Row>): boolean {
    return this.conjunction.complete && exact && used.size === this.conjunction.terms.length;
  }

  private isInOrder(match: Match<Row>): boolean {
    return this.query.orderBy.length > 0 && !this.wanted.counting && arrivalOf(match, this.order).arrival !== UNORDERED;
  }

  /** Whether a walk gives the rows in the very order that is asked for. */
  private keepsOrder(match: Match<Row>): boolean {
    return this.isInOrder(match) && arrivalOf(match, this.order).arrival === ORDERED;
  }

  private whole(candidate: Candidate<Row>): Match<Row> {
    let whole = this.wholes.get(candidate);
    if (whole === undefined) {
      whole = wholeTree(candidate);
      this.wholes.set(candidate, whole);
    }
    return whole;
  }

  private scan(): Path<Row> {
    const whole = wholeTree(this.candidates[0]!);
    const exact = this.query.where.length === 0;
    const rows = this.entriesBehind(whole);
    const inside = rows * this.boundShare();
    const walked = (this.extent.pages * rows) / Math.max(1, this.extent.rows);
    const pages = inside < rows ? pagesTouched(inside, rows, walked) : walked;
    const path = new Draft<Row>([{ access: 'scan', terms: [], entries: rows }], null, exact);
    path.walks(arrivalOf(whole, this.order));
    const work = new Work();
    work.seeks = 1;
    work.pages = pages;
    work.scanned = inside;
    work.sifted = inside < rows ? rows : 0;
    return this.complete(path, work);
  }

  /** Share of the rows that lie inside the bounds of all columns that a scan knows by themselves. */
  private boundShare(): number {
    // What is assumed shall not hang on columns that scans will know only later.
    if (this.selectivity.isAssumed) return 1;
    const { terms } = this.conjunction;
    const bounding = terms.filter(
      (term) => term.kind === 'range' || (term.kind === 'equals' && term.values.length === 1),
    );
    return this.selectivity.reduce(1, bounding.filter(isOfColumn), 0);
  }

  /** Entry by entry in the order of the tree: records of the primary tree, or entries whose rows are looked up as they come. */
  private walk(match: Match<Row>): Path<Row> {
    const { candidate, spans } = match;
    const entries = this.entriesBehind(match);
    const pages = this.pagesOf(candidate, entries);
    const path = new Draft([partOf(match, entries)], spans, this.isExact(match));
    path.walks(arrivalOf(match, this.order));
    const work = new Work();
    work.seeks = 1;
    work.pages = pages;
    if (candidate.index === null) work.scanned = entries;
    else {
      path.fetched = entries;
      work.entries = entries;
      work.fetched = entries;
    }
    return this.complete(path, work);
  }

  /** Entries of a walk, which begins at the query's cursor where it goes in the order of the query. */
  private entriesBehind(match: Match<Row>): number {
    const { query, table, order, selectivity } = this;
    const entries = this.entriesOf(match);
    if (query.after === null) return entries;
    const walk = { spans: match.spans, walk: true, order, ...arrivalOf(match, order) };
    const { spans } = startBehind(table, walk, query);
    return spans === match.spans ? entries : selectivity.entriesLeft(match, spans);
  }

  /** All primary keys first, then the rows in their order. */
  private byKeys(match: Match<Row>): Path<Row> {
    const { candidate, spans } = match;
    const entries = this.entriesOf(match);
    const path = new Draft([partOf(match, entries)], spans, this.isExact(match));
    path.fetched = entries;
    // A row may hold several of the elements that were asked for.
    path.overlapping = candidate.multiEntry && spans.length > 1;
    path.arrival = this.keyOrder;
    return this.complete(path, this.collecting(candidate, spans, entries, entries));
  }

  /** Rows made of entries; null where they don't hold all that is needed, or where counting needs no row anyway. */
  private covered(match: Match<Row>): Path<Row> | null {
    const { candidate, spans } = match;
    const { index } = candidate;
    const { query, wanted, table } = this;
    const exact = this.isExact(match);
    if (index === null || (exact && wanted.counting && match.used.size > 0)) return null;
    const covering = coveringIndex(table.entity.model, index.model, query, wanted);
    if (covering === null) return null;
    const entries = this.entriesOf(match);
    const pages = this.pagesOf(candidate, entries);
    const path = new Draft([partOf(match, entries)], spans, exact);
    path.walks(arrivalOf(match, this.order));
    path.walk = spans.length === 1;
    path.covering = covering;
    const work = new Work();
    work.seeks = spans.length;
    work.pages = pages;
    if (exact && wanted.counting) work.counted = entries;
    else work.covered = entries;
    return this.complete(path, work);
  }

  /** Of each `||`: its branches, with the terms beside it, have an access of their own. */
  private unions(): readonly Path<Row>[] {
    const { terms, complete } = this.conjunction;
    const others = terms.filter((term) => term.kind !== 'any');
    return terms.flatMap((term) => {
      if (term.kind !== 'any') return [];
      const found = term.branches.map((branch) => this.narrowest([...branch.terms, ...others]));
      if (found.includes(null)) return [];
      const matches = found as Match<Row>[];
      const parts = matches.map((match) => partOf(match, this.entriesOf(match)));
      const spans = matches.flatMap((match) => match.spans);
      const exact =
        complete &&
        others.length === terms.length - 1 &&
        matches.every((match, i) => match.exact && match.used.size === term.branches[i]!.terms.length + others.length);
      const path = new Draft(parts, spans, exact);
      path.overlapping = true;
      path.fetched = path.entries;
      path.arrival = this.keyOrder;
      return [this.complete(path, this.collecting(this.candidates[0]!, spans, path.entries, path.entries))];
    });
  }

  /** Pairs of indexes, each with terms that the other doesn't use. */
  private intersections(): readonly Path<Row>[] {
    const ranges = this.matches
      .filter(({ candidate, spans }) => candidate.index !== null && spans.some(({ point }) => point === null))
      .map((match) => ({ match, entries: this.entriesOf(match) }))
      .sort((a, b) => a.entries - b.entries)
      .slice(0, INTERSECTED);
    const paths: Path<Row>[] = [];
    for (const [i, a] of ranges.entries()) {
      for (const b of ranges.slice(i + 1)) {
        const used = new Set([...a.match.used, ...b.match.used]);
        if (used.size === a.match.used.size || used.size === b.match.used.size) continue;
        paths.push(this.intersection([a, b], used));
      }
    }
    return paths;
  }

  private intersection(
    found: readonly { readonly match: Match<Row>; readonly entries: number }[],
    used: ReadonlySet<Term>,
  ): Path<Row> {
    const [first, ...rest] = found.map(({ match }) => match);
    const parts = found.map(({ match, entries }) => partOf(match, entries));
    const others = rest.flatMap((match) => [...match.used].filter((term) => !first!.used.has(term)));
    const fetched = this.selectivity.reduce(parts[0]!.entries, others, 0);
    const spans = [first!, ...rest].flatMap((match) => match.spans);
    const exact =
      this.conjunction.complete &&
      used.size === this.conjunction.terms.length &&
      found.every(({ match }) => match.exact);
    const path = new Draft(parts, first!.spans, exact);
    path.also = rest.map((match) => match.spans);
    path.fetched = fetched;
    path.arrival = this.keyOrder;
    return this.complete(path, this.collecting(first!.candidate, spans, path.entries, fetched));
  }

  private narrowest(terms: readonly Term[]): Match<Row> | null {
    let best: Match<Row> | null = null;
    let fewest = Number.POSITIVE_INFINITY;
    for (const candidate of this.candidates) {
      const match = matchTerms(candidate, terms);
      if (match === null) continue;
      const entries = this.entriesOf(match);
      if (entries < fewest) [best, fewest] = [match, entries];
    }
    return best;
  }

  private collecting(candidate: Candidate<Row>, spans: readonly Span<Row>[], entries: number, fetched: number): Work {
    const pages = this.pagesOf(candidate, entries);
    const points = spans.filter(({ point }) => point !== null);
    const lookups = points.filter(({ index }) => index !== null).length;
    const seeks = spans.length - points.length;
    const work = new Work();
    work.seeks = seeks;
    work.lookups = lookups;
    work.pages = pages;
    work.entries = Math.max(0, entries - points.length);
    work.sortedKeys = entries;
    work.fetchedInOrder = fetched;
    return work;
  }

  private pagesOf(candidate: Candidate<Row>, entries: number): number {
    const { pages } = (candidate.index?.tree ?? this.table.tree).statistics();
    return (pages * entries) / Math.max(1, this.selectivity.entriesOfTree(candidate));
  }

  /** Adds to the work of reading what comes behind it: tests, decoding, sorting, and that a limit ends it early. */
  private complete(path: Draft<Row>, work: Work): Path<Row> {
    const { query, wanted, arrows, extent } = this;
    const { arrival, exact, covering } = path;
    const rows = exact ? path.entries : Math.min(this.rows, path.entries);
    const most = query.limit === null || wanted.counting ? Number.POSITIVE_INFINITY : query.offset + query.limit;
    const share = arrival.kind === 'unordered' || wanted.counting ? 1 : Math.min(1, most / Math.max(rows, 1));
    const read = path.fetched > 0 ? path.fetched : path.entries;
    const tested = path.spans === null ? work.scanned : read;
    const passing = arrows === 0 || exact ? rows : Math.min(read, rows * 3 ** arrows);
    const mustSort = arrival.kind === 'unordered' && !wanted.counting;
    // Rows that come too late in the order are mostly not decoded.
    const decoded = mustSort && most < passing && arrows === 0 ? comparisonsOf(passing, most) - passing : passing;
    work.endEarly(share);
    work.tests = exact ? 0 : tested * share;
    work.decoded = covering !== null || (wanted.counting && arrows === 0) ? 0 : Math.min(passing, decoded) * share;
    work.arrows = exact ? 0 : passing * arrows * share;
    if (arrival.kind === 'grouped' && !wanted.counting) work.comparisons = rows * share * GROUP_COMPARISONS;
    if (mustSort) work.comparisons = comparisonsOf(rows, most);
    if (exact && wanted.counting) work.onlyCount(path.overlapping || path.also.length > 0);
    path.cost = costOf(work, extent);
    return path;
  }
}

/** Whether scans may know the column by itself: a number, a date, a boolean or an enum. */
function isOfColumn(term: Term): boolean {
  if (term.kind === 'any' || term.kind === 'prefix') return false;
  return !['string', 'bytes', 'bigint', 'int64', 'uint64', 'array'].includes(term.field.type.kind);
}

function partOf<Row>({ candidate, used }: Match<Row>, entries: number): PathPart {
  return { access: candidate.name, terms: used, entries };
}
