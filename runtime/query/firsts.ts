// The first entries of each kind, told before rows are made of them: of a hundred thousand rows with a few hundred names, so many are
// decoded and not all.
import { type EntryRun, MAX_RUN_ENTRIES } from '../bytes/entry-run.js';
import { type EntityRuntime, layoutNumber } from '../codec/codec.js';
import type { RecordLayout } from '../codec/layout.js';
import { areReadable, Entry } from './aggregate/entry.js';
import { type Groups, groupsBy } from './aggregate/groups.js';
import type { Selector } from './query.js';
import { layoutOf } from './row-filter.js';
import type { WantedColumns } from './wanted-columns.js';

export class Firsts<Row> {
  private readonly groups: Groups<Row>;
  private readonly layout: RecordLayout;
  /** Of the layout. */
  private readonly number: number;
  private readonly entry = new Entry();
  private readonly kinds = new Int32Array(MAX_RUN_ENTRIES);
  /** How many kinds were met. */
  private met = 0;

  private constructor(groups: Groups<Row>, layout: RecordLayout, number: number) {
    this.groups = groups;
    this.layout = layout;
    this.number = number;
  }

  /** Null unless `by` reads a field: what is computed may throw, and then only for rows that somebody comes to. */
  static of<Row, Key>(entity: EntityRuntime<Row, Key, never>, by: Selector): Firsts<Row> | null {
    if (by.expression?.op !== 'field') return null;
    return new Firsts(groupsBy<Row, Key>(entity, by), layoutOf(entity.model), layoutNumber(entity));
  }

  /** Asks for the columns that tell kinds apart; false where entries have to be seen. */
  ask(wanted: WantedColumns): boolean {
    return this.groups.ask(wanted);
  }

  /** Keeps those of `selected[0, count)`, all of them answers, that are of a new kind; returns how many. All of them where bytes don't tell. */
  narrow(run: EntryRun, selected: Int32Array, count: number): number {
    const { groups, kinds, entry } = this;
    if (run.columns !== null) groups.assignColumns(run, run.columns, kinds);
    else {
      if (!areReadable(run, selected, count, this.layout, this.number)) return count;
      entry.open(run);
      groups.assign(run, selected, count, kinds, entry);
    }
    let kept = 0;
    for (let i = 0; i < count; i++) {
      // Kinds are numbered as they are met.
      if (kinds[i]! < this.met) continue;
      this.met = kinds[i]! + 1;
      selected[kept++] = selected[i]!;
    }
    return kept;
  }
}
