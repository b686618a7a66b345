// better-sqlite3: a table with typed columns, tags as JSON, prepared statements, WAL mode.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { UserRow } from '../../users.js';
import type { NameGroup, Store, Sync } from '../store.js';

interface Statement {
  run(...values: unknown[]): unknown;
  get(...values: unknown[]): unknown;
  all(...values: unknown[]): unknown[];
  /** Gives the first column of rows alone. */
  pluck(): Statement;
}

interface Sqlite {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): Statement;
  transaction(body: () => void): () => void;
  close(): void;
}

type StatementName =
  | 'put'
  | 'get'
  | 'email'
  | 'range'
  | 'scan'
  | 'filter'
  | 'top'
  | 'average'
  | 'groups'
  | 'halves'
  | 'columns'
  | 'names'
  | 'page';

interface Columns {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly lastLogin: number;
  readonly isActive: number;
  readonly score: number;
  readonly tags: string;
  readonly bio: string;
}

export class SqliteStore implements Store {
  readonly name = 'better-sqlite3';
  private db!: Sqlite;
  private statements!: Record<StatementName, Statement>;

  async open(path: string, sync: Sync, cacheBytes: number): Promise<void> {
    const Database: new (file: string) => Sqlite = createRequire(import.meta.url)('better-sqlite3');
    this.db = new Database(join(path, 'users.db'));
    this.db.pragma('journal_mode = WAL');
    this.db.pragma(`synchronous = ${sync === 'disk' ? 'FULL' : 'OFF'}`);
    this.db.pragma(`cache_size = -${Math.round(cacheBytes / 1024)}`);
    this.db.exec(`CREATE TABLE IF NOT EXISTS user (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
      lastLogin INTEGER NOT NULL, isActive INTEGER NOT NULL, score REAL NOT NULL, tags TEXT NOT NULL, bio TEXT NOT NULL);
      CREATE INDEX IF NOT EXISTS user_lastLogin ON user (lastLogin)`);
    this.statements = {
      put: this.db.prepare(`INSERT INTO user VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
        email = excluded.email, name = excluded.name, lastLogin = excluded.lastLogin, isActive = excluded.isActive,
        score = excluded.score, tags = excluded.tags, bio = excluded.bio`),
      get: this.db.prepare('SELECT * FROM user WHERE id = ?'),
      email: this.db.prepare('SELECT * FROM user WHERE email = ?'),
      range: this.db.prepare('SELECT * FROM user WHERE lastLogin >= ? ORDER BY lastLogin LIMIT ?'),
      scan: this.db.prepare('SELECT * FROM user'),
      filter: this.db.prepare("SELECT count(*) AS n FROM user WHERE isActive AND score > 500 AND name GLOB 'a*'"),
      top: this.db.prepare('SELECT * FROM user ORDER BY score DESC LIMIT 20'),
      average: this.db.prepare('SELECT avg(score) AS n FROM user WHERE isActive AND score > 500'),
      groups: this.db.prepare(
        'SELECT name, count(*) AS rows, avg(score) AS average, max(lastLogin) AS last FROM user GROUP BY name ORDER BY name',
      ),
      halves: this.db.prepare('SELECT isActive, count(*) AS rows, avg(score) AS average FROM user GROUP BY isActive'),
      columns: this.db.prepare('SELECT id, score FROM user'),
      names: this.db.prepare('SELECT DISTINCT name FROM user').pluck(),
      page: this.db.prepare('SELECT * FROM user WHERE (lastLogin, id) > (?, ?) ORDER BY lastLogin, id LIMIT 20'),
    };
  }

  async close(): Promise<void> {
    this.db.close();
  }

  async bulk(rows: readonly UserRow[]): Promise<void> {
    this.db.transaction(() => {
      for (const row of rows) this.put(row);
    })();
  }

  get(id: number): UserRow | undefined {
    return decode(this.statements.get.get(id));
  }

  getByEmail(email: string): UserRow | undefined {
    return decode(this.statements.email.get(email));
  }

  range(from: Date, limit: number): readonly UserRow[] {
    return this.statements.range.all(from.getTime(), limit).map(decodeRow);
  }

  scan(): number {
    return this.statements.scan.all().map(decodeRow).length;
  }

  put(row: UserRow): void {
    const { id, email, name, lastLogin, isActive, score, tags, bio } = row;
    this.statements.put.run(id, email, name, lastLogin.getTime(), isActive ? 1 : 0, score, JSON.stringify(tags), bio);
  }

  filterCount(): number {
    return (this.statements.filter.get() as { n: number }).n;
  }

  top(): readonly UserRow[] {
    return this.statements.top.all().map(decodeRow);
  }

  average(): number {
    return (this.statements.average.get() as { n: number }).n;
  }

  groups(): readonly NameGroup[] {
    const groups = this.statements.groups.all() as (Omit<NameGroup, 'last'> & { last: number })[];
    return groups.map((group) => ({ ...group, last: new Date(group.last) }));
  }

  halves(): readonly unknown[] {
    return this.statements.halves.all();
  }

  columns(): readonly { readonly id: number; readonly score: number }[] {
    return this.statements.columns.all() as { id: number; score: number }[];
  }

  names(): readonly string[] {
    return this.statements.names.all() as string[];
  }

  pageAfter(row: UserRow): readonly UserRow[] {
    return this.statements.page.all(row.lastLogin.getTime(), row.id).map(decodeRow);
  }
}

function decode(columns: unknown): UserRow | undefined {
  return columns === undefined ? undefined : decodeRow(columns);
}

function decodeRow(columns: unknown): UserRow {
  const { id, email, name, lastLogin, isActive, score, tags, bio } = columns as Columns;
  return {
    id,
    email,
    name,
    lastLogin: new Date(lastLogin),
    isActive: isActive === 1,
    score,
    tags: JSON.parse(tags),
    bio,
  };
}
