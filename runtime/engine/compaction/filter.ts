// Compaction filters: how the layers above have entries vanish from disk, or written anew, while tables are merged. A filter is
// plain data, so that it travels to the worker with the task; what it means is told here, or by a module that both threads load.
import type { ByteSpan, ByteWriter } from '../../bytes/writer.js';
import { StorageError } from '../../errors.js';
import type { CompactionFilter } from '../api.js';

/** Size in bytes of a date: milliseconds since the epoch as a little-endian float64. */
const DATE_BYTES = 8;

/** The entry stays as it is. */
export const KEEP = 0;
/** The merge treats the entry as a deletion, which hides what older tables hold of the key. */
export const DROP = 1;
/** The value is what was appended to `rewritten`. */
export const REWRITE = 2;
/** What becomes of an entry that a merge comes by. */
export type Verdict = typeof KEEP | typeof DROP | typeof REWRITE;

/**
 * Judges the newest version of a key that a merge meets, when no snapshot or cursor sees it: all else is none of a filter's
 * business. States of the history show what was dropped or rewritten as it is then, so a filter spares what they should show.
 * A version may be judged again by a later merge.
 */
export interface EntryFilter {
  judge(key: ByteSpan, value: ByteSpan, rewritten: ByteWriter): Verdict;
}

/** What a module of filters exports by name. */
export type FilterFactory = (parameters: unknown) => EntryFilter;

const modules = new Map<string, Readonly<Record<string, unknown>>>();

/** Loads a module of filters into this thread. Await it before a filter of that module is set; the worker does so by itself. */
export async function loadFilters(module: string): Promise<void> {
  if (!modules.has(module)) modules.set(module, await import(module));
}

/** The same without a wait, for a caller that has imported the module: this thread asks its factories, the worker loads it by URL. */
export function provideFilters(module: string, factories: Readonly<Record<string, FilterFactory>>): void {
  modules.set(module, factories);
}

/** Throws StorageError (QDB4118) when the module of a filter is not loaded, or has none of that name. */
export function entryFilter(filter: CompactionFilter): EntryFilter {
  switch (filter.kind) {
    case 'expiry':
      return { judge: (_, value) => (dateIn(value, filter.dateAt) <= filter.cutoff ? DROP : KEEP) };
    case 'module': {
      const create = modules.get(filter.module)?.[filter.name];
      if (typeof create === 'function') return (create as FilterFactory)(filter.parameters);
      throw new StorageError(
        'QDB4118',
        `The compaction filter ${filter.name} of ${filter.module} is not there. Await loadFilters() with that module first.`,
      );
    }
  }
}

/**
 * The date at offset `dateAt` of a value, counted from its end where negative; NaN, which is no time to expire at, for an
 * invalid date and for a value too short to hold one.
 */
export function dateIn({ view, start, end }: ByteSpan, dateAt: number): number {
  const at = dateAt < 0 ? end + dateAt : start + dateAt;
  return at < start || at + DATE_BYTES > end ? Number.NaN : view.getFloat64(at, true);
}
