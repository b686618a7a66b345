// What must hold of a database, or of a snapshot of it, at every moment. All of them throw ViolationError.
import { isDeepStrictEqual } from 'node:util';
import type { Engine, Snapshot, Tree } from '../../runtime/engine/api.js';
import { HISTORY_TREE } from '../../runtime/engine/index.js';
import type { TestDao } from '../support/database.js';
import type { AnyRow } from '../support/entities.js';
import { entryKey, textOf } from './recorder.js';
import {
  ACCOUNTS,
  BRANCH_FLOOR,
  BRANCHES,
  BY_CODE,
  hasExpired,
  ITEM_BY_CODE,
  OPENING_BALANCE,
  SESSION_BY_OWNER,
} from './schema.js';

/** The database broke a promise. */
export class ViolationError extends Error {}

export function require(holds: boolean, what: () => string): void {
  if (!holds) throw new ViolationError(what());
}

/** Whoever gives DAOs: the database, a snapshot, a transaction. */
export interface Reader {
  dao(name: string): Pick<TestDao, 'all' | 'where' | 'getBy' | 'getSync' | 'getManySync' | 'countSync' | 'everyWay'>;
}

export function rowsOf(reader: Reader, entity: string): AnyRow[] {
  return reader.dao(entity).all().toArraySync();
}

/** Compares every entry of every tree, forwards and backwards, with the model's; what has expired at `now` may be there or not. */
export function checkEntries(engine: Engine, expected: ReadonlyMap<string, string>, now: number, at?: Snapshot): void {
  let count = 0;
  for (const tree of treesOf(engine)) {
    const forwards = entriesOf(tree, false, at);
    const backwards = entriesOf(tree, true, at).reverse();
    require(isDeepStrictEqual(forwards, backwards), () => `${tree.name} reads differently backwards`);
    for (const [key, value] of forwards) {
      if (hasExpired(tree.name, value, now)) continue;
      count++;
      const wanted = expected.get(entryKey(tree.name, key));
      require(wanted === value, () => `${tree.name} ${hex(key)} holds ${hex(value)}, not ${wanted && hex(wanted)}`);
    }
  }
  const living = [...expected].filter(([key, value]) => !hasExpired(key.slice(0, key.indexOf('\0')), value, now));
  require(living.length === count, () => {
    const found = new Set<string>();
    for (const tree of treesOf(engine)) {
      for (const [key] of entriesOf(tree, false, at)) found.add(entryKey(tree.name, key));
    }
    const missing = living.filter(([key]) => !found.has(key)).map(([key]) => `${key.split('\0', 1)} ${hex(key)}`);
    return `${living.length - count} entries are missing: ${missing.slice(0, 5).join(', ')}`;
  });
}

/** Without the marks of the history, which the engine sets by itself. */
export function treesOf(engine: Engine): Tree[] {
  return [...engine.trees.values()].filter(({ name }) => name !== HISTORY_TREE);
}

function entriesOf(tree: Tree, reverse: boolean, at?: Snapshot): [key: string, value: string][] {
  const entries: [string, string][] = [];
  const cursor = tree.cursor({}, { reverse, ...(at && { at }) });
  while (cursor.next()) {
    entries.push([textOf(cursor.key), textOf(cursor.value)]);
  }
  cursor.close();
  return entries;
}

function hex(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('hex');
}

/**
 * The bank: no money is made or lost, every account is worth what the ledger says, no branch is below its floor, and both
 * indexes find the same rows.
 */
export function checkBank(reader: Reader): void {
  const accounts = rowsOf(reader, 'Account');
  if (accounts.length === 0) return;
  require(accounts.length === ACCOUNTS, () => `${accounts.length} accounts`);
  const total = sum(accounts);
  require(total === ACCOUNTS * OPENING_BALANCE, () => `the accounts hold ${total}: ${JSON.stringify(accounts)}`);
  const worth = new Map<unknown, number>();
  const add = (number: unknown, amount: number): void => {
    worth.set(number, (worth.get(number) ?? OPENING_BALANCE) + amount);
  };
  for (const { from, to, amount } of rowsOf(reader, 'Ledger')) {
    add(from, -(amount as number));
    add(to, amount as number);
  }
  const dao = reader.dao('Account');
  for (const account of accounts) {
    const { number, code, balance } = account;
    const said = worth.get(number) ?? OPENING_BALANCE;
    require(balance === said, () => `account ${number} holds ${balance}, by the ledger ${said}`);
    require(isDeepStrictEqual(dao.getBy(BY_CODE, code), account), () => `the index does not find account ${code}`);
  }
  for (const branch of BRANCHES) {
    const found = byId(dao.where({ branch }).toArraySync());
    const wanted = accounts.filter((account) => account.branch === branch);
    require(isDeepStrictEqual(found, wanted), () => `branch ${branch} by its index: ${JSON.stringify(found)}`);
    require(sum(wanted) >= BRANCH_FLOOR, () => `branch ${branch} holds ${sum(wanted)}`);
  }
}

/** Rows, by key and by each index, are those of the model. */
export function checkItems(reader: Reader, expected: ReadonlyMap<string, AnyRow>): void {
  const rows = byId([...expected.values()]);
  const dao = reader.dao('Item');
  require(sameRows(rowsOf(reader, 'Item'), rows), () => differing('Item', rowsOf(reader, 'Item'), rows));
  const ids = rows.map(({ id }) => id);
  require(sameRows(dao.getManySync(ids), rows), () => 'getMany finds other items than a scan');
  const tags = new Set<string>();
  for (const row of rows) {
    for (const tag of row.tags as string[]) tags.add(tag);
    if (row.code === undefined) continue;
    require(sameRows(dao.getBy(ITEM_BY_CODE, row.code), row), () => `no item ${row.code} in the index`);
  }
  for (const tag of tags) {
    const found = byId(dao.where({ tags: { includes: tag } }).toArraySync());
    const wanted = rows.filter((row) => (row.tags as string[]).includes(tag));
    require(sameRows(found, wanted), () => `tag ${tag}: ${differing('Item', found, wanted)}`);
  }
}

/** The same for sessions: `expected` are those whose time has not come. */
export function checkSessions(reader: Reader, expected: readonly AnyRow[]): void {
  const rows = byId(expected);
  const dao = reader.dao('Session');
  require(sameRows(rowsOf(reader, 'Session'), rows), () => differing('Session', rowsOf(reader, 'Session'), rows));
  for (const row of rows) {
    require(sameRows(dao.getBy(SESSION_BY_OWNER, row.owner), row), () => `no session of ${row.owner}`);
  }
  const byRank = byId(dao.where({ rank: { gte: 0 } }).toArraySync());
  require(sameRows(byRank, rows), () => differing('Session by rank', byRank, rows));
}

/** The same for readings, of which `expected` are those that were retained. */
export function checkReadings(reader: Reader, expected: ReadonlyMap<string, AnyRow>): void {
  const rows = byId([...expected.values()]);
  const dao = reader.dao('Reading');
  require(sameRows(rowsOf(reader, 'Reading'), rows), () => differing('Reading', rowsOf(reader, 'Reading'), rows));
  // By every plan, for one that reads rows passes over index entries that have none.
  for (const { way, rows: found, count } of dao.everyWay(dao.where({ level: { gte: 0 } }).toQuery())) {
    require(sameRows(byId(found), rows), () => differing(`Reading by ${way}`, byId(found), rows));
    require(count === rows.length, () => `Reading by ${way}: ${count} rows, not ${rows.length}`);
  }
}

/** Rows are instances of their class in the database, and plain objects in the model: only what they hold counts. */
function sameRows(found: unknown, wanted: unknown): boolean {
  return JSON.stringify(found) === JSON.stringify(wanted);
}

function differing(what: string, found: readonly AnyRow[], wanted: readonly AnyRow[]): string {
  return `${what}: found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
}

function sum(accounts: readonly AnyRow[]): number {
  return accounts.reduce((total, { balance }) => total + (balance as number), 0);
}

function byId(rows: readonly AnyRow[]): AnyRow[] {
  return [...rows].sort((a, b) => (a.id as number) - (b.id as number));
}
