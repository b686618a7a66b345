// What each contestant of the race must be able to do, with decoded objects going in and out.
import type { UserRow } from '../users.js';

/** How long a write waits: for the disk, or only for the operating system. */
export type Sync = 'disk' | 'os';

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
  filterCount?(): number;
  /** The 20 highest scores. */
  top?(): readonly UserRow[];
  /** As `put`, all at once, each durable when it resolves. */
  putAll?(rows: readonly UserRow[]): Promise<void>;
}
