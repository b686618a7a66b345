// abstract-level's own minimal database (a sorted Map) as the model: random writes, clears, reads and iterators with bounds and
// seeks give the same on both, across reopenings. LevelDB can't be the model: some of these seeks end in its assertions.
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { QuantaLevel } from '../../runtime/level/index.js';

type Step = (db: QuantaLevel) => Promise<unknown>;

const { MinimalLevel } = createRequire(import.meta.url)('abstract-level/test/util.js') as {
  MinimalLevel: new () => QuantaLevel;
};
const directory = mkdtempSync(join(tmpdir(), 'quantadb-level-model-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const key = fc.string({ unit: fc.constantFrom('\0', 'a', 'b', 'é'), maxLength: 4 });
const value = fc.string({ unit: 'binary', maxLength: 40 });
const range = fc.record(
  { gte: key, gt: key, lte: key, lt: key, reverse: fc.boolean(), limit: fc.integer({ min: -1, max: 6 }) },
  { requiredKeys: [] },
);
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('put' as const), key, value }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('del' as const), key }) },
);

const step: fc.Arbitrary<[name: string, Step]> = fc.oneof(
  ...[
    fc.array(operation, { maxLength: 12 }).map((list) => named('batch', (db) => db.batch(list))),
    key.map((k) => named('del', (db) => db.del(k))),
    range.map((options) => named('clear', (db) => db.clear({ ...options, limit: 3 }))),
    key.map((k) => named('get', async (db) => [db.getSync(k), await db.get(k), await db.has(k)])),
    fc.array(key).map((keys) => named('many', async (db) => [await db.getMany(keys), await db.hasMany(keys)])),
    range.map((options) => named('entries', (db) => db.iterator(options).all())),
    range.map((options) => named('keys', (db) => db.keys(options).all())),
    fc.tuple(range, key, key).map(([options, a, b]) => named('seek', (db) => seeks(db, options, a, b))),
    fc.constant(named('reopen', reopen)),
  ],
);

it('agrees with the minimal database', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const db = new QuantaLevel(join(directory, String(run++)));
      const model = new MinimalLevel();
      await Promise.all([db.open(), model.open()]);
      try {
        for (const [name, act] of steps) expect([name, await act(db)]).toEqual([name, await act(model)]);
      } finally {
        await db.close();
      }
    }),
    { numRuns: 100 },
  );
});

function named(name: string, act: Step): [name: string, Step] {
  return [name, act];
}

async function reopen(db: QuantaLevel): Promise<void> {
  await db.close();
  await db.open();
}

async function seeks(db: QuantaLevel, options: object, a: string, b: string): Promise<unknown[]> {
  const iterator = db.iterator(options);
  const seen: unknown[] = [];
  iterator.seek(a);
  seen.push(await iterator.next(), await iterator.nextv(2));
  iterator.seek(b);
  seen.push(await iterator.nextv(3));
  await iterator.close();
  return seen;
}
