// Holds snapshots over many turns, and cursors that stand in the middle of a tree: each must keep showing its moment, or say that it never was.
import { isDeepStrictEqual } from 'node:util';
import type { Cursor, Snapshot } from '../../../runtime/engine/api.js';
import type { TestSnapshot } from '../../support/database.js';
import { integer, oneOf, percent } from '../../support/random.js';
import { checkBank, checkEntries, checkItems, checkReadings, checkSessions, require, treesOf } from '../checks.js';
import { entryKey, textOf } from '../recorder.js';
import { hasExpired } from '../schema.js';
import type { Actor } from '../world.js';

const LONGEST_HOLD_TURNS = 8;

export function snapshotReader(who: string): Actor {
  return async (life, world) => {
    const random = world.random(who);
    for (;;) {
      await life.turn(who);
      if (life.closing) continue;
      const moment = world.clock.now();
      const snapshot: TestSnapshot = life.db.snapshot();
      const bytes: Snapshot = life.engine.snapshot();
      const { sequence } = snapshot;
      for (let turns = 1 + integer(random, LONGEST_HOLD_TURNS); turns > 0 && !life.closing; turns--) {
        const check = (): void => {
          checkEntries(life.engine, world.entries.at(sequence), moment, bytes);
          checkBank(snapshot);
          checkItems(snapshot, world.items.at(sequence));
          checkSessions(snapshot, world.livingSessions(sequence, moment));
          checkReadings(snapshot, world.readings.at(sequence));
        };
        // It may have seen a commit that was on its way, and then refused.
        if (!(await life.survives(() => life.calmly(check)))) break;
        world.note(who, `looked at ${sequence}`);
        await life.turn(who);
      }
      snapshot.close();
      bytes.close();
    }
  };
}

/** Walks a tree a few entries a turn, and compares what it saw in all with the model of the moment at which it began. */
export function cursorReader(who: string): Actor {
  return async (life, world) => {
    const random = world.random(who);
    for (;;) {
      await life.turn(who);
      if (life.closing) continue;
      const { sequence } = life.engine;
      const now = world.clock.now();
      const tree = oneOf(random, treesOf(life.engine));
      const reverse = percent(random, 50);
      const seen: (readonly [string, string])[] = [];
      const cursor: Cursor = life.calmly(() => tree.cursor({}, { reverse }));
      let more = true;
      while (more && !life.closing) {
        const walk = (): void => {
          for (let steps = integer(random, 12); steps > 0 && more; steps--) {
            more = cursor.next();
            if (more) seen.push([entryKey(tree.name, textOf(cursor.key)), textOf(cursor.value)]);
          }
        };
        if (!(await life.survives(() => life.calmly(walk)))) break;
        if (more) await life.turn(who);
      }
      cursor.close();
      if (more) continue;
      const lives = ([, value]: readonly [string, string]): boolean => !hasExpired(tree.name, value, now);
      const wanted = [...world.entries.at(sequence)]
        .filter(([key]) => key.startsWith(entryKey(tree.name, '')))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .filter(lives);
      const found = (reverse ? seen.reverse() : seen).filter(lives);
      require(isDeepStrictEqual(found, wanted), () => `a walk over ${tree.name} at ${sequence} saw something else`);
      world.note(who, `walked over ${seen.length} of ${tree.name} at ${sequence}`);
    }
  };
}
