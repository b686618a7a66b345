// Spans of time as people write them: `'90s'`, `'15m'`, `'12h'`, `'30d'`, `'2w'`.
import type { Duration } from './markers.js';

const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
/** What a Date can span, in milliseconds: 100,000,000 days. */
const LONGEST_MILLISECONDS = 8_640_000_000_000_000;

/** In milliseconds; undefined for what is no whole number with a unit, and for more than a Date can span. */
export function parseDuration(text: Duration | string): number | undefined {
  const [, count, unit] = /^(\d+)([smhdw])$/.exec(text) ?? [];
  if (count === undefined || unit === undefined) return undefined;
  const milliseconds = Number(count) * UNIT_MILLISECONDS[unit]!;
  return milliseconds <= LONGEST_MILLISECONDS ? milliseconds : undefined;
}
