// Expired rows leave the disk of a database that nobody writes to: once in a period, by a clock and a timer that the test moves.
import { expect, test } from 'vitest';
import { DirectSession } from '../../runtime/database/session.js';
import { Store } from '../../runtime/database/store.js';
import { type Engine, openEngine } from '../../runtime/engine/index.js';
import type { EntityModel } from '../../runtime/schema/model.js';
import { MemoryVfs } from '../../runtime/vfs/memory.js';
import { openTest, openTestPast, TestDatabase } from '../support/database.js';
import { field, index, model, runtimeOf } from '../support/entities.js';

const HOUR = 3_600_000;
const SESSION: EntityModel = {
  ...model('Session', [field('id', { kind: 'int32' }), field('at', { kind: 'date' })], [index(['at'])]),
  ttl: { field: 'at', milliseconds: HOUR },
};
const RUNTIMES = [runtimeOf(SESSION)];

/** A database whose clock and one alarm are the test's. */
class World {
  now = 0;
  alarm: { readonly at: number; readonly action: () => void } | null = null;
  merges = 0;
  engine!: Engine;
  warnings: string[] = [];
  private readonly vfs = new MemoryVfs();

  async open(): Promise<TestDatabase> {
    const engine = await openEngine({ vfs: this.vfs, path: 'db', durability: 'os', compaction: 'manual' });
    this.engine = engine;
    const rewrite = engine.rewrite.bind(engine);
    engine.rewrite = async (trees) => {
      this.merges++;
      await rewrite(trees);
    };
    const store = new Store(engine, RUNTIMES, {
      clock: () => this.now,
      random: () => {},
      warn: (message) => this.warnings.push(message),
      idleTimer: (milliseconds, action) => {
        this.alarm = { at: this.now + milliseconds, action };
        return () => {
          this.alarm = null;
        };
      },
    });
    return new TestDatabase(new DirectSession(store), RUNTIMES);
  }

  /** Lets time pass, the alarm ring when it is due, and merges end. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.now + milliseconds;
    while (this.alarm !== null && this.alarm.at <= until) {
      const { at, action } = this.alarm;
      this.now = at;
      this.alarm = null;
      action();
      for (let turns = 0; this.alarm === null && turns < 1000; turns++) await new Promise(setImmediate);
    }
    this.now = until;
  }
}

function entriesOnDisk(db: TestDatabase): number {
  const trees = db.stats().trees.filter(({ name }) => name.startsWith('Session'));
  return trees.reduce((sum, { levels }) => sum + levels.reduce((inner, { entries }) => inner + entries, 0), 0);
}

test('while it is open, without a write', async () => {
  const world = new World();
  await using db = await world.open();
  db.dao('Session').putManySync([0, 1, 2].map((id) => ({ id, at: new Date(id * 0.6 * HOUR) })));
  await world.pass(0.9 * HOUR);
  expect(world.merges).toBe(0);
  await world.pass(0.2 * HOUR);
  expect([world.merges, entriesOnDisk(db)]).toEqual([1, 4]);
  await world.pass(3 * HOUR);
  expect([world.merges, entriesOnDisk(db)]).toEqual([3, 0]);
  // With nothing left there is nothing to rewrite.
  await world.pass(10 * HOUR);
  expect(world.merges).toBe(3);
});

test('an opening does what is overdue, and no other', async () => {
  const world = new World();
  {
    await using db = await world.open();
    db.dao('Session').putSync({ id: 1, at: new Date(0) });
    await world.pass(0.5 * HOUR);
  }
  expect(world.alarm).toBeNull();
  world.now += 0.4 * HOUR;
  await (await world.open()).close();
  expect(world.merges).toBe(0);
  world.now += 5 * HOUR;
  await using db = await world.open();
  for (let turns = 0; world.alarm === null && turns < 1000; turns++) await new Promise(setImmediate);
  expect([world.merges, entriesOnDisk(db)]).toEqual([1, 0]);
});

test('a rewrite that fails is told, and tried again a period later', async () => {
  const world = new World();
  await using db = await world.open();
  db.dao('Session').putSync({ id: 1, at: new Date(0) });
  const { engine } = world;
  const { rewrite } = engine;
  engine.rewrite = () => Promise.reject(new Error('the disk is away'));
  await world.pass(1.5 * HOUR);
  expect(world.warnings).toEqual([expect.stringContaining('the disk is away')]);
  engine.rewrite = rewrite;
  await world.pass(HOUR);
  expect([world.warnings.length, entriesOnDisk(db)]).toEqual([1, 0]);
});

test('reading the past makes no trees of entities that are new', async () => {
  const vfs = new MemoryVfs();
  const OTHER = model('Other', [field('id', { kind: 'int32' }), field('name', { kind: 'string' })], [index(['name'])]);
  const options = { vfs, history: '1d' as const, clock: () => 5 * HOUR };
  await (await openTest([OTHER], options)).close();
  const names = async (): Promise<string[]> => {
    const engine = await openEngine({ vfs, path: 'db' });
    const trees = [...engine.trees.keys()];
    await engine.close();
    return trees;
  };
  const before = await names();
  const then = await openTestPast([OTHER, SESSION], { ...options, at: new Date(5 * HOUR) });
  expect(then.dao('Session').getSync(1)).toBeUndefined();
  expect(then.dao('Session').countSync()).toBe(0);
  expect(
    then
      .dao('Session')
      .where(() => true)
      .toArraySync(),
  ).toEqual([]);
  then.close();
  expect(await names()).toEqual(before);
});
