// Compaction filters: how the layers above have entries vanish from disk while tables are merged. A filter is plain data, so
// that it travels to the worker with the task; what it means is told here.
import type { ByteSpan } from '../../bytes/writer.js';
import type { CompactionFilter } from '../api.js';

/** Size in bytes of a date: milliseconds since the epoch as a little-endian float64. */
const DATE_BYTES = 8;

/** Judges the newest version of a key, when nobody reads a state with it: all else is none of a filter's business. */
export interface EntryFilter {
  /** Whether the entry goes. The merge then treats it as a deletion, which hides what older tables hold of the key. */
  drops(value: ByteSpan): boolean;
}

export function entryFilter(filter: CompactionFilter): EntryFilter {
  switch (filter.kind) {
    case 'expiry':
      return { drops: (value) => dateIn(value, filter.dateAt) <= filter.cutoff };
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
