// A history checker: random transactions over two entities, by key, by unique index and by ranges of an index, run concurrently.
// Each notes in one row of a third entity what it read and wrote. The notes' numbers are the order of the commits; played one
// after the other on a model, every read must give what was noted, and the end must be the database's.
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { ReadSet } from '../../runtime/database/read-set.js';
import { ConflictError, UniqueViolationError } from '../../runtime/errors.js';
import { openTest, type TestTransaction } from '../support/database.js';
import { type AnyRow, field, index, model } from '../support/entities.js';

const ENTITIES = ['Left', 'Right'];
const MODELS = ENTITIES.map((name) =>
  model(
    name,
    [field('id', { kind: 'int32' }), field('owner', { kind: 'string' }), field('rank', { kind: 'float64' })],
    [index(['owner'], { unique: true }), index(['rank'])],
  ),
);
const LOG = model('Log', [field('id', { kind: 'int32' }), field('text', { kind: 'string' })], [], {
  autoIncrement: true,
});
const OWNER = 0;
/** What the rows of a query are below, by their index. */
const RANK = 4;

interface Step {
  readonly kind: 'get' | 'byOwner' | 'below' | 'put' | 'delete' | 'pause';
  readonly entity: string;
  readonly id: number;
  readonly owner: string;
  readonly rank: number;
}

/** Entities of a model: rows by entity and key. */
type State = Map<string, Map<number, AnyRow>>;

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('get', 'byOwner', 'below', 'put', 'put', 'delete', 'pause', 'pause'),
  entity: fc.constantFrom(...ENTITIES),
  id: fc.nat(3),
  owner: fc.constantFrom('a', 'b', 'c'),
  rank: fc.nat(7),
});
const body = fc.array(step, { minLength: 3, maxLength: 8 });

const pause = () => new Promise<void>((resolve) => setImmediate(resolve));

/** `rank < RANK`, lowered, so that it walks a range of the index. */
const LOW = [
  (row: AnyRow) => (row.rank as number) < RANK,
  {
    expression: {
      op: '<' as const,
      left: { op: 'field' as const, path: ['rank'] },
      right: { op: 'literal' as const, value: RANK },
    },
    parameters: () => [],
  },
] as const;

/** Runs one step, and says what it showed: a refused put shows that it was. */
function take(tx: TestTransaction, { kind, entity, id, owner, rank }: Step): unknown {
  const dao = tx.dao(entity);
  switch (kind) {
    case 'get':
      return dao.getSync(id)?.rank ?? null;
    case 'byOwner':
      return dao.getBy(OWNER, owner)?.id ?? null;
    case 'below':
      return dao
        .where(...LOW)
        .toArraySync()
        .map((row) => row.id);
    case 'delete':
      return dao.deleteSync(id);
    case 'put':
      try {
        dao.putSync({ id, owner, rank });
        return 'put';
      } catch (error) {
        if (!(error instanceof UniqueViolationError)) throw error;
        return 'taken';
      }
    case 'pause':
      return null;
  }
}

/** The same on the model. */
function play(state: State, { kind, entity, id, owner, rank }: Step): unknown {
  const rows = state.get(entity)!;
  const all = [...rows.values()].sort((a, b) => (a.id as number) - (b.id as number));
  switch (kind) {
    case 'get':
      return rows.get(id)?.rank ?? null;
    case 'byOwner':
      return all.find((row) => row.owner === owner)?.id ?? null;
    case 'below':
      return all.filter((row) => (row.rank as number) < RANK).map((row) => row.id);
    case 'delete':
      return rows.delete(id);
    case 'put':
      if (all.some((row) => row.owner === owner && row.id !== id)) return 'taken';
      rows.set(id, { id, owner, rank });
      return 'put';
    case 'pause':
      return null;
  }
}

/** Runs the bodies concurrently; throws where no serial order in the order of commits explains what they saw. */
async function checkHistory(bodies: readonly (readonly Step[])[]): Promise<void> {
  await using db = await openTest([...MODELS, LOG]);
  await Promise.all(
    bodies.map(async (steps, number) => {
      try {
        await db.transaction(async (tx) => {
          const seen: unknown[] = [];
          for (const one of steps) {
            if (one.kind === 'pause') await pause();
            seen.push(take(tx, one));
          }
          // Blind: the key is taken without a look, so that the log itself makes no conflict.
          tx.dao('Log').putSync({ text: JSON.stringify({ number, seen }) });
        });
      } catch (error) {
        if (!(error instanceof ConflictError)) throw error;
      }
    }),
  );
  const state: State = new Map(ENTITIES.map((name) => [name, new Map()]));
  for (const { text } of db.dao('Log').all().toArraySync()) {
    const { number, seen } = JSON.parse(text as string) as { number: number; seen: unknown[] };
    const played = bodies[number]!.map((one) => play(state, one));
    expect(played, `transaction ${number}`).toEqual(seen);
  }
  for (const name of ENTITIES) {
    const rows = [...state.get(name)!.values()].sort((a, b) => (a.id as number) - (b.id as number));
    expect(db.dao(name).all().toArraySync()).toEqual(rows);
  }
}

const histories = fc.array(body, { minLength: 2, maxLength: 8 });

test('what concurrent transactions saw is explained by the order of their commits', async () => {
  await fc.assert(fc.asyncProperty(histories, checkHistory), { numRuns: 150 });
});

test.each(['key', 'range'] as const)('the checker notices a read set without its %ss', async (part) => {
  const broken = vi.spyOn(ReadSet.prototype, part).mockImplementation(() => {});
  try {
    const outcome = await fc.check(fc.asyncProperty(histories, checkHistory), { numRuns: 500, endOnFailure: true });
    expect(outcome.failed).toBe(true);
  } finally {
    broken.mockRestore();
  }
});
