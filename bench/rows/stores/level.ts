// classic-level (LevelDB) with msgpackr values and sublevels as indexes.
import { ClassicLevel } from 'classic-level';
import { Packr } from 'msgpackr';
import type { UserRow } from '../../users.js';
import type { Store, Sync } from '../store.js';

export class LevelStore implements Store {
  readonly name = 'classic-level';
  private db!: ClassicLevel<string, Buffer>;
  private sync = false;
  private readonly packr = new Packr({ structures: [] });

  async open(path: string, sync: Sync, cacheBytes: number): Promise<void> {
    this.sync = sync === 'disk';
    this.db = new ClassicLevel(path, { keyEncoding: 'utf8', valueEncoding: 'buffer', cacheSize: cacheBytes });
    await this.db.open();
  }

  close(): Promise<void> {
    return this.db.close();
  }

  async bulk(rows: readonly UserRow[]): Promise<void> {
    for (let start = 0; start < rows.length; start += 10_000) {
      const batch = this.db.batch();
      for (const row of rows.slice(start, start + 10_000)) this.stage(batch, row, undefined);
      // One sync at the end, for all that came before stands in the same log or in tables.
      await batch.write({ sync: this.sync && start + 10_000 >= rows.length });
    }
  }

  get(id: number): UserRow | undefined {
    const value = this.db.getSync(rowKey(id));
    return value === undefined ? undefined : this.packr.unpack(value);
  }

  getByEmail(email: string): UserRow | undefined {
    const key = this.db.getSync(`e${email}`);
    return key === undefined ? undefined : this.get(Number(key.toString()));
  }

  async range(from: Date, limit: number): Promise<readonly UserRow[]> {
    const keys = await this.db.iterator({ gte: `l${number(from.getTime())}`, lt: 'm', limit }).all();
    const values = await this.db.getMany(keys.map(([, id]) => rowKey(Number(id.toString()))));
    return values.map((value) => this.packr.unpack(value!));
  }

  async scan(): Promise<number> {
    let count = 0;
    for await (const value of this.db.values({ gte: 'r', lt: 's' })) if (this.packr.unpack(value).id > 0) count++;
    return count;
  }

  put(row: UserRow): Promise<void> {
    const batch = this.db.batch();
    this.stage(batch, row, this.get(row.id));
    return batch.write({ sync: this.sync });
  }

  async putAll(rows: readonly UserRow[]): Promise<void> {
    await Promise.all(rows.map((row) => this.put(row)));
  }

  private stage(
    batch: ReturnType<ClassicLevel<string, Buffer>['batch']>,
    row: UserRow,
    old: UserRow | undefined,
  ): void {
    const id = Buffer.from(String(row.id));
    batch.put(rowKey(row.id), this.packr.pack(row));
    if (old?.email !== row.email) {
      if (old !== undefined) batch.del(`e${old.email}`);
      batch.put(`e${row.email}`, id);
    }
    if (old?.lastLogin.getTime() !== row.lastLogin.getTime()) {
      if (old !== undefined) batch.del(loginKey(old));
      batch.put(loginKey(row), id);
    }
  }
}

function loginKey(row: UserRow): string {
  return `l${number(row.lastLogin.getTime())}${row.id}`;
}

function rowKey(id: number): string {
  return `r${number(id)}`;
}

/** Decimal digits that sort as the number does. */
function number(value: number): string {
  return String(value).padStart(14, '0');
}
