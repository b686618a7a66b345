// The power goes while rows with indexes are put, changed, deleted, loaded and moved in transactions: afterwards every row that was
// acknowledged is there, no transaction by half, and each index holds exactly what the rows say.
import { beforeAll, expect, it } from 'vitest';
import { loadXxh3 } from '../../runtime/bytes/xxh3.js';
import { DirectSession } from '../../runtime/database/session.js';
import { Store } from '../../runtime/database/store.js';
import type { Engine } from '../../runtime/engine/index.js';
import { openEngineSync } from '../../runtime/engine/open.js';
import type { Vfs } from '../../runtime/vfs/vfs.js';
import { drain } from '../engine/model.js';
import { TINY } from '../engine/workload.js';
import { type Acknowledged, cutEverywhere } from '../support/crash.js';
import { TestDatabase } from '../support/database.js';
import { field, index, model, runtimeOf, type Values } from '../support/entities.js';
import { FaultyVfs } from '../support/faulty-vfs.js';
import { integer, seeded } from '../support/random.js';

const ITEM = model(
  'Item',
  [
    field('id', { kind: 'int32' }),
    field('code', { kind: 'string' }, { optional: true }),
    field('tags', { kind: 'array', element: { type: { kind: 'string' }, nullable: false, optional: false } }),
  ],
  [index(['code'], { unique: true }), index(['tags'], { multiEntry: true })],
  { autoIncrement: true },
);
const CODE = 0;
const WRITES = 150;
/** More rows than go through the log. */
const LOADED = 2_001;
const RUNTIMES = [runtimeOf(ITEM)];

function open(vfs: Vfs, compaction: 'auto' | 'manual'): { engine: Engine; db: TestDatabase } {
  const engine = openEngineSync({ ...TINY, compaction, vfs });
  const store = new Store(engine, RUNTIMES, { clock: () => 0, random: () => {}, warn: () => {} });
  return { engine, db: new TestDatabase(new DirectSession(store), RUNTIMES) };
}

/** All rows as text, once each index has been seen to say the same. */
function contents(engine: Engine, db: TestDatabase): string {
  const rows = db.dao('Item').all().toArraySync();
  let codes = 0;
  let tags = 0;
  for (const row of rows) {
    tags += new Set(row.tags as string[]).size;
    if (row.code === undefined) continue;
    codes++;
    expect(db.dao('Item').getBy(CODE, row.code)).toEqual(row);
  }
  expect(drain(engine.trees.get('Item/code')!.cursor()).length).toBe(codes + rows.length - codes);
  expect(drain(engine.trees.get('Item/tags')!.cursor()).length).toBe(tags);
  return JSON.stringify(rows);
}

function item(i: number): Values {
  const tags = ['all', i % 2 === 0 ? 'even' : 'odd', `t${i % 7}`];
  return i % 5 === 0 ? { tags } : { code: `c${i}`, tags };
}

beforeAll(loadXxh3);

it('a power cut at any moment leaves rows and indexes agreeing, and loses no row that was acknowledged', () => {
  const vfs = new FaultyVfs();
  const { engine, db } = open(vfs, 'auto');
  const dao = db.dao('Item');
  const opened = vfs.operations.length;
  const states = [contents(engine, db)];
  const acknowledged: Acknowledged<number>[] = [{ position: opened, value: 0 }];
  const random = seeded(3);
  const someone = (): number => Number(dao.all().toArraySync().at(integer(random, dao.countSync()))!.id);
  for (let i = 1; i <= WRITES; i++) {
    const kind = dao.countSync() < 5 ? 0 : integer(random, 6);
    if (kind <= 1) dao.putSync(item(i));
    else if (kind === 2) dao.updateSync(someone(), { code: `u${i}` });
    else if (kind === 3) dao.deleteSync(someone());
    else if (kind === 4) dao.putManySync([item(1000 + i), item(2000 + i), item(3000 + i)]);
    else {
      db.transactionSync((tx) => {
        const [one, other] = [someone(), someone()];
        tx.dao('Item').deleteSync(one);
        if (other !== one) tx.dao('Item').updateSync(other, { tags: ['moved', `t${i}`] });
        tx.dao('Item').putSync(item(4000 + i));
      });
    }
    states.push(contents(engine, db));
    acknowledged.push({ position: vfs.operations.length, value: i });
  }
  dao.putManySync(Array.from({ length: LOADED }, (_, i) => item(10_000 + i)));
  states.push(contents(engine, db));
  acknowledged.push({ position: vfs.operations.length, value: states.length - 1 });
  expect(dao.clearSync()).toBeGreaterThan(LOADED);
  states.push(contents(engine, db));
  expect(states.at(-1)).toBe('[]');
  engine.closeSync();
  acknowledged.push({ position: vfs.operations.length, value: states.length - 1 });

  const cuts = cutEverywhere(vfs.operations, acknowledged, { seed: 4, randomCuts: 1 }, (cut) => {
    if (cut.acknowledged === undefined) return;
    const again = open(cut.vfs, 'manual');
    const found = contents(again.engine, again.db);
    const { acknowledged: least } = cut;
    expect(states.slice(least, least + 2)).toContain(found);
    again.engine.closeSync();
  });
  console.log(`power cuts over rows: ${cuts}`);
  expect(cuts).toBeGreaterThan(2000);
});
