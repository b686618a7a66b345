// How many rows the parts of a predicate leave: from the statistics of the trees that know a part, by rule of thumb for all others.

import type { Span } from './access.js';
import type { Match } from './candidate.js';
import { type Candidate, matchTerms } from './candidate.js';
import type { Table } from './table.js';
import type { Term } from './terms.js';

/** Of several spans so many are asked for, and stand for the rest. */
const SPANS_ASKED = 16;

// Shares that are assumed where no statistics tell (P. G. Selinger et al., "Access path selection in a relational database management
// system", SIGMOD 1979, table 1).
const EQUALS_SHARE = 1 / 10;
const RANGE_SHARE = 1 / 3;
const PREFIX_SHARE = 1 / 10;
const MOST_OF_A_LIST = 1 / 2;
/** Of a condition in which nothing was recognised. */
const UNKNOWN_SHARE = 1 / 3;

/**
 * In a table of fewer rows every way is fast, and its few values say little about those to come: it is planned as if it had
 * {@link ASSUMED_ROWS}, so that a plan seen in development is the one that counts later.
 */
const SMALL_TABLE = 1000;
const ASSUMED_ROWS = 100_000;
// Shares that are assumed there, of predicates that somebody made an index for.
const ASSUMED_EQUALS = 1 / 1000;
const ASSUMED_RANGE = 1 / 50;
const ASSUMED_PREFIX = 1 / 500;
/** Of a walk behind a cursor. */
const ASSUMED_LEFT = 1 / 50;

export class Selectivity<Row, Key> {
  /** Rows in the table. */
  readonly rows: number;
  /** Whether they are assumed. */
  readonly isAssumed: boolean;
  private readonly shares = new Map<Term, number>();

  constructor(
    private readonly table: Table<Row, Key>,
    private readonly candidates: readonly Candidate<Row>[],
  ) {
    const { entries } = table.tree.statistics();
    this.isAssumed = entries < SMALL_TABLE;
    this.rows = this.isAssumed ? ASSUMED_ROWS : entries;
  }

  /** Entries of a whole tree. */
  entriesOfTree({ index }: Candidate<Row>): number {
    return this.isAssumed ? ASSUMED_ROWS : (index?.tree ?? this.table.tree).statistics().entries;
  }

  /** Entries in the spans of a match. */
  entriesOf({ candidate, spans, equalColumns, used }: Match<Row>): number {
    if (!this.isAssumed) return this.entriesIn(candidate, spans, equalColumns);
    if (spans.length === 0 || spans[0]!.point !== null) return spans.length;
    return [...used].reduce((entries, term) => entries * this.shareOf(term), ASSUMED_ROWS);
  }

  /** Entries of a match in `spans`, which are part of its own. */
  entriesLeft(match: Match<Row>, spans: readonly Span<Row>[]): number {
    return this.isAssumed
      ? this.entriesOf(match) * ASSUMED_LEFT
      : this.entriesIn(match.candidate, spans, match.equalColumns);
  }

  private entriesIn(candidate: Candidate<Row>, spans: readonly Span<Row>[], equalColumns: number): number {
    if (spans.length === 0) return 0;
    const statistics = (candidate.index?.tree ?? this.table.tree).statistics();
    if (spans[0]!.point !== null) return Math.min(spans.length, statistics.entries);
    const stride = Math.ceil(spans.length / SPANS_ASKED);
    let asked = 0;
    let entries = 0;
    for (let i = 0; i < spans.length; i += stride) {
      entries += statistics.entriesIn(spans[i]!.range, equalColumns);
      asked++;
    }
    return Math.min(statistics.entries, (entries * spans.length) / asked);
  }

  /** The share of the rows for which a term holds. */
  shareOf(term: Term): number {
    let share = this.shares.get(term);
    if (share === undefined) {
      share = this.measure(term);
      this.shares.set(term, share);
    }
    return share;
  }

  /**
   * Rows left of `entries` when `terms`, and `unknown` conditions in which nothing was recognised, are asked as well. Of several
   * shares the smallest counts in full, the next by its square root, and so on: predicates on one table mostly agree with each other.
   */
  reduce(entries: number, terms: readonly Term[], unknown: number): number {
    const shares = terms.map((term) => this.shareOf(term)).sort((a, b) => a - b);
    for (let i = 0; i < unknown; i++) shares.push(UNKNOWN_SHARE);
    return shares.reduce((rows, share, i) => rows * share ** (1 / 2 ** i), entries);
  }

  private measure(term: Term): number {
    if (term.kind === 'any') {
      const missed = term.branches.map((branch) => 1 - this.reduce(1, branch.terms, branch.complete ? 0 : 1));
      return 1 - missed.reduce((all, one) => all * one, 1);
    }
    if (this.isAssumed) return assumedShare(term);
    let fewest = Number.POSITIVE_INFINITY;
    for (const candidate of this.candidates) {
      const match = matchTerms(candidate, [term]);
      if (match !== null) fewest = Math.min(fewest, this.entriesOf(match));
    }
    return fewest < Number.POSITIVE_INFINITY ? Math.min(1, fewest / Math.max(1, this.rows)) : usualShare(term);
  }
}

function assumedShare(term: Exclude<Term, { kind: 'any' }>): number {
  if (term.kind === 'range') return ASSUMED_RANGE;
  if (term.kind === 'prefix') return ASSUMED_PREFIX;
  const { kind } = term.field.type;
  return kind === 'boolean' || kind === 'enum' ? usualShare(term) : Math.min(1, term.values.length * ASSUMED_EQUALS);
}

function usualShare(term: Exclude<Term, { kind: 'any' }>): number {
  if (term.kind === 'range') return RANGE_SHARE;
  if (term.kind === 'prefix') return PREFIX_SHARE;
  const { type } = term.field;
  const values = type.kind === 'boolean' ? 2 : type.kind === 'enum' ? type.values.length : 1 / EQUALS_SHARE;
  return Math.min(values <= 2 ? 1 : MOST_OF_A_LIST, term.values.length / values);
}
