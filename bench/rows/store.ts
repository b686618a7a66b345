// What each contestant of the race must be able to do, with decoded objects going in and out.
import type { UserRow } from '../users.js';

/** How long a write waits: for the disk, or only for the operating system. */
export type Sync = 'disk' | 'os';

export interface NameGroup {
  readonly name: string;
  readonly rows: number;
  readonly average: number;
  readonly last: Date;
}

export interface Store {
  readonly name: string;
  /** @param cacheBytes memory for pages, where the store manages it itself. */
  open(path: string, sync: Sync, cacheBytes: number): Promise<void>;
  close(): Promise<void>;
  /** All rows, indexes kept, one sync at the end. */
  bulk(rows: readonly UserRow[]): Promise<void>;
  get(id: number): UserRow | undefined;
  getByEmail(email: string): UserRow | undefined;
  /** At most `limit` rows with `lastLogin >= from`, in that order. */
  range(from: Date, limit: number): readonly UserRow[] | Promise<readonly UserRow[]>;
  /** Decodes every row, by whichever way is the store's fastest; returns their number. */
  scan(): number | Promise<number>;
  /** Replaces a row and keeps the indexes: the old row is read, entries that stay the same are left alone. Done as `sync` says. */
  put(row: UserRow): void | Promise<void>;
  /** Rows with `isActive && score > 500 && name.startsWith('a')`, no index on any of them. */
  filterCount?(): number | Promise<number>;
  /** The 20 highest scores. */
  top?(): readonly UserRow[] | Promise<readonly UserRow[]>;
  /** The mean score of rows with `isActive && score > 500`. */
  average?(): number | Promise<number>;
  /** Rows, mean score and last login by name: 256 groups. */
  groups?(): readonly NameGroup[] | Promise<readonly NameGroup[]>;
  /** Rows and mean score by `isActive`: 2 groups. */
  halves?(): readonly unknown[] | Promise<readonly unknown[]>;
  /** Id and score of every row. */
  columns?(): readonly { readonly id: number; readonly score: number }[] | Promise<readonly unknown[]>;
  /** Names, each once. */
  names?(): readonly string[] | Promise<readonly string[]>;
  /** At most 20 rows behind the one given, by last login and id. */
  pageAfter?(row: UserRow): readonly UserRow[] | Promise<readonly UserRow[]>;
  /** As `put`, all at once, each durable when it resolves. */
  putAll?(rows: readonly UserRow[]): Promise<void>;
}
