// better-sqlite3's immediate transactions: they take the write lock when they begin, so that they run one after the other.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Bank } from './bank.js';

interface Statement {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): unknown;
}

interface Sqlite {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): Statement;
  transaction(body: (from: number, to: number) => void): { immediate(from: number, to: number): void };
  close(): void;
}

export class SqliteBank implements Bank {
  readonly name = 'better-sqlite3, immediate';
  private db!: Sqlite;
  private move!: { immediate(from: number, to: number): void };

  async open(path: string, accounts: number, firstSum: number): Promise<void> {
    const Database: new (file: string) => Sqlite = createRequire(import.meta.url)('better-sqlite3');
    const db = new Database(join(path, 'bank.db'));
    this.db = db;
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.exec('CREATE TABLE account (id INTEGER PRIMARY KEY, sum REAL NOT NULL)');
    const insert = db.prepare('INSERT INTO account VALUES (?, ?)');
    db.exec('BEGIN');
    for (let id = 0; id < accounts; id++) insert.run(id, firstSum);
    db.exec('COMMIT');
    const select = db.prepare('SELECT id, sum FROM account WHERE id = ?');
    const update = db.prepare('UPDATE account SET sum = ? WHERE id = ?');
    this.move = db.transaction((from, to) => {
      const [a, b] = [from, to].map((id) => select.get(id) as { sum: number });
      update.run(a!.sum - 1, from);
      update.run(b!.sum + 1, to);
    });
  }

  async transfer(from: number, to: number): Promise<number> {
    this.move.immediate(from, to);
    await new Promise((resolve) => setImmediate(resolve));
    return 1;
  }

  total(): number {
    return (this.db.prepare('SELECT sum(sum) AS total FROM account').get() as { total: number }).total;
  }

  async close(): Promise<void> {
    this.db.close();
  }
}
