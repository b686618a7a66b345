// A path while it is put together, and the plan that is made of it. Classes, so that all have one shape: objects that were spread into one another took more time
// than all else in a plan.
import type { Arrival, CoveringIndex, Otherwise, Path, PathPart, Plan, Span } from './access.js';
import { UNORDERED } from './arrival.js';
import type { OrderTerm } from './query.js';

export class Draft<Row> implements Path<Row> {
  overlapping = false;
  also: readonly (readonly Span<Row>[])[] = [];
  walk = false;
  reverse = false;
  covering: CoveringIndex | null = null;
  arrival: Arrival = UNORDERED;
  readonly entries: number;
  fetched = 0;
  cost = 0;

  constructor(
    readonly parts: readonly PathPart[],
    readonly spans: readonly Span<Row>[] | null,
    readonly exact: boolean,
  ) {
    this.entries = entriesOf(parts);
  }

  /** Says that it is one walk, which keeps that much of the order. */
  walks({ arrival, reverse }: { readonly arrival: Arrival; readonly reverse: boolean }): void {
    this.walk = true;
    this.arrival = arrival;
    this.reverse = reverse;
  }
}

/** A path that is taken. */
export class ChosenPath<Row> implements Plan<Row> {
  readonly parts: readonly PathPart[];
  readonly spans: readonly Span<Row>[] | null;
  readonly overlapping: boolean;
  readonly also: readonly (readonly Span<Row>[])[];
  readonly walk: boolean;
  readonly reverse: boolean;
  readonly covering: CoveringIndex | null;
  readonly arrival: Arrival;
  readonly exact: boolean;
  readonly entries: number;
  readonly fetched: number;
  readonly cost: number;

  constructor(
    path: Path<Row>,
    readonly order: readonly OrderTerm[],
    readonly mostKeys: number,
    readonly otherwise: Otherwise<Row> | null,
  ) {
    this.parts = path.parts;
    this.spans = path.spans;
    this.overlapping = path.overlapping;
    this.also = path.also;
    this.walk = path.walk;
    this.reverse = path.reverse;
    this.covering = path.covering;
    this.arrival = path.arrival;
    this.exact = path.exact;
    this.entries = path.entries;
    this.fetched = path.fetched;
    this.cost = path.cost;
  }
}

function entriesOf(parts: readonly PathPart[]): number {
  return parts.reduce((sum, { entries }) => sum + entries, 0);
}
