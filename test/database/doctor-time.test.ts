// The doctor over databases with a history and with rows that expire.
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { diagnose, repair } from '../../runtime/database/doctor.js';
import { openStore } from '../../runtime/database/open.js';
import type { DirectSession } from '../../runtime/database/session.js';
import { openEngine } from '../../runtime/engine/index.js';
import { HistoryError } from '../../runtime/errors.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { compile } from '../emit/compile.js';
import { TestDatabase } from '../support/database.js';
import { field, index, model } from '../support/entities.js';

const HOUR = 3_600_000;
const START = 1_000 * HOUR;
const SESSION = {
  ...model('Session', [field('id', { kind: 'int32' }), field('createdAt', { kind: 'date' })], [index(['createdAt'])]),
  ttl: { field: 'createdAt', milliseconds: HOUR },
};

const RUNTIMES = [compile(SESSION).runtime];

beforeAll(() => loadXxh3());

function open(vfs: MemoryVfs, path: string, clock: () => number): Promise<TestDatabase> {
  const create = (session: DirectSession): TestDatabase => new TestDatabase(session, RUNTIMES as never);
  return openStore({ vfs, path, history: '7d', durability: 'os', clock }, RUNTIMES, create);
}

/** Three sessions, of which one has expired by now; all of them were overwritten once. */
async function sessions(vfs: MemoryVfs): Promise<number> {
  let now = START;
  const db = await open(vfs, 'db', () => now);
  for (let round = 0; round < 2; round++) {
    for (let id = 0; id < 3; id++) {
      db.dao('Session').putSync({ id, createdAt: new Date(START + id * HOUR + round) });
      now += 10_000;
    }
    await db.compact(true);
  }
  now = START + 1.5 * HOUR;
  await db.compact(true);
  await db.close();
  return now;
}

test('overwritten versions are no fault, and a repair saves the present, without a past that it could not tell', async () => {
  const vfs = new MemoryVfs();
  const now = await sessions(vfs);
  expect(await diagnose(vfs, 'db', now)).toMatchObject({ findings: [], entities: [{ name: 'Session', rows: 3 }] });
  const { saved } = await repair(vfs, 'db', 'saved');
  expect(saved.map(({ tree }) => tree)).not.toContain('$history');
  expect((await diagnose(vfs, 'saved', now)).findings).toEqual([]);
  await using db = await open(vfs, 'saved', () => now);
  expect(db.dao('Session').countSync()).toBe(2);
  expect(() => db.at(new Date(START + 30_000))).toThrow(HistoryError);
});

test('an expired row may lack its index entries, a living one may not', async () => {
  const vfs = new MemoryVfs();
  const now = await sessions(vfs);
  const engine = await openEngine({ vfs, path: 'db', date: () => now });
  const tree = engine.trees.get('Session/createdAt')!;
  const keys: Buffer[] = [];
  const cursor = tree.cursor();
  while (cursor.next()) keys.push(cursor.key.copy());
  cursor.close();
  const remove = (key: Buffer): void => {
    const batch = engine.createBatch();
    batch.delete(tree, key, key.length);
    engine.writeSync(batch);
  };
  remove(keys[0]!);
  await engine.close();
  expect((await diagnose(vfs, 'db', now)).findings).toEqual([]);
  expect((await diagnose(vfs, 'db', START)).findings.map(({ code }) => code)).toEqual(['QDB4209']);
  const again = await openEngine({ vfs, path: 'db', date: () => now });
  const batch = again.createBatch();
  batch.delete(again.trees.get('Session/createdAt')!, keys[2]!, keys[2]!.length);
  again.writeSync(batch);
  await again.close();
  expect((await diagnose(vfs, 'db', now)).findings.map(({ code }) => code)).toEqual(['QDB4209']);
});
