// QuantaDB through its public face.
import type { UserRow } from '../../users.js';
import { type EmbeddedDatabase, openDatabase } from '../quanta/index.js';
import type { Store, Sync } from '../store.js';

export class QuantaStore implements Store {
  readonly name = 'quantadb';
  private db!: EmbeddedDatabase;

  async open(path: string, sync: Sync, cacheBytes: number): Promise<void> {
    this.db = await openDatabase({ path, durability: sync === 'disk' ? 'commit' : 'os', memory: cacheBytes });
  }

  close(): Promise<void> {
    return this.db.close();
  }

  async bulk(rows: readonly UserRow[]): Promise<void> {
    await this.db.user.putMany(rows);
  }

  get(id: number): UserRow | undefined {
    return this.db.user.getSync(id);
  }

  getByEmail(email: string): UserRow | undefined {
    return this.db.user.getByEmailSync(email);
  }

  range(from: Date, limit: number): readonly UserRow[] {
    return this.db.user
      .where((u) => u.lastLogin >= from)
      .sortBy((u) => u.lastLogin)
      .limit(limit)
      .toArraySync();
  }

  scan(): number {
    let count = 0;
    for (const row of this.db.user.all()) if (row.id > 0) count++;
    return count;
  }

  put(row: UserRow): void {
    this.db.user.putSync(row);
  }

  filterCount(): number {
    return this.db.user.where((u) => u.isActive && u.score > 500 && u.name.startsWith('a')).countSync();
  }

  top(): readonly UserRow[] {
    return this.db.user
      .sortBy((u) => u.score, 'desc')
      .limit(20)
      .toArraySync();
  }

  async putAll(rows: readonly UserRow[]): Promise<void> {
    await Promise.all(rows.map((row) => this.db.user.put(row)));
  }
}
