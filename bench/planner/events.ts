// The table that the planner is tried on: columns that are unique, few, many, skewed, and correlated with each other.
import type { EntityModel, Field, FieldType, IndexModel } from '../../runtime/schema/model.js';
import { random } from '../users.js';

export interface EventRow {
  id: number;
  email: string;
  country: string;
  city: string;
  status: string;
  at: Date;
  score: number;
  amount: number;
  isOpen: boolean;
  tags: string[];
  note: string;
}

const STATUSES = ['done', 'open', 'failed', 'stuck'];
/** Cumulated shares of the statuses: 90 %, 9 %, 0.9 %, 0.1 %. */
const STATUS_SHARES = [0.9, 0.99, 0.999, 1];
const COUNTRIES = 200;
const CITIES_PER_COUNTRY = 500;
const TAGS = 300;
/** Events come in the order of their ids, a second apart. */
const FIRST_EVENT = Date.UTC(2026, 0, 1);
const INTERVAL_MILLISECONDS = 1000;

/** `count` events, ids from 1; the same from one seed. */
export function* events(count: number, seed = 42): Generator<EventRow> {
  const next = random(seed);
  /** Small numbers are more frequent: the square of an even distribution. */
  const skewed = (limit: number) => Math.floor(next() ** 2 * limit);
  for (let id = 1; id <= count; id++) {
    const country = skewed(COUNTRIES);
    const share = next();
    const score = next() * 1000;
    yield {
      id,
      email: `user${(id * 7919) % count}@example.com`,
      country: `C${String(country).padStart(3, '0')}`,
      city: `City ${country}-${skewed(CITIES_PER_COUNTRY)}`,
      status: STATUSES[STATUS_SHARES.findIndex((limit) => share <= limit)]!,
      at: timeOf(id),
      score,
      // Goes with the score, as prices go with sizes.
      amount: score * 10 + next() * 100,
      isOpen: next() < 0.5,
      tags: [`t${skewed(TAGS)}`, `t${skewed(TAGS)}`],
      note: `note ${Math.floor(next() * 1e6)} of an event that is about as long as such notes are`,
    };
  }
}

/** When event number `id` took place. */
export function timeOf(id: number): Date {
  return new Date(FIRST_EVENT + id * INTERVAL_MILLISECONDS);
}

function field(name: string, type: FieldType): Field {
  const rest = { nullable: false, optional: false, default: null, encrypted: null, visibleTo: null };
  return { name, storedName: name, type, ...rest };
}

function index(fields: readonly string[], options: Partial<IndexModel> = {}): IndexModel {
  return { name: fields.join('_'), fields, unique: false, caseInsensitive: false, multiEntry: false, ...options };
}

const TEXT = { type: { kind: 'string' }, nullable: false, optional: false } as const;

export const EVENT: EntityModel = {
  name: 'Event',
  storedName: 'Event',
  accessor: 'event',
  key: { fields: ['id'], autoIncrement: false, generate: null },
  fields: [
    field('id', { kind: 'int32' }),
    field('email', { kind: 'string' }),
    field('country', { kind: 'string' }),
    field('city', { kind: 'string' }),
    field('status', { kind: 'string' }),
    field('at', { kind: 'date' }),
    field('score', { kind: 'float64' }),
    field('amount', { kind: 'float64' }),
    field('isOpen', { kind: 'boolean' }),
    field('tags', { kind: 'array', element: TEXT }),
    field('note', { kind: 'string' }),
  ],
  indexes: [
    index(['at']),
    index(['country', 'city']),
    index(['email'], { unique: true }),
    index(['score']),
    index(['status', 'at']),
    index(['tags'], { multiEntry: true }),
  ],
};
