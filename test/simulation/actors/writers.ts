// The workload: rows with indexes, rows that expire, and at the engine's own face batches and bulk loads over two trees.
import { UniqueViolationError } from '../../../runtime/errors.js';
import type { AnyRow } from '../../support/entities.js';
import { integer, oneOf, percent } from '../../support/random.js';
import { require } from '../checks.js';
import type { History } from '../history.js';
import type { Life } from '../life.js';
import { HIGHEST_LEVEL, isRetained } from '../schema.js';
import type { Actor, World } from '../world.js';

const ITEMS = 30;
const SESSIONS = 12;
const TAGS = ['red', 'green', 'blue', 'a much longer tag than the others are'];
const READINGS = 25;
const RAW_KEYS = 80;
const LONGEST_VALUE = 300;
const LOADED_KEYS = 15;

export function itemWriter(who: string): Actor {
  return async (life, world) => {
    const random = world.random(who);
    const dao = life.db.dao('Item');
    for (;;) {
      await life.turn(who);
      const id = integer(random, ITEMS);
      const rows = world.items.at(life.engine.sequence);
      const old = rows.get(`${id}`);
      const code = percent(random, 30) ? undefined : `c${integer(random, ITEMS)}`;
      const row = { id, code, tags: TAGS.filter(() => percent(random, 40)) };
      const taken = isTaken(rows.values(), row, 'code');
      switch (integer(random, 6)) {
        case 0:
          await write(life, world, who, world.items, [[id, null]], () => dao.delete(id), false, `deleted ${id}`);
          break;
        case 1:
          if (old === undefined) break;
          await write(
            life,
            world,
            who,
            world.items,
            [[id, { ...old, code }]],
            () => dao.update(id, { code }),
            taken,
            `changed ${id}`,
          );
          break;
        case 2:
          await write(
            life,
            world,
            who,
            world.items,
            [[id, row]],
            () => void dao.putSync(row),
            taken,
            `put ${id}, waiting`,
          );
          break;
        case 3: {
          const fresh = [1, 2, 3].map((i): AnyRow => ({ ...row, id: ITEMS + 3 * id + i, code: undefined }));
          const changes = fresh.map((one) => [one.id, one] as const);
          await write(life, world, who, world.items, changes, () => dao.putManySync(fresh), false, `put many at ${id}`);
          break;
        }
        default:
          await write(life, world, who, world.items, [[id, row]], () => dao.put(row), taken, `put ${id}`);
      }
    }
  };
}

export const sessionWriter: Actor = async (life, world) => {
  const who = 'sessions';
  const random = world.random(who);
  const dao = life.db.dao('Session');
  for (;;) {
    await life.turn(who);
    const now = world.clock.now();
    const id = integer(random, SESSIONS);
    const living = world.livingSessions(life.engine.sequence, now);
    const row = {
      id,
      owner: `o${integer(random, SESSIONS)}`,
      rank: integer(random, 5),
      at: new Date(now - integer(random, 800)),
    };
    if (percent(random, 20)) {
      await write(life, world, who, world.sessions, [[id, null]], () => dao.delete(id), false, `deleted ${id}`);
    } else {
      const taken = isTaken(living, row, 'owner');
      await write(life, world, who, world.sessions, [[id, row]], () => dao.put(row), taken, `put ${id}`);
    }
  }
};

/** Changes and deletes what a query finds, by an index of many entries a row or by a scan. */
export const itemSweeper: Actor = async (life, world) => {
  const who = 'item queries';
  const random = world.random(who);
  const dao = life.db.dao('Item');
  for (;;) {
    await life.turn(who);
    if (percent(random, 60)) continue;
    const tag = oneOf(random, TAGS);
    const least = integer(random, 2 * ITEMS);
    const byTag = percent(random, 50);
    const rows = [...world.items.at(life.engine.sequence)].filter(([, row]) =>
      byTag ? (row.tags as string[]).includes(tag) : (row.id as number) >= least,
    );
    const query = byTag ? dao.where({ tags: { includes: tag } }) : dao.where({ id: { gte: least } });
    const isSync = percent(random, 50);
    if (percent(random, 70)) {
      const changes = rows.map(([id, row]) => [id, { ...row, code: undefined }] as const);
      const update = () => (isSync ? void query.updateSync({ code: undefined }) : query.update({ code: undefined }));
      await write(life, world, who, world.items, changes, update, false, `changed ${rows.length}`);
    } else {
      const changes = rows.map(([id]) => [id, null] as const);
      const remove = () => (isSync ? void query.deleteSync() : query.delete());
      await write(life, world, who, world.items, changes, remove, false, `deleted ${rows.length}`);
    }
  }
};

/** Rows of which those up to a level are refused: what is put below it is deleted. */
export const readingWriter: Actor = async (life, world) => {
  const who = 'readings';
  const random = world.random(who);
  const dao = life.db.dao('Reading');
  for (;;) {
    await life.turn(who);
    const id = integer(random, READINGS);
    const row = { id, level: integer(random, HIGHEST_LEVEL + 1), text: `t${integer(random, 1000)}` };
    const kept = isRetained(row, world.level) ? row : null;
    const isSync = percent(random, 30);
    const put = () => (isSync ? void dao.putSync(row) : dao.put(row));
    await write(
      life,
      world,
      who,
      world.readings,
      [[id, kept]],
      put,
      false,
      `put ${id}${kept === null ? ', refused' : ''}`,
    );
  }
};

function isTaken(rows: Iterable<AnyRow>, row: AnyRow, field: string): boolean {
  if (row[field] === undefined) return false;
  for (const other of rows) if (other[field] === row[field] && other.id !== row.id) return true;
  return false;
}

/** Runs a write that must be refused by a unique index exactly when the model says that the value is `taken`. */
async function write(
  life: Life,
  world: World,
  who: string,
  history: History<AnyRow>,
  changes: readonly (readonly [id: unknown, row: AnyRow | null])[],
  action: () => unknown,
  taken: boolean,
  what: string,
): Promise<void> {
  const byKey = new Map(changes.map(([id, row]) => [`${id}`, row]));
  let refused = false;
  const done = await world.write(life, history, byKey, () => {
    const note = (error: unknown): void => {
      if (!(error instanceof UniqueViolationError)) throw error;
      refused = true;
    };
    try {
      const outcome = action();
      return outcome instanceof Promise ? outcome.catch(note) : outcome;
    } catch (error) {
      return note(error);
    }
  });
  if (done) require(refused === taken, () => `${what}: ${refused ? 'refused as taken' : 'taken, and not refused'}`);
  world.note(who, done ? `${what}${refused ? ': taken' : ''}` : `${what}: failed`);
}

/** Rows and a copy of them in another tree, written in one batch or one load. */
export function rawWriter(who: string): Actor {
  return async (life, world) => {
    const random = world.random(who);
    const { engine } = life;
    let trees: ReturnType<typeof engine.openTree>[] = [];
    const opened = await life.survives(() => {
      trees = ['raw', 'raw copy'].map((name) => engine.openTree(name, { keySize: null }));
    });
    if (!opened) return;
    for (;;) {
      await life.turn(who);
      const value = (): Buffer => Buffer.alloc(integer(random, LONGEST_VALUE), `${engine.sequence}.`);
      if (percent(random, 10)) {
        const first = integer(random, RAW_KEYS);
        const done = await life.survives(() => {
          const load = engine.bulkLoad();
          for (let i = first; i < first + LOADED_KEYS; i++) {
            const bytes = value();
            for (const tree of trees) {
              const key = rawKey(i);
              load.beginPut(tree, key, key.length).append(bytes);
              load.endPut();
            }
          }
          load.finishSync();
        });
        world.note(who, `load of ${first}: ${done ? 'done' : 'failed'}`);
        continue;
      }
      const batch = engine.createBatch();
      for (let i = 1 + integer(random, 4); i > 0; i--) {
        const key = rawKey(integer(random, RAW_KEYS));
        const bytes = value();
        const deletes = percent(random, 30);
        for (const tree of trees) {
          if (deletes) batch.delete(tree, key, key.length);
          else batch.put(tree, key, key.length, bytes, 0, bytes.length);
        }
      }
      const waits = percent(random, 30);
      const done = await life.survives(() => (waits ? engine.writeSync(batch) : engine.write(batch)));
      world.note(who, `batch of ${batch.count}: ${done ? 'done' : 'failed'}`);
    }
  };
}

/** Keys of several lengths, some the beginnings of others. */
function rawKey(i: number): Buffer {
  return Buffer.from('k'.repeat(1 + (i % 3)) + oneOf(() => (i % 7) / 7, ['', 'a', 'ab', 'b', 'ba', 'c', 'cc']) + i);
}
