// Rows that expire: which entries of which trees carry a date, and the view that shows none whose time has come. Merges remove
// them from disk by the same rule (engine/compaction/filter.ts).
//
//   primary tree    the date is a field of fixed size: it stands where codec/layout.ts puts it
//   index trees     the date is repeated as the last 8 bytes of each entry's value, so that an entry goes when its row does,
//                   and neither has to be looked up for the other
import type { EntryRun } from '../bytes/entry-run.js';
import type { ByteSpan } from '../bytes/writer.js';
import { layoutRecord } from '../codec/layout.js';
import type { CompactionFilter, Cursor, KeyRange, Scan, Tree } from '../engine/api.js';
import { dateIn } from '../engine/index.js';
import { DATE_SUFFIX } from '../query/table.js';
import type { HeldView, View } from '../query/view.js';
import type { EntityModel, TtlModel } from '../schema/model.js';

/** Milliseconds since the epoch. */
export type Clock = () => number;

interface Rule {
  /** See {@link CompactionFilter}. */
  readonly dateAt: number;
  /** Milliseconds from the date to the end of the entry's life. */
  readonly lifetime: number;
  /** Entries with this date or an earlier one are gone for good, though their lifetime may have been made longer since. */
  readonly goneUpTo: number;
}

export type ExpiryFilter = Extract<CompactionFilter, { readonly kind: 'expiry' }>;

/** When something that was shown will be gone. */
export interface Horizon {
  /** The first such moment, in milliseconds since the epoch. */
  soonest: number;
}

export class Expiry {
  private readonly rules = new Map<Tree, Rule>();
  private latest = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /** Now by the clock; never earlier than it was, for what is gone must not come back. */
  now(): number {
    this.latest = Math.max(this.latest, this.clock());
    return this.latest;
  }

  add(tree: Tree, isIndex: boolean, model: EntityModel, ttl: TtlModel, goneUpTo: number): void {
    const dateAt = isIndex ? -DATE_SUFFIX : offsetOf(model, ttl.field);
    this.rules.set(tree, { dateAt, lifetime: ttl.milliseconds, goneUpTo });
  }

  /** What merges leave out of a tree that was added: what had expired when the history begins, in milliseconds before now. */
  filterOf(tree: Tree, history: number): ExpiryFilter {
    const rule = this.rules.get(tree)!;
    return { kind: 'expiry', dateAt: rule.dateAt, cutoff: cutoff(rule, this.now() - history) };
  }

  /** What `view` shows, less what has expired: at `moment`, or whenever it is looked at where that is null. */
  over(view: View, moment: number | null, horizon: Horizon | null = null): View {
    if (this.rules.size === 0) return view;
    return new ExpiringView(view, this.rules, () => moment ?? this.now(), horizon);
  }
}

function cutoff({ lifetime, goneUpTo }: Rule, now: number): number {
  return Math.max(now - lifetime, goneUpTo);
}

function offsetOf(model: EntityModel, name: string): number {
  const { place } = layoutRecord(model).fields.find(({ field }) => field.name === name)!;
  if (place.kind !== 'fixed') throw new TypeError(`${model.name}.${name} has no fixed place`);
  return place.offset;
}

class ExpiringView implements HeldView {
  constructor(
    private readonly base: View,
    private readonly rules: ReadonlyMap<Tree, Rule>,
    private readonly now: () => number,
    private readonly horizon: Horizon | null,
    private readonly held: HeldView | null = null,
  ) {}

  get(tree: Tree, key: Uint8Array, keyEnd: number, into: ByteSpan): boolean {
    if (!this.base.get(tree, key, keyEnd, into)) return false;
    const rule = this.rules.get(tree);
    return rule === undefined || new Sieve(rule, this.now(), this.horizon).passes(into);
  }

  getMany(
    tree: Tree,
    keys: Uint8Array,
    ends: Int32Array,
    count: number,
    visit: (index: number, value: ByteSpan) => void,
  ): void {
    const rule = this.rules.get(tree);
    if (rule === undefined) {
      this.base.getMany(tree, keys, ends, count, visit);
      return;
    }
    const sieve = new Sieve(rule, this.now(), this.horizon);
    this.base.getMany(tree, keys, ends, count, (index, value) => {
      if (sieve.passes(value)) visit(index, value);
    });
  }

  cursor(tree: Tree, range: KeyRange, reverse: boolean, scan?: Scan): Cursor {
    const cursor = this.base.cursor(tree, range, reverse, scan);
    const rule = this.rules.get(tree);
    return rule === undefined ? cursor : new ExpiringCursor(cursor, new Sieve(rule, this.now(), this.horizon));
  }

  hold(): HeldView {
    const held = this.base.hold();
    const moment = this.now();
    return new ExpiringView(held, this.rules, () => moment, this.horizon, held);
  }

  get isUndone(): boolean {
    return this.held?.isUndone ?? false;
  }

  close(): void {
    this.held?.close();
  }
}

/** One rule at one moment. */
class Sieve {
  private readonly dateAt: number;
  private readonly lifetime: number;
  private readonly cutoff: number;

  constructor(
    rule: Rule,
    now: number,
    private readonly horizon: Horizon | null,
  ) {
    this.dateAt = rule.dateAt;
    this.lifetime = rule.lifetime;
    this.cutoff = cutoff(rule, now);
  }

  /** Whether the entry is alive; an invalid date never ends. */
  passes(value: ByteSpan): boolean {
    const date = dateIn(value, this.dateAt);
    if (date <= this.cutoff) return false;
    const { horizon } = this;
    if (horizon !== null && date + this.lifetime < horizon.soonest) horizon.soonest = date + this.lifetime;
    return true;
  }
}

class ExpiringCursor implements Cursor {
  readonly key: ByteSpan;
  readonly value: ByteSpan;

  constructor(
    private readonly base: Cursor,
    private readonly sieve: Sieve,
  ) {
    this.key = base.key;
    this.value = base.value;
  }

  next(): boolean {
    while (this.base.next()) if (this.sieve.passes(this.value)) return true;
    return false;
  }

  nextRun(into: EntryRun): boolean {
    if (!this.next()) return false;
    into.setOne(this.key, this.value);
    return true;
  }

  seek(key: Uint8Array): void {
    this.base.seek(key);
  }

  close(): void {
    this.base.close();
  }
}
