// Moves money, several transactions at once: each reads, waits a turn, reads more, waits, writes. Whatever the order, no money may
// be lost, and no branch fall below its floor, which each transfer looks at by a range of an index.
import { ConflictError } from '../../../runtime/errors.js';
import type { TestTransaction } from '../../support/database.js';
import type { AnyRow } from '../../support/entities.js';
import { integer, oneOf, percent, type Random } from '../../support/random.js';
import type { Life } from '../life.js';
import { ACCOUNTS, BRANCH_FLOOR, BRANCHES, BY_CODE } from '../schema.js';
import type { Actor, World } from '../world.js';

const LARGEST_TRANSFER = 60;

export function teller(who: string): Actor {
  return async (life, world) => {
    const random = world.random(who);
    for (;;) {
      await life.turn(who);
      const kind = integer(random, 10);
      await transact(life, world, who, async (tx) => {
        if (kind === 0) return rename(tx, life, who, random);
        if (kind === 1) return replace(tx, life, who, random);
        return transfer(tx, life, who, random);
      });
    }
  };
}

async function transact(
  life: Life,
  world: World,
  who: string,
  body: (tx: TestTransaction) => Promise<string>,
): Promise<void> {
  const done = await life.survives(async () => {
    let runs = 0;
    try {
      const what = await life.db.transaction((tx) => {
        if (runs++ > 0) world.counts.retries++;
        return body(tx);
      });
      if (!life.alive) return;
      world.counts.transfers++;
      world.note(who, what);
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      world.counts.conflicts++;
      world.note(who, 'gave up');
    }
  });
  if (!done) world.note(who, 'failed');
}

/** An account by its primary key, its unique index or the index of its branch. */
async function find(tx: TestTransaction, random: Random): Promise<AnyRow | undefined> {
  const dao = tx.dao('Account');
  const account = dao.getBy(BY_CODE, `a${integer(random, ACCOUNTS)}`);
  if (account !== undefined || percent(random, 50)) return account;
  return oneOf(random, dao.where({ branch: oneOf(random, BRANCHES) }).toArraySync());
}

async function transfer(tx: TestTransaction, life: Life, who: string, random: Random): Promise<string> {
  const dao = tx.dao('Account');
  const from = await find(tx, random);
  await life.turn(who);
  const to = await find(tx, random);
  if (from === undefined || to === undefined || from.number === to.number) return 'found nobody';
  const amount = 1 + integer(random, LARGEST_TRANSFER);
  if (from.branch !== to.branch) {
    const all = dao.where({ branch: from.branch }).toArraySync();
    const held = all.reduce((total, { balance }) => total + (balance as number), 0);
    await life.turn(who);
    if (held - amount < BRANCH_FLOOR) return `branch ${from.branch} has only ${held}`;
  }
  await dao.update(from.id, { balance: (from.balance as number) - amount });
  if (percent(random, 50)) await life.turn(who);
  await dao.update(to.id, { balance: (to.balance as number) + amount });
  tx.dao('Ledger').putSync({ from: from.number, to: to.number, amount });
  return `${amount} from ${from.number} to ${to.number}`;
}

/** Two accounts exchange their codes, by way of a third. */
async function rename(tx: TestTransaction, life: Life, who: string, random: Random): Promise<string> {
  const dao = tx.dao('Account');
  const [one, other] = [await find(tx, random), await find(tx, random)];
  if (one === undefined || other === undefined || one.id === other.id) return 'found nobody to rename';
  await life.turn(who);
  dao.updateSync(one.id, { code: 'nobody' });
  dao.updateSync(other.id, { code: one.code });
  await life.turn(who);
  dao.updateSync(one.id, { code: other.code });
  return `renamed ${one.number} and ${other.number}`;
}

/** An account is closed, and opened again under another key. */
async function replace(tx: TestTransaction, life: Life, who: string, random: Random): Promise<string> {
  const dao = tx.dao('Account');
  const old = await find(tx, random);
  if (old === undefined) return 'found nobody to replace';
  await life.turn(who);
  dao.deleteSync(old.id);
  const { id: _, ...values } = old;
  await life.turn(who);
  const { id } = dao.putSync(values);
  return `replaced ${old.number}: key ${old.id} is now ${id}`;
}
