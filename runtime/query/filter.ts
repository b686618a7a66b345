// Predicates that are shared between queries: `defineFilter` keeps what the compiler plugin has made of one beside it.
import type { Lowered } from './expression.js';

/** A predicate made by {@link defineFilter}. */
export type Filter<Row> = (row: Row) => boolean;

const LOWERED = new WeakMap<(row: never) => boolean, Lowered | null>();

/**
 * A predicate to be shared: in any `where` it is answered from an index as if it stood there. What it captures is read when
 * the query runs. The compiler plugin adds `lowered`.
 *
 * ```ts
 * export const isRecent = defineFilter<User>((u) => u.lastLogin > startOfWeek());
 * await db.user.where(isRecent).toArray();
 * ```
 */
export function defineFilter<Row>(predicate: (row: Row) => boolean, lowered?: Lowered | null): Filter<Row> {
  if (lowered !== undefined) LOWERED.set(predicate, lowered);
  return predicate;
}

/** What the plugin has made of a shared predicate: null where it can't be lowered, undefined where no plugin has run. */
export function loweredFilter(predicate: (row: never) => boolean): Lowered | null | undefined {
  return LOWERED.get(predicate);
}
