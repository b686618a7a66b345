// The 50 queries that the planner is tried on: points, lists, ranges narrow and wide, prefixes, orders with and without a limit, terms
// that agree, contradict each other or say nothing, and counts.
import { timeOf } from './events.js';

export interface Asked {
  readonly where: Readonly<Record<string, unknown>>;
  readonly orderBy?: readonly (readonly [field: string, direction: 'asc' | 'desc'])[];
  readonly limit?: number;
  readonly count?: boolean;
}

/** @param rows ids go from 1 to it */
export function queries(rows: number): readonly Asked[] {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => 1 + ((i * 104_729) % rows));
  const at = (from: number, to: number) => ({
    gte: timeOf(Math.floor(rows * from)),
    lt: timeOf(Math.floor(rows * to)),
  });
  const score = (from: number, to: number) => ({ gte: from, lt: to });
  return [
    { where: { id: 4711 } },
    { where: { email: 'user4711@example.com' } },
    { where: { id: { in: ids(10) } } },
    { where: { id: { in: ids(1000) } } },
    { where: { id: { gte: 1000, lt: 2000 } } },
    { where: { id: { gte: rows / 2 } } },
    { where: { country: 'C000' } },
    { where: { country: 'C100' } },
    { where: { country: 'C199' } },
    { where: { country: { in: ['C150', 'C160', 'C170'] } } },
    { where: { country: 'C020', city: { startsWith: 'City 20-1' } } },
    { where: { country: 'C020', city: 'City 20-17' } },
    { where: { city: 'City 20-17' } },
    { where: { country: { startsWith: 'C19' } } },
    { where: { status: 'done' }, limit: 20 },
    { where: { status: 'open' } },
    { where: { status: 'failed' } },
    { where: { status: 'stuck' } },
    { where: { status: 'stuck', at: at(0.4, 0.6) } },
    { where: { status: 'done', at: at(0.5, 0.501) } },
    { where: { at: at(0.5, 0.5001) } },
    { where: { at: at(0.5, 0.52) } },
    { where: { at: at(0.2, 0.9) } },
    { where: { score: score(10, 10.5) } },
    { where: { score: score(10, 40) } },
    { where: { score: score(100, 900) } },
    { where: { score: score(10, 20), at: at(0.1, 0.11) } },
    { where: { score: score(10, 60), at: at(0.1, 0.15) } },
    { where: { score: score(10, 60), status: 'failed' } },
    { where: { country: 'C150', status: 'open', score: score(0, 100) } },
    { where: { tags: { includes: 't299' } } },
    { where: { tags: { includes: 't0' } } },
    { where: { tags: { includes: 't150' }, status: 'failed' } },
    { where: { or: [{ email: 'user17@example.com' }, { status: 'stuck' }] } },
    { where: { or: [{ country: 'C199' }, { score: score(999.5, 1001) }] } },
    { where: { or: [{ country: 'C000' }, { isOpen: true }] } },
    { where: {}, orderBy: [['at', 'desc']], limit: 20 },
    { where: {}, orderBy: [['amount', 'desc']], limit: 20 },
    { where: { isOpen: true }, orderBy: [['score', 'desc']], limit: 20 },
    { where: { status: 'stuck' }, orderBy: [['score', 'asc']], limit: 20 },
    { where: { status: 'failed' }, orderBy: [['at', 'desc']], limit: 20 },
    { where: { country: 'C190' }, orderBy: [['at', 'desc']], limit: 10 },
    { where: { country: 'C001' }, orderBy: [['at', 'desc']], limit: 10 },
    { where: { amount: { lt: 20 } }, orderBy: [['at', 'asc']], limit: 10 },
    { where: { amount: { gt: 9000 } }, orderBy: [['score', 'asc']], limit: 10 },
    { where: { country: 'C050' }, orderBy: [['city', 'asc']] },
    { where: { country: 'C010', city: { endsWith: '7' } }, count: true },
    { where: { status: 'open', at: at(0, 0.5) }, count: true },
    { where: { score: score(500, 600), isOpen: true }, count: true },
    { where: { score: score(10, 60), at: at(0.1, 0.3) }, count: true },
  ];
}
