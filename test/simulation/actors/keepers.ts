// Those who look after the files: flusher, compactor, backups.
import { integer, percent } from '../../support/random.js';
import { type Actor, BACKUP } from '../world.js';

export const flusher: Actor = async (life, world) => {
  const random = world.random('flusher');
  for (;;) {
    await wait(life, 'flusher', integer(random, 4));
    const done = await life.survives(() => life.engine.flush());
    world.note('flusher', done ? 'flushed' : 'failed');
  }
};

/** Merges begin by themselves too, when a level is full; it asks for more. */
export const compactor: Actor = async (life, world) => {
  const random = world.random('compactor');
  for (;;) {
    await wait(life, 'compactor', integer(random, 6));
    const all = percent(random, 40);
    const done = await life.survives(() => life.db.compact(all));
    world.note('compactor', `${all ? 'rewrote everything' : 'merged what was full'}${done ? '' : ': failed'}`);
  }
};

/** Backs up while the others write, then brings the copy to another machine and looks at it there. */
export const backups: Actor = async (life, world) => {
  const random = world.random('backups');
  for (;;) {
    await wait(life, 'backups', integer(random, 5));
    const again = life.calmly(() => life.vfs.exists(BACKUP));
    const done = await life.survives(async () => {
      const { sequence, kept, copied, linked } = await life.db.backup(BACKUP, { incremental: again });
      if (life.alive) world.note('backups', `of ${sequence}: ${copied} copied, ${linked} linked, ${kept} kept`);
    });
    if (life.vfs.isCut) continue;
    // A backup that failed may leave the earlier one, or none.
    const whole = await life.calmly(() => world.checkBackup(life.vfs));
    if (done && !whole) throw new Error('There is no whole backup, though it was made.');
    if (whole) world.counts.backups++;
  }
};

async function wait(life: Parameters<Actor>[0], who: string, turns: number): Promise<void> {
  for (let i = 0; i <= turns; i++) await life.turn(who);
}
