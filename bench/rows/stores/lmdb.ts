// lmdb-js with its fastest encoding (msgpackr records with shared structures), and two databases as indexes.
import { type Database, open, type RootDatabase } from 'lmdb';
import type { UserRow } from '../../users.js';
import type { Store, Sync } from '../store.js';

export class LmdbStore implements Store {
  readonly name = 'lmdb';
  private root!: RootDatabase;
  private rows!: Database<UserRow, number>;
  private emails!: Database<number, string>;
  private logins!: Database<number, number>;

  async open(path: string, sync: Sync): Promise<void> {
    // Without overlappingSync a transaction is on the disk when it is reported as done, as the others' are.
    this.root = open({ path, compression: false, noSync: sync === 'os', overlappingSync: false });
    this.rows = this.root.openDB({ name: 'rows', sharedStructuresKey: Symbol.for('structures') });
    this.emails = this.root.openDB({ name: 'emails', encoding: 'ordered-binary' });
    this.logins = this.root.openDB({ name: 'logins', encoding: 'ordered-binary', dupSort: true });
  }

  close(): Promise<void> {
    return this.root.close();
  }

  async bulk(rows: readonly UserRow[]): Promise<void> {
    await this.root.transaction(() => {
      for (const row of rows) {
        this.rows.put(row.id, row);
        this.emails.put(row.email, row.id);
        this.logins.put(row.lastLogin.getTime(), row.id);
      }
    });
    await this.root.flushed;
  }

  get(id: number): UserRow | undefined {
    return this.rows.get(id);
  }

  getByEmail(email: string): UserRow | undefined {
    const id = this.emails.get(email);
    return id === undefined ? undefined : this.rows.get(id);
  }

  range(from: Date, limit: number): readonly UserRow[] {
    const found: UserRow[] = [];
    for (const { value } of this.logins.getRange({ start: from.getTime(), limit })) found.push(this.rows.get(value)!);
    return found;
  }

  scan(): number {
    let count = 0;
    for (const { value } of this.rows.getRange({})) if (value.id > 0) count++;
    return count;
  }

  put(row: UserRow): void {
    this.root.transactionSync(() => this.replace(row));
  }

  async putAll(rows: readonly UserRow[]): Promise<void> {
    await Promise.all(rows.map((row) => this.root.transaction(() => this.replace(row))));
  }

  private replace(row: UserRow): void {
    const old = this.rows.get(row.id);
    this.rows.put(row.id, row);
    const login = row.lastLogin.getTime();
    const oldLogin = old?.lastLogin.getTime();
    if (old?.email !== row.email) {
      if (old !== undefined) this.emails.remove(old.email);
      this.emails.put(row.email, row.id);
    }
    if (oldLogin !== login) {
      if (oldLogin !== undefined) this.logins.remove(oldLogin, row.id);
      this.logins.put(login, row.id);
    }
  }
}
