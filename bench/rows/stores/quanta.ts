// QuantaDB through its public face.
import type { UserRow } from '../../users.js';
import { type EmbeddedDatabase, openDatabase } from '../quanta/index.js';
import type { NameGroup, Store, Sync } from '../store.js';

const NEVER = new Date(Number.NaN);

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

  average(): number {
    return this.db.user.where((u) => u.isActive && u.score > 500).avgSync((u) => u.score) ?? 0;
  }

  groups(): readonly NameGroup[] {
    return this.db.user
      .all()
      .groupBy((u) => u.name)
      .aggregate((of) => ({
        rows: of.count(),
        average: of.avg((u) => u.score),
        last: of.max((u) => u.lastLogin),
      }))
      .toArraySync()
      .map(({ key, rows, average = 0, last = NEVER }) => ({ name: key, rows, average, last }));
  }

  halves(): readonly unknown[] {
    return this.db.user
      .all()
      .groupBy((u) => u.isActive)
      .aggregate((of) => ({ rows: of.count(), average: of.avg((u) => u.score) }))
      .toArraySync();
  }

  columns(): readonly { readonly id: number; readonly score: number }[] {
    return this.db.user
      .all()
      .select((u) => ({ id: u.id, score: u.score }))
      .toArraySync();
  }

  names(): readonly string[] {
    return this.db.user
      .all()
      .distinctBy((u) => u.name)
      .select((u) => u.name)
      .toArraySync();
  }

  pageAfter(row: UserRow): readonly UserRow[] {
    const query = this.db.user.sortBy((u) => u.lastLogin);
    return query.after(query.cursorOfSync(row)).limit(20).toArraySync();
  }

  async putAll(rows: readonly UserRow[]): Promise<void> {
    await Promise.all(rows.map((row) => this.db.user.put(row)));
  }
}
