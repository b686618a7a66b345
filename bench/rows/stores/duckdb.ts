// DuckDB through its own Node client, for the analytic works: one table of columns, no index, prepared statements, its default threads.
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, type DuckDBPreparedStatement } from '@duckdb/node-api';
import type { UserRow } from '../../users.js';
import type { NameGroup, Store } from '../store.js';

const STATEMENTS = {
  scan: 'SELECT * FROM user',
  filter: "SELECT count(*)::INTEGER AS n FROM user WHERE isActive AND score > 500 AND starts_with(name, 'a')",
  top: 'SELECT * FROM user ORDER BY score DESC LIMIT 20',
  average: 'SELECT avg(score) AS n FROM user WHERE isActive AND score > 500',
  groups:
    'SELECT name, count(*)::INTEGER AS rows, avg(score) AS average, max(lastLogin) AS last FROM user GROUP BY name ORDER BY name',
  halves: 'SELECT isActive, count(*)::INTEGER AS rows, avg(score) AS average FROM user GROUP BY isActive',
  columns: 'SELECT id, score FROM user',
  names: 'SELECT DISTINCT name FROM user',
} as const;

type Columns = Omit<UserRow, 'lastLogin' | 'tags'> & { readonly lastLogin: number; readonly tags: string };

export class DuckStore implements Store {
  readonly name = 'duckdb';
  private instance!: DuckDBInstance;
  private connection!: DuckDBConnection;
  private statements!: Record<keyof typeof STATEMENTS, DuckDBPreparedStatement>;

  async open(path: string, _sync: unknown, cacheBytes: number): Promise<void> {
    const memory_limit = `${Math.max(256, Math.round(cacheBytes / 1e6))}MB`;
    this.instance = await DuckDBInstance.create(join(path, 'users.duckdb'), { memory_limit });
    this.connection = await this.instance.connect();
    await this.connection.run(`CREATE TABLE IF NOT EXISTS user (id INTEGER, email VARCHAR, name VARCHAR, lastLogin DOUBLE,
      isActive BOOLEAN, score DOUBLE, tags VARCHAR, bio VARCHAR)`);
    const prepared = Object.entries(STATEMENTS).map(
      async ([name, text]) => [name, await this.connection.prepare(text)] as const,
    );
    this.statements = Object.fromEntries(await Promise.all(prepared)) as typeof this.statements;
  }

  async close(): Promise<void> {
    for (const statement of Object.values(this.statements)) statement.destroySync();
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async bulk(rows: readonly UserRow[]): Promise<void> {
    const appender = await this.connection.createAppender('user');
    for (const row of rows) {
      appender.appendInteger(row.id);
      appender.appendVarchar(row.email);
      appender.appendVarchar(row.name);
      appender.appendDouble(row.lastLogin.getTime());
      appender.appendBoolean(row.isActive);
      appender.appendDouble(row.score);
      appender.appendVarchar(JSON.stringify(row.tags));
      appender.appendVarchar(row.bio);
      appender.endRow();
    }
    appender.closeSync();
  }

  // The race on queries asks for none of these.
  get(): undefined {
    return undefined;
  }

  getByEmail(): undefined {
    return undefined;
  }

  range(): readonly UserRow[] {
    return [];
  }

  put(): void {}

  private async all<Row>(name: keyof typeof STATEMENTS): Promise<Row[]> {
    const reader = await this.statements[name].runAndReadAll();
    return reader.getRowObjectsJS() as Row[];
  }

  async scan(): Promise<number> {
    return (await this.all<Columns>('scan')).map(decodeRow).length;
  }

  async filterCount(): Promise<number> {
    return (await this.all<{ n: number }>('filter'))[0]!.n;
  }

  async top(): Promise<readonly UserRow[]> {
    return (await this.all<Columns>('top')).map(decodeRow);
  }

  async average(): Promise<number> {
    return (await this.all<{ n: number }>('average'))[0]!.n;
  }

  async groups(): Promise<readonly NameGroup[]> {
    const groups = await this.all<Omit<NameGroup, 'last'> & { last: number }>('groups');
    return groups.map((group) => ({ ...group, last: new Date(group.last) }));
  }

  halves(): Promise<readonly unknown[]> {
    return this.all('halves');
  }

  columns(): Promise<readonly unknown[]> {
    return this.all('columns');
  }

  async names(): Promise<readonly string[]> {
    return (await this.all<{ name: string }>('names')).map(({ name }) => name);
  }
}

function decodeRow({ lastLogin, tags, ...rest }: Columns): UserRow {
  return { ...rest, lastLogin: new Date(lastLogin), tags: JSON.parse(tags) };
}
